using System.Text.Json;
using Analyzer.Findings;
using App.Alerts;
using App.Alerts.Http;
using App.Alerts.Rules;
using Collector.Configuration;
using Collector.Configuration.Alerts;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Servers;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

/// <summary>What a real Alertmanager makes of our alerts: by its API, and by the webhook that it tells.</summary>
public sealed class AlertmanagerTests
{
    private static readonly Links Links = new(new Uri("https://anycast.example.net"), null);

    [Fact]
    public async Task It_shows_groups_and_resolves_our_alerts()
    {
        await using var webhook = await Receiver.StartAsync();
        await using var server = await AlertmanagerServer.StartAsync(webhook.Url, "alertname", "target");
        var now = TimeProvider.System.GetUtcNow();
        using var routes = AlertRoutes.Of(
            new Settings { Alerts = new() { Alertmanager = [new() { Name = "am", Urls = [server.Url] }] }, Web = new() { PublicUrl = Links.Public } }, TimeProvider.System);
        var (route, sender) = Assert.Single(routes.All);
        Assert.Equal(new Delivery.Done($"127.0.0.1:{server.Url.Port} answers"), await sender.LookAsync(default));
        var worker = new RouteWorker(route, sender, [], null, _ => true, () => true, TimeProvider.System, NullLogger.Instance);
        Alert[] all =
        [
            Since(Alert(), now), Since(Alert(asn: "64502"), now), Since(Alert(target: "ns-b"), now), Since(Alert(check: "over-reach", severity: Severity.Warning), now),
            Since(Alert(check: "family-split", severity: Severity.Info), now),
        ];
        await worker.RunOnceAsync(() => new AlertSnapshot(Book(all), []), default, default);
        Assert.Null(worker.State.Problem);

        var shown = await server.AlertsAsync();
        Assert.Equal(4, shown.Count);
        var one = shown.Single(alert => alert.GetProperty("labels").TryGetProperty("asn", out var asn) && asn.GetString() == "64502");
        Assert.Equal("""{"alertname":"black-hole","asn":"64502","family":"4","severity":"critical","target":"ns-a"}""", one.GetProperty("labels").GetRawText());
        Assert.Equal("AS64502 cannot reach ns-a.", one.GetProperty("annotations").GetProperty("description").GetString());
        Assert.Equal("https://anycast.example.net/findings?check=black-hole", one.GetProperty("generatorURL").GetString());
        Assert.Equal(
            [("""{"alertname":"black-hole","target":"ns-a"}""", 2), ("""{"alertname":"black-hole","target":"ns-b"}""", 1), ("""{"alertname":"over-reach","target":"ns-a"}""", 1)],
            await server.GroupsAsync());
        await UntilToldAsync(webhook, told => told.Count == 4 && told.Values.All(status => status == "firing"));

        // Two are over, the others are posted again.
        all[1] = all[1] with { State = AlertState.Resolved, EndsAt = TimeProvider.System.GetUtcNow() };
        all[3] = all[3] with { State = AlertState.Resolved, EndsAt = TimeProvider.System.GetUtcNow() };
        await worker.RunOnceAsync(() => new AlertSnapshot(Book(all), []), default, default);
        await UntilToldAsync(webhook, told => told.Count(one => one.Value == "resolved") == 2 && told["64502"] == "resolved");
        Assert.Equal(2, (await server.AlertsAsync()).Count);
        Assert.False(worker.HasTold(all[1].Fingerprint));
        Assert.True(worker.HasTold(all[0].Fingerprint));
    }

