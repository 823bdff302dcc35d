using Collector.Atlas;
using Collector.Import;
using Collector.Store;

namespace Collector.Rounds;

/// <summary>What one round of one measurement brought.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Windows">Complete windows.</param>
/// <param name="Import">What became of the results; null when there was no window to fetch.</param>
public sealed record CollectSummary(StoredMeasurement Measurement, int Windows, ImportSummary? Import);

/// <summary>Brings the results of measurements from Atlas into archive and store, window by window; then the watermark moves.</summary>
/// <param name="fetcher">Downloads.</param>
/// <param name="importer">Archives and stores.</param>
/// <param name="store">Keeps the watermarks.</param>
/// <param name="time">The clock: results of the future are still to come.</param>
/// <param name="follows">What is read of followed measurements; null: they are read whole.</param>
public sealed class ResultCollector(ResultFetcher fetcher, Importer importer, IObservationStore store, TimeProvider time, FollowPlans? follows = null)
{
    // Up to this length a round asks for the wanted minutes of a followed measurement only, which is a fraction of what there is; beyond
    // it for whole days, which is a fraction of the requests.
    private static readonly TimeSpan ShortRound = TimeSpan.FromHours(6);

    /// <summary>Collects a measurement's results of [from, to).</summary>
    /// <param name="measurement">The measurement; it must be known to the store.</param>
    /// <param name="from">First instant.</param>
    /// <param name="to">First instant no longer wanted.</param>
    /// <param name="progress">Told when a window is done.</param>
    /// <param name="cancellationToken">Ends it; windows completed so far stay.</param>
    /// <exception cref="AtlasException">Atlas refused, or kept failing. Windows completed before are kept.</exception>
    /// <exception cref="IOException">The disk failed, or a followed measurement is to be read and no probe is known.</exception>
    public async Task<CollectSummary> CollectAsync(
        StoredMeasurement measurement, DateTimeOffset from, DateTimeOffset to, Action<FetchWindow>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        ImportSummary? import = null;
        var follow = measurement.IsFollowed ? follows?.For(measurement) : null;
        var request = new ImportRequest { Target = measurement.Target, IsSlow = true, Filter = follow is null ? null : follow.Wants };
        if (follow is not null && to - from <= ShortRound)
        {
            foreach (var (begin, end) in follow.Open(from, to))
            {
                await fetcher.FetchAsync(new FetchRequest(measurement.Id, begin, end) { Probes = follow.Probes }, TakeAsync, completed: null, cancellationToken);
            }

            Completed(new FetchWindow(from, to));
            return new CollectSummary(measurement, 1, import);
        }

        var fetched = await fetcher.FetchAsync(new FetchRequest(measurement.Id, from, to) { Probes = follow?.Probes }, TakeAsync, Completed, cancellationToken);
        return new CollectSummary(measurement, fetched.Windows, import);

        async ValueTask TakeAsync(FetchWindow window, Stream body, CancellationToken cancellation)
        {
            var summary = await importer.ImportAsync(body, request, cancellation);
            import = import?.Plus(summary) ?? summary;
        }

        void Completed(FetchWindow window)
        {
            Advance(measurement.Id, measurement.Start ?? from, window);
            progress?.Invoke(window);
        }
    }

    private void Advance(long measurement, DateTimeOffset start, FetchWindow window)
    {
        var mark = store.Watermark(measurement) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
        if (FetchWindows.Advance(mark, start, window, time.GetUtcNow()) is { } reached && reached != mark)
        {
            store.SetWatermark(measurement, reached.ToUnixTimeSeconds());
        }
    }
}
