using System.Text;
using Analyzer.Identities;
using App.Scoring;
using Simulator.Worlds;
using Xunit;

namespace Tests.Scoring;

public sealed class ScoreTests
{
    private const long Noon = 1794052800; // 2026-11-07 12:00

    private static readonly Lazy<World> Small = new(() => World.Create(11, 80, 3));

    [Fact]
    public void Naming_the_PoP_that_answered_is_right_and_another_is_not()
    {
        var (probe, pop) = Plain();
        var score = new AttributionScore(Small.Value);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Pop, pop);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Pop, pop == "APE" ? "LJU" : "APE");
        Assert.Equal(0.5, score.Accuracy);
        Assert.Equal((pop, pop == "APE" ? "LJU" : "APE", 1), Assert.Single(score.Mistakes));
    }

    [Fact]
    public void A_box_counts_when_it_is_called_one()
    {
        var probe = Small.Value.Probes.First(probe => probe.Interceptor is not null && Small.Value.Truth(probe.Id, "ns-a", 4, Noon, out _) == TrueAnswer.Interceptor);
        var score = new AttributionScore(Small.Value);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Interceptor, null);
        Assert.Equal(1, score.Accuracy);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Pop, "APE");
        Assert.Equal(0.5, score.Accuracy);
    }

    [Fact]
    public void What_is_not_claimed_is_neither_right_nor_wrong()
    {
        var (probe, _) = Plain();
        var score = new AttributionScore(Small.Value);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Unknown, null);
        score.Add(probe.Id, "ns-a", 4, Noon, IdentityClass.Impossible, null);
        score.Add(probe.Id, "ns-a", 4, Noon, null, null);
        Assert.Equal((3, 0, null), (score.Observations, score.Attributed, score.Accuracy));
    }

    [Fact]
    public void A_wrong_clock_is_set_right_before_the_truth_is_asked()
    {
        // In the week before the story's second one nobody reached Johannesburg; a clock that is years off says nothing else.
        var probe = Small.Value.Probes.First(probe => probe.ClockOffsetSeconds != 0);
        var really = Small.Value.TruePop(probe.Id, "ns-a", 4, Noon);
        Assert.NotNull(really);
        var score = new AttributionScore(Small.Value);
        score.Add(probe.Id, "ns-a", 4, Noon + probe.ClockOffsetSeconds, IdentityClass.Pop, really);
        Assert.Equal(1, score.Accuracy);
    }

    [Fact]
    public void A_finding_is_true_when_check_target_family_scope_and_time_agree()
    {
        TruthEvent[] events =
        [
            new("black-hole", "ns-a", 4, "asn", "64600", 100, 200),
            new("black-hole", "ns-a", 4, "asn", "64601", 100, 200),
            new("black-hole", "ns-a", 4, "asn", "64602", 100, 200) { IsBorderline = true },
        ];
        ScoredFinding[] findings =
        [
            new("black-hole", "ns-a", 4, "asn", "64600", 150, 300), // true
            new("black-hole", "ns-a", 4, "asn", "64600", 200, 300), // too late
            new("black-hole", "ns-b", 4, "asn", "64601", 100, 200), // another target
            new("black-hole", "ns-a", 4, "asn", "64602", 100, 200), // could be said either way
            new("pop-silent", "ns-a", 4, "pop", "APE", 100, 200), // nothing of the kind happened
        ];
        var scores = CheckScore.Of(events, findings, ["black-hole", "pop-silent", "over-reach"]);
        Assert.Equal((1 / 3.0, 0.5), (scores["black-hole"].Precision, scores["black-hole"].Recall));
        Assert.Equal([findings[1], findings[2]], scores["black-hole"].Wrong);
        Assert.Equal([events[1]], scores["black-hole"].Missed);
        Assert.Equal((1, 1), (scores["black-hole"].Borderline, scores["black-hole"].Open));
        Assert.Equal((0, null), (scores["pop-silent"].Precision, scores["pop-silent"].Recall));
        Assert.Equal((null, null), (scores["over-reach"].Precision, scores["over-reach"].Recall));
    }

    [Fact]
    public void The_file_leaves_out_what_is_unknown()
    {
        var score = new Score(new AttributionScore(Small.Value), new Dictionary<string, CheckScore> { ["black-hole"] = new(0, [], 3, [new TruthEvent("black-hole", null, null, "asn", "64600", 0, 1)]) });
        using var stream = new MemoryStream();
        score.Write(stream);
        var text = Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal("""{"attribution":{"attributed":0,"observations":0,"mistakes":[]},"checks":{"black-hole":{"recall":0.75}}}""", text);
    }

    private static (SimulatedProbe Probe, string Pop) Plain()
    {
        var probe = Small.Value.Probes.First(probe => !probe.Flags.Any() && Small.Value.TruePop(probe.Id, "ns-a", 4, Noon) is not null);
        return (probe, Small.Value.TruePop(probe.Id, "ns-a", 4, Noon)!);
    }
}
