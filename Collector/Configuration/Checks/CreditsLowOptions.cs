using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When credits count as low.</summary>
public sealed record CreditsLowOptions
{
    /// <summary>Days that the credits last, below which it is worth looking at. Default: 14.</summary>
    [Range(1, 3650)]
    public double WarnBelowDays { get; init; } = 14;

    /// <summary>Days that the credits last, below which measuring is about to end. Default: 3.</summary>
    [Range(0, 3650)]
    public double CriticalBelowDays { get; init; } = 3;
}
