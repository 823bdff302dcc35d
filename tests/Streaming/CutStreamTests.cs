using Collector.Import;
using Collector.Store;
using Tests.Store;
using Xunit;

namespace Tests.Streaming;

/// <summary>The stream, cut a thousand times.</summary>
public sealed class CutStreamTests : IDisposable
{
    private const int Cuts = 1000;

    private readonly TemporaryFolder streamed = new();
    private readonly TemporaryFolder collected = new();

    public void Dispose()
    {
        streamed.Dispose();
        collected.Dispose();
    }

    [Fact]
    [Trait("Tier", "slow")]
    public async Task After_a_thousand_cuts_the_stream_brings_results_nothing_is_lost_or_twice_and_nothing_is_left_open()
    {
        // A connection counts as good at once, so that the pauses stay short; the pauses have a test of their own.
        await using var fixture = await StreamFixture.StartAsync(limits: StreamFixture.Quick with { Proven = TimeSpan.Zero, FirstPause = TimeSpan.FromMilliseconds(1) });
        using var store = SqliteStore.Open(streamed.Root);
        var measurements = StreamImporterTests.Know(store, fixture);
        var importer = new Importer(store);
        using var ended = new CancellationTokenSource();
        var running = StreamImporterTests.Importer(fixture, store, importer).RunAsync(ended.Token);
        await fixture.Subscribed(2);
        var clock = fixture.Server.Clock;
        var files = OpenFiles();
        for (var cut = 1; cut <= Cuts; cut++)
        {
            // Results come all the time, and each cut meets the stream somewhere else: connecting, subscribing, within a frame.
            clock.Now = StreamFixture.Begin.AddMinutes(cut);
            var connections = fixture.Stream.State.Connections;
            await Waiting.Until(() => fixture.Server.Streams > 0, $"there is a stream to cut the {cut}. time");
            fixture.Server.DropStreams();
            await Waiting.Until(() => fixture.Stream.State.Connections > connections, $"it is connected again after cut {cut}");
        }

        // It is as good as on the first day.
        await fixture.Subscribed(2, Cuts);
        var before = fixture.Stream.State;
        clock.Now = StreamFixture.Begin.AddMinutes(Cuts).AddHours(2);
        await Waiting.Until(() => fixture.Stream.State.Results > before.Results + 60, "results come");
        Assert.True(before.Connections > Cuts, $"{before}");
        Assert.Equal((0, 0), (fixture.Stream.State.Rejected, fixture.Stream.State.Dropped));
        await Waiting.Until(() => fixture.Server.Streams == 1 && OpenFiles() < files + 50, "no connection is left open");
        await ended.CancelAsync();
        await Waiting.End(running);

        // And with the next collection the store is as if there had been no stream.
        using var clean = SqliteStore.Open(collected.Root);
        StreamImporterTests.Know(clean, fixture);
        var end = clock.Now.AddHours(6);
        clock.Now = end;
        foreach (var measurement in measurements)
        {
            await StreamImporterTests.Collector(fixture, store, importer).CollectAsync(measurement, StreamFixture.Begin.AddDays(-1), end);
            await StreamImporterTests.Collector(fixture, clean, new Importer(clean)).CollectAsync(measurement, StreamFixture.Begin.AddDays(-1), end);
        }

        Assert.Equal(StoreDump.Of(clean), StoreDump.Of(store));
        Assert.Equal(StreamImporterTests.Lines(collected), StreamImporterTests.Lines(streamed));
    }

    private static int OpenFiles() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;
}
