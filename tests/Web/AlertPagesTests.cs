using System.Globalization;
using System.Net;
using System.Text.Json;
using AngleSharp.Html.Parser;
using App.Alerts;
using App.Alerts.Rules;
using Tests.Alerts;
using Xunit;

namespace Tests.Web;

/// <summary>Alerts and silences on the page, in the API, in the metrics and in the health.</summary>
public sealed class AlertPagesTests : IAsyncLifetime
{
    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task What_strangers_wrote_is_text_on_the_page_and_in_the_answer()
    {
        Keep(Make.Alert(message: Make.HostileText));
        var page = new HtmlParser().ParseDocument(await host.TextAsync("/alerts"));
        Assert.Empty(page.QuerySelectorAll("main script"));
        Assert.Contains("\"><script>alert(1)</script>=cmd()", page.QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        var json = await host.TextAsync("/api/v1/alerts");
        Assert.DoesNotContain("<script>", json, StringComparison.Ordinal);
        using var alerts = JsonDocument.Parse(json);
        Assert.StartsWith("\"><script>alert(1)</script>=cmd()", alerts.RootElement[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(await host.TextAsync("/metrics"), letter => letter is '\u001b' or '\u202e');
    }

    [Fact]
    public async Task A_silence_is_made_shown_and_ended_over_the_api_with_the_key_alone()
    {
        Keep(Make.Alert());
        var end = WebHost.At(60).ToUnixTimeSeconds();
        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"matchers":["asn=~\"6450[12]\"","target!=ns-b"],"end":{{end}},"comment":"<b>work</b>","author":"me"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.PostAsync("/api/v1/silences", body, hasKey: false)).StatusCode);
        Assert.Equal("[]", await host.TextAsync("/api/v1/silences"));

        var made = await host.PostAsync("/api/v1/silences", body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var silence = JsonDocument.Parse(await made.Content.ReadAsStringAsync());
        var id = silence.RootElement.GetProperty("id").GetString()!;
        Assert.Equal(
            (WebHost.Now.ToUnixTimeSeconds(), end, "active", false),
            (silence.RootElement.GetProperty("start").GetInt64(), silence.RootElement.GetProperty("end").GetInt64(), silence.RootElement.GetProperty("state").GetString(), silence.RootElement.GetProperty("configured").GetBoolean()));
        using var alerts = JsonDocument.Parse(await host.TextAsync("/api/v1/alerts"));
        Assert.Equal(id, alerts.RootElement[0].GetProperty("silencedBy")[0].GetString());
        var page = new HtmlParser().ParseDocument(await host.TextAsync("/alerts"));
        Assert.Equal("silenced", page.QuerySelector("tbody td")!.TextContent);
        Assert.Contains("asn=~\"6450[12]\"", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("<b>work</b>", page.Body.TextContent, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Delete, $"/api/v1/silences/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync(HttpMethod.Delete, $"/api/v1/silences/{id}", WebHost.WithKey())).StatusCode);
        using var after = JsonDocument.Parse(await host.TextAsync("/api/v1/silences"));
        Assert.Equal("expired", after.RootElement[0].GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Delete, "/api/v1/silences/none", WebHost.WithKey())).StatusCode);
    }

    [Theory]
    [InlineData("""{"matchers":["asn=1"]}""", "the body is no silence")]
    [InlineData("""{"matchers":["asn=1"],"end":1}""", "end is 1970-01-01 00:00 UTC; allowed: after start")]
    [InlineData("""{"matchers":["asn=1"],"end":99999999999999}""", "end is 99999999999999; allowed: Unix seconds")]
    [InlineData("""{"matchers":[],"end":1999999999}""", "matchers has 0 entries; allowed: 1 to 20")]
    [InlineData("""{"matchers":["asn"],"end":1999999999}""", "matchers:0 is asn; allowed: a label, one of")]
    [InlineData("""{"matchers":["asn=~\"(\""],"end":1999999999}""", "matchers:0 has the pattern (; allowed: a regular expression")]
    [InlineData("""{"matchers":[null],"end":1999999999}""", "the body is no silence")]
    [InlineData("""{"matchers":["asn=1"],"end":1999999999,"commnt":"x"}""", "the body is no silence")]
    [InlineData("""{"matchers":""", "the body is no silence")]
    [InlineData("", "the body is no silence")]
    public async Task What_is_no_silence_is_refused_in_one_line(string body, string detail)
    {
        var refused = await host.PostAsync("/api/v1/silences", body);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.StartsWith(detail, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.World.Store.Documents("silence"));
    }

    [Fact]
    public async Task A_form_that_a_browser_could_send_is_no_silence() =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.PostAsync("/api/v1/silences", """{"matchers":["asn=1"],"end":1999999999}""", "text/plain")).StatusCode);

    [Fact]
    public async Task Alerts_are_counted_and_a_receiver_that_is_away_for_long_makes_the_service_ill()
    {
        Keep(Make.Alert());
        Keep(Make.Alert(asn: "64502"));
        Keep(Make.Alert(asn: "64503").Resolved(5));
        Assert.Contains("measurement_alerts_active{check=\"black-hole\",severity=\"critical\"} 2\n", await host.TextAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("measurement_alerts_silenced 0\n", await host.TextAsync("/metrics"), StringComparison.Ordinal);

        await using var told = await WebHost.StartAsync(alerts: new() { Slack = [new() { Name = "chat" }] });
        told.World.Store.SaveDocuments([AlertStore.Change("chat", new RouteState("chat") { FailingSince = WebHost.At(-300), Problem = "away", Waiting = 2, Succeeded = WebHost.At(-400) })]);
        var lines = (await told.TextAsync("/metrics")).Split('\n');
        Assert.Contains("measurement_alerts_failing{route=\"chat\"} 1", lines);
        Assert.Contains("measurement_alerts_waiting{route=\"chat\"} 2", lines);
        Assert.Contains($"measurement_alerts_last_success_timestamp_seconds{{route=\"chat\"}} {WebHost.At(-400).ToUnixTimeSeconds()}", lines);
        Assert.Equal("ready\n", await told.TextAsync("/health/ready"));
        Assert.Contains("failing since", await told.TextAsync("/alerts"), StringComparison.Ordinal);

        await using var ill = await WebHost.StartAsync(alerts: new() { Slack = [new() { Name = "chat" }] });
        ill.World.Store.SaveDocuments([AlertStore.Change("chat", new RouteState("chat") { FailingSince = WebHost.At(-361) })]);
        var answer = await ill.GetAsync("/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: alerts\n"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_silence_of_the_configuration_is_shown_and_cannot_be_ended_elsewhere()
    {
        await using var configured = await WebHost.StartAsync(alerts: new() { Silences = [new() { Matchers = ["target=ns-a"], Comment = "known" }] });
        using var silences = JsonDocument.Parse(await configured.TextAsync("/api/v1/silences"));
        Assert.True(silences.RootElement[0].GetProperty("configured").GetBoolean());
        var refused = await configured.SendAsync(HttpMethod.Delete, "/api/v1/silences/configured-0", WebHost.WithKey());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("stands in the configuration", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private void Keep(Alert alert) => host.World.Store.SaveDocuments([AlertStore.Change(alert.Fingerprint, alert)]);
}
