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
/// <param name="Running">What runs.</param>
/// <param name="Wanted">What it should be.</param>
public sealed record RunningMeasurement(AtlasMeasurement Running, PlannedMeasurement Wanted)
{
    /// <summary>Atlas' measurement id.</summary>
    public long Id => Running.Id;
}

/// <summary>A measurement that runs as it should, but not on the right probes.</summary>
/// <param name="Running">What runs.</param>
/// <param name="Wanted">What it should be.</param>
/// <param name="Add">Probes to add.</param>
/// <param name="Remove">Probes to take out.</param>
public sealed record ChangedMeasurement(AtlasMeasurement Running, PlannedMeasurement Wanted, IReadOnlyList<int> Add, IReadOnlyList<int> Remove)
{
    /// <summary>Atlas' measurement id.</summary>
    public long Id => Running.Id;

    /// <summary>How many probes are added and taken out.</summary>
    public (int Added, int Removed) Size => (Add.Count, Remove.Count);
}

/// <summary>A measurement whose place another one takes, since Atlas cannot change what has to change: interval, address, NSID.</summary>
/// <param name="Running">What runs.</param>
/// <param name="Wanted">What is to run.</param>
public sealed record ReplacedMeasurement(AtlasMeasurement Running, PlannedMeasurement Wanted)
{
    /// <summary>Atlas' measurement id of what runs.</summary>
    public long Id => Running.Id;
}

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

    /// <summary>To be stopped and created anew.</summary>
    public IReadOnlyList<ReplacedMeasurement> Replace { get; init; } = [];

    /// <summary>Ours, and no longer wanted.</summary>
    public IReadOnlyList<AtlasMeasurement> Stop { get; init; } = [];

    /// <summary>As they should be.</summary>
    public IReadOnlyList<RunningMeasurement> Unchanged { get; init; } = [];

    /// <summary>Read only.</summary>
    public IReadOnlyList<FollowedMeasurement> Follow { get; init; } = [];

    /// <summary>Why it cannot be carried out, one line each; empty: it can.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What would keep a plan within the budget that goes beyond it; null: it does not go beyond it, or nothing would.</summary>
    public Remedy? Remedy { get; init; }

    /// <summary>What part of the Internet the selected probes stand for, one for each family that is measured or followed.</summary>
    public IReadOnlyList<ProbeCoverage> Coverage { get; init; } = [];

    /// <summary>What others on the same account use, measurements that are not ours.</summary>
    public Usage Others { get; init; } = new(0, 0, 0);

    /// <summary>The limits it was held against.</summary>
    public Configuration.AtlasLimits Limits { get; init; } = new();

    /// <summary>Everything that would run in the end, ours only.</summary>
    public IEnumerable<PlannedMeasurement> Wanted =>
        Create
            .Concat(Replace.Select(replaced => replaced.Wanted))
            .Concat(Change.Select(change => change.Wanted))
            .Concat(Unchanged.Select(running => running.Wanted));

    /// <summary>What ours would use in the end.</summary>
    public Usage Totals => new(Wanted.Count(), Wanted.Sum(wanted => wanted.ResultsPerDay), Wanted.Sum(wanted => wanted.CreditsPerDay));

    /// <summary>Whether the account has room for what is replaced and what replaces it at the same time.</summary>
    public bool HasRoomForBoth
    {
        get
        {
            var old = Replace.Select(replaced => replaced.Running).ToList();
            var results = old.Sum(measurement => measurement.EstimatedResultsPerDay ?? double.PositiveInfinity);
            var credits = old.Sum(measurement => (measurement.EstimatedResultsPerDay * measurement.CreditsPerResult) ?? double.PositiveInfinity);
            var busiest = Wanted.Select(wanted => (wanted.Definition.Kind, Address: wanted.Definition.Target))
                .Concat(Replace.Select(replaced => (replaced.Wanted.Definition.Kind, Address: replaced.Running.TargetIp ?? replaced.Wanted.Definition.Target)))
                .GroupBy(service => service)
                .Max(service => (int?)service.Count()) ?? 0;
            return Totals.Running + Others.Running + old.Count <= Limits.Running
                && Totals.ResultsPerDay + Others.ResultsPerDay + results <= Limits.ResultsPerDay
                && Totals.CreditsPerDay + Others.CreditsPerDay + credits <= Limits.CreditsPerDay
                && busiest <= Limits.MeasurementsPerTarget;
        }
    }

    /// <summary>Whether Atlas runs already what it should.</summary>
    public bool IsDone => Create.Count == 0 && Replace.Count == 0 && Change.Count == 0 && Stop.Count == 0;
}

/// <summary>What would bring a plan into the budget; each is enough by itself.</summary>
/// <param name="Count">The most probes that fit; null: not even one does, or fewer would not help.</param>
/// <param name="Interval">The shortest interval that fits, if no target is asked or pinged more often; null: not even once a day fits.</param>
public sealed record Remedy(int? Count, TimeSpan? Interval);

/// <summary>What measurements use of an account.</summary>
/// <param name="Running">Measurements.</param>
/// <param name="ResultsPerDay">Results a day.</param>
/// <param name="CreditsPerDay">Credits a day.</param>
public sealed record Usage(int Running, long ResultsPerDay, long CreditsPerDay);
