using Hangfire;
using Hangfire.Server;
using Hangfire.States;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>What Hangfire calls: hands over to the job of the same name, once for everybody who asked, and never twice at a time.</summary>
/// <remarks>
/// Hangfire calls at least once: again after a crash, and from another instance when one was silent for too long. So each call first takes
/// the job's lock, and then looks whether what was asked for has been done meanwhile.
/// </remarks>
internal sealed partial class HangfireAdapter(
    JobRunner runner, JobSchedule schedule, JobStates states, IJobLocks locks, JobQueue queue, TimeProvider time, ILogger<HangfireAdapter> logger)
{
    /// <summary>Runs a job, or says why not.</summary>
    /// <param name="name">The job.</param>
    /// <param name="why">One of <see cref="JobReason"/>.</param>
    /// <param name="begun">The run that was the last when this was asked for, by <see cref="JobQueue.Mark"/>.</param>
    /// <param name="context">Hangfire's; filled in by it.</param>
    /// <param name="cancellationToken">Ends it after the commit that it is at; filled in by Hangfire.</param>
    /// <returns>What came of it, for the dashboard.</returns>
    /// <exception cref="JobFailedException">The run failed.</exception>
    [AutomaticRetry(Attempts = 0, LogEvents = false)]
    [JobDisplayName("{0} ({1})")]
    public async Task<string> RunAsync(string name, string why, long begun, PerformContext? context, CancellationToken cancellationToken)
    {
        if (schedule.Find(name) is not { } turns)
        {
            return "not run: there is no such job";
        }

        bool wasLost;
        await using (var held = await locks.TryTakeAsync(name, cancellationToken))
        {
            if (held is null)
            {
                return "not run: it runs already";
            }

            if (WhyNot(turns, why, begun, context) is { } reason)
            {
                return "not run: " + reason;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
            await runner.RunAsync(name, either.Token, () => WhyEnded(context, cancellationToken));
            wasLost = held.Lost.IsCancellationRequested;
        }

        return Conclude(turns, wasLost, cancellationToken);
    }

    /// <summary>Why there is nothing to do any more; null: there is.</summary>
    private string? WhyNot(JobTurns turns, string why, long begun, PerformContext? context)
    {
        var last = states.Find(turns.Name);
        if (why == JobReason.Turn)
        {
            var turn = context?.GetJobParameter<long?>("Time") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : time.GetUtcNow();
            return turns.IsDone(last, turn) ? "this turn has been done"
                : turns.IsForgotten(turn) && !JobTurns.IsCutShort(last) ? "this turn was missed, and is skipped"
                : null;
        }

        // Whoever runs it after it was asked for does it for all who asked, unless that run was cut short.
        if (JobQueue.Mark(last) != begun && !JobTurns.IsCutShort(last))
        {
            return "it has run since that was asked for";
        }

        return why == JobReason.Again && !turns.IsWanting(last, time.GetUtcNow()) ? "nothing is left to do" : null;
    }

    /// <summary>What a run that was told to end leaves as its error.</summary>
    private static string WhyEnded(PerformContext? context, CancellationToken cancellationToken)
    {
        try
        {
            return cancellationToken.IsCancellationRequested && context?.Connection.GetStateData(context.BackgroundJob.Id)?.Name == DeletedState.StateName
                ? JobStates.EndedByHand
                : JobStates.Interrupted;
        }
        catch (Exception problem) when (PostgresJobLocks.IsAway(problem) || problem is InvalidOperationException)
        {
            return JobStates.Interrupted;
        }
    }

    private string Conclude(JobTurns turns, bool wasLost, CancellationToken cancellationToken)
    {
        var last = states.Find(turns.Name);
        if (last?.Error == JobStates.Interrupted)
        {
            // Hangfire gives it to another instance; alone, the next start catches it up.
            cancellationToken.ThrowIfCancellationRequested();
            if (wasLost)
            {
                // Whoever looks after the jobs has it begun again.
                Lost(turns.Name);
                throw new JobFailedException("the connection that held the lock was lost");
            }
        }

        if (last?.Error is { } error)
        {
            throw new JobFailedException(error);
        }

        if (turns.IsOverdue(last, time.GetUtcNow()))
        {
            // Turns that came while it ran found it taken.
            queue.Enqueue(turns.Name, JobReason.Again);
            return "done; a turn came meanwhile, for which it runs again";
        }

        return "done";
    }

    [LoggerMessage(LogLevel.Warning, "The connection that held the lock of job {Job} was lost, so that the job had to end; it begins again")]
    private partial void Lost(string job);
}

/// <summary>A run failed. The log has its reason already; this is for the dashboard.</summary>
internal sealed class JobFailedException(string reason) : Exception(reason);
