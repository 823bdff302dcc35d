using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class ContinentalDetourTests
{
    private static readonly ContinentalDetour Check = new(new ContinentalDetourOptions());

    [Fact]
    public void Amsterdam_served_from_Johannesburg_is_a_detour_of_nine_thousand_kilometres()
    {
        var finding = Assert.Single(new Scene().Place([1, 2, 3, 4]).Asks("a", [1, 2, 3], "J").Asks("a", [4], "A", rttMs: 5).Find(Check));
        Assert.Equal((Severity.Warning, new Scope(ScopeKind.Asn, "64500"), 4), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal([1, 2, 3], finding.Probes);

        // Amsterdam to Johannesburg is about 9,020 km, to Apeldoorn about 75.
        Assert.InRange(finding.Observed!.Value, 8850, 9050);
        Assert.StartsWith("AS64500 in the Netherlands: 3 probes are served by JNB for a over IPv4, 8,", finding.Message, StringComparison.Ordinal);
        Assert.Contains("than APE in Europe, at least 91 ms. It takes 400 ms now.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_PoP_is_nearer_on_its_own_continent_nothing_is_wrong() =>
        // Cairo is nearer to Ljubljana than to Johannesburg, and stands in Africa.
        Assert.Empty(new Scene().Place([1], "EG", 64501, 30.04, 31.24).Asks("a", [1], "L").Find(Check));

    [Fact]
    public void A_PoP_that_is_not_meant_for_a_country_is_no_better_one() =>
        // Fiji is in Oceania, but Sydney is for Australia and New Zealand.
        Assert.Empty(new Scene().Place([1], "FJ", 64501, -18.14, 178.44).Asks("a", [1], "A").Find(Check));

    [Fact]
    public void Where_the_near_PoP_answers_nobody_that_is_what_to_look_at()
    {
        var scene = new Scene().Place([1]).Asks("a", [1], "J", family: 6);
        Assert.Equal("APE answers no probe at all over IPv6: see whether it announces a. If it is not meant to, take it out of the target's Pops.", Assert.Single(scene.Find(Check)).Advice);
    }

    [Fact]
    public void What_is_left_of_a_network_elsewhere_is_named_too()
    {
        var scene = new Scene().Place([1, 2]).Place([3], "SI", 64500, 46.06, 14.51).Asks("a", [1, 2], "J").Asks("a", [3], "S");
        Assert.Contains(" 1 more of the network is served abroad too: 1 in Slovenia by SYD.", Assert.Single(scene.Find(Check)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_rounds_say_nothing() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "JJ ").Find(Check));

    [Fact]
    public void A_probe_that_cannot_be_where_it_says_is_not_believed() =>
        // Answers from Johannesburg in 3 ms: it is there, whatever its host wrote.
        Assert.Empty(new Scene().Place([1]).Place([11, 12, 13], "ZA", 64502, -26.1, 28.0).Asks("a", [1], "J", rttMs: 3).Asks("a", [11, 12, 13], "J", rttMs: 3).Find(Check));
}