    [Fact]
    public async Task An_alert_that_matters_more_takes_the_place_of_the_one_that_it_knows()
    {
        await using var webhook = await Receiver.StartAsync();
        await using var server = await AlertmanagerServer.StartAsync(webhook.Url, "alertname");
        using var sender = new AlertmanagerSender(new AlertmanagerOptions { Name = "am", Urls = [server.Url] }, Links, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var warning = Since(Alert(severity: Severity.Warning), now.AddSeconds(-30));
        var first = Message(warning) with { At = now };
        Assert.Equal(new Delivery.Done(), await sender.SendAsync(first, default));
        var told = AlertPlan.Delivered(first, now)!;
        Assert.Equal(new Delivery.Done(), await sender.SendAsync(first with { Group = told, Alerts = [new NotifiedAlert(warning, false, Severity.Critical)], At = now }, default));
        await UntilToldAsync(webhook, alerts => alerts.Count == 2 && alerts["warning"] == "resolved" && alerts["critical"] == "firing", "severity");
    }

    [Fact]
    public async Task Whatever_strangers_wrote_is_a_label_and_an_annotation_like_any_other()
    {
        await using var webhook = await Receiver.StartAsync();
        await using var server = await AlertmanagerServer.StartAsync(webhook.Url, "alertname");
        using var sender = new AlertmanagerSender(new AlertmanagerOptions { Name = "am", Urls = [server.Url] }, Links, TimeProvider.System);
        var hostile = Since(Alert(target: HostileText, asn: HostileText, message: HostileText), TimeProvider.System.GetUtcNow());
        Assert.Equal(new Delivery.Done(), await sender.SendAsync(Message(hostile) with { At = TimeProvider.System.GetUtcNow() }, default));
        var shown = Assert.Single(await server.AlertsAsync());
        Assert.Equal(["alertname", "asn", "family", "severity", "target"], shown.GetProperty("labels").EnumerateObject().Select(label => label.Name));
        Assert.Equal(hostile.Scope.Value, shown.GetProperty("labels").GetProperty("asn").GetString());
        Assert.StartsWith("\"><script>alert(1)</script>=cmd()", shown.GetProperty("labels").GetProperty("target").GetString(), StringComparison.Ordinal);
        Assert.Equal(hostile.Message, shown.GetProperty("annotations").GetProperty("description").GetString());
        var told = (await webhook.NextAsync()).Json;
        Assert.Equal(hostile.Message, told.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("description").GetString());
    }

    [Fact]
    public async Task Of_a_cluster_one_that_takes_it_will_do_and_the_other_is_told_of()
    {
        await using var taker = await Receiver.StartAsync();
        await using var refuser = await Receiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        using var sender = new AlertmanagerSender(new AlertmanagerOptions { Name = "am", Urls = [refuser.Url, taker.Url] }, Links, TimeProvider.System);
        Assert.Equal(new Delivery.Done($"1 of 2 members did not take it: 127.0.0.1:{refuser.Url.Port} answered 503"), await sender.SendAsync(Message(Alert()), default));
        using var alone = new AlertmanagerSender(new AlertmanagerOptions { Name = "am", Urls = [refuser.Url, refuser.Url] }, Links, TimeProvider.System);
        Assert.IsType<Delivery.Away>(await alone.SendAsync(Message(Alert()), default));
        var posted = (await taker.NextAsync()).Json[0];
        Assert.Equal(("2026-11-20T12:00:00.000Z", "2026-11-20T12:05:00.000Z"), (posted.GetProperty("startsAt").GetString(), posted.GetProperty("endsAt").GetString()));
    }

    private static Alert Since(Alert alert, DateTimeOffset at) => alert with { StartsAt = at };

    /// <summary>Waits until the webhook was told so much; statuses by a label, the AS unless said otherwise.</summary>
    private static async Task UntilToldAsync(Receiver webhook, Func<Dictionary<string, string>, bool> isEnough, string? label = null)
    {
        var told = new Dictionary<string, string>();
        while (true)
        {
            foreach (var alert in webhook.All.ToArray().SelectMany(received => received.Json.GetProperty("alerts").EnumerateArray()))
            {
                var labels = alert.GetProperty("labels");
                var key = label is not null ? Get(labels, label) : Get(labels, "target") == "ns-a" && Get(labels, "alertname") == "black-hole" ? Get(labels, "asn") : labels.GetRawText();
                told[key] = alert.GetProperty("status").GetString()!;
            }

            if (isEnough(told))
            {
                return;
            }

            await webhook.NextAsync();
        }

        static string Get(JsonElement labels, string name) => labels.TryGetProperty(name, out var value) ? value.GetString()! : "";
    }
}
