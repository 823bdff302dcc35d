using App.Cli;
using App.Inspection;
using Collector.Configuration;
using Tests.Alerts;
using Tests.Servers;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Cli;

/// <summary><c>alerts test</c> as operators run it, and what <c>check</c> says of the routes.</summary>
public sealed class AlertsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int closed = ServerProgram.FreePort();

    public AlertsCommandTests() => Directory.CreateDirectory(folder.Root);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_route_gets_one_test_alert_and_a_line_without_its_secrets()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = new SmtpServer { Offers = "AUTH PLAIN" };
        var configuration = Configure($$"""
            { "Alerts": {
              "Webhook": [ { "Name": "tickets" } ],
              "Slack": [ { "Name": "chat", "Url": "http://127.0.0.1:{{closed}}/services/s3cret" } ],
              "Smtp": [ { "Name": "mail", "Host": "127.0.0.1", "Port": {{server.Port}}, "Security": "None", "User": "me", "From": "m@example.net", "To": [ "noc@example.net" ] } ] } }
            """);
        var environment = new Dictionary<string, string>
        {
            ["Alerts__Webhook__0__Url"] = receiver.Url.ToString(),
            ["Alerts__Webhook__0__SigningSecret"] = "s3cret-signature",
            ["Alerts__Smtp__0__Password"] = "s3cret-p4ss",
        };
        var (code, output, errors) = await RunAsync(environment, "alerts", "test", "--config", configuration);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            [
                "ok       tickets  webhook: delivered",
                $"failed   chat     slack: not delivered: 127.0.0.1:{closed}: the connection was refused",
                "ok       mail     smtp: delivered",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("s3cret", output + errors, StringComparison.Ordinal);
        var alert = Assert.Single(receiver.All).Json.GetProperty("alerts")[0];
        Assert.Equal(("alerts-test", "info"), (alert.GetProperty("labels").GetProperty("alertname").GetString(), alert.GetProperty("labels").GetProperty("severity").GetString()));
        Assert.Single(server.Messages);

        (code, output, _) = await RunAsync(environment, "alerts", "test", "--config", configuration, "--route", "tickets", "--format", "json", "--quiet");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal("""[{"route":"tickets","kind":"webhook","delivered":true,"outcome":"delivered"}]""", output.Trim());
        Assert.Equal(2, receiver.All.Count);
        (code, output, errors) = await RunAsync(environment, "alerts", "test", "--config", configuration, "--route", "tocket", "--quiet");
        Assert.Equal((ExitCode.WrongUsage, "", "measurement: --route is tocket; did you mean tickets?\n"), (code, output, errors));
    }

    [Fact]
    public async Task Without_a_route_there_is_nothing_to_test()
    {
        var (code, output, errors) = await RunAsync([], "alerts", "test", "--config", Configure("{}"), "--quiet");
        Assert.Equal((ExitCode.WrongUsage, ""), (code, output));
        Assert.StartsWith("measurement: no route is configured; allowed: entries of Alerts:Webhook,", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_has_a_line_a_route_and_tells_nobody_anything()
    {
        await using var receiver = await Receiver.StartAsync();
        var found = await AlertInspector.InspectAsync(
            new Settings { Alerts = new() { Webhook = [new() { Name = "tickets", Url = receiver.Url }], Slack = [new() { Name = "chat", Url = new Uri($"http://127.0.0.1:{closed}/s3cret") }] } },
            TimeProvider.System, default);
        Assert.Equal(
            [
                Inspected.Ok("alerts tickets", $"webhook: 127.0.0.1:{receiver.Url.Port} can be reached"),
                Inspected.Failed("alerts chat", $"slack: 127.0.0.1:{closed}: the connection was refused", "see that it runs and can be reached from here; alerts wait meanwhile"),
            ],
            found);
        Assert.Empty(receiver.All);
        var wrong = Assert.Single(await AlertInspector.InspectAsync(new Settings { Alerts = new() { Slack = [new() { Name = "chat" }] } }, TimeProvider.System, default));
        Assert.Equal("Alerts:Slack:0:Url is missing; it is required", wrong.Finding);
    }

    private string Configure(string json)
    {
        File.WriteAllText(folder["appsettings.json"], json);
        return folder["appsettings.json"];
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var log = folder[$"{Guid.NewGuid():N}.log"];
        await using var process = MeasurementProcess.Start(log, environment, arguments);
        var output = await process.Output.ReadToEndAsync();
        var code = await process.EndAsync();
        return (code, output, File.ReadAllText(log));
    }
}
