using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class FamilySplitTests
{
    private static readonly FamilySplit Check = new(new FamilySplitOptions());

    [Fact]
    public void IPv4_in_Africa_and_IPv6_in_Europe_is_a_split()
    {
        var finding = Assert.Single(new Scene().Place([1]).Asks("a", [1], "J").Asks("a", [1], "A", family: 6, rttMs: 5).Find(Check));
        Assert.Equal((Severity.Info, "a", (int?)null, new Scope(ScopeKind.Probe, "1")), (finding.Severity, finding.Target, finding.Family, finding.Scope));
        Assert.InRange(finding.Observed!.Value, 8850, 9050);
        Assert.Contains("reaches JNB for a over IPv4 but APE over IPv6", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_near_PoP_answers_nobody_over_the_other_family_that_is_what_to_look_at()
    {
        var scene = new Scene().Place([1, 2]).Asks("a", [1], "A").Asks("a", [1], "J", family: 6);
        Assert.Equal("APE answers no probe at all over IPv6: see whether it announces a.", Assert.Single(scene.Find(Check)).Advice);
        Assert.StartsWith("Compare the upstreams", Assert.Single(scene.Asks("a", [2], "A", family: 6).Find(Check)).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_PoPs_on_one_continent_are_none() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "L").Asks("a", [1], "A", family: 6).Find(Check));

    [Fact]
    public void Two_continents_at_about_the_same_distance_are_none() =>
        // Nairobi: 2,900 km to Johannesburg, 5,300 to Ljubljana; Khartoum: 4,700 and 3,900.
        Assert.Empty(new Scene().Place([1], "SD", 64501, 15.5, 32.56).Asks("a", [1], "J").Asks("a", [1], "L", family: 6).Find(Check));

    [Fact]
    public void A_few_rounds_of_two_days_are_none() =>
        Assert.Empty(new Scene().Place([1]).Asks("a", [1], "JJJJJA").Asks("a", [1], "A", family: 6).Find(Check));
}
