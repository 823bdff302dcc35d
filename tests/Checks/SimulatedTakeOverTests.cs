using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using Collector.Configuration.Checks;
using Tests.Catchments;
using Xunit;

namespace Tests.Checks;

/// <summary>The withdrawn hours of the simulated Internet: the timeline against the truth.</summary>
public sealed class SimulatedTakeOverTests
{
    private const long Round = 3600;

    // Miami is withdrawn on Tuesday 2026-11-10 from 12:00 to 18:00.
    private const long From = 1794312000;
    private const long To = 1794333600;

    [Fact]
    public void Gaps_equal_the_truth_within_one_measuring_round()
    {
        var world = Collector.Simulator.World.Create(probes: 600, weeks: 1);
        var network = Collector.Simulator.World.Network();
        var store = new MemoryStore();
        SimulatedStore.Fill(store, world, network.Targets[0], 4, From - (24 * Round), To + (6 * Round));
        var window = new Window(DateTimeOffset.FromUnixTimeSeconds(From - (6 * Round)), DateTimeOffset.FromUnixTimeSeconds(To + (6 * Round)));
        var input = new CheckReader(new CatchmentReader(store, network.IdentityTemplates), new CheckSuite()).Read([network.Targets[0]], window);

        var silences = new PopSilent(new PopSilentOptions()).Silences(input, Assert.Single(input.Services));
        var (number, silence, takeOver) = Assert.Single(silences, one => input.Services[0].Pop(one.Pop).Code == "MIA");
        Assert.InRange(silence.From, From - Round, From + Round);
        Assert.InRange(silence.To, To - Round, To + Round);

        // What was really so: each probe's own darkness, and who answered after it.
        var truth = takeOver.Probes.Where(probe => world.Probe(probe.Probe)!.ClockOffsetSeconds == 0).Select(probe =>
        {
            var at = From;
            while (world.TruePop(probe.Probe, "ns-a", 4, at) is null or "MIA")
            {
                at++;
            }

            return (probe.Probe, Dark: at - From, Pop: world.TruePop(probe.Probe, "ns-a", 4, at)!);
        }).ToList();
        Assert.True(truth.Count >= 5, $"only {truth.Count} probes");
        Assert.InRange(takeOver.MedianSeconds - Quantile(0.5), -Round, Round);
        Assert.InRange(takeOver.P90Seconds - Quantile(0.9), -Round, Round);
        Assert.InRange(takeOver.LongestSeconds - Quantile(1), -Round, Round);
        Assert.Equal(
            truth.CountBy(one => one.Pop).ToDictionary(),
            takeOver.Probes.Where(probe => truth.Exists(one => one.Probe == probe.Probe)).CountBy(probe => probe.Pop).ToDictionary());

        long Quantile(double share) => truth.Select(one => one.Dark).Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * truth.Count) - 1));
    }
}
