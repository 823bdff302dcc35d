using Analyzer.Catchments;
using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace App.Series;

/// <summary>Writes everything of a window: what fills an empty database, after a rule changed or before the service ever wrote to one.</summary>
/// <remarks>Day by day, so that memory does not grow with the window. Findings and jobs are not in it: they are told as they happen.</remarks>
/// <param name="store">Where the observations are.</param>
/// <param name="network">The network.</param>
/// <param name="sink">Where they go.</param>
/// <param name="largestAsns">How many ASes have rows of their own.</param>
internal sealed class SeriesExport(IObservationStore store, AnycastNetwork network, ITimeSeriesSink sink, int largestAsns)
{
    /// <summary>Writes it.</summary>
    /// <param name="window">Whole hours.</param>
    /// <param name="progress">Told how far it is; a day of a target and family at a time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many points.</returns>
    /// <exception cref="IOException">The database does not take them.</exception>
    public async Task<long> RunAsync(Window window, ExportProgress progress, CancellationToken cancellationToken)
    {
        using var writer = new PointWriter();
        foreach (var annotation in network.Annotations.Where(annotation => annotation.At >= window.From && annotation.At < window.To))
        {
            writer.Write(annotation);
        }

        long points = await writer.HandOverAsync(sink, cancellationToken);
        var leadersOf = new Dictionary<(string Target, int Family), Leaders>();
        foreach (var (target, family, table) in Tables(store, network, window, progress, cancellationToken))
        {
            var nothing = new WrittenDay();
            var asns = table.LargestAsns(largestAsns);
            if (!leadersOf.TryGetValue((target.Name, family), out var leaders))
            {
                leadersOf[(target.Name, family)] = leaders = new Leaders();
            }

            for (var index = 0; index < table.Probes.Count; index++)
            {
                if (table.Probes[index].Count == 0)
                {
                    continue;
                }

                var rollup = HourRollup.Of(table, index, target, asns);
                writer.Write(target, family, rollup, nothing, leaders.Advance(rollup));
                if (rollup.Hour % SeriesUpdate.MapEveryHours == 0)
                {
                    foreach (var probe in table.Probes[index])
                    {
                        writer.WriteMap(target, family, table, rollup.Hour, probe);
                    }
                }

                points += await writer.HandOverAsync(sink, cancellationToken);
            }

            foreach (var point in table.Rtts)
            {
                writer.Write(target, family, table, point);
                if (writer.IsFull)
                {
                    points += await writer.HandOverAsync(sink, cancellationToken);
                }
            }

            points += await writer.HandOverAsync(sink, cancellationToken);
            progress.Points(points);
        }

        await sink.FlushAsync(cancellationToken);
        return points;
    }

    /// <summary>The tables of a window, a day, target and family each; those without results are left out.</summary>
    public static IEnumerable<(Target Target, int Family, HourTable Table)> Tables(
        IObservationStore store, AnycastNetwork network, Window window, ExportProgress progress, CancellationToken cancellationToken)
    {
        var services = network.Targets
            .SelectMany(target => store.Measurements(target.Name).GroupBy(measurement => measurement.Family).OrderBy(group => group.Key)
                .Select(group => (Target: target, Family: group.Key, Ids: group.Select(measurement => measurement.Id).ToList())))
            .ToList();
        var days = StoreSeriesQuery.Days(window).ToList();
        var done = 0;
        foreach (var day in days)
        {
            foreach (var (target, family, ids) in services)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Part(done++, days.Count * services.Count);
                if (store.ReadByProbe(ids, day.FromUnixSeconds, day.ToUnixSeconds).Any())
                {
                    yield return (target, family, new HourReader(store, new CatchmentReader(store, network.IdentityTemplates)).Read(target, family, day));
                }
            }
        }
    }
}
