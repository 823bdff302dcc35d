using Analyzer.Time;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging;
using Reports.Weekly;

namespace Reports.Jobs;

/// <summary><c>prune</c>: deletes what <c>Storage:Retention</c> no longer keeps.</summary>
internal sealed partial class PruneJob(ObservationStore store, Settings settings, ReportFolder folder, TimeProvider time, ILogger<PruneJob> logger) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Prune;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retention = settings.Storage.Retention;
        var now = time.GetUtcNow();
        var pruned = await Task.Run(() => new Pruner(store).Prune(FirstDay(retention.Samples, now), FirstDay(retention.Archive, now), cancellationToken), cancellationToken);
        var weeks = FirstWeek(retention, now) is { } first ? await folder.PruneAsync(first) : 0;
        if (pruned.Days > 0 || pruned.Files > 0 || weeks > 0)
        {
            Pruned(pruned.Days, pruned.Files, pruned.Bytes >> 20, weeks);
        }
    }

    /// <summary>The first week whose report is kept; null: all are.</summary>
    public static IsoWeek? FirstWeek(RetentionOptions retention, DateTimeOffset now) => retention.Reports is { } kept ? IsoWeek.Of(now - kept) : null;

    private static DateOnly? FirstDay(TimeSpan? kept, DateTimeOffset now) => kept is { } time ? DateOnly.FromDateTime((now - time).UtcDateTime) : null;

    [LoggerMessage(LogLevel.Information, "Pruned the samples of {Days} days of measurements, {Files} files of the archive ({Megabytes} MiB) and {Weeks} weekly reports")]
    private partial void Pruned(int days, int files, long megabytes, int weeks);
}
