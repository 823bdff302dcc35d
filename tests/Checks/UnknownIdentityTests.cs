using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class UnknownIdentityTests
{
    private static readonly UnknownIdentity Check = new(new UnknownIdentityOptions());

    [Fact]
    public void A_name_that_no_rule_knows_is_told_with_who_got_it_and_when()
    {
        var finding = Assert.Single(Scene().Asks("a", [1, 2, 3], "AA??A", rttMs: 5).Asks("a", [4], "A", rttMs: 5).Find(Check));
        Assert.Equal((Severity.Info, new Scope(ScopeKind.Target, "a"), 4), (finding.Severity, finding.Scope, finding.SampleSize));
        Assert.Equal(6.0 / (4 * Tests.Checks.Scene.Hours), finding.Observed);
        Assert.Equal([1, 2, 3], finding.Probes);
        Assert.Equal((2, 4), (Hour(finding.From), Hour(finding.To)));
        Assert.Contains("\"who.knows\" (id.server) to 3 probes in 2 networks", finding.Message, StringComparison.Ordinal);
        Assert.Contains("add a pattern to Identities", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_such_answers_are_a_warning() => Assert.Equal(Severity.Warning, Assert.Single(Scene().Asks("a", [1, 2, 3], "A?", rttMs: 5).Find(Check)).Severity);

    [Fact]
    public void A_rule_is_suggested_where_the_name_tells_its_place()
    {
        // There is a Sydney in Canada too, and in 400 ms light gets there as well: what the name means is left to the operator.
        var finding = Assert.Single(Scene().Asks("a", [1, 2, 3], "A?", rttMs: 400, unknown: "canary3.sydney.example.net").Find(Check));
        Assert.Contains("under Identities of SYD", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void What_two_probes_get_or_one_network_alone_is_more_likely_a_box_in_it()
    {
        Assert.Empty(Scene().Asks("a", [1, 3], "?").Find(Check));
        Assert.Empty(new Scene().Place([1, 2, 3]).Asks("a", [1, 2, 3], "?").Find(Check));
    }

    [Fact]
    public void A_hostile_name_is_cut_and_cannot_break_out()
    {
        var hostile = "\"><script>\u001b[31m\r\n=cmd()" + new string('x', 65536);
        var finding = Assert.Single(Scene().Asks("a", [1, 2, 3], "?", unknown: hostile).Find(Check));
        Assert.InRange(finding.Message.Length, 100, 400);
        Assert.All(finding.Message + finding.Advice, character => Assert.False(char.IsControl(character)));
    }

    private static Scene Scene() => new Scene().Place([1, 2]).Place([3], asn: 64501).Place([4], asn: 64502);

    private static int Hour(DateTimeOffset at) => (int)((at.ToUnixTimeSeconds() - Tests.Checks.Scene.Start) / Tests.Checks.Scene.Hour);
}
