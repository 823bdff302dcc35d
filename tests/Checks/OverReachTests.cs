using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class OverReachTests
{
    private static readonly OverReach Check = new(new OverReachOptions());

    [Fact]
    public void A_PoP_that_takes_ten_probes_from_another_continent_reaches_too_far()
    {
        var european = Enumerable.Range(1, 10).ToList();
        var african = Enumerable.Range(101, 10).ToList();
        var finding = Assert.Single(new Scene().Place(european).Place(african, "ZA", 64502, -26.1, 28.0).Asks("a", european, "J").Asks("a", african, "J", rttMs: 5).Find(Check));
        Assert.Equal((Severity.Warning, new Scope(ScopeKind.Pop, "JNB"), 20), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal(0.5, finding.Observed);
        Assert.Equal(european, finding.Probes);
        Assert.StartsWith("JNB attracts 10 of its 20 probes for a over IPv4 from other continents (10 from Europe), although on their own APE is nearer: by 8,", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_from_a_continent_without_a_PoP_of_its_own_are_welcome()
    {
        var indian = Enumerable.Range(1, 12).ToList();
        Assert.Empty(new Scene().Place(indian, "IN", 64501, 19.08, 72.88).Asks("a", indian, "J").Find(Check));
    }

    [Fact]
    public void A_few_strays_of_a_large_catchment_are_no_leak()
    {
        var african = Enumerable.Range(101, 90).ToList();
        var european = Enumerable.Range(1, 10).ToList();
        Assert.Empty(new Scene().Place(european).Place(african, "ZA", 64502, -26.1, 28.0).Asks("a", european, "J").Asks("a", african, "J", rttMs: 5).Find(Check));
    }
}
