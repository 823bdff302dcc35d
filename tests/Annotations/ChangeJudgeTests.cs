using Analyzer.Annotations;
using Collector.Network;
using Xunit;

namespace Tests.Annotations;

/// <summary>Changes at Johannesburg, seen by Dutch probes: it is 150 ms and 9,000 km away, Apeldoorn 10 ms.</summary>
public sealed class ChangeJudgeTests
{
    private const ChangeVerdict AsIntended = ChangeVerdict.AsIntended;
    private const ChangeVerdict Partly = ChangeVerdict.Partly;
    private const ChangeVerdict NoEffect = ChangeVerdict.NoEffect;
    private const ChangeVerdict Worse = ChangeVerdict.Worse;
    private const ChangeVerdict TooFew = ChangeVerdict.TooFew;

    [Fact]
    public void Prepending_that_sent_most_of_the_clients_home_is_as_intended_with_numbers()
    {
        var verdict = new Scene().Add(40, 'J', 'A', 150, 10).Add(10, 'J', 'J').Add(50, 'A', 'A', 10, 10).Judge(ChangeIntent.Less);
        Assert.Equal(AsIntended, verdict.Verdict);
        Assert.Equal((100, new BeforeAfter(50, 10), new BeforeAfter(50, 10)), (verdict.Panel, verdict.Clients!.Value, verdict.Detours!.Value));
        Assert.Equal(-0.4, verdict.Share!.Mean, 9);
        Assert.InRange(verdict.Share.Low, -0.6, -0.4);
        Assert.InRange(verdict.Share.High, -0.4, -0.2);

        // Forty of the fifty concerned are 140 ms faster, ten are as they were.
        Assert.Equal((50, 25), (verdict.Rtt!.Probes, verdict.Rtt.Change!.Clusters));
        Assert.Equal(-112, verdict.Rtt.Change.Mean, 2.0);
        Assert.True(verdict.Rtt.Change.IsNegative);
        Assert.Equal((20, 0), (verdict.Lost.Asns.Count, verdict.Lost.Countries.Count));
        Assert.Equal(40, verdict.Lost.Probes);
        Assert.Equal(0, verdict.Gained.Probes);
        Assert.Equal(("JNB", "APE", 40), (verdict.Flows[0].From, verdict.Flows[0].To, verdict.Flows[0].Probes));
        Assert.StartsWith("JNB serves 10 of 100 probes, 50 before (−40.0 percentage points of the panel, 95 %: ", verdict.Text, StringComparison.Ordinal);
        Assert.Contains("most who left went to APE (40). Of those concerned, the median round-trip time was 15", verdict.Text, StringComparison.Ordinal);
        Assert.EndsWith("Served 1,000 km or more out of their way: 50 before, 10 after.", verdict.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChangeIntent.Less)]
    [InlineData(ChangeIntent.More)]
    [InlineData(ChangeIntent.Withdraw)]
    [InlineData(ChangeIntent.Restore)]
    [InlineData(ChangeIntent.Faster)]
    [InlineData(null)]
    public void Noise_alone_is_no_effect(ChangeIntent? intent)
    {
        var scene = new Scene().Add(50, 'J', 'J').Add(50, 'A', 'A', 10, 10).Add(1, 'J', 'A', 150, 10).Add(1, 'A', 'J', 10, 150);
        Assert.Equal(NoEffect, scene.Judge(intent).Verdict);
    }

    [Theory]
    [InlineData(ChangeIntent.Less, 20, NoEffect)] // a fiftieth is not what anybody prepends for
    [InlineData(ChangeIntent.Less, 100, AsIntended)] // the far ones are gone, that is the point
    [InlineData(ChangeIntent.Withdraw, 100, AsIntended)]
    [InlineData(ChangeIntent.Withdraw, 60, Partly)]
    [InlineData(ChangeIntent.Withdraw, 15, NoEffect)]
    [InlineData(ChangeIntent.More, 60, Worse)]
    [InlineData(ChangeIntent.Restore, 60, Worse)]
    public void How_much_has_to_go_depends_on_what_was_intended(ChangeIntent intent, int leave, ChangeVerdict expected)
    {
        var of = intent == ChangeIntent.Less && leave == 20 ? 1000 : 100;
        Assert.Equal(expected, new Scene().Add(leave, 'J', 'A', 150, 10).Add(of - leave, 'J', 'J').Add(100, 'A', 'A', 10, 10).Judge(intent).Verdict);
    }

