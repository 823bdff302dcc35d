using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reports.Errors;

namespace App.Jobs;

/// <summary>Prunes what is this instance's own, its archive and its reports, when <c>prune</c> took its turn in another.</summary>
internal sealed partial class PruneKeeper(PruneJob prune, JobStates states, TimeProvider time, ILogger<PruneKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);

    private DateTimeOffset? done;

    /// <summary>Does what another did, once.</summary>
    /// <returns>Whether there was something to do.</returns>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (states.Find(JobNames.Prune) is not { Succeeded: { } succeeded } job || job.Instance == states.Instance || succeeded <= done)
        {
            return false;
        }

        // What both share is pruned already.
        await prune.RunAsync(cancellationToken);
        done = succeeded;
        return true;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CatchUpAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever it is, the service goes on, and tries again at the next look.
            catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
            {
                NotPruned(ErrorText.Line(problem));
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The archive could not be pruned: {Reason}")]
    private partial void NotPruned(string reason);
}
