using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reports.Errors;

namespace App.Jobs;

/// <summary>Gives this process the present when <c>analyze</c> last ran elsewhere: before a restart, or in another instance. What an
/// analysis finds is kept in memory.</summary>
internal sealed partial class AnalysisKeeper(Analyst analyst, JobStates states, TimeProvider time, ILogger<AnalysisKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    /// <summary>Makes up for an analysis that took place elsewhere, or before another database placed the probes.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (analyst.IsOutOfPlace)
        {
            await analyst.AnalyzeAsync(cancellationToken);
            return true;
        }

        // One of our own is at least as young as its job's start.
        if (states.Find(JobNames.Analyze) is not { Error: null, Succeeded: not null } job || job.Ended < job.Started || analyst.Last?.At >= job.Started)
        {
            return false;
        }

        await analyst.AnalyzeAsync(cancellationToken);
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
                NotAnalyzed(ErrorText.Line(problem));
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The last 24 hours could not be analyzed: {Reason}")]
    private partial void NotAnalyzed(string reason);
}
