using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a PoP counts as being somewhere else than its announcement.</summary>
public sealed record BackhaulOptions
{
    /// <summary>Rounds in a row before it is said. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToRaise { get; init; } = 3;

    /// <summary>Rounds in a row of its absence before it is over. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>Probes count as near a PoP up to this distance, kilometres. Default: 500.</summary>
    [Range(10.0, 5000.0)]
    public double NearKm { get; init; } = 500;

    /// <summary>Near probes that it takes in each round. Default: 3.</summary>
    [Range(1, 1000)]
    public int Probes { get; init; } = 3;

    /// <summary>How much slower than need be all near probes must be, milliseconds. Default: 25.</summary>
    [Range(1.0, 1000.0)]
    public double ExtraMs { get; init; } = 25;
}
