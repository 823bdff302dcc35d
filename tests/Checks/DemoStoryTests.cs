using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using Simulator.Worlds;
using Tests.Catchments;
using Xunit;
using World = Simulator.Worlds.World;

namespace Tests.Checks;

/// <summary>The second week of the demo's world, in which Johannesburg enters service and its upstream is too well connected.</summary>
public sealed class DemoStoryTests
{
    private const long Day = 86400;
    private const long Monday = SimulatedNetwork.NewPops;

    private static readonly Lazy<(World World, IReadOnlyList<Finding> Findings)> Week = new(() =>
    {
        var world = World.Create();
        var network = World.Network();
        var store = new MemoryStore();
        SimulatedStore.Fill(store, world, network.Targets[0], 4, Monday - Day, Monday + (2 * Day));
        var window = new Window(DateTimeOffset.FromUnixTimeSeconds(Monday), DateTimeOffset.FromUnixTimeSeconds(Monday + (2 * Day)));
        return (world, new CheckReader(new CatchmentReader(store, network.IdentityTemplates), new CheckSuite()).Find(network.Targets, window));
    });

    [Fact]
    public void Over_reach_names_Johannesburg_first()
    {
        var finding = Week.Value.Findings.First(finding => finding.Check == OverReach.CheckName);
        Assert.Equal("JNB", finding.Scope.Value);
        Assert.InRange(finding.Observed!.Value, 0.5, 1);
    }

    [Fact]
    public void Catchment_shift_shows_where_Johannesburg_s_clients_came_from()
    {
        var (world, findings) = Week.Value;
        var finding = Assert.Single(findings, finding => finding.Check == CatchmentShift.CheckName && finding.Scope.Value == "JNB");
        Assert.Equal((0.0, Monday), (finding.Expected, finding.From.ToUnixTimeSeconds() / 3600 * 3600));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Equal(finding.Observed, finding.Probes.Count);

        // Nearly all of whom routing really dragged there are in it, and nobody else; and the message counts them as the truth does.
        var moved = world.Probes.Where(probe => world.TruePop(probe.Id, "ns-a", 4, Monday + Day) == "JNB" && world.TruePop(probe.Id, "ns-a", 4, Monday - (Day / 2)) is not (null or "JNB"))
            .Select(probe => probe.Id).ToHashSet();
        Assert.InRange(finding.Probes.Count(moved.Contains), 0.95 * moved.Count, moved.Count);
        Assert.InRange(finding.Probes.Count(moved.Contains), 0.98 * finding.Probes.Count, finding.Probes.Count);
        var from = finding.Probes.Where(moved.Contains).CountBy(probe => world.TruePop(probe, "ns-a", 4, Monday - (Day / 2))!).OrderByDescending(pair => pair.Value).First();
        Assert.Matches($@"^JNB \(Johannesburg\) gained \d+ probes of ns-a over IPv4 from {from.Key} \d+, ", finding.Message);
    }
}
