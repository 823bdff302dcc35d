using Analyzer.Annotations;
using Xunit;

namespace Tests.Annotations;

public sealed class BootstrapTests
{
    [Fact]
    public void The_same_values_in_another_order_have_the_same_interval()
    {
        var values = Enumerable.Range(0, 60).Select(index => ((ulong)(index % 20), Math.Sin(index) * 10)).ToList();
        var interval = Bootstrap.OfMean(values);
        Assert.Equal(interval, Bootstrap.OfMean(values.AsEnumerable().Reverse()));
        Assert.Equal((60, 20), (interval!.Values, interval.Clusters));
        Assert.Equal(values.Average(value => value.Item2), interval.Mean, 12);
    }

    [Fact]
    public void One_cluster_tells_nothing_of_others()
    {
        Assert.Null(Bootstrap.OfMean([(1, 5.0), (1, 6.0)]));
        Assert.Null(Bootstrap.OfMean([]));
    }

    [Fact]
    public void Values_that_are_all_alike_leave_no_doubt()
    {
        var interval = Bootstrap.OfMean([(1, 5.0), (2, 5.0), (3, 5.0)])!;
        Assert.Equal((5.0, 5.0, 5.0), (interval.Mean, interval.Low, interval.High));
    }

    /// <summary>The sleep of ten patients under another drug (Student, "The probable error of a mean", 1908): 1.58 hours more on average. Student's own interval
    /// is 0.70 to 2.46; a bootstrap's is narrower, as its tails are the sample's, and BCa leans to the side of the long tail, 4.6 hours.</summary>
    [Fact]
    public void Students_sleepers_slept_longer()
    {
        double[] hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        var interval = Bootstrap.OfMean(hours.Select((value, index) => ((ulong)index, value)))!;
        Assert.Equal(1.58, interval.Mean, 12);
        Assert.InRange(interval.Low, 0.70, 1.15);
        Assert.InRange(interval.High, 2.2, 2.9);
        Assert.True(interval.High - interval.Mean > interval.Mean - interval.Low);
    }

    /// <summary>Of samples whose true mean is known, 95 in a hundred intervals should hold it; with forty clusters a little fewer do.</summary>
    [Fact]
    public void Intervals_hold_the_true_mean_as_often_as_they_say_when_values_come_in_clusters()
    {
        var random = new Random(1987);
        var (held, naive) = (0, 0);
        const int Samples = 300;
        for (var sample = 0; sample < Samples; sample++)
        {
            var values = new List<(ulong Cluster, double Value)>();
            for (var cluster = 0UL; cluster < 40; cluster++)
            {
                // Long-tailed, and shared by all of a cluster: an exponential of mean 10.
                var shared = -10 * Math.Log(1 - random.NextDouble());
                values.AddRange(Enumerable.Range(0, 1 + random.Next(8)).Select(_ => (cluster, shared + random.NextDouble() - 0.5)));
            }

            held += Holds(Bootstrap.OfMean(values)!);
            naive += Holds(Bootstrap.OfMean(values.Select((value, index) => ((ulong)index, value.Value)))!);
        }

        Assert.InRange((double)held / Samples, 0.89, 0.98);
        Assert.InRange((double)naive / Samples, 0, 0.8);

        static int Holds(MeanInterval interval) => interval.Low <= 10 && interval.High >= 10 ? 1 : 0;
    }

    /// <summary>Values from the tables of the normal distribution.</summary>
    [Theory]
    [InlineData(0.975, 1.959964)]
    [InlineData(0.5, 0)]
    [InlineData(0.05, -1.644854)]
    [InlineData(0.999, 3.090232)]
    [InlineData(0.0002, -3.540084)]
    public void The_normal_distribution_is_that_of_the_tables(double share, double value)
    {
        Assert.Equal(value, Normal.Quantile(share), 5);
        Assert.Equal(share, Normal.Below(value), 6);
    }
}
