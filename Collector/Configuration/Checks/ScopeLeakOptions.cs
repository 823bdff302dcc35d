using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a PoP counts as answering others than it is meant for.</summary>
public sealed record ScopeLeakOptions
{
    /// <summary>Rounds that a probe must have brought for its PoP to count. Default: 3.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 3;

    /// <summary>Probes outside the audience that it takes. Default: 3.</summary>
    [Range(1, 10000)]
    public int Probes { get; init; } = 3;

    /// <summary>Their least share of the PoP's catchment. Default: 0.03.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.03;
}
