using Collector.Atlas;
using Collector.Results;

namespace Collector.Measuring;

/// <summary>One measurement as it should run.</summary>
/// <param name="Target">Name of the target it watches.</param>
/// <param name="Definition">What is asked.</param>
/// <param name="Probes">Who asks, ascending.</param>
public sealed record PlannedMeasurement(string Target, MeasurementDefinition Definition, IReadOnlyList<int> Probes)
{
    /// <summary>DNS: the name asked; null for ping.</summary>
    public string? Query => (Definition as ChaosDefinition)?.Query;

    /// <summary>Seconds between two rounds.</summary>
    public int IntervalSeconds => (int)Definition.Interval!.Value.TotalSeconds;

    /// <summary>Results a day when every probe delivers.</summary>
    public long ResultsPerDay => Probes.Count * 86_400L / IntervalSeconds;

    /// <summary>Credits a day when every probe delivers.</summary>
    public long CreditsPerDay => ResultsPerDay * Definition.CreditsPerResult;
}

/// <summary>A measurement that runs as it should.</summary>
/// <param name="Id">Atlas' measurement id.</param>
/// <param name="Wanted">What it should be.</param>
public sealed record RunningMeasurement(long Id, PlannedMeasurement Wanted);

/// <summary>A measurement that runs as it should, but not on the right probes.</summary>
/// <param name="Id">Atlas' measurement id.</param>
/// <param name="Wanted">What it should be.</param>
/// <param name="Add">Probes to add.</param>
/// <param name="Remove">Probes to take out.</param>
public sealed record ChangedMeasurement(long Id, PlannedMeasurement Wanted, IReadOnlyList<int> Add, IReadOnlyList<int> Remove);

/// <summary>An existing measurement that is read, not made.</summary>
/// <param name="Id">Atlas' measurement id.</param>
/// <param name="Target">Name of the target it watches.</param>
/// <param name="Kind">DNS or ping.</param>
/// <param name="Family">4 or 6.</param>
public sealed record FollowedMeasurement(long Id, string Target, MeasurementKind Kind, int Family);

/// <summary>What is needed to make Atlas measure what the configuration says.</summary>
public sealed record MeasurementPlan
{
    /// <summary>To be created. Those of one target, family and part share their probes.</summary>
    public IReadOnlyList<PlannedMeasurement> Create { get; init; } = [];

    /// <summary>To get other probes.</summary>
    public IReadOnlyList<ChangedMeasurement> Change { get; init; } = [];

    /// <summary>Ours, and no longer wanted, or no longer in this form.</summary>
    public IReadOnlyList<AtlasMeasurement> Stop { get; init; } = [];

    /// <summary>As they should be.</summary>
    public IReadOnlyList<RunningMeasurement> Unchanged { get; init; } = [];

    /// <summary>Read only.</summary>
    public IReadOnlyList<FollowedMeasurement> Follow { get; init; } = [];

    /// <summary>Why it cannot be carried out, one line each; empty: it can.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What others on the same account use, measurements that are not ours.</summary>
    public Usage Others { get; init; } = new(0, 0, 0);

    /// <summary>The limits it was held against.</summary>
    public Configuration.AtlasLimits Limits { get; init; } = new();

    /// <summary>Everything that would run in the end, ours only.</summary>
    public IEnumerable<PlannedMeasurement> Wanted =>
        Create.Concat(Change.Select(change => change.Wanted)).Concat(Unchanged.Select(running => running.Wanted));

    /// <summary>What ours would use in the end.</summary>
    public Usage Totals => new(Wanted.Count(), Wanted.Sum(wanted => wanted.ResultsPerDay), Wanted.Sum(wanted => wanted.CreditsPerDay));

    /// <summary>Whether Atlas runs already what it should.</summary>
    public bool IsDone => Create.Count == 0 && Change.Count == 0 && Stop.Count == 0;
}

/// <summary>What measurements use of an account.</summary>
/// <param name="Running">Measurements.</param>
/// <param name="ResultsPerDay">Results a day.</param>
/// <param name="CreditsPerDay">Credits a day.</param>
public sealed record Usage(int Running, long ResultsPerDay, long CreditsPerDay);
