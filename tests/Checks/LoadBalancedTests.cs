using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class LoadBalancedTests
{
    private static readonly LoadBalanced Check = new(new LoadBalancedOptions());
    private static readonly string Alternating = string.Concat(Enumerable.Repeat("AAJ", 16));

    [Fact]
    public void A_probe_that_alternates_is_told_with_its_PoPs_and_their_shares()
    {
        var finding = Assert.Single(new Scene().Place([1, 2]).Asks("a", [1], Alternating).Asks("a", [2], "A").Find(Check));
        Assert.Equal((Severity.Info, new Scope(ScopeKind.Probe, "1"), 1.0 / 3), (finding.Severity, finding.Scope, finding.Observed));
        Assert.Equal("Probe 1 in AS64500 in the Netherlands alternates between PoPs for a over IPv4, round by round: APE 67 %, JNB 33 %.", finding.Message);
    }

    [Fact]
    public void A_network_most_of_whose_probes_alternate_is_told_once()
    {
        var finding = Assert.Single(new Scene().Place([1, 2, 3, 4]).Asks("a", [1, 2, 3], Alternating).Asks("a", [4], "A").Find(Check));
        Assert.Equal((new Scope(ScopeKind.Asn, "64500"), 4), (finding.Scope, finding.SampleSize));
        Assert.Equal([1, 2, 3], finding.Probes);
        Assert.StartsWith("3 of the 4 probes in AS64500 in the Netherlands alternate between PoPs for a over IPv4", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_moves_and_stays_has_moved() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], new string('A', 20) + "J").Find(Check));

    [Fact]
    public void Who_moves_twice_a_day_is_restless_but_not_balanced() =>
        Assert.Empty(new Scene().Place([1]).Asks("a", [1], string.Concat(Enumerable.Repeat("AAAAAAAAAAAAJJJJJJJJJJJJ", 2))).Find(Check));

    [Fact]
    public void Ten_rounds_are_too_few_to_tell() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "AJAJAJAJAJ ").Find(Check));
}
