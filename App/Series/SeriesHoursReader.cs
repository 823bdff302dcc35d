using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;
using Microsoft.Extensions.Logging;

namespace App.Series;

/// <summary>Hours of a target, and where they are from.</summary>
/// <param name="Hours">Ascending; an hour without results is absent.</param>
/// <param name="Held">The time that the database holds, from its first hour to its last; the others are from the store. Null: all are.</param>
internal sealed record SeriesHours(IReadOnlyList<HourRollup> Hours, Window? Held);

/// <summary>Reads hours from the time series database where there is one, and from the store what that does not hold or say.</summary>
/// <remarks>
/// The database holds what was written since it was set up, up to the last hour that is over. What lies before and behind comes from the store, and while
/// it does not answer everything does: the same numbers, later. After a failure it is left alone for a while, so that not every request waits for it.
/// </remarks>
/// <param name="store">Works hours out of the store.</param>
/// <param name="database">Asks the database; null: there is none.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told when the database stops answering, and when it answers again.</param>
internal sealed partial class SeriesHoursReader(ITimeSeriesQuery store, ITimeSeriesQuery? database, TimeProvider time, ILogger<SeriesHoursReader> logger) : IDisposable
{
    /// <summary>How long the database is left alone after a failure.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private DateTimeOffset? failedAt;

    /// <summary>Reads them.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">From the beginning of an hour to the end of one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SeriesHours> ReadAsync(Target target, int family, Window window, CancellationToken cancellationToken)
    {
        var held = await AskAsync(target, family, window, cancellationToken);
        if (held.Count == 0)
        {
            return new SeriesHours(await store.HoursAsync(target, family, window, cancellationToken), null);
        }

        var known = new Window(DateTimeOffset.FromUnixTimeSeconds(held[0].At), DateTimeOffset.FromUnixTimeSeconds(held[^1].At + HourReader.Hour));
        var before = await RestAsync(target, family, new Window(window.From, known.From), cancellationToken);
        var behind = await RestAsync(target, family, new Window(known.To, window.To), cancellationToken);
        return new SeriesHours([.. before, .. held, .. behind], known);
    }

    /// <inheritdoc/>
    public void Dispose() => (database as IDisposable)?.Dispose();

    /// <summary>What the database holds; nothing while it does not answer.</summary>
    private async Task<IReadOnlyList<HourRollup>> AskAsync(Target target, int family, Window window, CancellationToken cancellationToken)
    {
        if (database is null || IsLeftAlone())
        {
            return [];
        }

        try
        {
            var held = await database.HoursAsync(target, family, window, cancellationToken);
            if (Remember(null) is not null)
            {
                AnswersAgain();
            }

            return held;
        }
        catch (IOException problem)
        {
            if (Remember(time.GetUtcNow()) is null)
            {
                DoesNotAnswer(problem.Message);
            }

            return [];
        }
    }

    private async Task<IReadOnlyList<HourRollup>> RestAsync(Target target, int family, Window window, CancellationToken cancellationToken) =>
        window.From < window.To ? await store.HoursAsync(target, family, window, cancellationToken) : [];

    private bool IsLeftAlone()
    {
        lock (gate)
        {
            return failedAt is { } at && time.GetUtcNow() - at < Pause;
        }
    }

    /// <returns>What was remembered before.</returns>
    private DateTimeOffset? Remember(DateTimeOffset? failure)
    {
        lock (gate)
        {
            var before = failedAt;
            failedAt = failure;
            return before;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The time series database does not answer, and series come from the store: {Problem}")]
    private partial void DoesNotAnswer(string problem);

    [LoggerMessage(LogLevel.Information, "The time series database answers again")]
    private partial void AnswersAgain();
}
