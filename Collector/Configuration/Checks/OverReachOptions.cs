using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a PoP counts as reaching over continents.</summary>
public sealed record OverReachOptions
{
    /// <summary>How much farther than need be the serving PoP must be, kilometres. Default: 1000.</summary>
    [Range(100.0, 20000.0)]
    public double ExtraKm { get; init; } = 1000;

    /// <summary>Rounds that a probe must have brought for its PoP to count. Default: 3.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 3;

    /// <summary>Probes from other continents that it takes. Default: 10.</summary>
    [Range(1, 10000)]
    public int Probes { get; init; } = 10;

    /// <summary>Their least share of the PoP's catchment. Default: 0.17.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.17;
}
