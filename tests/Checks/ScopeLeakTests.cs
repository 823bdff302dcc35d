using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class ScopeLeakTests
{
    private static readonly ScopeLeak Check = new(new ScopeLeakOptions());
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void A_PoP_for_Australia_that_answers_Europe_leaks()
    {
        var finding = Assert.Single(new Scene().Place(Three).Place([11], "AU", 64502, -37.8, 145).Asks("a", Three, "S").Asks("a", [11], "S").Find(Check));
        Assert.Equal((Severity.Warning, new Scope(ScopeKind.Pop, "SYD"), 4), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal(3, finding.Observed);
        Assert.StartsWith("SYD is meant for Australia, New Zealand, AS64999 but answers 3 probes for a over IPv4 from elsewhere: the Netherlands 3.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_the_audience_belongs_to_it_wherever_it_is() => Assert.Empty(new Scene().Place(Three, asn: 64999).Asks("a", Three, "S").Find(Check));

    [Fact]
    public void A_PoP_without_an_audience_is_meant_for_everyone() => Assert.Empty(new Scene().Place(Three).Asks("a", Three, "J").Find(Check));

    [Fact]
    public void Two_probes_are_too_few() => Assert.Empty(new Scene().Place(Three).Asks("a", Three[..2], "S").Find(Check));
}
