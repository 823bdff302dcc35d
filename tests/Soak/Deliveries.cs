using System.Text.RegularExpressions;

namespace Tests.Soak;

/// <summary>What the simulator has delivered.</summary>
internal static partial class Deliveries
{
    // The simulator's own are numbered from here; below are the built-in ones, which serve as controls and are not kept.
    private const long FirstOfOurs = 100_000_001;

    /// <summary>Keeps the results of our own measurements.</summary>
    /// <returns>The file that has them.</returns>
    public static string OfOurs(string delivered)
    {
        var ours = delivered + ".ours";
        File.WriteAllLines(ours, File.ReadLines(delivered).Where(line => long.Parse(Measurement().Match(line).Groups[1].ValueSpan, null) >= FirstOfOurs));
        return ours;
    }

    [GeneratedRegex("\"msm_id\": ?([0-9]+)")]
    private static partial Regex Measurement();
}
