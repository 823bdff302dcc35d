using System.Globalization;
using System.Text.RegularExpressions;

namespace Tests.Soak;

/// <summary>What the simulator has delivered.</summary>
internal static partial class Deliveries
{
    // The simulator's own are numbered from here; below are the built-in ones, which serve as controls and are not kept.
    private const long FirstOfOurs = 100_000_001;

    /// <summary>Whether a measurement, by its id, is one of ours.</summary>
    public static bool IsOurs(ReadOnlySpan<char> measurement) => long.Parse(measurement, NumberStyles.None, CultureInfo.InvariantCulture) >= FirstOfOurs;

    /// <summary>Keeps the results of our own measurements.</summary>
    /// <returns>The file that has them.</returns>
    public static string OfOurs(string delivered)
    {
        var ours = delivered + ".ours";
        File.WriteAllLines(ours, File.ReadLines(delivered).Where(line => IsOurs(Measurement().Match(line).Groups[1].ValueSpan)));
        return ours;
    }

    [GeneratedRegex("\"msm_id\": ?([0-9]+)")]
    private static partial Regex Measurement();
}
