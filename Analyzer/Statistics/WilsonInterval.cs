namespace Analyzer.Statistics;

/// <summary>Where the true share lies with 95 % confidence, when so many were asked.</summary>
/// <param name="Low">0 to 1.</param>
/// <param name="High">0 to 1.</param>
public readonly record struct WilsonInterval(double Low, double High)
{
    // The 97.5th percentile of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>
    /// The score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (JASA 22,
    /// 1927). Unlike the textbook interval it holds for few probes and for shares near 0 and 1.
    /// </summary>
    /// <param name="share">The share observed, 0 to 1.</param>
    /// <param name="sampleSize">How many were asked, or the effective sample size of weighted ones; over 0.</param>
    public static WilsonInterval Of(double share, double sampleSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleSize);
        var scale = 1 + (Z * Z / sampleSize);
        var centre = (share + (Z * Z / (2 * sampleSize))) / scale;
        var half = Z / scale * Math.Sqrt(Math.Max(0, (share * (1 - share) / sampleSize) + (Z * Z / (4 * sampleSize * sampleSize))));
        return new WilsonInterval(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
