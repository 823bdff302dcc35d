using Collector.Atlas;
using Collector.Measuring;
using Collector.Store;

namespace Analyzer.Checks;

/// <summary>How the tool itself stands: what its own checks look at.</summary>
/// <param name="Now">The present.</param>
public sealed record ToolState(DateTimeOffset Now)
{
    /// <summary>How long the credits last; null: nobody knows.</summary>
    public CreditOutlook? Credits { get; init; }

    /// <summary>The measurements that the configuration wants, running or ended.</summary>
    public IReadOnlyList<ToolMeasurement> Measurements { get; init; } = [];
}

/// <summary>A measurement that the configuration wants.</summary>
/// <param name="Stored">What the store knows of it.</param>
/// <param name="IntervalSeconds">Time between two results of a probe.</param>
public sealed record ToolMeasurement(StoredMeasurement Stored, long IntervalSeconds)
{
    /// <summary>The target's name; null: it is about a PoP's unicast addresses.</summary>
    public string? Target { get; init; }

    /// <summary>The PoP whose unicast addresses are pinged; null: it is about a target.</summary>
    public string? Pop { get; init; }

    /// <summary>Up to when its results were fetched; null: they never were.</summary>
    public DateTimeOffset? FetchedTo { get; init; }

    /// <summary>The latest result; null: there is none of the last weeks.</summary>
    public DateTimeOffset? LastResult { get; init; }

    /// <summary>How many probes delivered on the last day of which there are results.</summary>
    public int Probes { get; init; }

    /// <summary>How it ended; null: it runs, or nobody knows.</summary>
    public MeasurementStatus? Ending { get; init; }

    /// <summary>When it ended; null: it runs.</summary>
    public DateTimeOffset? Stop => Stored.Stop;

    /// <summary>Whether somebody asked for its end, as far as is known.</summary>
    public bool IsEndedByRequest => Ending is null or MeasurementStatus.Stopped or MeasurementStatus.Canceled;
}
