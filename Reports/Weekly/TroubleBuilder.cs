using Analyzer.Findings;
using Collector.Geography;
using Reports.Findings;
using Reports.Words;

namespace Reports.Weekly;

/// <summary>What is wrong, as rows: one network on one wrong PoP is one row and one call to its operator, on however many targets it is seen.</summary>
internal static class TroubleBuilder
{
    /// <summary>Detours kept in <c>report.json</c> as rows; all of them are among its findings.</summary>
    public const int MostDetours = 100;

    /// <summary>The detours, most kilometres in all first.</summary>
    public static IReadOnlyList<DetourRow> Detours(IEnumerable<WeekView> views) =>
    [
        .. views.SelectMany(view => view.Detours)
            .GroupBy(detour => (detour.Asn, detour.Country, Served: detour.Served.Code, Better: detour.Better.Code))
            .Select(group => Row([.. group]))
            .OrderByDescending(row => Math.Round(row.ExtraKm * row.Probes)).ThenBy(row => row.Asn).ThenBy(row => row.Country, StringComparer.Ordinal)
            .ThenBy(row => row.Pop, StringComparer.Ordinal).ThenBy(row => row.NearestPop, StringComparer.Ordinal)
            .Take(MostDetours),
    ];

    /// <summary>The black holes: those that are sure first, then most probes, then the longest.</summary>
    public static IReadOnlyList<BlackHoleRow> BlackHoles(IEnumerable<WeekView> views) =>
    [
        .. views.SelectMany(view => view.BlackHoles)
            .GroupBy(hole => (hole.Asn, hole.Country, hole.IsEverywhere))
            .Select(group => Row([.. group]))
            .OrderBy(row => row.IsSingleVantage).ThenByDescending(row => row.Probes).ThenByDescending(row => row.To - row.From)
            .ThenBy(row => row.Asn).ThenBy(row => row.Country, StringComparer.Ordinal),
    ];

    /// <summary>The PoPs that fell silent, by time.</summary>
    public static IReadOnlyList<SilentPopRow> SilentPops(IEnumerable<SilentPop> silent) =>
    [
        .. silent.Select(Row)
            .OrderBy(row => row.Pop, StringComparer.Ordinal).ThenBy(row => row.From).ThenBy(row => row.Target, StringComparer.Ordinal).ThenBy(row => row.Family),
    ];

    /// <summary>What is new and what is over.</summary>
    public static FindingChange Change(ReadWeek before, IReadOnlyList<Finding> now)
    {
        var then = before.Findings.Select(KeyOf).ToHashSet();
        var keys = now.Select(KeyOf).Distinct().ToList();
        return new FindingChange(
            before.Week.ToString(), [.. keys.Where(key => !then.Contains(key))], [.. before.Findings.Where(finding => !keys.Contains(KeyOf(finding)))]);
    }

    /// <summary>What a finding is about, on whatever target.</summary>
    public static ProblemKey KeyOf(Finding finding) => new(finding.Check, FindingJson.NameOf(finding.Scope.Kind), finding.Scope.Value);

    private static DetourRow Row(List<NetworkDetour> detours)
    {
        var worst = detours.MaxBy(detour => detour.ExtraKm)!;
        return new DetourRow(
            Targets(detours.Select(detour => (detour.Catchment.Target.Name, detour.Catchment.Family))),
            worst.Asn, worst.Country, detours.SelectMany(detour => detour.Probes.Select(probe => probe.Id)).Distinct().Count(), worst.Served.Code, worst.Better.Code,
            Math.Round(worst.ExtraKm), worst.RttMs is { } rtt ? Rounded(rtt) : null, Rounded(GreatCircle.FibreRttMs(worst.ExtraKm)))
        {
            AsName = worst.AsName,
        };
    }

    private static BlackHoleRow Row(List<NetworkSilence> holes) => new(
        Targets(holes.Select(hole => (hole.Catchment.Target.Name, hole.Catchment.Family))),
        holes[0].Asn, holes[0].Country, holes.SelectMany(hole => hole.Finding.Probes).Distinct().Count(),
        holes.Min(hole => hole.Finding.From).ToUnixTimeSeconds(), holes.Max(hole => hole.Finding.To).ToUnixTimeSeconds(),
        holes.TrueForAll(hole => hole.IsSingleVantage))
    {
        AsName = holes[0].AsName,
        IsEverywhere = holes[0].IsEverywhere,
    };

    private static SilentPopRow Row(SilentPop silent)
    {
        var takeOver = silent.TakeOver;
        return new SilentPopRow(
            silent.Target, silent.Family, silent.Pop.Code, silent.Pop.City, silent.Silence.From, silent.Silence.To, silent.RoundSeconds,
            takeOver.Probes.Count, takeOver.StillDark, takeOver.MedianSeconds, takeOver.P90Seconds, takeOver.LongestSeconds,
            [.. takeOver.By.Select(by => new TakerRow(by.Pop, by.Probes))],
            [.. takeOver.Probes
                .CountBy(probe => (Rounds: (int)Math.Round((double)probe.GapSeconds / silent.RoundSeconds), probe.Pop))
                .OrderBy(pair => pair.Key.Rounds).ThenByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Pop, StringComparer.Ordinal)
                .Select(pair => new GapRow(pair.Key.Rounds, pair.Key.Pop, pair.Value))]);
    }

    private static IReadOnlyList<string> Targets(IEnumerable<(string Name, int Family)> services) =>
        [.. services.Select(service => Shown.Service(service.Name, service.Family)).Distinct()];

    private static double Rounded(double ms) => Math.Round(ms, 1, MidpointRounding.AwayFromZero);
}
