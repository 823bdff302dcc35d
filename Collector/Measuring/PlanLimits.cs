using System.Globalization;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;

namespace Collector.Measuring;

/// <summary>Holds a plan against what the account may do, and finds out what would fit.</summary>
internal static class PlanLimits
{
    private const int IntervalStepMinutes = 5;

    private static readonly TimeSpan LongestSpread = TimeSpan.FromSeconds(400);

    /// <summary>Whether the plan has more results or costs more credits a day than the account may have.</summary>
    public static bool IsOverBudget(MeasurementPlan plan) =>
        plan.Totals.ResultsPerDay + plan.Others.ResultsPerDay > plan.Limits.ResultsPerDay
        || plan.Totals.CreditsPerDay + plan.Others.CreditsPerDay > plan.Limits.CreditsPerDay;

    /// <summary>Where the plan goes beyond the limits, one line each.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="remedy">What would fit, where it is too many results or credits.</param>
    public static IEnumerable<string> Problems(MeasurementPlan plan, Remedy? remedy)
    {
        var limits = plan.Limits;
        foreach (var group in plan.Wanted.GroupBy(wanted => (wanted.Definition.Kind, wanted.Definition.Target)).Where(group => group.Count() > limits.MeasurementsPerTarget))
        {
            yield return Over(
                $"{group.Key.Target} would have {Number(group.Count())} {(group.Key.Kind == MeasurementKind.Ping ? "ping" : "DNS")} measurements",
                "MeasurementsPerTarget", limits.MeasurementsPerTarget, "fewer probes (Probes:Count) or fewer names (Identity)");
        }

        foreach (var wanted in plan.Wanted.Where(wanted => wanted.IntervalSeconds < limits.ShortestInterval.TotalSeconds))
        {
            yield return $"{Name(wanted)} would run every {Span(wanted.Definition.Interval!.Value)}; Atlas:Limits:ShortestInterval allows {Span(limits.ShortestInterval)}: a longer interval";
        }

        foreach (var wanted in plan.Wanted.Where(wanted => wanted.Probes.Count > limits.ResultsPerSecond * SpreadOf(wanted.Definition).TotalSeconds))
        {
            var spread = SpreadOf(wanted.Definition);
            yield return Over(
                $"{Name(wanted)} would bring {Number((long)Math.Ceiling(wanted.Probes.Count / spread.TotalSeconds))} results a second ({Number(wanted.Probes.Count)} probes over {Number((long)spread.TotalSeconds)} s)",
                "ResultsPerSecond", limits.ResultsPerSecond, "fewer probes (Probes:Count) or a longer interval");
        }

        var (running, results, credits) = plan.Totals;
        var (others, otherResults, otherCredits) = plan.Others;
        if (running + others > limits.Running)
        {
            yield return Over($"{Number(running + others)} measurements would run{Share(others)}", "Running", limits.Running, "fewer targets, names or probes");
        }

        if (results + otherResults > limits.ResultsPerDay)
        {
            yield return OverBudget($"{Number(results + otherResults)} results a day would come{Share(otherResults)}", "ResultsPerDay", limits.ResultsPerDay, results + otherResults, remedy);
        }

        if (credits + otherCredits > limits.CreditsPerDay)
        {
            yield return OverBudget($"{Number(credits + otherCredits)} credits a day would be spent{Share(otherCredits)}", "CreditsPerDay", limits.CreditsPerDay, credits + otherCredits, remedy);
        }
    }

    /// <summary>What would fit: the most probes as everything else is, the shortest intervals as everything else is.</summary>
    /// <param name="network">What should be measured.</param>
    /// <param name="selection">As configured.</param>
    /// <param name="plan">Plans something else in its place.</param>
    public static Remedy? Remedy(AnycastNetwork network, ProbeSelectionOptions selection, Func<AnycastNetwork, ProbeSelectionOptions, MeasurementPlan> plan)
    {
        var count = Last(1, selection.Count - 1, count => !IsOverBudget(plan(network, selection with { Count = count })));
        const int steps = 24 * 60 / IntervalStepMinutes;
        var shorter = Last(1, steps, step => !IsOverBudget(plan(Slowed(network, IntervalOf(steps + 1 - step)), selection)));
        var interval = shorter is { } step ? IntervalOf(steps + 1 - step) : (TimeSpan?)null;
        return count is null && interval is null ? null : new Remedy(count, interval);

        static TimeSpan IntervalOf(int step) => TimeSpan.FromMinutes(step * IntervalStepMinutes);
    }

    /// <summary>The network with no target asked or pinged more often.</summary>
    internal static AnycastNetwork Slowed(AnycastNetwork network, TimeSpan interval) => network with
    {
        Targets = [.. network.Targets.Select(target => target with
        {
            DnsInterval = target.DnsInterval < interval ? interval : target.DnsInterval,
            PingInterval = target.PingInterval < interval ? interval : target.PingInterval,
        })],
    };

    /// <summary>The last number that fits, where those that fit come first; null: none does.</summary>
    private static int? Last(int from, int to, Predicate<int> fits)
    {
        int? found = null;
        while (from <= to)
        {
            var middle = from + ((to - from) / 2);
            if (fits(middle))
            {
                found = middle;
                from = middle + 1;
            }
            else
            {
                to = middle - 1;
            }
        }

        return found;
    }

    /// <summary>The time over which Atlas spreads the probes of a round: half the interval, at most 400 s, unless told otherwise.</summary>
    private static TimeSpan SpreadOf(MeasurementDefinition definition) =>
        definition.Spread ?? (definition.Interval!.Value / 2 < LongestSpread ? definition.Interval.Value / 2 : LongestSpread);

    private static string Name(PlannedMeasurement wanted) =>
        string.Create(CultureInfo.InvariantCulture, $"{(wanted.Query is null ? "the ping" : wanted.Query)} of {wanted.Target} over IPv{wanted.Definition.Family}");

    private static string Share(long others) => others == 0 ? "" : $" ({Number(others)} by measurements of the account that are not ours)";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.ToString("c", CultureInfo.InvariantCulture);

    private static string Over(string what, string key, long limit, string advice) => $"{what}; Atlas:Limits:{key} allows {Number(limit)}: {advice}";

    private static string OverBudget(string what, string key, long limit, long needed, Remedy? remedy)
    {
        string[] fits =
        [
            .. remedy?.Count is { } count ? [string.Create(CultureInfo.InvariantCulture, $"with Probes:Count {count}")] : Array.Empty<string>(),
            .. remedy?.Interval is { } interval ? [$"with DnsInterval and PingInterval of at least {Span(interval)}"] : Array.Empty<string>(),
        ];
        return $"{what}; Atlas:Limits:{key} allows {Number(limit)}, which is {Number(needed - limit)} fewer: "
            + (fits.Length > 0 ? $"fits {string.Join(", or ", fits)}" : "neither fewer probes nor longer intervals help; fewer targets or names do");
    }
}
