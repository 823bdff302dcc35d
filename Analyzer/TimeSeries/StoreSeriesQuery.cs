using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace Analyzer.TimeSeries;

/// <summary>Works the hours out from the store: what answers without a time series database.</summary>
/// <param name="store">Where the observations are.</param>
/// <param name="network">The network, for its host templates.</param>
public sealed class StoreSeriesQuery(IObservationStore store, AnycastNetwork network) : ITimeSeriesQuery
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<HourRollup>> HoursAsync(Target target, int family, Window window, CancellationToken cancellationToken)
    {
        var hours = new List<HourRollup>();
        foreach (var day in Days(window))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var table = new HourReader(store, new CatchmentReader(store, network.IdentityTemplates)).Read(target, family, day);
            hours.AddRange(Enumerable.Range(0, table.Probes.Count)
                .Where(index => table.Probes[index].Count > 0)
                .Select(index => HourRollup.Of(table, index, target) with { Countries = [], Flips = [] }));
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
}
