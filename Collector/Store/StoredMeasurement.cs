using Collector.Results;

namespace Collector.Store;

/// <summary>A measurement whose results are in the store.</summary>
/// <param name="Id">Atlas' measurement id.</param>
/// <param name="Target">Name of the target it watches.</param>
/// <param name="Kind">DNS or ping.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Query">DNS: the name asked; null for ping or when unknown.</param>
/// <param name="IntervalSeconds">Time between two rounds; null when unknown.</param>
public sealed record StoredMeasurement(long Id, string Target, MeasurementKind Kind, int Family, string? Query, int? IntervalSeconds)
{
    /// <summary>When it began; null when unknown.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ended; null while it runs or when unknown.</summary>
    public DateTimeOffset? Stop { get; init; }

    /// <summary>Whether it is somebody else's, which we only read.</summary>
    public bool IsFollowed { get; init; }
}
