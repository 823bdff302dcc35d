using Analyzer.Catchments;
using Analyzer.Statistics;
using Xunit;

namespace Tests.Catchments;

public sealed class StatisticsTests
{
    /// <summary>R 4: quantile(c(1, 2, 3, 4), c(.1, .5, .9)) is 1.3, 2.5, 3.7; quantile(c(15, 20, 35, 40, 50), …) is 17, 35, 46.</summary>
    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, 1.3, 2.5, 3.7)]
    [InlineData(new double[] { 15, 20, 35, 40, 50 }, 17, 35, 46)]
    [InlineData(new double[] { 7 }, 7, 7, 7)]
    public void Quantiles_are_those_of_r_and_numpy(double[] sorted, double p10, double p50, double p90)
    {
        var quantiles = Quantiles.OfSorted(sorted)!.Value;
        Assert.Equal(p10, quantiles.P10, 9);
        Assert.Equal(p50, quantiles.P50, 9);
        Assert.Equal(p90, quantiles.P90, 9);
    }

    [Fact]
    public void Nothing_has_no_quantiles() => Assert.Null(Quantiles.OfSorted([]));

    /// <summary>R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (Statistics in Medicine 17, 1998), table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void The_interval_is_wilsons(int successes, int trials, double low, double high)
    {
        var interval = WilsonInterval.Of((double)successes / trials, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    /// <summary>By hand: NL (17 M users) has two ASes, the first with two probes; DE (80 M) one probe; the last probe's country is unknown.</summary>
    [Fact]
    public void Each_as_counts_once_in_its_country_and_each_country_by_its_users()
    {
        var strata = PostStratification.Of(
            [("NL", 64500), ("NL", 64500), ("NL", 64501), ("DE", 64502), (null, 64503)],
            World.Users);
        Assert.Equal([4.25, 4.25, 8.5, 80, 0], strata.Weights);
        Assert.Equal([0.25, 0.25, 0.5, 1, 1], strata.WithinCountry);
    }

    [Fact]
    public void Probes_without_an_as_are_one_as_together()
    {
        var strata = PostStratification.Of([("NL", null), ("NL", null), ("NL", 0)], World.Users);
        Assert.Equal([0.25, 0.25, 0.5], strata.WithinCountry);
    }

    /// <summary>Kish: equal weights are worth their number, (3 + 1)² ÷ (9 + 1) = 1.6.</summary>
    [Theory]
    [InlineData(new double[] { 2, 2, 2, 2 }, 4)]
    [InlineData(new double[] { 3, 1 }, 1.6)]
    [InlineData(new double[] { 0, 0 }, 0)]
    [InlineData(new double[0], 0)]
    public void Uneven_weights_are_worth_fewer_probes(double[] weights, double expected) =>
        Assert.Equal(expected, PostStratification.EffectiveSampleSize(weights), 12);

    [Fact]
    public void The_dominant_pop_has_the_largest_weight_not_the_most_probes()
    {
        var dominance = Dominance.Of([("JNB", 1), ("JNB", 1), ("JNB", 1), ("APE", 7)])!;
        Assert.Equal("APE", dominance.Pop);
        Assert.Equal(0.7, dominance.Share, 12);
        Assert.Equal(Verdict.Clear, dominance.Verdict);

        // n = 10² ÷ 52 = 1.923; the interval by the formula of Wilson's paper with p = 0.7, z = 1.96, worked out by hand.
        Assert.Equal(0.1696, dominance.Interval.Low, 3);
        Assert.Equal(0.9638, dominance.Interval.High, 3);
    }

    [Fact]
    public void A_lead_below_half_is_contested() =>
        Assert.Equal(Verdict.Contested, Dominance.Of([("A", 4), ("B", 3), ("C", 3)])!.Verdict);

    [Fact]
    public void Two_probes_are_too_few_to_say()
    {
        Assert.Equal(Verdict.TooFew, Dominance.Of([("A", 1), ("A", 1)])!.Verdict);
        Assert.Null(Dominance.Of([]));
    }

    [Fact]
    public void Equal_weights_go_to_more_probes_and_then_to_the_alphabet()
    {
        Assert.Equal("B", Dominance.Of([("A", 2), ("B", 1), ("B", 1)])!.Pop);
        Assert.Equal("A", Dominance.Of([("B", 1), ("A", 1), ("C", 1)])!.Pop);
    }

    [Fact]
    public void Without_any_known_weight_every_probe_counts_the_same() =>
        Assert.Equal(2.0 / 3, Dominance.Of([("A", 0), ("A", 0), ("B", 0)])!.Share, 12);
}
