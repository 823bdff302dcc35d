using Collector.Configuration;
using Collector.Store;

namespace App.Jobs;

/// <summary>When one job runs.</summary>
/// <param name="Name">The job.</param>
/// <param name="Cron">Its turns, UTC.</param>
/// <param name="Misfire">What becomes of turns that were missed.</param>
/// <param name="IsEnabled">Whether it runs by itself.</param>
internal sealed record JobTurns(string Name, JobCron Cron, MisfireRule Misfire, bool IsEnabled)
{
    /// <summary>When a job that failed is tried again, if its next turn is later than that.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    // A turn that begins so much later was missed: nothing that is alive takes that long to notice it.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    /// <summary>Its next turn after an instant; null: it is off, or has no more turns.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset at) => IsEnabled ? Cron.NextAfter(at) : null;

    /// <summary>Whether something is to be caught up when the service starts.</summary>
    /// <param name="last">What became of the job so far; null: it never ran.</param>
    /// <param name="now">The present.</param>
    public bool IsOverdue(StoredJob? last, DateTimeOffset now) => IsEnabled && Misfire == MisfireRule.CatchUp && IsWanting(last, now);

    /// <summary>Whether something is left to do: a turn passed since the job last began, or it never ran, or its last run did not end well
    /// and was not the end of it.</summary>
    public bool IsWanting(StoredJob? last, DateTimeOffset now) =>
        last?.Started is not { } started || last.Error is not null || IsCutShort(last) || Cron.NextAfter(started) <= now;

    /// <summary>Whether the last run failed so long ago that it is tried again.</summary>
    public bool IsToRetry(StoredJob? last, DateTimeOffset now) =>
        IsEnabled && last is { Error: not null, Ended: { } ended } && !IsCutShort(last) && (now - ended).Duration() >= RetryAfter;

    /// <summary>Whether a turn has passed that nobody took, although they had time to.</summary>
    /// <param name="last">What became of the job so far.</param>
    /// <param name="before">The present, less the time that they have.</param>
    public bool IsLeft(StoredJob? last, DateTimeOffset before) =>
        IsEnabled && Misfire == MisfireRule.CatchUp && last?.Started is { } started && Cron.NextAfter(started) <= before;

    /// <summary>Whether the turn of an instant has been done: the last run began in the same turn and ended well.</summary>
    public bool IsDone(StoredJob? last, DateTimeOffset turn)
    {
        if (last is not { Started: { } started, Error: null } || IsCutShort(last))
        {
            return false;
        }

        // No turn lies between them, whichever is first: clocks are set back, and machines' clocks differ.
        var (first, second) = started < turn ? (started, turn) : (turn, started);
        return !(Cron.NextAfter(first) <= second);
    }

    /// <summary>Whether a turn that begins now was missed and is to be forgotten.</summary>
    public bool IsForgotten(DateTimeOffset now) => Misfire == MisfireRule.Skip && !(Cron.NextAfter(now - Late) <= now);

    /// <summary>Whether the last run did not come to its end: it was interrupted, its process died, or it still goes on elsewhere.</summary>
    public static bool IsCutShort(StoredJob? last) =>
        last?.Started is { } started && (!(last.Ended >= started) || last.Error == JobStates.Interrupted);
}

/// <summary>When the jobs run.</summary>
/// <param name="Jobs">One entry a job, by the alphabet.</param>
internal sealed record JobSchedule(IReadOnlyList<JobTurns> Jobs)
{
    // Off the full hour, when everybody asks Atlas; the first Monday report comes when late results of Sunday are in.
    private static readonly (string Name, string Key, string Cron, Func<ScheduleOptions, JobOptions> Of)[] Rows =
    [
        (JobNames.Analyze, nameof(ScheduleOptions.Analyze), "2-59/15 * * * *", options => options.Analyze),
        (JobNames.Collect, nameof(ScheduleOptions.Collect), "*/5 * * * *", options => options.Collect),
        (JobNames.Probes, nameof(ScheduleOptions.Probes), "20 1 * * *", options => options.Probes),
        (JobNames.Prune, nameof(ScheduleOptions.Prune), "10 4 * * *", options => options.Prune),
        (JobNames.Reconcile, nameof(ScheduleOptions.Reconcile), "40 1 * * *", options => options.Reconcile),
        (JobNames.TimeSeries, nameof(ScheduleOptions.TimeSeries), "7-59/15 * * * *", options => options.TimeSeries),
        (JobNames.WeeklyReport, nameof(ScheduleOptions.WeeklyReport), "0 6 * * MON", options => options.WeeklyReport),
    ];

    /// <summary>The default turns by setting, <c>WeeklyReport</c>.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = Rows.ToDictionary(row => row.Key, row => row.Cron);

    /// <summary>Reads the schedule.</summary>
    /// <param name="options">What the operator wrote.</param>
    /// <param name="hasTimeSeries">Whether there is a database to write time series to; without one there is no such job.</param>
    /// <exception cref="ConfigurationException">A cron expression that is none, that never comes true, or that programs understand differently.</exception>
    public static JobSchedule Of(ScheduleOptions options, bool hasTimeSeries = false) => new([.. Rows.Where(row => hasTimeSeries || row.Name != JobNames.TimeSeries).Select(row =>
    {
        var job = row.Of(options);
        return new JobTurns(row.Name, JobCron.Parse(job.Cron ?? row.Cron, $"Schedule:{row.Key}:Cron"), job.Misfire, job.Enabled);
    })]);

    /// <summary>The turns of a job; null: no such job.</summary>
    public JobTurns? Find(string name) => Jobs.FirstOrDefault(job => job.Name == name);
}
