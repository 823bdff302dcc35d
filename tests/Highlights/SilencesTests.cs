using Analyzer.Catchments;
using Analyzer.Highlights;
using Collector.Probes;
using Tests.Catchments;
using Xunit;

namespace Tests.Highlights;

public sealed class SilencesTests
{
    private static readonly World Around = new();

    [Fact]
    public void A_network_that_reaches_only_the_other_target_is_silent_here()
    {
        var silence = Assert.Single(Silences.Of([Of("a", Probe(1, 64501, false), Probe(2, 64501, false), Probe(3, 64502, true)), Of("b", Probe(1, 64501, true), Probe(2, 64501, true), Probe(3, 64502, true))]));
        Assert.Equal(("a", 64501u, 2), (silence.Catchment.Target.Name, silence.Asn, silence.Probes.Count));
        Assert.Equal(["b"], silence.Reached);
    }

    [Fact]
    public void A_network_that_reaches_nothing_of_ours_is_listed_without_a_control_and_after_those_with_one()
    {
        var silences = Silences.Of([Of("a", Probe(1, 64501, false), Probe(2, 64501, false), Probe(3, 64502, false)), Of("b", Probe(1, 64501, false), Probe(2, 64501, false), Probe(3, 64502, true))]);
        Assert.Equal([("a", 64502u), ("a", 64501u), ("b", 64501u)], silences.Select(silence => (silence.Catchment.Target.Name, silence.Asn!.Value)));
        Assert.Equal(["b"], silences[0].Reached);
        Assert.Empty(silences[1].Reached);
    }

    [Fact]
    public void One_answered_probe_clears_its_network() =>
        Assert.Empty(Silences.Of([Of("a", Probe(1, 64501, false), Probe(2, 64501, true)), Of("b", Probe(1, 64501, true), Probe(2, 64501, true))]));

    [Fact]
    public void The_other_family_is_no_control()
    {
        var other = Of("b", Probe(1, 64501, true)) with { Family = 6 };
        Assert.Empty(Assert.Single(Silences.Of([Of("a", Probe(1, 64501, false)), other])).Reached);
    }

    private static Catchment Of(string target, params ProbeCatchment[] probes) => new(Around.Target with { Name = target }, 4, Around.Window) { Probes = probes };

    private static ProbeCatchment Probe(int id, uint asn, bool answered) =>
        new(id) { Probe = new Probe(id) { Country = "NL" }, Asn = asn, Answered = answered };
}
