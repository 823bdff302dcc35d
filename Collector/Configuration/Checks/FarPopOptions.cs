using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a network counts as served by a far PoP without need.</summary>
public sealed record FarPopOptions
{
    /// <summary>How much farther than need be the serving PoP must be, kilometres. Default: 1000.</summary>
    [Range(100.0, 20000.0)]
    public double ExtraKm { get; init; } = 1000;

    /// <summary>How much longer the round trip must be than the nearest PoP's should, milliseconds. Default: 25.</summary>
    [Range(0.0, 1000.0)]
    public double ExtraMs { get; init; } = 25;

    /// <summary>Rounds that a probe must have brought for its PoP to count. Default: 3.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 3;

    /// <summary>Probes of a network that it takes. Default: 1.</summary>
    [Range(1, 1000)]
    public int Probes { get; init; } = 1;
}
