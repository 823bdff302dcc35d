using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class FarPopTests
{
    private static readonly FarPop Check = new(new FarPopOptions(), new ContinentalDetourOptions());
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void Cairo_served_from_the_other_end_of_its_continent_is_four_thousand_kilometres_too_far()
    {
        var finding = Assert.Single(Cairo().Asks("a", Three, "J", rttMs: 120).Find(Check));
        Assert.Equal((Severity.Info, new Scope(ScopeKind.Asn, "64501"), 3), (finding.Severity, finding.Scope, finding.SampleSize));

        // Cairo to Johannesburg is 6,263 km, to Ljubljana 2,296, which may take 35 ms there and back.
        Assert.InRange(finding.Observed!.Value, 3965, 3968);
        Assert.Equal("AS64501 in Egypt: 3 probes served by JNB for a over IPv4 in 120 ms although LJU is 3,966 km nearer: about 85 ms more than LJU should take.", finding.Message);
    }

    [Fact]
    public void Three_probes_that_are_red_are_a_warning() => Assert.Equal(Severity.Warning, Assert.Single(Cairo().Asks("a", Three, "J", rttMs: 210).Find(Check)).Severity);

    [Fact]
    public void A_detour_over_continents_is_told_as_such_and_not_twice() => Assert.Empty(new Scene().Place(Three).Asks("a", Three, "J").Find(Check));

    [Fact]
    public void Where_no_PoP_is_nearer_far_is_as_near_as_it_gets() =>
        // Lima is about as far from Johannesburg as from Apeldoorn.
        Assert.Empty(new Scene().Place(Three, "PE", 64501, -12.05, -77.04).Asks("a", Three, "J").Find(Check));

    [Fact]
    public void A_nearer_PoP_that_is_meant_for_others_does_not_count() =>
        // Jakarta is 5,500 km from Sydney, which is for Australia and New Zealand.
        Assert.Empty(new Scene().Place(Three, "ID", 64501, -6.2, 106.8).Asks("a", Three, "J").Find(Check));

    [Fact]
    public void A_far_PoP_that_is_as_fast_as_the_near_one_should_be_is_no_loss() =>
        // 1,000 km farther, but on a straight cable.
        Assert.Empty(Cairo().Asks("a", Three, "A", rttMs: 40).Find(Check));

    [Fact]
    public void Two_rounds_say_nothing() => Assert.Empty(Cairo().Asks("a", Three, "JJ ").Find(Check));

    private static Scene Cairo() => new Scene().Place(Three, "EG", 64501, 30.04, 31.24);
}
