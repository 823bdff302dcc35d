using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Tests.Catchments;
using Xunit;

namespace Tests.Findings;

public sealed class FindingReaderTests
{
    private static readonly World Around = new();

    [Fact]
    public void Three_probes_that_reach_another_target_make_a_critical_black_hole()
    {
        var finding = Assert.Single(FindingReader.Of([Of("a", Silent(1), Silent(2), Silent(3)), Of("b", Reached(1), Reached(2), Reached(3))]));
        Assert.Equal(("black-hole", Severity.Critical, "a", 4), (finding.Check, finding.Severity, finding.Target, finding.Family));
        Assert.Equal(new Scope(ScopeKind.Asn, "64501"), finding.Scope);
        Assert.Equal([1, 2, 3], finding.Probes);
        Assert.Equal((0, 1, 3), (finding.Observed, finding.Expected, finding.SampleSize));
        Assert.Equal("AS64501 in NL: no answer to DNS and ping from a over IPv4 for 3 probes, although they reach b.", finding.Message);
    }

    [Fact]
    public void A_single_vantage_point_needs_two_controls_and_is_a_warning()
    {
        Assert.Empty(FindingReader.Of([Of("a", Silent(1)), Of("b", Reached(1))]));
        var finding = Assert.Single(FindingReader.Of([Of("a", Silent(1)), Of("b", Reached(1)), Of("c", Reached(1))]));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("Single vantage", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_reaches_nothing_of_ours_may_be_offline() =>
        Assert.Empty(FindingReader.Of([Of("a", Silent(1), Silent(2), Silent(3)), Of("b", Silent(1), Silent(2), Silent(3))]));

    [Fact]
    public void One_network_served_abroad_by_two_pops_is_one_detour_with_all_its_probes()
    {
        var finding = Assert.Single(FindingReader.Of([Of("a", At(1, World.Johannesburg), At(2, World.Johannesburg), At(3, World.Fremont), At(4, World.Apeldoorn))]));
        Assert.Equal(("continental-detour", Severity.Warning, 4), (finding.Check, finding.Severity, finding.SampleSize));
        Assert.Equal([1, 2, 3], finding.Probes);
        Assert.Equal(1000, finding.Expected);
        // Amsterdam to Johannesburg is about 9,020 km, to Apeldoorn about 75.
        Assert.InRange(finding.Observed!.Value, 8850, 9050);
        Assert.StartsWith("AS64501 in NL: 2 probes served by JNB for a over IPv4, ", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_reached_comes_before_what_is_slow()
    {
        var findings = FindingReader.Of(
        [
            Of("a", Silent(1), Silent(2), Silent(3), At(4, World.Johannesburg, 64502)), Of("b", Reached(1), Reached(2), Reached(3)),
        ]);
        Assert.Equal(["black-hole", "continental-detour"], findings.Select(finding => finding.Check));
        Assert.Equal([Severity.Critical, Severity.Info], findings.Select(finding => finding.Severity));
    }

    [Fact]
    public void A_finding_names_a_check_that_there_is() =>
        Assert.All(
            FindingReader.Of([Of("a", Silent(1), Silent(2), Silent(3)), Of("b", Reached(1), Reached(2), Reached(3), At(4, World.Johannesburg))]),
            finding => Assert.Contains(finding.Check, CheckNames.All));

    private static Catchment Of(string target, params ProbeCatchment[] probes) => new(Around.Target with { Name = target }, 4, Around.Window) { Probes = probes };

    private static ProbeCatchment Silent(int id) => new(id) { Probe = new Probe(id) { Country = "NL" }, Asn = 64501, DnsAsked = 24, PingsAsked = 24 };

    private static ProbeCatchment Reached(int id) => Silent(id) with { Answered = true };

    private static ProbeCatchment At(int id, Pop served, uint asn = 64501) => new(id)
    {
        Probe = new Probe(id) { Country = "NL", Position = new GeoPoint(52.37, 4.9) },
        Asn = asn,
        Answered = true,
        Pop = served,
        DistanceKm = GreatCircle.DistanceKm(new GeoPoint(52.37, 4.9), served.Position),
    };
}
