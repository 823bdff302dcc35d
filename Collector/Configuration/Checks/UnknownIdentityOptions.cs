using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When an identity that no rule explains is told.</summary>
public sealed record UnknownIdentityOptions
{
    /// <summary>Rounds that must have brought it. Default: 3.</summary>
    [Range(1, 1000000)]
    public int Rounds { get; init; } = 3;

    /// <summary>Probes that must have got it. Default: 3.</summary>
    [Range(1, 10000)]
    public int Probes { get; init; } = 3;

    /// <summary>Networks that they must be in: what one network alone gets is more likely a box in it. Default: 2.</summary>
    [Range(1, 10000)]
    public int Networks { get; init; } = 2;

    /// <summary>Share of all answers from which on it is a warning. Default: 0.05.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.05;
}
