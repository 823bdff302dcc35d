using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class PopSilentTests
{
    private const string Withdrawn = "AAAAAAAAAALLLLLLA"; // six hours from the tenth on

    private static readonly PopSilent Check = new(new PopSilentOptions());
    private static readonly int[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void A_withdrawn_PoP_is_found_with_who_took_over()
    {
        var finding = Assert.Single(new Scene().Place(Six).Asks("a", Six[..4], Withdrawn).Asks("a", Six[4..], "AAAAAAAAAA-JJJJJA").Find(Check));
        Assert.Equal((Severity.Critical, new Scope(ScopeKind.Pop, "APE")), (finding.Severity, finding.Scope));
        Assert.Equal((10 * Scene.Hour) + 1, finding.From.ToUnixTimeSeconds() - Scene.Start, 10.0);
        Assert.Equal((16 * Scene.Hour) + 1, finding.To.ToUnixTimeSeconds() - Scene.Start, 10.0);
        Assert.StartsWith("APE answered nobody for a over IPv4 over 6 h. 6 probes went to LJU 4, JNB 2. Until another PoP answered it took less than a round in the median, 1 h at the 90th percentile, 1 h at the longest; known to within the 1 h between two rounds.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_round_is_enough_when_five_former_probes_are_answered_elsewhere() =>
        Assert.Single(new Scene().Place(Six).Asks("a", Six, "AAAAALA").Find(Check));

    [Fact]
    public void Four_former_probes_are_too_few() => Assert.Empty(new Scene().Place(Six).Asks("a", Six[..4], Withdrawn).Asks("a", Six[4..], "L").Find(Check));

    [Fact]
    public void A_PoP_that_keeps_some_of_its_probes_is_not_silent()
    {
        var twenty = Enumerable.Range(1, 20).ToList();
        Assert.Empty(new Scene().Place(twenty).Asks("a", twenty[..17], Withdrawn).Asks("a", twenty[17..], "A").Find(Check));
    }

    [Fact]
    public void Probes_that_nobody_answers_are_a_black_hole_not_a_silent_PoP() => Assert.Empty(new Scene().Place(Six).Asks("a", Six, "AAAAAAA------A").Find(Check));

    [Fact]
    public void A_probe_whose_clock_is_wrong_does_not_hide_a_silence()
    {
        var twenty = Enumerable.Range(1, 20).ToList();
        Assert.Single(new Scene().Place(twenty).Asks("a", twenty[..19], Withdrawn).Asks("a", twenty[19..], "AAAAALLLLLLA").Find(Check));
    }

    [Fact]
    public void A_take_over_counts_from_the_last_answer_to_the_first_of_another_PoP_less_the_round_between_any_two()
    {
        var scene = new Scene().Place(Six).Asks("a", Six[..3], Withdrawn).Asks("a", Six[3..5], "AAAAAAAAAA--JJJJA").Asks("a", Six[5..], "AAAAAAAAAA------A");
        scene.Asks("a", [7, 8], Withdrawn).Place([7, 8]);
        var input = scene.Input();
        var (_, _, takeOver) = Assert.Single(Check.Silences(input, input.Services.Single(service => service.Now.Probes.Count > 0)));
        Assert.Equal((0L, 2L * Scene.Hour, 2L * Scene.Hour, 1), (takeOver.MedianSeconds, takeOver.P90Seconds, takeOver.LongestSeconds, takeOver.StillDark));
        Assert.Equal([("LJU", 5), ("JNB", 2)], takeOver.By);
        Assert.Equal(2, takeOver.Probes.Single(probe => probe.Probe == 4).DarkRounds);
    }
}
