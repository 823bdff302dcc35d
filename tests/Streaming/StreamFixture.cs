using System.Net;
using System.Text;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using AtlasProbeSet = Collector.Atlas.ProbeSet;

namespace Tests.Streaming;

/// <summary>A simulator a day after its world began, with a CHAOS measurement and a ping, and a stream that is not yet running.</summary>
internal sealed class StreamFixture : IAsyncDisposable
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    private readonly CancellationTokenSource ended = new();
    private Task running = Task.CompletedTask;

    private StreamFixture(SimulatorServer server, StreamLimits? limits)
    {
        Server = server;
        var options = Options(server.StreamUrl);
        Client = new AtlasFixture(new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key }, realNetwork: true);
        Stream = new AtlasStream(options, limits ?? Quick, TimeProvider.System, NullLogger<AtlasStream>.Instance);
    }

    /// <summary>Limits under which nobody has to wait long.</summary>
    public static StreamLimits Quick { get; } = new() { BatchAge = TimeSpan.FromMilliseconds(50), FirstPause = TimeSpan.FromMilliseconds(10) };

    public SimulatorServer Server { get; }

    public AtlasFixture Client { get; }

    public AtlasStream Stream { get; }

    public long Chaos { get; private set; }

    public long Ping { get; private set; }

    public static DateTimeOffset Begin => DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start).AddDays(1);

    public static AtlasOptions Options(Uri stream) => new() { Stream = true, StreamUrl = stream };

    public static async Task<StreamFixture> StartAsync(SimulatorFaults? faults = null, StreamLimits? limits = null)
    {
        var server = await SimulatorServer.StartAsync(Small.Value, new SimulatorOptions
        {
            Time = new SimulatorClock(Begin),
            Faults = faults ?? new SimulatorFaults(),
            StreamPause = TimeSpan.FromMilliseconds(10),
        });
        var fixture = new StreamFixture(server, limits);
        var address = IPAddress.Parse("192.0.2.53");
        var probes = AtlasProbeSet.Of([.. Small.Value.Probes.Select(probe => probe.Id)]);
        var ids = await fixture.Client.Atlas.CreateAsync(new CreationRequest(
            [
                new ChaosDefinition(address, "anycast-measurement ns-a dns4 id.server", TimeSpan.FromHours(1)) { Tags = ["anycast-measurement"] },
                new PingDefinition(address, "anycast-measurement ns-a ping4", TimeSpan.FromHours(1)) { Tags = ["anycast-measurement"] },
            ],
            [probes]));
        (fixture.Chaos, fixture.Ping) = (ids[0], ids[1]);
        return fixture;
    }

    /// <summary>Runs the stream until the end of the test.</summary>
    public void Run() => running = Stream.RunAsync(ended.Token);

    /// <summary>Waits until so many subscriptions are confirmed on a connection of this number.</summary>
    public Task Subscribed(int count, int connection = 1) => Waiting.Until(
        () => Stream.State is var state && state.Subscribed == count && state.Connections >= connection,
        $"connection {connection} has {count} subscriptions");

    /// <summary>The lines of the next batches, until there are so many.</summary>
    public async Task<List<string>> Lines(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var lines = new List<string>();
        while (lines.Count < count)
        {
            var batch = await Stream.Batches.ReadAsync(limit.Token);
            foreach (var (_, text) in batch.Lines)
            {
                lines.AddRange(Encoding.UTF8.GetString(text.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return lines;
    }

    /// <summary>What a download has now and had not at an earlier time.</summary>
    public async Task<List<string>> Downloaded(long measurement, DateTimeOffset since)
    {
        await using var body = await Client.Atlas.ResultsAsync(measurement, since.AddDays(-4), Server.Clock.Now.AddDays(1));
        using var reader = new StreamReader(body);
        var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(line => Stored(line) > since.ToUnixTimeSeconds())];
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Waiting.End(running);
        Stream.Dispose();
        await Server.DisposeAsync();
        ended.Dispose();
    }

    private static long Stored(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("stored_timestamp").GetInt64();
}