    [Fact]
    public void A_sixth_of_the_clients_is_part_of_what_prepending_is_for() =>
        Assert.Equal(Partly, new Scene().Add(16, 'J', 'A', 150, 140).Add(84, 'J', 'J').Add(100, 'A', 'A', 10, 10).Judge(ChangeIntent.Less).Verdict);

    [Fact]
    public void Clients_sent_away_to_somewhere_slower_are_a_price() =>
        Assert.Equal(Partly, new Scene().Add(60, 'J', 'F', 150, 250).Add(20, 'J', 'J').Add(20, 'A', 'A', 10, 10).Judge(ChangeIntent.Less).Verdict);

    [Fact]
    public void A_withdrawal_may_cost_its_clients_time() =>
        Assert.Equal(AsIntended, new Scene().Add(60, 'J', 'F', 150, 250).Add(40, 'A', 'A', 10, 10).Judge(ChangeIntent.Withdraw).Verdict);

    [Fact]
    public void A_pop_that_comes_back_and_attracts_those_it_serves_faster_is_as_intended() =>
        Assert.Equal(AsIntended, new Scene().Add(30, 'A', 'J', 170, 20).Add(70, 'A', 'A', 10, 10).Judge(ChangeIntent.Restore).Verdict);

    [Fact]
    public void Clients_gained_over_two_continents_are_harm_whatever_was_intended()
    {
        var scene = new Scene().Add(30, 'A', 'J', 10, 150).Add(70, 'A', 'A', 10, 10);
        Assert.All(
            new ChangeIntent?[] { ChangeIntent.More, ChangeIntent.Restore, ChangeIntent.Less, ChangeIntent.Withdraw, ChangeIntent.Faster, null },
            intent => Assert.Equal(Worse, scene.Judge(intent).Verdict));
    }

    [Fact]
    public void A_pop_to_which_nobody_came_was_restored_without_effect() =>
        Assert.Equal(NoEffect, new Scene().Add(100, 'A', 'A', 10, 10).Judge(ChangeIntent.Restore).Verdict);

    [Fact]
    public void A_pop_that_nobody_used_before_or_after_says_nothing_of_prepending() =>
        Assert.Equal(TooFew, new Scene().Add(100, 'A', 'A', 10, 10).Add(2, 'J', 'A', 150, 10).Judge(ChangeIntent.Less).Verdict);

    [Fact]
    public void Nine_probes_are_too_few_to_say()
    {
        var verdict = new Scene().Add(9, 'J', 'A', 150, 10).Add(50, 'J', ' ').Add(50, ' ', 'A').Judge(ChangeIntent.Less);
        Assert.Equal(TooFew, verdict.Verdict);
        Assert.Equal("9 probes have an answer from a known PoP both before and after; 10 are needed.", verdict.Text);
    }

    [Fact]
    public void One_network_is_one_witness_however_many_probes_it_has() =>
        Assert.Equal(NoEffect, new Scene().Add(40, 'J', 'A', 150, 10, asn: 64499).Add(100, 'J', 'J').Add(60, 'A', 'A', 10, 10).Judge(ChangeIntent.Less).Verdict);

