using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>When a measurement counts as dried up.</summary>
public sealed record NoResultsOptions
{
    /// <summary>Rounds of the measurement without any result. Default: 3.</summary>
    [Range(1, 1000)]
    public int Rounds { get; init; } = 3;
}
