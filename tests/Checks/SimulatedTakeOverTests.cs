using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using Collector.Configuration.Checks;
using Tests.Catchments;
using Xunit;

namespace Tests.Checks;

/// <summary>The withdrawn hours of the simulated Internet: the timeline against the truth, which is known to the second.</summary>
public sealed class SimulatedTakeOverTests
{
    // Miami is withdrawn on Tuesday 2026-11-10 from 12:00 to 18:00. Networks take half a minute to three minutes to find another PoP.
    private const long From = 1794312000;
    private const long To = 1794333600;

    /// <summary>Hourly rounds as the service asks, and rounds so short that a wrong gap would show.</summary>
    [Theory]
    [InlineData(8038, 4, 3600)]
    [InlineData(8038, 6, 3600)]
    [InlineData(8038, 4, 60)]
    [InlineData(101, 4, 60)]
    [InlineData(102, 4, 60)]
    [InlineData(103, 6, 300)]
    public void Gaps_equal_the_truth_within_one_measuring_round(int seed, int family, int roundSeconds)
    {
        var (world, takeOver, silence) = Follow(seed, family, roundSeconds);
        Assert.InRange(silence.From, From - roundSeconds, From + roundSeconds);
        Assert.InRange(silence.To, To - roundSeconds, To + roundSeconds);

        // What was really so: each probe's own darkness, and who answered after it. Of some, the clock is hours wrong.
        var truth = takeOver.Probes.Where(probe => world.Probe(probe.Probe)!.ClockOffsetSeconds == 0).Select(probe =>
        {
            var at = From;
            while (world.TruePop(probe.Probe, "ns-a", family, at) is null or "MIA")
            {
                at++;
            }

            return (Found: probe, Dark: at - From, Pop: world.TruePop(probe.Probe, "ns-a", family, at)!);
        }).ToList();
        Assert.True(truth.Count >= 5, $"only {truth.Count} probes");
        Assert.InRange(takeOver.MedianSeconds - Quantile(0.5), -roundSeconds, roundSeconds);
        Assert.InRange(takeOver.P90Seconds - Quantile(0.9), -roundSeconds, roundSeconds);
        Assert.InRange(takeOver.LongestSeconds - Quantile(1), -roundSeconds, roundSeconds);

        // Probe by probe: a round may be lost just then, so that one in twenty may be a round later; nobody is earlier.
        var errors = truth.Where(one => !one.Found.IsLossy).Select(one => one.Found.GapSeconds - one.Dark).ToList();
        Assert.All(errors, error => Assert.InRange(error, -roundSeconds, 2 * roundSeconds));
        Assert.True(errors.Count(error => error > roundSeconds) <= Math.Max(1, errors.Count / 20), string.Join(' ', errors.Order()));

        // Who took how many.
        Assert.Equal(truth.CountBy(one => one.Pop).ToDictionary(), truth.CountBy(one => one.Found.Pop).ToDictionary());
        Assert.All(truth, one => Assert.Equal(one.Pop, one.Found.Pop));

        long Quantile(double share) => truth.Select(one => one.Dark).Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * truth.Count) - 1));
    }

    [Theory]
    [InlineData(8038)]
    [InlineData(101)]
    [InlineData(102)]
    public void Nobody_who_was_at_home_there_is_forgotten(int seed)
    {
        var (world, takeOver, _) = Follow(seed, 4, 60);
        var found = takeOver.Probes.Select(probe => probe.Probe).ToHashSet();
        var former = world.Probes.Where(probe => probe.ClockOffsetSeconds == 0 && world.TruePop(probe.Id, "ns-a", 4, From - 1) == "MIA" && world.TruePop(probe.Id, "ns-a", 4, From + 600) is not (null or "MIA")).ToList();
        Assert.True(former.Count >= 20, $"only {former.Count} probes");

        // Some were offline.
        Assert.InRange(former.Count(probe => !found.Contains(probe.Id)), 0, former.Count / 20);
        Assert.DoesNotContain(takeOver.Probes, probe => world.Probe(probe.Probe)!.ClockOffsetSeconds == 0 && world.TruePop(probe.Probe, "ns-a", 4, From - 1) != "MIA");
    }

    private static (global::Simulator.Worlds.World World, TakeOver TakeOver, Episode Silence) Follow(int seed, int family, int roundSeconds)
    {
        var world = global::Simulator.Worlds.World.Create(seed: seed, probes: 600, weeks: 1);
        var network = global::Simulator.Worlds.World.Network();
        var target = network.Targets[0] with { DnsInterval = TimeSpan.FromSeconds(roundSeconds) };
        var store = new MemoryStore();

        // Those that it is about, and enough others to see that nobody else is taken for one.
        SimulatedStore.Fill(
            store, world, target, family, From - (roundSeconds == 3600 ? 24 * 3600 : 3600), To + 3600, roundSeconds,
            probe => probe.Index % 10 == 0 || world.TruePop(probe.Id, "ns-a", family, From - 1) == "MIA");
        var window = new Window(DateTimeOffset.FromUnixTimeSeconds(From - 3600), DateTimeOffset.FromUnixTimeSeconds(To + 3600));
        var input = new CheckReader(new CatchmentReader(store, network.IdentityTemplates), new CheckSuite()).Read([target], window);
        var service = Assert.Single(input.Services);
        var (_, silence, takeOver) = Assert.Single(new PopSilent(new PopSilentOptions()).Silences(input, service), one => service.Pop(one.Pop).Code == "MIA");
        return (world, takeOver, silence);
    }
}
