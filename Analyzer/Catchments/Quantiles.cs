namespace Analyzer.Catchments;

/// <summary>The 10th, 50th and 90th percentile of some numbers, in the unit of the numbers.</summary>
/// <param name="P10">A tenth is below it.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">A tenth is above it.</param>
public readonly record struct Quantiles(double P10, double P50, double P90)
{
    /// <summary>The percentiles of numbers sorted ascending; null when there are none.</summary>
    public static Quantiles? OfSorted(ReadOnlySpan<double> sorted) =>
        sorted.IsEmpty ? null : new Quantiles(At(sorted, 0.1), At(sorted, 0.5), At(sorted, 0.9));

    /// <summary>
    /// The quantile as spreadsheets, R and NumPy give it unless told otherwise: definition 7 of Hyndman and Fan, "Sample
    /// Quantiles in Statistical Packages" (The American Statistician 50, 1996), linear between the two neighbours. The median
    /// of an even count is thus the mean of the two in the middle.
    /// </summary>
    /// <param name="sorted">At least one number, ascending.</param>
    /// <param name="share">0 to 1.</param>
    public static double At(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
