using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Findings;
using Analyzer.Hours;

namespace Reports.Weekly;

/// <summary>One target and family in one week, and in the week before when there is anything of it.</summary>
/// <param name="Now">The week.</param>
/// <param name="Change">The week before against this one; null: there is nothing to compare with.</param>
/// <param name="Findings">What the checks noticed of this target and family.</param>
internal sealed record WeekView(Catchment Now, Comparison? Change, IReadOnlyList<Finding> Findings)
{
    /// <summary>The hours of the week; empty where nobody asked for them.</summary>
    public IReadOnlyList<HourRollup> Hours { get; init; } = [];

    /// <summary>Networks served on another continent without need.</summary>
    public IReadOnlyList<NetworkDetour> Detours { get; } = NetworkDetour.Of(Now, Findings);

    /// <summary>Networks that cannot reach this target.</summary>
    public IReadOnlyList<NetworkSilence> BlackHoles { get; } = NetworkSilence.Of(Now, Findings);

    /// <summary>The targets and families of a week.</summary>
    /// <param name="now">The week.</param>
    /// <param name="before">The week before; null: nothing of it.</param>
    public static IReadOnlyList<WeekView> Of(ReadWeek now, ReadWeek? before)
    {
        var earlier = (before?.Catchments ?? []).ToDictionary(catchment => (catchment.Target.Name, catchment.Family));
        var findings = now.Findings.ToLookup(finding => (finding.Target, finding.Family));
        return
        [
            .. now.Catchments.Select(catchment =>
            {
                IReadOnlyList<Finding> found = [.. findings[(catchment.Target.Name, catchment.Family)]];
                var hours = now.Hours?.GetValueOrDefault((catchment.Target.Name, catchment.Family)) ?? [];
                return earlier.TryGetValue((catchment.Target.Name, catchment.Family), out var then)
                    ? new WeekView(catchment.WithFormer(then), Comparison.Of(then, catchment), found) { Hours = hours }
                    : new WeekView(catchment, null, found) { Hours = hours };
            }),
        ];
    }
}
