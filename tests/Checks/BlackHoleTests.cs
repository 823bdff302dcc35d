using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class BlackHoleTests
{
    private static readonly BlackHole Check = new(new BlackHoleOptions());
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void Three_probes_that_reach_another_target_meanwhile_are_critical_and_timed_to_the_round()
    {
        var finding = Assert.Single(new Scene().Place(Three).Asks("a", Three, "AAAAAA----------A").Asks("b", Three, "A").Find(Check));
        Assert.Equal(("black-hole", Severity.Critical, "a", 4), (finding.Check, finding.Severity, finding.Target, finding.Family));
        Assert.Equal(new Scope(ScopeKind.Asn, "64500"), finding.Scope);
        Assert.Equal([1, 2, 3], finding.Probes);
        Assert.Equal((6 * Scene.Hour) + 1, finding.From.ToUnixTimeSeconds() - Scene.Start);
        Assert.Equal((16 * Scene.Hour) + 1, finding.To.ToUnixTimeSeconds() - Scene.Start);
        Assert.Equal("AS64500 in the Netherlands: no answer to DNS from a over IPv4 for 3 of 3 probes over 10 h, although they reach b.", finding.Message);
    }

    /// <summary>From exact fractions, worked out in Python.</summary>
    [Theory]
    [InlineData(340, 400, 0.9, 0.9993650527569865)]
    [InlineData(3, 3, 0.02, 8e-06)]
    [InlineData(10, 400, 0.02, 0.28211183001549933)]
    [InlineData(5000, 5000, 0.999, 0.006721111959865618)]
    [InlineData(0, 7, 0.5, 1)]
    [InlineData(30, 2000, 0.01, 0.021256171404065292)]
    public void The_tail_of_many_tries_is_right(int successes, int tries, double share, double expected) =>
        Assert.Equal(1, BlackHole.AtLeast(successes, tries, share) / expected, 9);

    [Fact]
    public void What_reaches_nothing_else_is_offline_not_black_holed()
    {
        var scene = new Scene().Place(Three).Asks("a", Three, "AAAAAA----------A").Asks("b", Three, "AAAAAA----------A");
        Assert.Empty(scene.Find(Check));
        Assert.Empty(scene.Find(Check, Scene.Roots(Three, isAnswered: false)));
    }

    [Fact]
    public void All_targets_in_the_dark_are_found_by_the_roots_that_are_asked_about_suspects_only()
    {
        var scene = new Scene().Place([1, 2, 3, 4]).Asks("a", Three, "AAAAAA-").Asks("b", Three, "AAAAAA-").Asks("a", [9], "A").Place([9], asn: 64501);
        var request = Assert.Single(Check.Suspects(scene.Input()));
        Assert.Equal([1, 2, 3], request.Probes);
        Assert.Equal((4, Scene.Start + (6 * Scene.Hour) + 1), (request.Family, request.From));
        Assert.True(request.To - request.From <= 25 * Scene.Hour);
        Assert.Equal(["a", "b"], scene.Find(Check, Scene.Roots(Three)).Select(finding => finding.Target!).Order());
    }

    [Fact]
    public void A_probe_that_is_disconnected_asks_nothing_and_says_nothing() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "AAAAAA          A").Asks("b", Three, "A").Find(Check));

    [Fact]
    public void One_deaf_probe_of_four_is_its_own_trouble() =>
        Assert.Empty(new Scene().Place([1, 2, 3, 4]).Asks("a", [1], "-").Asks("a", [2, 3, 4], "A").Asks("b", [1, 2, 3, 4], "A").Find(Check, Scene.Roots([1])));

    [Fact]
    public void A_single_vantage_point_needs_two_controls_and_is_a_warning()
    {
        var scene = new Scene().Place([1]).Asks("a", [1], "AAAAAA----------A").Asks("b", [1], "A");
        Assert.Empty(scene.Find(Check));
        var finding = Assert.Single(scene.Asks("c", [1], "A").Find(Check));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("Single vantage", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lossy_line_explains_some_silent_rounds()
    {
        // Four of ten rounds are lost all the time; eight of nine in a row are no news, and mean a black hole to a sound line.
        var lossy = string.Concat(Enumerable.Repeat("AA-A-AA-A-", 3));
        Assert.Empty(new Scene().Place([1]).Asks("a", [1], lossy + "---A-----" + "A").Asks("b", [1], "A").Asks("c", [1], "A").Find(Check));
        Assert.Single(new Scene().Place([1]).Asks("a", [1], new string('A', 30) + "---A-----" + "A").Asks("b", [1], "A").Asks("c", [1], "A").Find(Check));
    }

    [Fact]
    public void It_says_whether_pings_come_back()
    {
        var scene = new Scene().Place(Three).Asks("a", Three, "AAAAAA-").Asks("b", Three, "A");
        Assert.Contains("no answer to DNS from a", Assert.Single(scene.Pings("a", Three, _ => 20).Find(Check)).Message, StringComparison.Ordinal);
        scene = new Scene().Place(Three).Asks("a", Three, "AAAAAA-").Asks("b", Three, "A").Pings("a", Three, hour => hour < 6 ? 20 : null);
        Assert.Contains("no answer to DNS and ping from a", Assert.Single(scene.Find(Check)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_lets_no_ping_through_is_not_said_to_have_lost_pings()
    {
        var scene = new Scene().Place(Three).Asks("a", Three, "AAAAAA-").Asks("b", Three, "A").Pings("a", Three, _ => null);
        var finding = Assert.Single(scene.Find(Check));
        Assert.Contains("no answer to DNS from a", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pings come back", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>One target is only pinged, the other only asked: who filters pings is in no black hole.</summary>
    [Fact]
    public void An_answer_to_DNS_is_no_control_for_pings()
    {
        Assert.Empty(new Scene().Place(Three).Pings("a", Three, _ => null).Asks("b", Three, "A").Find(Check));
        Assert.Single(new Scene().Place(Three).Pings("a", Three, _ => null).Asks("b", Three, "A").Pings("b", Three, _ => 20).Find(Check));
    }

    /// <summary>Six networks, all in the dark at once: nobody should call six of them.</summary>
    [Fact]
    public void A_service_that_answers_nobody_is_one_finding_and_no_network_is_to_blame()
    {
        var scene = new Scene();
        for (var network = 0; network < 6; network++)
        {
            int[] probes = [(network * 10) + 1, (network * 10) + 2, (network * 10) + 3];
            scene.Place(probes, asn: (uint)(64500 + network)).Asks("a", probes, "AAAAAAAAAA----------A").Asks("b", probes, "A");
        }

        var finding = Assert.Single(scene.Find(Check));
        Assert.Equal((Severity.Critical, new Scope(ScopeKind.Target, "a"), 18), (finding.Severity, finding.Scope, finding.Probes.Count));
        Assert.Equal("Everywhere: no answer to DNS from a over IPv4 for 18 of 18 probes in 6 networks over 10 h, although they reach b.", finding.Message);
    }

    [Fact]
    public void One_network_that_was_dark_for_longer_than_the_service_is_told_of_too()
    {
        var scene = new Scene();
        for (var network = 0; network < 6; network++)
        {
            int[] probes = [(network * 10) + 1, (network * 10) + 2, (network * 10) + 3];
            scene.Place(probes, asn: (uint)(64500 + network)).Asks("a", probes, network == 0 ? "A-" : "AAAAAAAAAA-----A").Asks("b", probes, "A");
        }

        Assert.Equal([new Scope(ScopeKind.Target, "a"), new Scope(ScopeKind.Asn, "64500")], scene.Find(Check).Select(finding => finding.Scope));
    }

    [Fact]
    public void Two_silent_rounds_are_not_enough() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "AAAAAA--A").Asks("b", Three, "A").Find(Check));

    [Fact]
    public void Another_family_is_no_control() =>
        Assert.Empty(new Scene().Place(Three).Asks("a", Three, "AAAAAA-").Asks("b", Three, "A", family: 6).Find(Check));
}
