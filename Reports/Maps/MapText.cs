using System.Globalization;

namespace Reports.Maps;

/// <summary>Numbers as maps write them.</summary>
internal static class MapText
{
    /// <summary>A count with thousands set apart.</summary>
    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Milliseconds: one decimal below ten, none above.</summary>
    public static string Ms(double ms) => ms.ToString(ms < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>Kilometres, to the nearest ten from a thousand on.</summary>
    public static string Km(double km) => Count((int)(km < 1000 ? Math.Round(km) : Math.Round(km / 10) * 10)) + " km";

    /// <summary>A share of one as a percentage: one decimal below ten percent, none above.</summary>
    public static string Percent(double share) =>
        (share * 100).ToString(share is > 0 and < 0.0995 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    /// <summary>The middle value; null without values.</summary>
    public static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null
            : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
