using Analyzer.Checks;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>Keeps what is known of the tool itself: how long the credits last, and what became of measurements that bring nothing.</summary>
internal sealed partial class ToolKeeper(
    IAtlasApi atlas, Reconciler reconciler, IObservationStore store, Settings settings, TimeProvider time, ILogger<ToolKeeper> logger)
{
    // The balance changes slowly, and Atlas itself counts it now and then only.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromHours(1);

    // When all of them are silent, a few tell what the matter is.
    private const int MostAsked = 10;

    private readonly NoResults check = new(settings.Checks.NoResults);
    private DateTimeOffset? looked;
    private bool isRefused;

    /// <summary>How the tool stands now.</summary>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    public async Task<ToolState> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var state = ToolStateReader.Read(store, settings.Network, now);
        if (settings.Atlas.Key is null || now - looked < BetweenLooks)
        {
            return state;
        }

        looked = now;

        // Where Atlas does not tell of the one it would not tell of the other either, only slower.
        if (!await TryAsync("the credits", () => LookAtCreditsAsync(now, cancellationToken), cancellationToken))
        {
            return state;
        }

        // What reconcile would learn at night is wanted now.
        var silent = check.Silent(state).Where(measurement => !measurement.Stored.IsFollowed).Take(MostAsked).Select(measurement => measurement.Stored).ToList();
        await TryAsync("measurements without results", () => reconciler.LearnEndsAsync(store, silent, cancellationToken), cancellationToken);
        return ToolStateReader.Read(store, settings.Network, now);
    }

    private async Task LookAtCreditsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (isRefused)
        {
            return;
        }

        var planned = CreditOutlook.MostADay(settings.Network, settings.Probes);
        try
        {
            AccountMemory.Save(store, CreditOutlook.Of(await atlas.CreditsAsync(cancellationToken), planned, now));
        }
        catch (AtlasException problem) when (!problem.MayPass)
        {
            // A key that may not ask now may not ask in an hour.
            isRefused = true;
            Refused(problem.Message);
        }
    }

    /// <summary>What Atlas does not tell now is asked again later; the checks go by what was known before.</summary>
    private async Task<bool> TryAsync(string what, Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask();
            return true;
        }
        catch (AtlasException problem) when (!cancellationToken.IsCancellationRequested)
        {
            NotTold(what, problem.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The key may not ask for the credits, so that nobody warns before they run out; add the grant credits.get_credit_info: {Reason}")]
    private partial void Refused(string reason);

    [LoggerMessage(LogLevel.Warning, "Atlas does not tell of {What}: {Reason}")]
    private partial void NotTold(string what, string reason);
}
