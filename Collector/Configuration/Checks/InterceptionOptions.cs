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
}
