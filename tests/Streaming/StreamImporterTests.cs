using Collector.Configuration;
using Collector.Import;
using Collector.Network;
using Collector.Results;
using Collector.Rounds;
using Collector.Store;
using Collector.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Store;
using Xunit;

namespace Tests.Streaming;

/// <summary>From the stream into the store, together with what is collected.</summary>
public sealed class StreamImporterTests : IDisposable
{
    private static readonly AnycastNetwork Network = SimulatedNetwork.Create();

    private readonly TemporaryFolder streamed = new();
    private readonly TemporaryFolder collected = new();

    public void Dispose()
    {
        streamed.Dispose();
        collected.Dispose();
    }

    [Fact]
    public async Task What_a_bad_stream_brings_and_what_is_collected_meanwhile_and_after_is_what_a_single_collection_brings()
    {
        // A fifth is lost, a tenth comes twice, and a connection lasts 150 results.
        await using var fixture = await StreamFixture.StartAsync(new SimulatorFaults { Seed = 4, StreamLoss = 0.2, StreamDuplicates = 0.1, StreamLength = 150 });
        using var store = SqliteStore.Open(streamed.Root);
        var measurements = Know(store, fixture);
        var importer = new Importer(store);
        var collector = Collector(fixture, store, importer);
        using var ended = new CancellationTokenSource();
        var running = Importer(fixture, store, importer).RunAsync(ended.Token);
        await fixture.Subscribed(2);

        var clock = fixture.Server.Clock;
        for (var hour = 1; hour <= 24; hour++)
        {
            await fixture.Subscribed(2);
            var before = fixture.Stream.State;
            clock.Now = StreamFixture.Begin.AddHours(hour);
            if (hour % 4 == 0)
            {
                // Both bring the same hour at the same time.
                foreach (var measurement in measurements)
                {
                    await collector.CollectAsync(measurement, StreamFixture.Begin.AddHours(hour - 4), clock.Now);
                }
            }
            else
            {
                await Waiting.Until(() => fixture.Stream.State is var now && (now.Results > before.Results || now.Connections > before.Connections), "the stream brings something, or was lost");
            }
        }

        await ended.CancelAsync();
        await Waiting.End(running);
        Assert.Equal(0, fixture.Stream.State.Rejected);
        Assert.True(fixture.Stream.State is { Results: > 500, Connections: > 3 }, $"{fixture.Stream.State}");

        // The clean one, and the last collection of the other.
        clock.Now = StreamFixture.Begin.AddHours(30);
        using var clean = SqliteStore.Open(collected.Root);
        Know(clean, fixture);
        var cleanCollector = Collector(fixture, clean, new Importer(clean));
        foreach (var measurement in measurements)
        {
            await collector.CollectAsync(measurement, StreamFixture.Begin.AddDays(-1), clock.Now);
            await cleanCollector.CollectAsync(measurement, StreamFixture.Begin.AddDays(-1), clock.Now);
        }

        Assert.Equal(StoreDump.Of(clean), StoreDump.Of(store));
        Assert.True(clean.Facts().Sum(facts => facts.Samples) > 2000);
        Assert.Equal(Lines(collected), Lines(streamed));
    }

    [Fact]
    public async Task The_stream_moves_no_watermark_and_stores_without_a_collection()
    {
        await using var fixture = await StreamFixture.StartAsync();
        using var store = SqliteStore.Open(streamed.Root);
        Know(store, fixture);
        using var ended = new CancellationTokenSource();
        var running = Importer(fixture, store, new Importer(store)).RunAsync(ended.Token);
        await fixture.Subscribed(2);
        fixture.Server.Clock.Now = StreamFixture.Begin.AddHours(1);
        await Waiting.Until(() => store.Facts() is { Count: 2 } facts && facts.All(fact => fact.Samples > 30), "both measurements have results");
        Assert.Null(store.Watermark(fixture.Chaos));
        await ended.CancelAsync();
        await Waiting.End(running);
    }

    [Fact]
    public async Task Of_a_followed_measurement_the_same_is_kept_as_when_it_is_collected()
    {
        await using var fixture = await StreamFixture.StartAsync();
        var probes = await fixture.Client.Atlas.ProbesAsync(new Collector.Atlas.ProbeFilter()).ToListAsync();
        var control = new StoredMeasurement(1001, "ns-a", MeasurementKind.Ping, 4, null, 240) { IsFollowed = true };
        using var store = SqliteStore.Open(streamed.Root);
        using var clean = SqliteStore.Open(collected.Root);
        foreach (var each in new[] { store, clean })
        {
            each.SaveProbes(StreamFixture.Begin, probes);
            each.SaveMeasurement(control);
        }

        using var ended = new CancellationTokenSource();
        var running = Importer(fixture, store, new Importer(store)).RunAsync(ended.Token);
        await fixture.Subscribed(1);
        var end = StreamFixture.Begin.AddHours(6);
        fixture.Server.Clock.Now = end;
        await Collector(fixture, clean, new Importer(clean)).CollectAsync(control, StreamFixture.Begin.AddMinutes(-3), end);

        // Results of the last minutes before the beginning were stored after it, or not: the stream has the former only.
        var expected = Samples(clean).Where(sample => sample.At > StreamFixture.Begin.ToUnixTimeSeconds()).ToList();
        Assert.InRange(expected.Count, 80, 150); // 20 probes, once an hour, instead of 60 every four minutes
        await Waiting.Until(() => Samples(store).Count >= expected.Count, "the stream brought as much");
        await ended.CancelAsync();
        await Waiting.End(running);
        Assert.Equal(expected, Samples(store).Where(sample => sample.At > StreamFixture.Begin.ToUnixTimeSeconds() && sample.At < end.ToUnixTimeSeconds()));
    }

    internal static StreamImporter Importer(StreamFixture fixture, SqliteStore store, Importer importer) =>
        new(fixture.Stream, importer, store, Network, Follows(fixture, store), fixture.Server.Clock, NullLogger<StreamImporter>.Instance);

    internal static ResultCollector Collector(StreamFixture fixture, SqliteStore store, Importer importer) =>
        new(fixture.Client.Fetcher, importer, store, fixture.Server.Clock, Follows(fixture, store));

    private static FollowPlans Follows(StreamFixture fixture, SqliteStore store) =>
        new(store, Network, new ProbeSelectionOptions { Count = 20 }, fixture.Server.Clock);

    internal static List<StoredMeasurement> Know(SqliteStore store, StreamFixture fixture)
    {
        List<StoredMeasurement> measurements =
        [
            new(fixture.Chaos, "ns-a", MeasurementKind.Dns, 4, "id.server", 3600),
            new(fixture.Ping, "ns-a", MeasurementKind.Ping, 4, null, 3600),
        ];
        measurements.ForEach(store.SaveMeasurement);
        return measurements;
    }

    private static List<(int Probe, long At)> Samples(SqliteStore store)
    {
        var samples = new List<(int Probe, long At)>();
        foreach (var probe in store.ReadByProbe([1001], long.MinValue, long.MaxValue))
        {
            samples.AddRange(probe.Of(0).Select(sample => (probe.Probe, sample.At)));
        }

        return samples;
    }

    internal static IEnumerable<string> Lines(TemporaryFolder folder) => Tests.Import.Results.Archived(new DataFolder(folder.Root).Archive)
        .Where(file => !file.Key.Contains("measurements", StringComparison.Ordinal))
        .SelectMany(file => file.Value.Select(line => file.Key + " " + line)).Order(StringComparer.Ordinal);
}
