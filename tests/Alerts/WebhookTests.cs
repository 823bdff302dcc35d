using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using App.Alerts;
using App.Alerts.Http;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Atlas;
using Tests.Servers;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

public sealed class WebhookTests
{
    private static readonly Links Nowhere = new(null, null);

    // A limit to this clock, which else lets nobody wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(29);

    private readonly SkippingTime time = new();

    public WebhookTests()
    {
        time.Held.Clear();
        time.Held.Add(Limit);
    }

    [Fact]
    public async Task A_message_has_the_form_of_alertmanagers_webhook_version_4_with_the_findings_numbers()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(receiver.Url, links: new Links(new Uri("https://anycast.example.net/m"), new Uri("https://wiki.example.net/checks/")));
        Assert.Equal(new Delivery.Done(), await sender.SendAsync(Message(Alert(), Alert(asn: "64502").Resolved(30)), default));
        var received = await receiver.NextAsync();
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        var json = received.Json;
        Assert.Equal(("4", "firing", "r", 0), (json.GetProperty("version").GetString(), json.GetProperty("status").GetString(), json.GetProperty("receiver").GetString(), json.GetProperty("truncatedAlerts").GetInt32()));
        Assert.Equal("""{"alertname":"black-hole","target":"ns-a"}""", json.GetProperty("groupLabels").GetRawText());
        Assert.Equal("""{"alertname":"black-hole","family":"4","severity":"critical","target":"ns-a"}""", json.GetProperty("commonLabels").GetRawText());
        Assert.Equal("""{"advice":"Call them.","runbook_url":"https://wiki.example.net/checks/black-hole.md"}""", json.GetProperty("commonAnnotations").GetRawText());
        Assert.Equal("https://anycast.example.net/m/", json.GetProperty("externalURL").GetString());
        var (firing, resolved) = (json.GetProperty("alerts")[0], json.GetProperty("alerts")[1]);
        Assert.Equal("""{"alertname":"black-hole","asn":"64501","family":"4","severity":"critical","target":"ns-a"}""", firing.GetProperty("labels").GetRawText());
        Assert.Equal("black-hole: AS64501 on ns-a over IPv4", firing.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal("AS64501 cannot reach ns-a.", firing.GetProperty("annotations").GetProperty("description").GetString());
        Assert.Equal(("2026-11-20T12:00:00.000Z", "0001-01-01T00:00:00Z"), (firing.GetProperty("startsAt").GetString(), firing.GetProperty("endsAt").GetString()));
        Assert.Equal("https://anycast.example.net/m/findings?check=black-hole", firing.GetProperty("generatorURL").GetString());
        Assert.Equal("""{"from":1795168800,"to":1795176000,"observed":3,"expected":0,"sampleSize":3,"probes":[1,2,3]}""", firing.GetProperty("finding").GetRawText());
        Assert.Equal(("resolved", "2026-11-20T12:30:00.000Z"), (resolved.GetProperty("status").GetString(), resolved.GetProperty("endsAt").GetString()));
    }

