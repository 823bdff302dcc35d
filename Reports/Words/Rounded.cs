namespace Reports.Words;

/// <summary>How many decimals are written. The same data gives the same bytes: sums of the same numbers in another order differ only
/// far behind these.</summary>
internal static class Rounded
{
    /// <summary>Shares, 0 to 1: six decimals, a probe in a million.</summary>
    public static double Share(double value) => To(value, 6);

    /// <summary>Milliseconds: three decimals, as fine as any probe measures.</summary>
    public static double Milliseconds(double value) => To(value, 3);

    /// <summary>Kilometres: one decimal; Atlas blurs a probe's place by far more.</summary>
    public static double Kilometres(double value) => To(value, 1);

    /// <summary>Percent: three decimals.</summary>
    public static double Percent(double value) => To(value, 3);

    /// <summary>What a finding observed, whatever its unit: three decimals.</summary>
    public static double Observed(double value) => To(value, 3);

    /// <summary>Effective sample sizes: two decimals.</summary>
    public static double SampleSize(double value) => To(value, 2);

    // Adding zero turns −0 into 0.
    private static double To(double value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero) + 0.0;
}
