using Analyzer.Catchments;
using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace App.Series;

/// <summary>Works the hours out from the store: what answers without a time series database.</summary>
/// <param name="store">Where the observations are.</param>
/// <param name="network">The network, for its host templates.</param>
public sealed class StoreSeriesQuery(IObservationStore store, AnycastNetwork network) : ITimeSeriesQuery
{
    /// <inheritdoc/>
    /// <remarks>Whole UTC days are read, whatever part of them is asked for: who errs where an answer came faster than light is decided by the
    /// other answers around it, and so an hour comes out the same whoever asks, as it was written to the database too.</remarks>
    public Task<IReadOnlyList<HourRollup>> HoursAsync(Target target, int family, Window window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(window);
        var hours = new List<HourRollup>();
        foreach (var day in Days(new Window(window.From.UtcDateTime.Date, window.To)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var whole = new Window(day.From, day.From.AddDays(1));
            var table = new HourReader(store, new CatchmentReader(store, network.IdentityTemplates, cancellationToken)).Read(target, family, whole, keepRtts: false);
            hours.AddRange(Enumerable.Range(0, table.Probes.Count)
                .Where(index => table.Probes[index].Count > 0 && Contains(window, table.FromHour + index))
                .Select(index => HourRollup.Of(table, index, target, isWhole: false)));
        }

        return Task.FromResult<IReadOnlyList<HourRollup>>(hours);
    }

    /// <summary>A window cut at UTC midnights: what is worked out at a time, so that memory does not grow with the window.</summary>
    public static IEnumerable<Window> Days(Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        for (var from = window.From; from < window.To;)
        {
            var midnight = new DateTimeOffset(from.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
            var to = midnight < window.To ? midnight : window.To;
            yield return new Window(from, to);
            from = to;
        }
    }

    private static bool Contains(Window window, long hour) =>
        hour * HourReader.Hour is var at && at >= window.FromUnixSeconds && at < window.ToUnixSeconds;
}