    [Fact]
    public async Task It_is_signed_so_that_the_receiver_knows_us_and_no_old_message_can_be_played_again()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(receiver.Url, options => options with { SigningSecret = "s3cret", BearerToken = "t0ken" });
        await sender.SendAsync(Message(Alert()), default);
        var received = await receiver.NextAsync();
        Assert.Equal("Bearer t0ken", received.Headers["Authorization"]);
        var at = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var expected = HMACSHA256.HashData("s3cret"u8.ToArray(), (byte[])[.. Encoding.ASCII.GetBytes(at + "."), .. received.Body]);
        Assert.Equal($"t={at},v1={Convert.ToHexStringLower(expected)}", received.Headers["X-Measurement-Signature"]);
    }

    [Fact]
    public async Task A_receiver_that_stumbles_is_asked_again_at_once_with_the_same_message()
    {
        await using var receiver = await Receiver.StartAsync((context, number) => Answer(context, number == 1 ? 500 : 200));
        var worker = Worker(Sender(receiver.Url));
        await RunAsync(worker);
        Assert.Equal(2, receiver.All.Count);
        Assert.Single(receiver.All.Select(received => received.Headers["Idempotency-Key"]).Distinct());
        Assert.Equal((null, 0), (worker.State.Problem, worker.State.Waiting));
        Assert.NotNull(worker.State.Succeeded);
        Assert.True(worker.HasTold(Alert().Fingerprint));
    }

    [Fact]
    public async Task A_receiver_that_wants_to_be_left_alone_for_a_while_is_and_then_gets_what_waited()
    {
        await using var receiver = await Receiver.StartAsync((context, number) =>
        {
            context.Response.Headers.RetryAfter = "120";
            return Answer(context, number == 1 ? 429 : 200);
        });
        var worker = Worker(Sender(receiver.Url));
        var before = time.GetUtcNow();
        Assert.Equal(before.AddSeconds(120), await RunAsync(worker));
        Assert.Single(receiver.All);
        Assert.Equal(1, worker.State.Waiting);
        Assert.Contains("answered 429", worker.State.Problem, StringComparison.Ordinal);
        Assert.Equal(before, worker.State.FailingSince);
        await RunAsync(worker);
        Assert.Single(receiver.All);
        await Task.Delay(TimeSpan.FromSeconds(121), time);
        await RunAsync(worker);
        Assert.Equal(2, receiver.All.Count);
        Assert.Null(worker.State.FailingSince);
    }

    [Fact]
    public async Task A_receiver_that_stays_away_is_asked_ever_more_seldom()
    {
        await using var receiver = await Receiver.StartAsync((context, _) => Answer(context, 503));
        var worker = Worker(Sender(receiver.Url));
        var pauses = new List<double>();
        for (var attempt = 0; attempt < 9; attempt++)
        {
            await RunAsync(worker);
            pauses.Add((worker.State.NotBefore! - time.GetUtcNow()).Value.TotalSeconds);
            await Task.Delay(worker.State.NotBefore!.Value - time.GetUtcNow(), time);
        }

        Assert.Equal([15, 30, 60, 120, 240, 480, 600, 600, 600], pauses);
        Assert.Equal(27, receiver.All.Count);
    }

    [Fact]
    public async Task What_a_receiver_refuses_is_not_pressed_on_it_and_holds_nothing_else_back()
    {
        await using var receiver = await Receiver.StartAsync((context, number) => Answer(context, number == 1 ? 400 : 200, "no such field: \u001b[31mred\n" + new string('x', 5000)));
        var worker = Worker(Sender(receiver.Url));
        await RunAsync(worker, Alert(), Alert(target: "ns-b"));
        Assert.Equal(2, receiver.All.Count);
        Assert.Contains("answered 400: no such field: [31mred", worker.State.Problem!.Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(worker.State.Problem.Length < 300, worker.State.Problem);
        Assert.NotNull(worker.State.FailingSince);
        await RunAsync(worker, Alert(), Alert(target: "ns-b"));
        Assert.Equal(2, receiver.All.Count);
        await Task.Delay(TimeSpan.FromMinutes(10), time);
        await RunAsync(worker, Alert(), Alert(target: "ns-b"));
        Assert.Equal(3, receiver.All.Count);
        Assert.Null(worker.State.FailingSince);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_costs_its_time_limit_and_no_more()
    {
        await using var receiver = await Receiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var sender = Sender(receiver.Url);
        var attempt = sender.SendAsync(Message(Alert()), default);
        await receiver.NextAsync();
        Assert.False(attempt.IsCompleted);
        time.Expire();
        Assert.Equal(new Delivery.Away($"127.0.0.1:{receiver.Url.Port} did not answer within 29 s"), await attempt);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_told_without_its_address()
    {
        await using var other = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync((context, _) =>
        {
            context.Response.Redirect(new Uri(other.Url, "/elsewhere?secret=1").ToString());
            return Task.CompletedTask;
        });
        using var sender = Sender(receiver.Url);
        Assert.Equal(
            new Delivery.Refused($"127.0.0.1:{receiver.Url.Port} answered 302, a redirect to 127.0.0.1, which is not followed"), await sender.SendAsync(Message(Alert()), default));
        Assert.Empty(other.All);
    }

    [Fact]
    public async Task Of_an_endless_answer_only_the_beginning_is_read()
    {
        var isCut = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 500;
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(new string('x', 65_536), context.RequestAborted);
                }
            }
            catch (Exception problem) when (problem is OperationCanceledException or IOException)
            {
                // As it should be.
            }

            isCut.TrySetResult();
        });
        using var sender = Sender(receiver.Url);
        var outcome = Assert.IsType<Delivery.Away>(await sender.SendAsync(Message(Alert()), default));
        Assert.True(outcome.Problem.Length < 300);
        await isCut.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Nobody_listening_is_said_plainly_and_without_the_address()
    {
        var port = ServerProgram.FreePort();
        using var sender = Sender(new Uri($"http://127.0.0.1:{port}/secret-path"));
        Assert.Equal(new Delivery.Away($"127.0.0.1:{port}: the connection was refused"), await sender.SendAsync(Message(Alert()), default));
        Assert.Equal(new Delivery.Away($"127.0.0.1:{port}: the connection was refused"), await sender.LookAsync(default));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_unless_the_operator_named_it()
    {
        var (certificate, digest) = Receiver.SelfSigned();
        using (certificate)
        {
            await using var receiver = await Receiver.StartAsync(certificate: certificate);
            using (var distrusting = Sender(receiver.Url))
            {
                var refused = Assert.IsType<Delivery.Away>(await distrusting.SendAsync(Message(Alert()), default));
                Assert.StartsWith($"127.0.0.1:{receiver.Url.Port}: no trusted TLS connection", refused.Problem, StringComparison.Ordinal);
                Assert.IsType<Delivery.Away>(await distrusting.LookAsync(default));
            }

            using (var misled = Sender(receiver.Url, options => options with { CertificateSha256 = new string('0', 64) }))
            {
                Assert.IsType<Delivery.Away>(await misled.SendAsync(Message(Alert()), default));
            }

            Assert.Empty(receiver.All);
            using var trusting = Sender(receiver.Url, options => options with { CertificateSha256 = digest });
            Assert.Equal(new Delivery.Done($"127.0.0.1:{receiver.Url.Port} can be reached over TLS"), await trusting.LookAsync(default));
            Assert.Empty(receiver.All);
            Assert.Equal(new Delivery.Done(), await trusting.SendAsync(Message(Alert()), default));
        }
    }

    [Fact]
    public async Task A_message_that_is_interrupted_was_not_told()
    {
        using var abort = new CancellationTokenSource();
        await using var receiver = await Receiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var worker = Worker(Sender(receiver.Url));
        var run = worker.RunOnceAsync(() => new AlertSnapshot(Book(Alert()), []), default, abort.Token);
        await receiver.NextAsync();
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.False(worker.HasTold(Alert().Fingerprint));
    }

    private static Task Answer(HttpContext context, int status, string body = "")
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    private static Task<DateTimeOffset?> RunAsync(RouteWorker worker, params Alert[] alerts) =>
        worker.RunOnceAsync(() => new AlertSnapshot(Book(alerts.Length > 0 ? alerts : [Alert()]), []), default, default);

    private WebhookSender Sender(Uri url, Func<WebhookOptions, WebhookOptions>? change = null, Links? links = null)
    {
        var options = new WebhookOptions { Name = "r", Url = url, Timeout = Limit };
        return new WebhookSender(change?.Invoke(options) ?? options, links ?? Nowhere, time);
    }

    private RouteWorker Worker(WebhookSender sender) =>
        new(Route() with { GroupWait = TimeSpan.Zero, GroupInterval = TimeSpan.Zero }, sender, [], null, _ => true, () => true, time, NullLogger.Instance);
}
