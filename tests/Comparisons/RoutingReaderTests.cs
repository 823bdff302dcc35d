using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;
using Collector.Store;
using Tests.Checks;
using Tests.Store;
using Xunit;
using SimulatedWorld = Simulator.Worlds.World;
using World = Tests.Catchments.World;

namespace Tests.Comparisons;

public sealed class RoutingReaderTests : IDisposable
{
    private static readonly DateTimeOffset Monday = new IsoWeek(2026, 44).Start;
    private readonly TemporaryFolder folder = new();
    private readonly World world = new() { Window = Window.Of(new IsoWeek(2026, 44)) };
    private int read;

    public RoutingReaderTests()
    {
        world.Store.OnProbe = () => read++;
        for (var probe = 1; probe <= 12; probe++)
        {
            world.Place(probe, asn: (uint)probe);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_pop_that_was_withdrawn_for_a_day_and_returns_has_been_seen_before()
    {
        Days("AAAA", "AAJJ", "AAJJ", "AAAA", "AAJJ");
        var history = Read(Monday.AddDays(5));
        Assert.Equal([1, 2, 2, 1, 2], history.Days.Windows.Select(day => day.Mode!.Value));
        Assert.Equal((RoutingNews.Returned, Monday.AddDays(2)), (history.Day.News, history.Day.Other!.From));
    }

    [Fact]
    public void A_day_that_is_not_over_is_not_looked_at()
    {
        Days("AAAA", "AAAA", "JJJJ");
        Assert.Equal(2, Read(Monday.AddDays(2.9)).Days.Windows.Count);
        Assert.Equal(3, Read(Monday.AddDays(3)).Days.Windows.Count);
        Assert.Empty(Read(Monday.AddDays(3)).Weeks.Windows);
        Assert.Equal(new IsoWeek(2026, 44), Assert.Single(Read(Monday.AddDays(7)).Weeks.Windows).Window.Week);
    }

    [Fact]
    public void What_is_over_is_read_once_and_again_when_more_of_it_came_in()
    {
        Days("AAAA", "AAAA", "JJJJ");
        var first = Read(Monday.AddDays(7));
        Assert.NotEqual(0, read);
        read = 0;
        var second = Read(Monday.AddDays(7));
        Assert.Equal(0, read);
        Assert.Equal(first.Days.Windows, second.Days.Windows);
        Assert.Equal(first.Weeks.Windows, second.Weeks.Windows);

        Late(day: 1, "JJJJJJJJJJJJJJJJJJJJJJJJJJJJJJ");
        Assert.Equal([1, 2, 2], Read(Monday.AddDays(3)).Days.Windows.Select(day => day.Mode!.Value));
    }

    [Fact]
    public void Another_rule_attributes_all_of_it_anew()
    {
        Days("AAAA", "AAAA");
        Read(Monday.AddDays(2));
        read = 0;
        Read(Monday.AddDays(2), World.Named with { Pops = [.. World.Named.Pops.Skip(1)] });
        Assert.NotEqual(0, read);
    }

    [Fact]
    public void What_was_read_outlives_its_samples()
    {
        Days("AAAA", "AAJJ");
        var before = Read(Monday.AddDays(7)).Weeks.Windows;
        var pruned = new World();
        pruned.Window = Window.Of(new IsoWeek(2026, 45));
        for (var probe = 1; probe <= 12; probe++)
        {
            pruned.Place(probe, asn: (uint)probe);
            pruned.Asks(probe, new string('J', 24));
        }

        var history = Reader(pruned.Store).Read(World.Named, 4, Monday.AddDays(14));
        Assert.Equal([before[0].Window, Window.Of(new IsoWeek(2026, 45))], history.Weeks.Windows.Select(week => week.Window));
        Assert.Equal(before[0].Probes, history.Weeks.Windows[0].Probes);
    }

    [Fact]
    public void Days_that_are_no_longer_looked_at_are_not_kept()
    {
        Days([.. Enumerable.Repeat("AAAA", 10)]);
        Read(Monday.AddDays(10));
        Reader(world.Store, new ComparisonOptions { Days = 7 }).Read(World.Named, 4, Monday.AddDays(10));
        Assert.Equal(
            ["2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", "2026-W44"],
            Directory.GetFiles(folder["routing"], "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Days_of_probes_whose_clocks_are_wrong_are_no_history()
    {
        Days("AAAA", "AAAA", "AAAA");
        for (var probe = 1000; probe < 3000; probe++)
        {
            world.Store.Add(World.Dns, probe, At(Monday.AddDays(1)));
        }

        // Nineteen of two thousand believe it is last year.
        for (var probe = 1000; probe < 1019; probe++)
        {
            world.Store.Add(World.Dns, probe, At(Monday.AddDays(-400)));
        }

        Assert.Equal(new IsoWeek(2026, 44), Assert.Single(Read(Monday.AddDays(7)).Weeks.Windows).Window.Week);

        Sample At(DateTimeOffset at) => new() { At = at.ToUnixTimeSeconds(), Outcome = Outcome.Answered, RttMicroseconds = 9000, Identity = world.Store.Intern("ns1.ape") };
    }

    [Fact]
    public void Nothing_is_known_of_the_time_before_a_measurement_began()
    {
        Days("JJJJ", "AAAA", "AAAA");
        world.Store.SaveMeasurement(new StoredMeasurement(World.Dns, "service", MeasurementKind.Dns, 4, "id.server", World.Hour) { Start = Monday.AddDays(1) });
        Assert.Equal([1, 1], Read(Monday.AddDays(3)).Days.Windows.Select(day => day.Mode!.Value));
    }

    [Fact]
    public void A_damaged_file_is_made_again()
    {
        Days("AAAA", "AAAA");
        Read(Monday.AddDays(2));
        foreach (var file in Directory.GetFiles(folder["routing"], "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^12] ^= 0x55;
            File.WriteAllBytes(file, bytes);
        }

        read = 0;
        Assert.Equal([1, 1], Read(Monday.AddDays(2)).Days.Windows.Select(day => day.Mode!.Value));
        Assert.NotEqual(0, read);
    }

    [Fact]
    public void A_day_like_a_week_from_before_all_days_has_been_seen_in_that_week()
    {
        Days([.. Enumerable.Repeat("AAJJ", 7), .. Enumerable.Repeat("JJJJ", 10), "AAJJ"]);
        var history = Reader(world.Store, new ComparisonOptions { Days = 8 }).Read(World.Named, 4, Monday.AddDays(18));
        Assert.Equal((RoutingNews.Returned, new IsoWeek(2026, 44)), (history.Day.News, history.Day.Other!.Week));
        Assert.Equal(RoutingNews.New, Reader(world.Store, new ComparisonOptions { Days = 8 }).Read(World.Named, 4, Monday.AddDays(8)).Day.News);
    }

    [Fact]
    public void Without_time_to_read_all_the_latest_is_there_and_it_says_that_some_is_missing()
    {
        Days("AAAA", "AAAA", "JJJJ", "JJJJ");
        var reads = 0;
        var history = Reader(world.Store).Read(World.Named, 4, Monday.AddDays(4), mayRead: () => reads++ < 2);
        Assert.Equal([Monday.AddDays(2), Monday.AddDays(3)], history.Days.Windows.Select(day => day.Window.From));
        Assert.False(history.IsComplete);
        Assert.True(Read(Monday.AddDays(4)).IsComplete);
    }

    [Fact]
    public void A_target_without_results_has_no_history()
    {
        var history = Read(Monday.AddDays(3));
        Assert.True(history.IsEmpty);
        Assert.Equal((RoutingNews.Unknown, RoutingNews.Unknown), (history.Day.News, history.Week.News));
    }

    [Fact]
    public void A_catchment_that_was_read_already_is_not_read_again()
    {
        Days("AAAA", "AAAA", "JJJJ");
        var week = new CatchmentReader(world.Store).Read(World.Named, 4, Window.Of(new IsoWeek(2026, 44)));
        read = 0;
        var reads = 0;
        Reader(world.Store).Read(World.Named, 4, Monday.AddDays(7), [week], () => ++reads > 0);
        Assert.Equal(3, reads);
    }

    /// <summary>The demo's story: new PoPs in the second week, prepending in the third. No week is like another, and the third is nearer to the first.</summary>
    [Fact]
    public void The_simulated_weeks_differ_and_prepending_repaired_most()
    {
        var simulated = SimulatedWorld.Create(11, 150, 3);
        var store = new Tests.Catchments.MemoryStore();
        var target = SimulatedWorld.Network(TimeSpan.FromHours(1), TimeSpan.FromHours(2)).Targets[0];
        SimulatedStore.Fill(store, simulated, target, 4, simulated.Start, simulated.End);
        var history = Reader(store).Read(target, 4, DateTimeOffset.FromUnixTimeSeconds(simulated.End));
        Assert.Equal([1, 2, 3], history.Weeks.Windows.Select(week => week.Mode!.Value));
        Assert.True(history.Weeks.Similarities[0, 2] > history.Weeks.Similarities[0, 1] + 0.1);
        Assert.Equal((RoutingNews.New, new IsoWeek(2026, 44)), (history.Week.News, history.Week.Other!.Week));

        // The days change where the weeks do, and at no other time for good.
        var days = history.Days.Windows.Select(day => day.Mode!.Value).ToList();
        Assert.Equal(21, days.Count);
        Assert.Single(days[..7].Distinct());
        Assert.DoesNotContain(days[7], days[..7]);
        Assert.DoesNotContain(days[14], days[..14]);
    }

    /// <summary>A letter each quarter of the twelve probes, a text each day.</summary>
    private void Days(params string[] days)
    {
        for (var probe = 1; probe <= 12; probe++)
        {
            world.Asks(probe, string.Concat(days.Select(day => new string(day[(probe - 1) / 3], 24))));
        }
    }

    private void Late(int day, string rounds)
    {
        for (var probe = 1; probe <= 12; probe++)
        {
            for (var round = 0; round < rounds.Length; round++)
            {
                world.Store.Add(World.Dns, probe, new Sample
                {
                    At = Monday.AddDays(day).ToUnixTimeSeconds() + (round * 2000) + 7,
                    Outcome = Outcome.Answered,
                    RttMicroseconds = 400_000,
                    Identity = world.Store.Intern($"ns1.{(rounds[round] == 'J' ? "jnb" : "ape")}"),
                });
            }
        }
    }

    private RoutingHistory Read(DateTimeOffset until, Target? target = null) => Reader(world.Store).Read(target ?? World.Named, 4, until);

    private RoutingReader Reader(IObservationStore store, ComparisonOptions? options = null) =>
        new(store, new CatchmentReader(store), [], options ?? new ComparisonOptions(), new RoutingFiles(folder["routing"]));
}
