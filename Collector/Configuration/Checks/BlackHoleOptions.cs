using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a network counts as unable to reach a target.</summary>
public sealed record BlackHoleOptions
{
    /// <summary>Rounds in a row before it is said. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToRaise { get; init; } = 3;

    /// <summary>Rounds in a row of its absence before it is over. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>So many silent probes make a network's silence critical; fewer are a single vantage point. Default: 3.</summary>
    [Range(2, 1000)]
    public int Probes { get; init; } = 3;

    /// <summary>The share of a network's probes that must be silent at once. Default: two thirds.</summary>
    [Range(0.5, 1.0)]
    public double Share { get; init; } = 0.66;

    /// <summary>Controls that each probe of a single vantage point must reach meanwhile. Default: 2.</summary>
    [Range(1, 10)]
    public int Controls { get; init; } = 2;

    /// <summary>How improbable plain packet loss must be as the reason. Default: 0.00000001.</summary>
    [Range(0.0, 0.1)]
    public double Chance { get; init; } = 1e-8;
}
