using Analyzer.Catchments;

namespace Analyzer.Annotations;

/// <summary>A mean, and where the true one lies with 95 % confidence.</summary>
/// <param name="Mean">The mean of what was observed.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="Values">How many values it rests on.</param>
/// <param name="Clusters">In how many groups they came.</param>
public sealed record MeanInterval(double Mean, double Low, double High, int Values, int Clusters)
{
    /// <summary>Whether it is surely above zero.</summary>
    public bool IsPositive => Low > 0;

    /// <summary>Whether it is surely below zero.</summary>
    public bool IsNegative => High < 0;
}

/// <summary>
/// Confidence intervals by drawing again from what was observed: BCa, bias-corrected and accelerated (B. Efron, "Better Bootstrap Confidence Intervals", Journal
/// of the American Statistical Association 82, 1987), of a mean over values that come in clusters.
/// </summary>
/// <remarks>
/// Probes of one network share its routing: ten of them are not ten witnesses. So whole clusters are drawn, each with all its values (C. A. Field and
/// A. H. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69, 2007). The draws come from a generator with a seed
/// of its own: the same values have the same interval, on every machine.
/// </remarks>
public static class Bootstrap
{
    /// <summary>How often all clusters are drawn again. Efron advises a thousand and more for such intervals.</summary>
    public const int Draws = 2000;

    // The 2.5th percentile of the normal distribution.
    private const double Z = -1.959963984540054;

    /// <summary>The mean of values and its interval; null when they come in less than two clusters, which tell nothing of others.</summary>
    /// <param name="values">The values, each with its cluster.</param>
    public static MeanInterval? OfMean(IEnumerable<(ulong Cluster, double Value)> values)
    {
        // In the order of the clusters' numbers: the same values in another order are the same draws.
        var clusters = values.GroupBy(value => value.Cluster).OrderBy(group => group.Key)
            .Select(group => (Sum: group.Select(value => value.Value).Order().Sum(), Count: group.Count())).ToArray();
        if (clusters.Length < 2)
        {
            return null;
        }

        var sum = clusters.Sum(cluster => cluster.Sum);
        var count = clusters.Sum(cluster => cluster.Count);
        var mean = sum / count;
        var drawn = Drawn(clusters);
        var (low, high) = Ends(drawn, mean, Acceleration(clusters, sum, count));
        return new MeanInterval(mean, Quantiles.At(drawn, low), Quantiles.At(drawn, high), count, clusters.Length);
    }

    /// <summary>The means of so many draws, ascending.</summary>
    private static double[] Drawn((double Sum, int Count)[] clusters)
    {
        var drawn = new double[Draws];
        var state = 0x5EEDUL;
        for (var draw = 0; draw < Draws; draw++)
        {
            double sum = 0;
            long count = 0;
            for (var index = 0; index < clusters.Length; index++)
            {
                var (clusterSum, clusterCount) = clusters[Next(ref state, clusters.Length)];
                sum += clusterSum;
                count += clusterCount;
            }

            drawn[draw] = sum / count;
        }

        Array.Sort(drawn);
        return drawn;
    }

    /// <summary>Which quantiles of the draws the ends of the interval are.</summary>
    private static (double Low, double High) Ends(double[] drawn, double mean, double acceleration)
    {
        // Of draws that hit the mean itself, half count as below it: shares of few probes hit it often.
        var below = (drawn.Count(value => value < mean) + (0.5 * drawn.Count(value => value == mean))) / drawn.Length;
        var bias = Normal.Quantile(Math.Clamp(below, 0.5 / drawn.Length, 1 - (0.5 / drawn.Length)));
        double End(double z) => Normal.Below(bias + ((bias + z) / (1 - (acceleration * (bias + z)))));
        return (Math.Clamp(End(Z), 0, 1), Math.Clamp(End(-Z), 0, 1));
    }

    /// <summary>How fast the spread of the mean changes with the mean: from leaving out one cluster after the other.</summary>
    private static double Acceleration((double Sum, int Count)[] clusters, double sum, int count)
    {
        var without = Array.ConvertAll(clusters, cluster => (sum - cluster.Sum) / (count - cluster.Count));
        var centre = without.Average();
        double squares = 0, cubes = 0;
        foreach (var value in without)
        {
            var distance = centre - value;
            squares += distance * distance;
            cubes += distance * distance * distance;
        }

        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }

    /// <summary>SplitMix64 (G. L. Steele and others, "Fast splittable pseudorandom number generators", 2014).</summary>
    private static int Next(ref ulong state, int below)
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (int)Math.BigMul(mixed, (ulong)below, out _);
    }
}
