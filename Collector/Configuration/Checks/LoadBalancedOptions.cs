using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When alternating between PoPs is told.</summary>
public sealed record LoadBalancedOptions
{
    /// <summary>Rounds that a probe must have brought. Default: 12.</summary>
    [Range(4, 1000)]
    public int Rounds { get; init; } = 12;

    /// <summary>Least share of its rounds that other PoPs than the first must have. Default: 0.1.</summary>
    [Range(0.0, 0.5)]
    public double Share { get; init; } = 0.1;

    /// <summary>Probes of a network that make it the network's doing instead of theirs. Default: 3.</summary>
    [Range(2, 1000)]
    public int Probes { get; init; } = 3;
}
