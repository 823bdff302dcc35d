using Collector.Atlas;
using Collector.Configuration;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Rounds;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Tests.Store;
using Xunit;

namespace Tests.Rounds;

public sealed class FollowPlanTests
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    private readonly List<CollectSummary> read = [];

    [Theory]
    [InlineData(240, 3600)]
    [InlineData(1800, 3600)]
    [InlineData(1800, 2700)]
    [InlineData(240, 300)]
    public void A_probe_that_keeps_its_phase_has_exactly_one_result_in_each_slot(int own, int interval)
    {
        var plan = new FollowPlan([1], TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(own));
        const long start = 1_750_000_000;
        for (var phase = 0; phase < own; phase += 7)
        {
            var wanted = Enumerable.Range(0, 40 * interval / own).Select(round => start + phase + ((long)round * own)).Where(plan.Wants).ToList();
            Assert.InRange(wanted.Count, 39, 40);
            Assert.Equal(wanted.Count, wanted.Select(at => at / interval).Distinct().Count());
            Assert.All(wanted.Zip(wanted.Skip(1)), pair => Assert.Equal(1, (pair.Second / interval) - (pair.First / interval)));
        }
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(7200, 3600)]
    public void What_comes_no_more_often_than_it_is_wanted_is_taken_whole(int own, int interval)
    {
        var plan = new FollowPlan([1], TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(own));
        Assert.All(Enumerable.Range(0, 7200), second => Assert.True(plan.Wants(1_750_000_000 + second)));
    }

    [Theory]
    [InlineData(240, 3600)]
    [InlineData(1800, 2700)]
    [InlineData(3600, 3600)]
    public void The_open_parts_of_a_window_hold_what_is_wanted_and_nothing_else(int own, int interval)
    {
        var plan = new FollowPlan([1], TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(own));
        foreach (var (from, length) in new[] { (1_750_000_000, 9_000), (1_750_000_300, 60), (1_749_999_600, 3_600), (1_749_999_599, 2), (1_750_000_000, 1) })
        {
            var open = plan.Open(DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(from + length)).ToList();
            Assert.All(Enumerable.Range(from, length), second => Assert.Equal(
                plan.Wants(second), open.Exists(part => part.From.ToUnixTimeSeconds() <= second && second < part.To.ToUnixTimeSeconds())));
            Assert.All(open, part => Assert.True(part.From < part.To));
            Assert.True(open.Count == 0 || (open[0].From.ToUnixTimeSeconds() >= from && open[^1].To.ToUnixTimeSeconds() <= from + length));
        }
    }

    [Fact]
    public async Task Of_a_followed_measurement_the_selected_probes_are_read_once_an_interval_however_often_and_in_whatever_windows()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        using var once = new TemporaryFolder();
        using var often = new TemporaryFolder();
        var start = DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start);

        var expected = await FollowAsync(server, once, (start, start.AddDays(1)));
        var got = await FollowAsync(
            server, often, (start, start.AddMinutes(50)), (start.AddMinutes(1), start.AddHours(7.3)), (start.AddHours(6.1), start.AddDays(1)), (start, start.AddDays(1)));

        Assert.Equal(expected, got);
        Assert.Equal(10, expected.Select(sample => sample.Probe).Distinct().Count());
        Assert.All(expected.GroupBy(sample => (sample.Probe, Slot: sample.At / 3600)), slot => Assert.Single(slot));
        Assert.InRange(expected.Count, 10 * 20, 10 * 24);
    }

    [Fact]
    public async Task A_short_round_asks_for_nothing_that_is_not_wanted_and_moves_the_watermark_over_all_of_it()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        using var folder = new TemporaryFolder();
        var start = DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start);
        var samples = await FollowAsync(server, folder, (start.AddMinutes(30), start.AddHours(3.5)));
        Assert.InRange(samples.Count, 25, 30);
        using var store = SqliteStore.Open(folder.Root, readOnly: true);
        Assert.Equal(start.AddHours(3.5).ToUnixTimeSeconds(), store.Watermark(1001));
        Assert.All(read, summary => Assert.Equal((0, 1), (summary.Import!.Unwanted, summary.Windows)));
    }

    [Fact]
    public void Without_any_known_probe_it_says_so_instead_of_reading_everything()
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteStore.Open(folder.Root);
        var plans = new FollowPlans(store, new([], []), new ProbeSelectionOptions(), TimeProvider.System);
        var problem = Assert.Throws<IOException>(() => plans.For(Followed));
        Assert.StartsWith("no probe with IPv4 is known yet", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_was_read_lately_stays()
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteStore.Open(folder.Root);
        var clock = new SimulatorClock(DateTimeOffset.FromUnixTimeSeconds(1_750_000_000));
        var probes = Enumerable.Range(1, 50).Select(id => new Probe(id) { Status = ProbeStatus.Connected, Country = "NL", AsnV4 = 64500, Tags = ["system-ipv4-works"] }).ToList();
        store.SaveProbes(clock.Now.AddDays(-1), probes);
        store.SaveMeasurement(Followed);
        FollowPlans Plans() => new(store, Network, new ProbeSelectionOptions { Count = 5 }, clock);
        var other = Enumerable.Range(1, 50).Except(Plans().For(Followed).Probes).Take(5).ToList();
        store.Save(other.Select(probe => new Observation
        {
            Kind = MeasurementKind.Ping,
            Measurement = Followed.Id,
            Probe = probe,
            At = clock.Now.ToUnixTimeSeconds() - 3600,
            Family = 4,
            Outcome = Outcome.Unanswered,
        }));
        Assert.Equal(other, Plans().For(Followed).Probes);
    }

    private static readonly StoredMeasurement Followed = new(1001, "k", MeasurementKind.Ping, 4, null, 240) { IsFollowed = true };

    private static readonly AnycastNetwork Network = new([new Target("k") { Follow = new Follow([], [], [1001], []) }], []);

    private async Task<List<(int Probe, long At, int Rtt)>> FollowAsync(SimulatorServer server, TemporaryFolder folder, params (DateTimeOffset From, DateTimeOffset To)[] windows)
    {
        var fixture = new AtlasFixture(new AtlasOptions { BaseUrl = server.BaseUrl }, realNetwork: true);
        using var store = SqliteStore.Open(folder.Root);
        var probes = new List<Probe>();
        await foreach (var probe in fixture.Atlas.ProbesAsync(new ProbeFilter()))
        {
            probes.Add(probe);
        }

        store.SaveProbes(DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start), probes);
        store.SaveMeasurement(Followed);
        var clock = new SimulatorClock(DateTimeOffset.FromUnixTimeSeconds(Small.Value.End));
        var collector = new ResultCollector(
            fixture.Fetcher, new Importer(store, NullLogger<Importer>.Instance), store, clock, new FollowPlans(store, Network, new ProbeSelectionOptions { Count = 10 }, clock));
        foreach (var (from, to) in windows)
        {
            read.Add(await collector.CollectAsync(Followed, from, to));
        }

        return [.. store.ReadByProbe([1001], 0, long.MaxValue).SelectMany(samples => samples.Of(0).Select(sample => (samples.Probe, sample.At, sample.RttMicroseconds)))];
    }
}
