using System.Diagnostics;
using Collector.Configuration;
using Collector.Time;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>Hands the schedule to Hangfire when the service starts, looks after what Hangfire does not, and ends it cleanly when the service
/// ends.</summary>
internal sealed partial class JobScheduler(
    HangfireStorage hangfire,
    JobQueue queue,
    IJobLocks locks,
    JobSchedule schedule,
    JobStates states,
    Settings settings,
    TimeProvider time,
    IServiceProvider services,
    ILogger<JobScheduler> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    // What was put into the queue and has not begun in that time is put there again; doing so twice does no harm.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    // The clocks of two machines, or the time between a turn and its being noticed.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    // Less than the host waits.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(25);

    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<string, (long Begun, long At)> asked = new(StringComparer.Ordinal);
    private FormerScheduler? former;
    private LeftoverLocks? leftovers;
    private BackgroundJobServer? server;
    private Task watch = Task.CompletedTask;
    private bool isLooking = true;
    private bool isDisposed;

    /// <summary>Whether turns come by themselves. Hangfire goes by the real clock: where tests make time fly, they start the jobs.</summary>
    private bool HasTurns => time is not ScaledClock;

    /// <summary>Opens the storage.</summary>
    /// <exception cref="IOException">It cannot be opened, or an instance of a former version uses it: one line for the operator.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        HangfireLog.Use(services.GetRequiredService<ILoggerFactory>());
        if (HangfireStorage.IsShared(settings.Storage))
        {
            former = new FormerScheduler(settings.Storage.ConnectionString!, logger);
            await former.KeepOutAsync(cancellationToken);
        }

        await hangfire.OpenAsync(cancellationToken);
        leftovers = hangfire.Schema is { } schema ? new LeftoverLocks(settings.Storage.ConnectionString!, schema) : null;
    }

    /// <summary>Hands the schedule over and begins.</summary>
    public void Begin()
    {
        // Jobs, and Hangfire, read their databases without letting go of the thread; a slow one must not keep requests waiting for threads.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * schedule.Jobs.Count + 16), ports);
        RegisterAll();
        var now = time.GetUtcNow();
        foreach (var turns in schedule.Jobs.Where(turns => turns.IsOverdue(states.Find(turns.Name), now)))
        {
            CatchingUp(turns.Name);
            queue.Enqueue(turns.Name, JobReason.Again);
        }

        server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                Activator = new Activator(services),
                ServerName = states.Instance.Replace('/', ':'),

                // One a job, and one for calls that find theirs taken: none waits for another.
                WorkerCount = schedule.Jobs.Count + 1,
                SchedulePollingInterval = hangfire.BetweenLooks,
                HeartbeatInterval = TimeSpan.FromSeconds(5),
                ServerTimeout = TimeSpan.FromSeconds(30),
                ServerCheckInterval = TimeSpan.FromSeconds(10),
                CancellationCheckInterval = TimeSpan.FromSeconds(5),

                // Jobs are told to end at once, and are waited for.
                StopTimeout = TimeSpan.Zero,
                ShutdownTimeout = LongestEnd,
            },
            hangfire.Storage);
        watch = Task.Run(WatchAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Before anything else: a service that may not share its database does not even listen.</remarks>
    public Task StartingAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    /// <remarks>When everything else has started: a service that cannot listen begins no work.</remarks>
    /// <exception cref="IOException">The database keeps no turns: one line for the operator.</exception>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            Begin();
            return Task.CompletedTask;
        }
        catch (Exception problem) when (PostgresJobLocks.IsAway(problem) || problem is DistributedLockTimeoutException or Hangfire.PostgreSql.PostgreSqlDistributedLockException)
        {
            throw new IOException($"the turns of the jobs cannot be kept in the database: {problem.GetBaseException().Message.Split('\n')[0].Trim()}", problem);
        }
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await watch;
        if (server is { } running)
        {
            server = null;
            running.SendStop();
            await running.WaitForShutdownAsync(cancellationToken);
            running.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // It is among the services twice, as what it is and as what the host starts.
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await StopAsync(CancellationToken.None);
        if (former is not null)
        {
            await former.DisposeAsync();
        }

        stopping.Dispose();
    }

    /// <summary>Starts a job now.</summary>
    /// <exception cref="IOException">The database does not take it.</exception>
    public void RunNow(string name) => queue.Enqueue(name, JobReason.Now);

    /// <summary>Looks after what Hangfire does not: turns that a clock which was ahead has moved away or that nobody took, runs that were cut short,
    /// jobs that failed an hour ago, and rows that a killed process left.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (former is not null)
        {
            await former.KeepLockedAsync(cancellationToken);
        }

        if (leftovers is not null && await leftovers.RemoveAsync(cancellationToken) is > 0 and var removed)
        {
            Removed(removed);
        }

        FollowClock();
        foreach (var turns in schedule.Jobs.Where(turns => turns.IsEnabled))
        {
            var last = states.Find(turns.Name);
            var now = time.GetUtcNow();
            var isToBegin = turns.IsToRetry(last, now) || turns.IsLeft(last, now - Slack) || (turns.Misfire == MisfireRule.CatchUp && JobTurns.IsCutShort(last));
            if (isToBegin && !await locks.IsTakenAsync(turns.Name, cancellationToken) && IsNews(turns.Name, JobQueue.Mark(last)))
            {
                BeginningAgain(turns.Name, last!.Error ?? (JobTurns.IsCutShort(last) ? JobStates.EndedWithoutAWord : "before a turn that nobody took"));
                queue.Enqueue(turns.Name, JobReason.Again);
            }
        }
    }

    /// <summary>Works the turns out anew where the clock has been set back: else they would wait for the time that it said before.</summary>
    public void FollowClock()
    {
        var now = time.GetUtcNow();
        using var connection = hangfire.Storage.GetConnection();
        var known = connection.GetRecurringJobs(schedule.Jobs.Select(turns => turns.Name)).ToDictionary(job => job.Id);
        foreach (var turns in HasTurns ? schedule.Jobs.Where(turns => turns.IsEnabled) : [])
        {
            var job = known.GetValueOrDefault(turns.Name);
            if (job is null or { Removed: true } or { NextExecution: null })
            {
                Register(turns);
            }
            else if (new DateTimeOffset(job.NextExecution.Value, TimeSpan.Zero) > turns.NextAfter(now + Slack))
            {
                Manager.RemoveIfExists(turns.Name);
                Register(turns);
                WentBack(turns.Name);
            }
        }
    }

    private RecurringJobManager Manager => new(hangfire.Storage);

    private void RegisterAll()
    {
        using (var connection = hangfire.Storage.GetConnection())
        {
            foreach (var job in connection.GetRecurringJobs())
            {
                if (!HasTurns || schedule.Find(job.Id) is not { IsEnabled: true })
                {
                    Manager.RemoveIfExists(job.Id);
                }
            }
        }

        if (HasTurns)
        {
            foreach (var turns in schedule.Jobs.Where(turns => turns.IsEnabled))
            {
                Register(turns);
            }

            FollowClock();
        }
    }

    /// <summary>However many turns were missed, Hangfire calls once for them; the adapter knows which jobs are to forget them.</summary>
    private void Register(JobTurns turns) => Manager.AddOrUpdate(
        turns.Name,
        Job.FromExpression<HangfireAdapter>(adapter => adapter.RunAsync(turns.Name, JobReason.Turn, 0, null, CancellationToken.None)),
        turns.Cron.Text,
        new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });

    private bool IsNews(string name, long begun)
    {
        if (asked.TryGetValue(name, out var before) && before.Begun == begun && Stopwatch.GetElapsedTime(before.At) < Forgotten)
        {
            return false;
        }

        asked[name] = (begun, Stopwatch.GetTimestamp());
        return true;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                try
                {
                    await LookAsync(stopping.Token);
                    isLooking = true;
                }
#pragma warning disable CA1031 // Whatever it is, the next look may see more.
                catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    if (isLooking)
                    {
                        NotLookedAt(problem.GetBaseException().Message.Split('\n')[0].Trim());
                    }

                    isLooking = false;
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

    [LoggerMessage(LogLevel.Information, "Job {Job} begins again; its last run: {Reason}")]
    private partial void BeginningAgain(string job, string reason);

    [LoggerMessage(LogLevel.Warning, "Removed {Count} locks of the schedule that a process left which was killed")]
    private partial void Removed(int count);

    private sealed class Activator(IServiceProvider services) : JobActivator
    {
        public override object ActivateJob(Type jobType) => services.GetRequiredService(jobType);
    }
}
