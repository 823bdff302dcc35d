using System.Net.Sockets;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>The service as a process: how it begins and ends, and what it says when it cannot.</summary>
public sealed class ServeCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private SimulatorServer simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await SimulatorServer.StartAsync(World.Create(5, 20, 1));

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task It_ends_cleanly_when_it_is_told_to_and_a_second_one_on_the_same_data_is_refused_in_one_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals as on Linux");
        await using var first = Serve("first.log");
        await SaidAsync("first.log", "Took in what Atlas says of");

        await using var second = Serve("second.log");
        Assert.Equal(1, await second.EndAsync());
        Assert.Matches($"^measurement: .*data is being written to by another process; one at a time may.*\n$", await File.ReadAllTextAsync(folder["second.log"]));

        Assert.Equal(0, await first.TerminateAsync());
        await using var third = Serve("third.log");
        await SaidAsync("third.log", "Service runs: it answers on http://127.0.0.1:");
        Assert.Equal(0, await third.TerminateAsync());
    }

    [Fact]
    public async Task An_address_that_is_taken_is_one_line_and_exit_code_1()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals as on Linux");
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var service = Serve("serve.log", ("Web__Listen", $"http://{taken.LocalEndpoint}"));
        Assert.Equal(1, await service.EndAsync());
        Assert.Contains("which another process listens on", Assert.Single(await File.ReadAllLinesAsync(folder["serve.log"])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_makes_no_sense_is_one_line_and_exit_code_2()
    {
        await using var service = Serve("serve.log", ("Schedule__Collect", "often"));
        Assert.Equal(2, await service.EndAsync());
        Assert.StartsWith("measurement: Schedule:Collect:Cron is often; allowed: ", Assert.Single(await File.ReadAllLinesAsync(folder["serve.log"])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_can_be_had_as_JSON_one_object_a_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals as on Linux");
        await using var service = Serve("serve.log", ("Logging__Console__FormatterName", "json"));
        await SaidAsync("serve.log", "Took in what Atlas says of");
        await service.TerminateAsync();
        Assert.All(await File.ReadAllLinesAsync(folder["serve.log"]), line => System.Text.Json.JsonDocument.Parse(line).Dispose());
    }

    private MeasurementProcess Serve(string log, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["Atlas__BaseUrl"] = simulator.BaseUrl.ToString(),
            ["Atlas__Key"] = SimulatedNetwork.Key,
            ["Web__Listen"] = "http://127.0.0.1:0",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return MeasurementProcess.Start(folder[log], environment, "serve", "--config", Repository.File("appsettings.json"), "--data", folder["data"], "--out", folder["reports"], "--quiet");
    }

    /// <summary>Waits until the log says something: the only word that a process of its own gives.</summary>
    private async Task SaidAsync(string log, string words)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(folder[log]) || !(await File.ReadAllTextAsync(folder[log], patience.Token)).Contains(words, StringComparison.Ordinal))
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
