using Analyzer.Catchments;
using Analyzer.Comparisons;
using Tests.Catchments;
using Xunit;

namespace Tests.Comparisons;

public sealed class ComparisonTests
{
    [Fact]
    public void Only_probes_attributed_in_both_windows_are_compared()
    {
        var comparison = Compare(("NL", 64500, "AAAA", "----"), ("NL", 64500, "----", "AAAA"), ("NL", 64500, "AAAA", "    "), ("NL", 64500, "AAAA", "AAAA"));
        Assert.Equal(1, comparison.Panel);
        Assert.Equal(1, comparison.Similarity);
        Assert.Equal(0, comparison.Flips);
    }

    [Fact]
    public void A_flip_must_persist_and_an_alternating_probe_does_not_flip()
    {
        var comparison = Compare(
            ("NL", 64500, "AAAA", "JJJJ"), // a flip
            ("NL", 64500, "AAAA", "JJ"), // did not persist
            ("NL", 64500, "AA", "JJJJ"), // was never settled
            ("NL", 64500, "AJAJAJAAJA", "JJJJ"), // load-balanced
            ("NL", 64500, "AAAA", "AAAJJ")); // still mostly at home
        Assert.Equal(5, comparison.Panel);
        Assert.Equal(1, comparison.Flips);
        Assert.Equal((2, 1), (comparison.Unsettled, comparison.LoadBalanced));
        Assert.Equal([new Flow("APE", "JNB", 1)], comparison.Flows);
        Assert.Equal([new("APE", 1)], comparison.Stayed);
        Assert.Equal(1, Assert.Single(comparison.Flipped).After.Id);
    }

    /// <summary>Φ by hand: the Netherlands (17) with two ASes, one moved; Germany (80) stayed: (8.5 + 80) ÷ 97.</summary>
    [Fact]
    public void Similarity_weighs_each_probe_for_its_users()
    {
        var comparison = Compare(("NL", 64500, "AAAA", "JJJJ"), ("NL", 64501, "AAAA", "AAAA"), ("DE", 64502, "AAAA", "AAAA"));
        Assert.Equal(88.5 / 97, comparison.Similarity!.Value, 12);
    }

    [Fact]
    public void Without_weights_similarity_counts_probes() =>
        Assert.Equal(0.5, Compare((null, null, "AAAA", "JJJJ"), (null, null, "AAAA", "AAAA")).Similarity!.Value, 12);

    [Fact]
    public void An_empty_panel_has_no_similarity() => Assert.Null(Compare(("NL", 64500, "AAAA", "----")).Similarity);

    [Fact]
    public void Flows_come_largest_first()
    {
        var comparison = Compare(
            ("NL", 1, "AAAA", "JJJJ"), ("NL", 2, "AAAA", "FFFF"), ("NL", 3, "AAAA", "FFFF"), ("NL", 4, "JJJJ", "AAAA"), ("NL", 5, "AAAA", "AAAA"));
        Assert.Equal([new Flow("APE", "FMT", 2), new Flow("APE", "JNB", 1), new Flow("JNB", "APE", 1)], comparison.Flows);
        Assert.Equal(comparison.Flips, comparison.Flows.Sum(flow => flow.Probes));
    }

    [Fact]
    public void A_country_changes_when_its_flips_change_the_lead()
    {
        var comparison = Compare(
            ("NL", 1, "AAAA", "JJJJ"), ("NL", 2, "AAAA", "JJJJ"), ("NL", 3, "AAAA", "AAAA"),
            ("DE", 1, "AAAA", "JJJJ"), ("DE", 2, "AAAA", "AAAA"), ("DE", 3, "AAAA", "AAAA"), // one of three
            ("US", 1, "FFFF", "JJJJ"), ("US", 2, "FFFF", "JJJJ"), // too few to say
            ("ZA", 1, "AAAA", "JJJJ"), ("ZA", 2, "AAAA", "----"), ("ZA", 3, "AAAA", "    ")); // no data is not changed
        Assert.Equal([new DominantChange("NL", "APE", "JNB")], comparison.Changed);
    }

    [Fact]
    public void Two_services_cannot_be_compared()
    {
        var world = new World();
        var one = world.Build();
        Assert.Throws<ArgumentException>(() => Comparison.Of(one, one with { Family = 6 }, World.Users));
    }

    /// <summary>Letters are weeks; two weeks resemble each other when they are the same letter, and a and b nearly do.</summary>
    [Theory]
    [InlineData("AABBA", "1 1 2 2 1")]
    [InlineData("ABCABC", "1 2 3 1 2 3")]
    [InlineData("A", "1")]
    [InlineData("", "")]
    public void Weeks_that_resemble_each_other_share_a_mode(string weeks, string expected) =>
        Assert.Equal(expected, string.Join(' ', Modes.Of(weeks.Length, (one, other) => weeks[one] == weeks[other] ? 0.96 : 0.95)));

    [Fact]
    public void A_slow_drift_stays_one_mode_and_no_data_joins_nothing()
    {
        Assert.Equal([1, 1, 1, 1], Modes.Of(4, (one, other) => other - one == 1 ? 0.97 : 0.5));
        Assert.Equal([1, 2], Modes.Of(2, (_, _) => null));
    }

    [Fact]
    public void A_state_that_comes_back_is_the_same_mode()
    {
        var weeks = new List<Catchment>();
        var world = new World();
        foreach (var rounds in new[] { "AAAA", "JJJJ", "AAAA" })
        {
            for (var probe = 1; probe <= 3; probe++)
            {
                world.Place(probe, "NL", (uint)probe);
                world.Asks(probe, rounds);
            }

            weeks.Add(world.Build());
            world.Window = new(world.Window.To, world.Window.To.AddDays(7));
        }

        Assert.Equal([1, 2, 1], Modes.Of(weeks, World.Users));
    }

    private static Comparison Compare(params (string? Country, uint? Asn, string Before, string After)[] probes)
    {
        var world = new World();
        for (var index = 0; index < probes.Length; index++)
        {
            world.Place(index + 1, probes[index].Country, probes[index].Asn);
            world.Asks(index + 1, probes[index].Before);
        }

        var before = world.Build();
        world.Window = new(world.Window.To, world.Window.To.AddDays(7));
        for (var index = 0; index < probes.Length; index++)
        {
            world.Asks(index + 1, probes[index].After);
        }

        return Comparison.Of(before, world.Build(), World.Users);
    }
}
