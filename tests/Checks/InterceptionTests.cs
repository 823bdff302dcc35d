using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class InterceptionTests
{
    private static readonly Interception Check = new(new InterceptionOptions());

    [Fact]
    public void A_probe_that_dnsmasq_answers_in_our_place_is_intercepted()
    {
        var finding = Assert.Single(new Scene().Place([1]).Asks("a", [1], "AAAi", rttMs: 5).Find(Check));
        Assert.Equal((Severity.Info, new Scope(ScopeKind.Probe, "1"), 48), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal(45.0 / 48, finding.Observed);
        Assert.Equal(3 * Scene.Hour, finding.From.ToUnixTimeSeconds() - Scene.Start, 10.0);
    }

    [Fact]
    public void An_unknown_name_is_no_interceptor() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "?").Find(Check));

    [Fact]
    public void Two_rounds_are_a_slip() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "iiA").Find(Check));
}
