using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When the two families of a probe count as split.</summary>
public sealed record FamilySplitOptions
{
    /// <summary>Rounds in a row before it is said. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToRaise { get; init; } = 3;

    /// <summary>Rounds in a row of its absence before it is over. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>How much farther one family's PoP must be than the other's, kilometres. Default: 1000.</summary>
    [Range(100.0, 20000.0)]
    public double DifferenceKm { get; init; } = 1000;

    /// <summary>The least share of the probe's rounds of which it must be true. Default: a half.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.5;
}