    [Fact]
    public void Clients_of_a_pop_that_fell_silent_elsewhere_are_not_this_changes_work()
    {
        // Fremont was withdrawn at the same hour; a third of its clients came to Johannesburg.
        var verdict = new Scene().Add(30, 'F', 'J', 140, 150).Add(60, 'F', 'A', 140, 10).Add(50, 'J', 'J').Add(50, 'A', 'A', 10, 10).Judge(ChangeIntent.Less);
        Assert.Equal(NoEffect, verdict.Verdict);
        Assert.Equal(["FMT"], verdict.Meanwhile);
        Assert.Equal(100, verdict.Panel);
        Assert.Equal(new BeforeAfter(50, 50), verdict.Clients);
        Assert.Contains("FMT came or went at the same time", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_that_a_new_pop_took_from_everybody_were_not_sent_away_by_prepending()
    {
        var verdict = new Scene().Add(30, 'J', 'F', 150, 60).Add(30, 'A', 'F', 80, 60).Add(20, 'J', 'J').Add(50, 'A', 'A', 10, 10).Judge(ChangeIntent.Less);
        Assert.Equal((NoEffect, "FMT"), (verdict.Verdict, Assert.Single(verdict.Meanwhile)));
    }

    [Fact]
    public void Where_all_who_left_a_pop_came_to_the_one_that_was_restored_that_is_its_work()
    {
        var verdict = new Scene().Add(40, 'F', 'J', 200, 30).Add(60, 'A', 'A', 10, 10).Judge(ChangeIntent.Restore);
        Assert.Equal(AsIntended, verdict.Verdict);
        Assert.Empty(verdict.Meanwhile);
    }

    [Fact]
    public void What_others_do_among_themselves_is_not_judged() =>
        Assert.Equal(NoEffect, new Scene().Add(40, 'A', 'F', 10, 150).Add(60, 'A', 'A', 10, 10).Add(50, 'J', 'J').Judge(ChangeIntent.Less).Verdict);

    [Fact]
    public void Slower_clients_are_harm_although_nobody_moved() =>
        Assert.Equal(Worse, new Scene().Add(50, 'J', 'J', 150, 210).Add(50, 'A', 'A', 10, 10).Judge(ChangeIntent.Less).Verdict);

    [Theory]
    [InlineData(150, 120, AsIntended)]
    [InlineData(150, 145, Partly)]
    [InlineData(150, 149.5, NoEffect)]
    [InlineData(150, 190, Worse)]
    public void Faster_is_judged_by_time_alone(double before, double after, ChangeVerdict expected) =>
        Assert.Equal(expected, new Scene().Add(60, 'J', 'J', before, after).Add(40, 'A', 'A', 10, 10).Judge(ChangeIntent.Faster).Verdict);

    [Theory]
    [InlineData(ChangeIntent.Faster)]
    [InlineData(ChangeIntent.Less)]
    [InlineData(null)]
    public void Two_probes_whose_own_lines_were_mended_or_broke_do_not_speak_for_sixty(ChangeIntent? intent)
    {
        Assert.Equal(NoEffect, new Scene().Add(2, 'J', 'J', 900, 100).Add(58, 'J', 'J').Add(40, 'A', 'A', 10, 10).Judge(intent).Verdict);
        Assert.Equal(NoEffect, new Scene().Add(2, 'J', 'J', 100, 900).Add(58, 'J', 'J').Add(40, 'A', 'A', 10, 10).Judge(intent).Verdict);
    }

    [Fact]
    public void A_change_everywhere_is_judged_by_all_probes()
    {
        var scene = new Scene { Change = new Annotation(Scene.At, null, "New transit") }.Add(30, 'J', 'A', 150, 10).Add(70, 'A', 'A', 10, 10);
        var verdict = scene.Judge(null);
        Assert.Equal(AsIntended, verdict.Verdict);
        Assert.Null(verdict.Clients);
        Assert.Equal(100, verdict.Rtt!.Probes);
        Assert.Contains("What was intended is not known here", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_alternates_between_pops_has_not_left()
    {
        var verdict = new Scene().Add(40, 'J', 'A', rounds: 2).Add(60, 'J', 'J').Judge(ChangeIntent.Less);
        Assert.Equal((NoEffect, new BeforeAfter(100, 100)), (verdict.Verdict, verdict.Clients!.Value));
    }

    [Fact]
    public void A_network_is_gained_or_lost_only_as_a_whole()
    {
        var verdict = new Scene()
            .Add(3, 'J', 'A', asn: 1, country: "DE").Add(2, 'J', 'A', asn: 2).Add(1, 'J', 'J', asn: 2)
            .Add(4, 'A', 'J', asn: 3, country: "BE").Add(60, 'J', 'J').Judge(ChangeIntent.Less);
        Assert.Equal((5, 4), (verdict.Lost.Probes, verdict.Gained.Probes));
        Assert.Equal([1u], verdict.Lost.Asns);
        Assert.Equal(["DE"], verdict.Lost.Countries);
        Assert.Equal([3u], verdict.Gained.Asns);
        Assert.Equal(["BE"], verdict.Gained.Countries);
    }
}
