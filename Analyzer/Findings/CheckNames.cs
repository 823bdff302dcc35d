namespace Analyzer.Findings;

/// <summary>The names of the checks.</summary>
public static class CheckNames
{
    /// <summary>A network that reaches other targets but not this one. Observed and expected: share of its probes that are answered.</summary>
    public const string BlackHole = "black-hole";

    /// <summary>A network served on another continent without need. Observed and expected: kilometres farther than the better PoP.</summary>
    public const string ContinentalDetour = "continental-detour";

    /// <summary>All of them, by the alphabet.</summary>
    public static IReadOnlyList<string> All { get; } = [BlackHole, ContinentalDetour];
}
