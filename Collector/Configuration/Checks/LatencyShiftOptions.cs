using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a longer round trip to the same PoP counts as a shift.</summary>
public sealed record LatencyShiftOptions
{
    /// <summary>Rounds of pings in a row that begin one. Default: 3.</summary>
    [Range(1, 1000)]
    public int RoundsToRaise { get; init; } = 3;

    /// <summary>Rounds in a row without it that end one. Default: 3.</summary>
    [Range(1, 1000)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>Probes of a network or country that it takes; of a PoP, three times as many. Default: 3.</summary>
    [Range(1, 1000)]
    public int Probes { get; init; } = 3;

    /// <summary>How much longer the median probe's round trip must be than before, milliseconds. Default: 20.</summary>
    [Range(1.0, 1000.0)]
    public double ExtraMs { get; init; } = 20;
}
