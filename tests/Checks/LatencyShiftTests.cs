using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class LatencyShiftTests
{
    private static readonly LatencyShift Check = new(new LatencyShiftOptions());
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void A_network_that_takes_forty_milliseconds_longer_to_the_same_PoP_is_told_with_both_times()
    {
        var finding = Assert.Single(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour is >= 30 and < 40 ? 55 : 15).Find(Check));
        Assert.Equal((Severity.Warning, new Scope(ScopeKind.Asn, "64500"), 3), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal((55.0, 15.0), (finding.Observed, finding.Expected));
        Assert.Equal(30 * Scene.Hour, finding.From.ToUnixTimeSeconds() - Scene.Start, 60.0);
        Assert.Equal(40 * Scene.Hour, finding.To.ToUnixTimeSeconds() - Scene.Start, 60.0);
        Assert.Equal("AS64500 in the Netherlands: round trips to a over IPv4 take 40 ms longer than the day before, 55 ms instead of 15 ms, for 3 of 3 probes that stayed on APE.", finding.Message);
    }

    [Fact]
    public void A_longer_way_to_another_PoP_is_a_shift_of_the_catchment_not_of_latency() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, new string('A', 30) + "J").Pings("a", Three, hour => hour >= 30 ? 155 : 15).Find(Check));

    [Fact]
    public void Two_slow_rounds_are_weather() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour is 30 or 31 ? 155 : 15).Find(Check));

    [Fact]
    public void What_is_slow_every_evening_is_no_news() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour % 24 is >= 18 and < 23 ? 45 : 15).Find(Check));

    [Fact]
    public void Fifteen_milliseconds_are_too_little() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour >= 30 ? 30 : 15).Find(Check));

    [Fact]
    public void A_shorter_way_is_good_news_and_not_told() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three, hour => hour >= 30 ? 15 : 95).Find(Check));

    [Fact]
    public void Two_probes_may_both_have_full_lines() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three[..2], "A").Pings("a", Three[..2], hour => hour >= 30 ? 55 : 15).Find(Check));

    [Fact]
    public void One_of_three_is_its_own_trouble() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "A").Pings("a", Three[..1], hour => hour >= 30 ? 155 : 15).Pings("a", Three[1..], _ => 15).Find(Check));

    [Fact]
    public void Several_networks_of_a_country_are_told_once()
    {
        var scene = new Scene().Place([1], asn: 64501).Place([2], asn: 64502).Place([3], asn: 64503).Place([4], asn: 64504);
        var finding = Assert.Single(scene.Asks("a", [1, 2, 3, 4], "A").Pings("a", Three, hour => hour >= 30 ? 55 : 15).Pings("a", [4], _ => 15).Find(Check));
        Assert.Equal((new Scope(ScopeKind.Country, "NL"), 4), (finding.Scope, finding.SampleSize));
        Assert.Equal(Three, finding.Probes);
        Assert.StartsWith("The Netherlands (AS64501, AS64502, AS64503): ", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PoP_that_is_slow_to_everybody_is_told_once_and_what_goes_on_elsewhere_afterwards_too()
    {
        var scene = new Scene();
        foreach (var (asn, country) in new[] { (64501u, "NL"), (64502u, "DE"), (64503u, "FR"), (64504u, "BE") })
        {
            var three = Enumerable.Range((int)(asn - 64501) * 3, 3).Select(id => id + 1).ToList();
            scene.Place(three, country, asn).Asks("a", three, "A").Pings("a", three, hour => hour >= 30 && hour < (asn == 64501 ? 46 : 36) ? 75 : 15);
        }

        var findings = scene.Find(Check);
        Assert.Equal([new Scope(ScopeKind.Pop, "APE"), new Scope(ScopeKind.Asn, "64501")], findings.Select(finding => finding.Scope));
        Assert.Equal(12, findings[0].Probes.Count);
        Assert.Equal(36 * Scene.Hour, findings[1].From.ToUnixTimeSeconds() - Scene.Start, 60.0);
    }
}
