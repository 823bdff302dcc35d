using Analyzer.Checks;
using Analyzer.Findings;
using Xunit;

namespace Tests.Checks;

public sealed class MisplacedProbeTests
{
    private static readonly MisplacedProbe Check = new();
    private static readonly int[] African = [11, 12, 13];

    [Fact]
    public void A_probe_in_Amsterdam_that_Johannesburg_answers_in_three_milliseconds_is_elsewhere_whatever_target_tells()
    {
        var finding = Assert.Single(Around().Asks("a", [1], "J", rttMs: 3).Asks("b", [1], "J", rttMs: 3).Find(Check));
        Assert.Equal((Severity.Info, (string?)null, (int?)null, new Scope(ScopeKind.Probe, "1")), (finding.Severity, finding.Target, finding.Family, finding.Scope));
        Assert.Contains("JNB answers it faster than light", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hallucinating_probe_that_now_and_then_names_a_far_PoP_is_where_it_says() =>
        Assert.Empty(Around().Asks("a", [1], "LLJLJLLJLJLLJLJLLJLL" + "LLLJLJLLJLJLLJLJLLJLJL", rttMs: 0.8).Place([1], "SI", 64500, 46.1, 14.5).Find(Check));

    [Fact]
    public void A_degree_off_is_more_than_light_can_prove() => Assert.Empty(Around().Place([1], "NL", 64500, 52.37, 3.9).Asks("a", [1], "A", rttMs: 4).Find(Check));

    private static Scene Around() => new Scene().Place([1]).Place(African, "ZA", 64502, -26.1, 28.0).Asks("a", African, "J", rttMs: 3).Asks("b", African, "J", rttMs: 3);
}
