using Analyzer.Time;
using Collector.Configuration;
using Collector.Store;
using Quartz;

namespace Reports.Jobs;

/// <summary>When one job runs.</summary>
/// <param name="Name">The job.</param>
/// <param name="Cron">Its turns, UTC.</param>
/// <param name="Misfire">What becomes of turns that were missed.</param>
/// <param name="IsEnabled">Whether it runs by itself.</param>
internal sealed record JobTurns(string Name, CronExpression Cron, MisfireRule Misfire, bool IsEnabled)
{
    /// <summary>Its next turn after an instant; null: it is off, or has no more turns.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset at) => IsEnabled ? Cron.GetNextValidTimeAfter(at) : null;

    /// <summary>Whether something is to be caught up when the service starts: a turn passed since the job last began, or it never ran, or
    /// its last run did not end well and was not the end of it.</summary>
    /// <param name="last">What became of the job so far; null: it never ran.</param>
    /// <param name="now">The present.</param>
    public bool IsOverdue(StoredJob? last, DateTimeOffset now) =>
        IsEnabled && Misfire == MisfireRule.CatchUp
        && (last?.Started is not { } started
            || last.Error is not null
            || last.Ended is not { } ended
            || ended < started
            || Cron.GetNextValidTimeAfter(started) <= now);
}

/// <summary>When the jobs run.</summary>
/// <param name="Jobs">One entry a job, by the alphabet.</param>
internal sealed record JobSchedule(IReadOnlyList<JobTurns> Jobs)
{
    // Off the full hour, when everybody asks Atlas; the first Monday report comes when late results of Sunday are in.
    private static readonly (string Name, string Key, string Cron, Func<ScheduleOptions, JobOptions> Of)[] Rows =
    [
        (JobNames.Analyze, nameof(ScheduleOptions.Analyze), "0 2/15 * * * ?", options => options.Analyze),
        (JobNames.Collect, nameof(ScheduleOptions.Collect), "0 0/5 * * * ?", options => options.Collect),
        (JobNames.Probes, nameof(ScheduleOptions.Probes), "0 20 1 * * ?", options => options.Probes),
        (JobNames.Prune, nameof(ScheduleOptions.Prune), "0 10 4 * * ?", options => options.Prune),
        (JobNames.Reconcile, nameof(ScheduleOptions.Reconcile), "0 40 1 * * ?", options => options.Reconcile),
        (JobNames.TimeSeries, nameof(ScheduleOptions.TimeSeries), "0 7/15 * * * ?", options => options.TimeSeries),
        (JobNames.WeeklyReport, nameof(ScheduleOptions.WeeklyReport), "0 0 6 ? * MON", options => options.WeeklyReport),
    ];

    /// <summary>The default turns by setting, <c>WeeklyReport</c>.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = Rows.ToDictionary(row => row.Key, row => row.Cron);

    /// <summary>Reads the schedule.</summary>
    /// <param name="options">What the operator wrote.</param>
    /// <param name="hasTimeSeries">Whether there is a database to write time series to; without one there is no such job.</param>
    /// <exception cref="ConfigurationException">A cron expression that is none, or that never comes true.</exception>
    public static JobSchedule Of(ScheduleOptions options, bool hasTimeSeries = false) => new([.. Rows.Where(row => hasTimeSeries || row.Name != JobNames.TimeSeries).Select(row =>
    {
        var job = row.Of(options);
        return new JobTurns(row.Name, Parse(job.Cron ?? row.Cron, $"Schedule:{row.Key}:Cron"), job.Misfire, job.Enabled);
    })]);

    /// <summary>The turns of a job; null: no such job.</summary>
    public JobTurns? Find(string name) => Jobs.FirstOrDefault(job => job.Name == name);

    private static CronExpression Parse(string text, string key)
    {
        if (CronExpression.TryParse(text, out var cron))
        {
            cron = cron.WithTimeZone(TimeZoneInfo.Utc);
            if (cron.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is not null)
            {
                return cron;
            }
        }

        throw new ConfigurationException(
            $"{key} is {Quoted.Value(text)}; allowed: a cron expression of seconds, minutes, hours, day of month, month, day of week (one of the days is ?), such as 0 0/5 * * * ?");
    }
}
