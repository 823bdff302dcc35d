using Collector.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Reports.Jobs;

/// <summary>Hands the schedule to Quartz when the service starts, and ends it cleanly when the service ends.</summary>
internal sealed partial class JobScheduler(
    ISchedulerFactory factory, JobSchedule schedule, JobStates states, Settings settings, TimeProvider time, ILogger<JobScheduler> logger) : IHostedService
{
    /// <summary>When a job that failed is tried again, if its next turn is later than that.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    private IScheduler? scheduler;

    /// <inheritdoc/>
    /// <exception cref="IOException">The database keeps no schedule: one line for the operator.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BeginAsync(cancellationToken);
        }
        catch (SchedulerException problem)
        {
            throw new IOException($"the schedule of the jobs cannot be kept in the database: {problem.GetBaseException().Message.Split('\n')[0].Trim()}", problem);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (scheduler is not null)
        {
            // Running jobs are told to end, and are waited for.
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    /// <summary>Starts a job now.</summary>
    public Task RunNowAsync(string name, CancellationToken cancellationToken) => StartAsync(name, "now", time.GetUtcNow(), cancellationToken);

    /// <summary>Has a job that failed tried again before its next turn, if that is far.</summary>
    public async Task TryAgainAsync(string name, CancellationToken cancellationToken)
    {
        var again = time.GetUtcNow() + RetryAfter;
        if (schedule.Find(name)?.NextAfter(time.GetUtcNow()) > again)
        {
            await StartAsync(name, "again", again, cancellationToken);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        scheduler = await factory.GetScheduler(cancellationToken);
        var isShared = JobStoreSetup.IsPersistent(settings.Storage);
        foreach (var turns in schedule.Jobs)
        {
            var job = JobBuilder.Create<QuartzAdapter>().WithIdentity(turns.Name).StoreDurably().RequestRecovery(isShared).Build();
            await scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
            var isKept = await ScheduleAsync(turns, cancellationToken);
            var last = states.Find(turns.Name);
            if (turns.IsOverdue(last, time.GetUtcNow()) && (!isKept || last is null))
            {
                CatchingUp(turns.Name);
                await StartAsync(turns.Name, "catch-up", time.GetUtcNow(), cancellationToken);
            }
        }

        await scheduler.Start(cancellationToken);
    }

    /// <returns>Whether Quartz knew these turns from before, and so knows which were missed.</returns>
    private async Task<bool> ScheduleAsync(JobTurns turns, CancellationToken cancellationToken)
    {
        var key = new TriggerKey(turns.Name, "schedule");
        if (!turns.IsEnabled)
        {
            await scheduler!.UnscheduleJob(key, cancellationToken);
            return true;
        }

        var misfire = turns.Misfire == MisfireRule.CatchUp ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing;
        if (await scheduler!.GetTrigger(key, cancellationToken) is ICronTrigger known
            && known.CronExpressionString == turns.Cron.CronExpressionString && known.MisfireInstruction == misfire)
        {
            return true;
        }

        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(key)
            .ForJob(turns.Name)
            .WithSchedule(CronScheduleBuilder.Create(turns.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(misfire))
            .StartAt(time.GetUtcNow())
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
        return false;
    }

    private async Task StartAsync(string name, string why, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // One such trigger a job and reason: asking twice, or from two instances, starts it once.
        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(name, why)
            .ForJob(name)
            .StartAt(at)
            .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
        await scheduler!.ScheduleTrigger(trigger, TriggerConflict.Keep, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Job {Job} has something to catch up and begins now")]
    private partial void CatchingUp(string job);
}
