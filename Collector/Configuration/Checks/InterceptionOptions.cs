using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a probe counts as answered by a box in its network.</summary>
public sealed record InterceptionOptions
{
    /// <summary>Intercepted rounds that it takes. Default: 3.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 3;

    /// <summary>Their least share of the probe's answered rounds. Default: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.3;

    /// <summary>The share of the probes that must be answered alike (with a name, or with the same code and without one) for other answers
    /// to be somebody else's. Default: 0.9.</summary>
    [Range(0.5, 1.0)]
    public double Majority { get; init; } = 0.9;

    /// <summary>Probes that it takes to know how the target answers. Default: 20.</summary>
    [Range(3, 100000)]
    public int Peers { get; init; } = 20;
}
