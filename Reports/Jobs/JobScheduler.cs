using Collector.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Reports.Jobs;

/// <summary>Hands the schedule to Quartz when the service starts, and ends it cleanly when the service ends.</summary>
internal sealed partial class JobScheduler(
    ISchedulerFactory factory, JobSchedule schedule, JobStates states, Settings settings, TimeProvider time, ILogger<JobScheduler> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>When a job that failed is tried again, if its next turn is later than that.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    // Less than that is the difference between two machines' clocks.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stopping = new();
    private IScheduler? scheduler;
    private Task watch = Task.CompletedTask;

    /// <summary>Hands the schedule over and begins.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        scheduler = await factory.GetScheduler(cancellationToken);
        var isShared = JobStoreSetup.IsPersistent(settings.Storage);
        foreach (var turns in schedule.Jobs)
        {
            var job = JobBuilder.Create<QuartzAdapter>().WithIdentity(turns.Name).StoreDurably().RequestRecovery(isShared).Build();
            await scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
            var isKept = await ScheduleAsync(turns, cancellationToken);
            var last = states.Find(turns.Name);
            if (turns.IsOverdue(last, time.GetUtcNow()) && (!isKept || last is not { Error: null }))
            {
                CatchingUp(turns.Name);
                await StartAsync(turns.Name, "catch-up", time.GetUtcNow(), cancellationToken);
            }
        }

        await scheduler.Start(cancellationToken);
        watch = WatchAsync();
    }

    /// <inheritdoc/>
    /// <remarks>When everything else has started: a service that cannot listen begins no work.</remarks>
    /// <exception cref="IOException">The database keeps no schedule: one line for the operator.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
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
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await watch;
        if (scheduler is not null)
        {
            // Running jobs are told to end, and are waited for.
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    /// <summary>Works the turns out anew where the clock has been set back: else they would wait for the time that it said before.</summary>
    public async Task FollowClockAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ahead = states.All().Where(one => one.Job.Started > now + Ahead).Select(one => one.Job.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var turns in schedule.Jobs.Where(turns => turns.IsEnabled && ahead.Contains(turns.Name)))
        {
            if ((await scheduler!.GetTrigger(KeyOf(turns), cancellationToken))?.NextFireTimeUtc > turns.NextAfter(now))
            {
                await ReplaceAsync(turns, cancellationToken);
                WentBack(turns.Name);
            }
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

    /// <returns>Whether Quartz knew these turns from before, and so knows which were missed.</returns>
    private async Task<bool> ScheduleAsync(JobTurns turns, CancellationToken cancellationToken)
    {
        var key = KeyOf(turns);
        if (!turns.IsEnabled)
        {
            await scheduler!.UnscheduleJob(key, cancellationToken);
            return true;
        }

        if (await scheduler!.GetTrigger(key, cancellationToken) is ICronTrigger known
            && known.CronExpressionString == turns.Cron.CronExpressionString && known.MisfireInstruction == MisfireOf(turns))
        {
            return true;
        }

        await ReplaceAsync(turns, cancellationToken);
        return false;
    }

    private static TriggerKey KeyOf(JobTurns turns) => new(turns.Name, "schedule");

    private static CronTriggerMisfireInstruction MisfireOf(JobTurns turns) =>
        turns.Misfire == MisfireRule.CatchUp ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing;

    private async Task ReplaceAsync(JobTurns turns, CancellationToken cancellationToken)
    {
        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(KeyOf(turns))
            .ForJob(turns.Name)
            .WithSchedule(CronScheduleBuilder.Create(turns.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(MisfireOf(turns)))
            .StartAt(time.GetUtcNow())
            .Build();
        await scheduler!.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
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

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                try
                {
                    await FollowClockAsync(stopping.Token);
                }
                catch (SchedulerException problem)
                {
                    NotLookedAt(problem.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The clock was set back; the turns of {Job} follow it")]
    private partial void WentBack(string job);

    [LoggerMessage(LogLevel.Warning, "The turns of the jobs could not be looked at: {Problem}")]
    private partial void NotLookedAt(string problem);

    [LoggerMessage(LogLevel.Information, "Job {Job} has something to catch up and begins now")]
    private partial void CatchingUp(string job);
}
