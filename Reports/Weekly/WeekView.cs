using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Highlights;
using Collector.Geography;

namespace Reports.Weekly;

/// <summary>One target and family in one week, and in the week before when there is anything of it.</summary>
/// <param name="Now">The week.</param>
/// <param name="Change">The week before against this one; null: there is nothing to compare with.</param>
/// <param name="Detours">Networks served on another continent without need, worst first.</param>
/// <param name="Silences">Networks that this target does not answer.</param>
internal sealed record WeekView(Catchment Now, Comparison? Change, IReadOnlyList<Detour> Detours, IReadOnlyList<Silence> Silences)
{
    /// <summary>All targets and families of a week together: each is a control for the others.</summary>
    /// <param name="catchments">The week, and what it is compared with.</param>
    public static IReadOnlyList<WeekView> Of(IReadOnlyList<(Catchment Now, Comparison? Change)> catchments)
    {
        var silences = Analyzer.Highlights.Silences.Of([.. catchments.Select(one => one.Now)]).ToLookup(silence => silence.Catchment);
        return
        [
            .. catchments.Select(one => new WeekView(
                one.Now,
                one.Change,
                Analyzer.Highlights.Detours.Of(one.Now, country => Countries.Find(country)?.Continent.DisplayName(), pop => pop.Country),
                [.. silences[one.Now]])),
        ];
    }
}
