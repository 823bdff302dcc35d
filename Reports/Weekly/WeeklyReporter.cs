using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace Reports.Weekly;

/// <summary>Writes the report of a week from what is in the store.</summary>
/// <param name="store">The observations.</param>
/// <param name="network">Targets and rules.</param>
/// <param name="folder">Where reports go.</param>
internal sealed class WeeklyReporter(IObservationStore store, AnycastNetwork network, ReportFolder folder)
{
    private readonly CatchmentReader reader = new(store, network.IdentityTemplates);

    // A week is read for its own report and is then the week before of the next one.
    private (IsoWeek Week, IReadOnlyList<Catchment> Catchments)? last;

    /// <summary>Writes it.</summary>
    /// <param name="week">The week.</param>
    /// <param name="isEarly">Whether results of the week are still to come.</param>
    /// <returns>The path of its page; null when there is nothing of that week.</returns>
    public async Task<string?> WriteAsync(IsoWeek week, bool isEarly = false)
    {
        var views = Views(week);
        if (views.Count == 0)
        {
            return null;
        }

        var report = WeeklyReportBuilder.Build(week, views, Suggest(week)) with { IsEarly = isEarly ? true : null };
        return await folder.WriteAsync(report, path => ReportMaps.Write(views, path));
    }

    private IReadOnlyList<WeekView> Views(IsoWeek week)
    {
        var before = Read(week.Previous).ToDictionary(catchment => (catchment.Target.Name, catchment.Family));
        var now = Read(week);
        last = (week, now);
        return WeekView.Of(
        [
            .. now.Select(catchment => before.GetValueOrDefault((catchment.Target.Name, catchment.Family)) is { } earlier
                ? (catchment.WithFormer(earlier), Comparison.Of(earlier, catchment))
                : (catchment, (Comparison?)null)),
        ]);
    }

    private IReadOnlyList<Catchment> Read(IsoWeek week) =>
        last is { } known && known.Week == week ? known.Catchments : reader.ReadAll(network.Targets, Window.Of(week));

    private Func<Target, UnknownIdentity, string?> Suggest(IsoWeek week)
    {
        var identifiers = network.Targets.ToDictionary(target => target.Name, target => new Identifier(target, network.IdentityTemplates));
        return (target, unknown) => identifiers[target.Name].Suggest(unknown.Identity, unknown.Source, week.Start)?.Pattern;
    }
}
