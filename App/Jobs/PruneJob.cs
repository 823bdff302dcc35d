using Analyzer.Time;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging;
using Reports.Weekly;

namespace App.Jobs;

/// <summary><c>prune</c>: deletes what <c>Storage:Retention</c> no longer keeps.</summary>
internal sealed partial class PruneJob(ObservationStore store, Settings settings, ReportFolder folder, TimeProvider time, ILogger<PruneJob> logger) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Prune;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retention = settings.Storage.Retention;
        if (Present() is not { } now)
        {
            return;
        }

        var pruned = await Task.Run(() => new Pruner(store).Prune(FirstDay(retention.Samples, now), FirstDay(retention.Archive, now), cancellationToken), cancellationToken);
        var weeks = FirstWeek(retention, now) is { } first ? await folder.PruneAsync(first) : 0;
        if (pruned.Days > 0 || pruned.Files > 0 || weeks > 0)
        {
            Pruned(pruned.Days, pruned.Files, pruned.Bytes >> 20, weeks);
        }
    }

    /// <summary>The instant that ages are counted from; null: nothing is known by which to judge the clock, and nothing is deleted.</summary>
    /// <remarks>A clock that is ahead would make everything old, and what is deleted does not come back. So what is kept is counted from the
    /// newest day that Atlas stored a result, by its own clock, where ours says that it is later than that.</remarks>
    private DateTimeOffset? Present()
    {
        var now = time.GetUtcNow();
        if (Pruner.NewestDay(store) is not { } newest)
        {
            return null;
        }

        var latest = new DateTimeOffset(newest.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        if (now > latest + TimeSpan.FromDays(2) && settings.Storage.Retention is not { Samples: null, Archive: null, Reports: null })
        {
            IsLate(newest, now);
        }

        return now < latest ? now : latest;
    }

    /// <summary>The first week whose report is kept; null: all are.</summary>
    public static IsoWeek? FirstWeek(RetentionOptions retention, DateTimeOffset now) => retention.Reports is { } kept ? IsoWeek.Of(now - kept) : null;

    private static DateOnly? FirstDay(TimeSpan? kept, DateTimeOffset now) => kept is { } time ? DateOnly.FromDateTime((now - time).UtcDateTime) : null;

    [LoggerMessage(LogLevel.Warning, "The newest results are of {Newest:o}, and the clock says {Now:o}: what is old is counted from the results, in case the clock is wrong")]
    private partial void IsLate(DateOnly newest, DateTimeOffset now);

    [LoggerMessage(LogLevel.Information, "Pruned the samples of {Days} days of measurements, {Files} files of the archive ({Megabytes} MiB) and {Weeks} weekly reports")]
    private partial void Pruned(int days, int files, long megabytes, int weeks);
}
