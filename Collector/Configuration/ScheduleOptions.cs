namespace Collector.Configuration;

/// <summary>When the service's jobs run.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Takes what Atlas says of the probes into the store. Default: daily at 01:20.</summary>
    public JobOptions Probes { get; init; } = new();

    /// <summary>Holds the measurements on Atlas against the configuration. Default: daily at 01:40.</summary>
    public JobOptions Reconcile { get; init; } = new();

    /// <summary>Fetches results. Default: every five minutes.</summary>
    public JobOptions Collect { get; init; } = new();

    /// <summary>Works out the present: catchments and findings of the last 24 hours. Default: every 15 minutes.</summary>
    public JobOptions Analyze { get; init; } = new();

    /// <summary>Writes the reports of complete weeks. Default: Monday at 06:00.</summary>
    public JobOptions WeeklyReport { get; init; } = new();

    /// <summary>Deletes what <c>Storage:Retention</c> no longer keeps. Default: daily at 04:10.</summary>
    public JobOptions Prune { get; init; } = new();

    /// <summary>Writes what is new to the time series database, if there is one. Default: every 15 minutes.</summary>
    public JobOptions TimeSeries { get; init; } = new();
}
