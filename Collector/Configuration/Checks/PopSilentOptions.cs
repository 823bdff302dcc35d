using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a PoP counts as silent.</summary>
public sealed record PopSilentOptions
{
    /// <summary>Rounds in a row before it is said. Default: 1.</summary>
    [Range(1, 100)]
    public int RoundsToRaise { get; init; } = 1;

    /// <summary>Rounds in a row of its absence before it is over. Default: 3.</summary>
    [Range(1, 100)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>Former probes of the PoP that other PoPs must answer meanwhile. Default: 5.</summary>
    [Range(1, 10000)]
    public int Probes { get; init; } = 5;
}
