using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class BackhaulTests
{
    private static readonly Backhaul Check = new(new BackhaulOptions());
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void A_PoP_that_is_far_from_everybody_around_it_is_behind_a_tunnel()
    {
        var finding = Assert.Single(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour is >= 10 and < 30 ? 160 : 8).Find(Check));
        Assert.Equal((Severity.Info, new Scope(ScopeKind.Pop, "APE"), 3), (finding.Severity, finding.Scope, finding.SampleSize));

        // 75 km need about 1 ms there and back in fibre that does not follow the great circle.
        Assert.InRange(finding.Observed!.Value, 155, 160);
        Assert.Equal(10 * Scene.Hour, finding.From.ToUnixTimeSeconds() - Scene.Start, 60.0);
        Assert.Equal(30 * Scene.Hour, finding.To.ToUnixTimeSeconds() - Scene.Start, 60.0);
    }

    [Fact]
    public void Several_networks_around_it_weigh_more_than_one_that_may_go_round()
    {
        var scene = new Scene().Place([1, 2]).Place([3], asn: 64501).Asks("a", Three, "A").Pings("a", Three, _ => 160);
        Assert.Equal(Severity.Warning, Assert.Single(scene.Find(Check)).Severity);
        var one = Assert.Single(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, _ => 160).Find(Check));
        Assert.EndsWith("All of them are in one network: it may be its way there.", one.Message, StringComparison.Ordinal);
    }

    /// <summary>Sydney answers ten probes in Europe within 8 ms: whatever Pops says, those servers are in Europe.</summary>
    [Fact]
    public void A_PoP_that_light_finds_elsewhere_is_not_where_it_is_said_to_be()
    {
        var probes = Enumerable.Range(1, 10).ToArray();
        var scene = new Scene().Place(probes[..5]).Place(probes[5..], "DE", 64501, 50.11, 8.68).Asks("a", probes, "S", rttMs: 8);
        var finding = Assert.Single(scene.Find(Check));
        Assert.Equal((Severity.Warning, new Scope(ScopeKind.Pop, "SYD"), null), (finding.Severity, finding.Scope, finding.Target));
        Assert.Equal(probes, finding.Probes);
        Assert.StartsWith("SYD is not where Pops says: 10 probes get its answers faster than light comes from there.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_near_probe_that_is_near_acquits_it() =>
        Assert.Empty(new Scene().Place([1, 2, 3, 4]).Asks("a", [1, 2, 3, 4], "A").Pings("a", Three, _ => 160).Pings("a", [4], _ => 3).Find(Check));

    [Fact]
    public void Near_probes_that_another_PoP_serves_say_nothing() => Assert.Empty(new Scene().Place(Three).Asks("a", Three, "J").Pings("a", Three, _ => 160).Find(Check));

    [Fact]
    public void Two_near_probes_may_both_have_slow_lines() => Assert.Empty(new Scene().Place(Three).Asks("a", Three[..2], "A").Pings("a", Three[..2], _ => 160).Find(Check));

    [Fact]
    public void Two_slow_rounds_are_weather() => Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour is 10 or 11 ? 160 : 8).Find(Check));
}
