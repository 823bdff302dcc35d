using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;

namespace Reports.Changes;

/// <summary>What a weekly report says of modes and of the operator's changes.</summary>
/// <param name="Routing">One each target and family.</param>
/// <param name="Annotations">The changes of the week, and those of the days before whose time after reaches into it.</param>
/// <param name="Maps">The maps that <paramref name="Annotations"/> name.</param>
internal sealed record WeekChanges(IReadOnlyList<RoutingReport> Routing, IReadOnlyList<AnnotationReport> Annotations, IReadOnlyList<AnnotationMap> Maps)
{
    /// <summary>Nothing.</summary>
    public static WeekChanges None { get; } = new([], [], []);
}

/// <summary>Reads it.</summary>
/// <param name="store">The observations.</param>
/// <param name="network">Targets and changes.</param>
/// <param name="options">How much time, and what is alike.</param>
/// <param name="folder">Where what was read of the history is kept; null: nowhere.</param>
/// <param name="time">The clock.</param>
internal sealed class WeekChangeReader(IObservationStore store, AnycastNetwork network, ComparisonOptions options, string? folder, TimeProvider time)
{
    // Half a year, and four weeks: what a page can show. The API has all.
    private const int MostWeeks = 26;
    private const int MostDays = 28;

    private readonly CatchmentReader catchments = new(store, network.IdentityTemplates);

    /// <summary>Reads a week's.</summary>
    /// <param name="week">The week.</param>
    /// <param name="known">Catchments that have been read already.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public WeekChanges Read(IsoWeek week, IReadOnlyList<Catchment> known, CancellationToken cancellationToken = default)
    {
        var (annotations, maps) = Annotations(week, cancellationToken);
        return new WeekChanges(Routing(week, known, cancellationToken), annotations, maps);
    }

    private RoutingReport[] Routing(IsoWeek week, IReadOnlyList<Catchment> known, CancellationToken cancellationToken)
    {
        var reader = new RoutingReader(store, catchments, network.IdentityTemplates, options, folder is null ? null : new RoutingFiles(folder));
        var services = known.Where(catchment => catchment.Window.Week == week).Select(catchment => (catchment.Target, catchment.Family)).Distinct().ToArray();
        var found = new RoutingReport[services.Length];
        InParallel.For(
            services.Length,
            index => found[index] = RoutingReport.Of(reader.Read(services[index].Target, services[index].Family, week.End, known), MostDays, MostWeeks),
            cancellationToken);
        return found;
    }

    private (List<AnnotationReport> Annotations, List<AnnotationMap> Maps) Annotations(IsoWeek week, CancellationToken cancellationToken)
    {
        var reader = new AnnotationReader(store, catchments, network, options);
        var now = DataTime.Now(store, network, time.GetUtcNow());
        var (reports, maps) = (new List<AnnotationReport>(), new List<AnnotationMap>());
        foreach (var change in network.Annotations.Where(change => change.At < week.End && change.At + options.Settle + options.Window > week.Start).OrderBy(change => change.At))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drawn = new List<AnnotationMap>();
            var report = AnnotationReport.Of(reader.Read(change, now, (verdict, comparison) =>
            {
                if (AnnotationMap.Of(change, reports.Count, verdict, comparison) is { } map)
                {
                    drawn.Add(map);
                }
            }));
            reports.Add(report with
            {
                Services = [.. report.Services.Select(service => service with { Map = drawn.Find(map => map.Is(service))?.File })],
            });
            maps.AddRange(drawn);
        }

        return (reports, maps);
    }
}
