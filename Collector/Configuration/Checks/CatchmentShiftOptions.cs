using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When clients that changed PoP count as a shift.</summary>
public sealed record CatchmentShiftOptions
{
    /// <summary>Rounds in a row that begin one. Default: 3.</summary>
    [Range(1, 1000)]
    public int RoundsToRaise { get; init; } = 3;

    /// <summary>Rounds in a row without it that end one. Default: 3.</summary>
    [Range(1, 1000)]
    public int RoundsToClear { get; init; } = 3;

    /// <summary>Probes that must have moved. Default: 5.</summary>
    [Range(1, 10000)]
    public int Probes { get; init; } = 5;

    /// <summary>Their least share: of all that the PoP now serves where it gained them, of all that it served where it lost them. Default: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.2;
}
