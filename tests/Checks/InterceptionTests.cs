using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class InterceptionTests
{
    private static readonly Interception Check = new(new InterceptionOptions());
    private static readonly int[] Crowd = [.. Enumerable.Range(1, 20)];

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
    public void It_says_by_which_name() => Assert.Contains(
        "calls itself \"dnsmasq-2.80\", 48 of 48 answers", Assert.Single(new Scene().Place([1]).Asks("a", [1], "i").Find(Check)).Message, StringComparison.Ordinal);

    /// <summary>Boxes that know no CHAOS answer NOTIMP, or nothing at all.</summary>
    [Theory]
    [InlineData("n", "no name (NOTIMP) where 95 % of the probes get one, 48 of 48 answers.")]
    [InlineData("r", "no name (REFUSED) where 95 % of the probes get one, 48 of 48 answers.")]
    public void Who_says_nothing_where_all_others_get_a_name_is_answered_by_somebody_else(string rounds, string words)
    {
        var finding = Assert.Single(new Scene().Place(Crowd).Asks("a", Crowd[1..], "A", rttMs: 5).Asks("a", [1], rounds, rttMs: 1).Find(Check));
        Assert.Equal(new Scope(ScopeKind.Probe, "1"), finding.Scope);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("Or it reaches a server of yours that does not say its name.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_all_are_refused_a_name_is_a_strangers_and_so_is_another_refusal()
    {
        var scene = new Scene().Place(Crowd).Asks("a", Crowd[2..], "r", rttMs: 5).Asks("a", [1], "?", rttMs: 1).Asks("a", [2], "n", rttMs: 1);
        Assert.Equal(["1", "2"], scene.Find(Check).Select(finding => finding.Scope.Value));
        Assert.Contains("the name \"who.knows\" where 90 % of the probes get REFUSED without one", scene.Find(Check)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_cannot_say_its_name_now_and_then_is_ours() =>
        Assert.Empty(new Scene().Place(Crowd).Asks("a", Crowd[1..], "A", rttMs: 5).Asks("a", [1], string.Concat(Enumerable.Repeat("AAn", 16)), rttMs: 5).Find(Check));

    [Fact]
    public void A_PoP_that_refuses_its_many_probes_is_ours_too() =>
        Assert.Empty(new Scene().Place(Crowd).Asks("a", Crowd[3..], "A", rttMs: 5).Asks("a", Crowd[..3], "r", rttMs: 5).Find(Check));

    [Fact]
    public void Nineteen_probes_do_not_show_the_manner_of_a_service() =>
        Assert.Empty(new Scene().Place(Crowd).Asks("a", Crowd[2..], "A", rttMs: 5).Asks("a", [1], "n", rttMs: 1).Find(Check));

    [Fact]
    public void Silence_is_nobodys_answer() =>
        Assert.Empty(new Scene().Place(Crowd).Asks("a", Crowd[1..], "r", rttMs: 5).Asks("a", [1], "-").Find(Check));

    [Fact]
    public void Where_nobody_is_answered_whoever_is_was_answered_by_somebody_else()
    {
        var scene = new Scene().Place(Crowd).Place([21, 22]).Asks("a", Crowd, "-").Asks("a", [21], "n", rttMs: 1).Asks("a", [22], "?", rttMs: 1);
        Assert.Equal(["21", "22"], scene.Find(Check).Select(finding => finding.Scope.Value));
        Assert.Contains("no name (NOTIMP) where 91 % of the probes get no answer at all", scene.Find(Check)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_service_is_down_those_whom_it_still_answers_are_not_intercepted() =>
        Assert.Empty(new Scene().Place(Crowd).Place([21, 22]).Asks("a", Crowd, "-").Asks("a", [21], "n", rttMs: 1).Asks("a", [22], "A", rttMs: 1).Find(Check));

    [Fact]
    public void Two_rounds_are_a_slip() => Assert.Empty(new Scene().Place([1]).Asks("a", [1], "iiA").Find(Check));

    [Fact]
    public void A_name_that_sounds_like_ours_is_found_out_by_its_haste()
    {
        var finding = Assert.Single(new Scene().Place([1]).Asks("a", [1], "?", rttMs: 4, unknown: "ns1.fra.example.net").Pings("a", [1], _ => 90).Find(Check));
        Assert.EndsWith("in our place as \"ns1.fra.example.net\", 48 of 48 answers: in 4 ms, where no ping is back before 90 ms.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_a_name_is_found_out_by_its_haste_too() =>
        Assert.Single(new Scene().Place([1]).Asks("a", [1], "n", rttMs: 4).Pings("a", [1], _ => 90).Find(Check));

    [Fact]
    public void The_name_of_a_far_PoP_of_ours_makes_no_misplaced_probe_when_pings_know_better()
    {
        var african = Enumerable.Range(11, 4).ToList();
        var scene = new Scene().Place([1]).Asks("a", [1], "J", rttMs: 4).Asks("b", [1], "J", rttMs: 4).Pings("a", [1], _ => 30).Pings("b", [1], _ => 30)
            .Place(african, "ZA", 64502, -26.1, 28.0).Asks("a", african, "J", rttMs: 4).Asks("b", african, "J", rttMs: 4);
        Assert.Equal(["a", "b"], scene.Find(Check).Select(finding => finding.Target!).Order());
        Assert.Empty(scene.Find(new MisplacedProbe()));
    }

    [Fact]
    public void An_unknown_server_that_is_as_far_as_its_pings_is_no_box() =>
        Assert.Empty(new Scene().Place([1]).Asks("a", [1], "?", rttMs: 90).Pings("a", [1], _ => 89).Find(Check));
}
