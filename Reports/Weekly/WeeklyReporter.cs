using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Reports.Changes;

namespace Reports.Weekly;

/// <summary>Writes the report of a week from what is in the store.</summary>
/// <param name="weeks">What the store tells.</param>
/// <param name="network">Targets and rules.</param>
/// <param name="folder">Where reports go.</param>
/// <param name="changes">Modes and the operator's changes; null: the report is silent about them.</param>
internal sealed class WeeklyReporter(WeekReader weeks, AnycastNetwork network, ReportFolder folder, WeekChangeReader? changes = null)
{
    /// <summary>Writes it.</summary>
    /// <param name="week">The week.</param>
    /// <param name="isEarly">Whether results of the week are still to come.</param>
    /// <param name="cancellationToken">Ends the reading; what is read is written.</param>
    /// <returns>The path of its page; null when there is nothing of that week.</returns>
    public async Task<string?> WriteAsync(IsoWeek week, bool isEarly = false, CancellationToken cancellationToken = default)
    {
        var before = await weeks.ReadAsync(week.Previous, cancellationToken);
        var now = await weeks.ReadWithHoursAsync(week, cancellationToken);
        if (now.Catchments.Count == 0)
        {
            return null;
        }

        var views = WeekView.Of(now, before);
        var changed = changes?.Read(week, [.. before.Catchments, .. now.Catchments], cancellationToken) ?? WeekChanges.None;
        var report = WeeklyReportBuilder.Build(now, before, views, Suggest(week)) with
        {
            IsEarly = isEarly ? true : null,
            Routing = changed.Routing,
            Annotations = changed.Annotations,
        };
        return await folder.WriteAsync(report, path =>
        {
            ReportMaps.Write(views, path);
            AnnotationMap.Write(changed.Maps, path);
            return ReportCharts.Write(views, path);
        });
    }

    private Func<Target, UnknownIdentity, string?> Suggest(IsoWeek week)
    {
        var identifiers = network.Targets.ToDictionary(target => target.Name, target => new Identifier(target, network.IdentityTemplates));
        return (target, unknown) => identifiers[target.Name].Suggest(unknown.Identity, unknown.Source, week.Start)?.Pattern;
    }
}
