using Analyzer.Catchments;
using Analyzer.Highlights;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;

namespace Reports.Weekly;

/// <summary>Turns the catchments of a week into what the report says. Pure.</summary>
internal static class WeeklyReportBuilder
{
    /// <summary>Networks listed per target and family; the rest is a question for <c>catchment --by asn</c>.</summary>
    public const int MostNetworks = 50;

    /// <summary>Detours and silences kept in <c>report.json</c>.</summary>
    public const int MostFindings = 100;

    /// <summary>Builds the report.</summary>
    /// <param name="week">The week.</param>
    /// <param name="views">One each target and family with data in it.</param>
    /// <param name="suggest">A rule for an unknown identity of a target; null: none comes to mind.</param>
    public static WeeklyReport Build(IsoWeek week, IReadOnlyList<WeekView> views, Func<Target, UnknownIdentity, string?> suggest)
    {
        var targets = views.Select(view => Describe(view, suggest)).ToList();
        var detours = views.SelectMany(view => view.Detours)
            .GroupBy(detour => (detour.Asn, detour.Country, Served: detour.Served.Code, Better: detour.Better.Code))
            .Select(group => Row([.. group]))
            .OrderByDescending(row => Math.Round(row.ExtraKm * row.Probes)).ThenBy(row => row.Asn).ThenBy(row => row.Pop, StringComparer.Ordinal)
            .Take(MostFindings).ToList();
        var silences = views.SelectMany(view => view.Silences)
            .GroupBy(silence => (silence.Asn, silence.Country, HasControl: silence.Reached.Count > 0))
            .Select(group => Row([.. group]))
            .OrderByDescending(row => row.Reached.Count > 0).ThenByDescending(row => row.Probes).ThenBy(row => row.Asn).ThenBy(row => row.Country, StringComparer.Ordinal)
            .Take(MostFindings).ToList();
        var comparedWith = views.Any(view => view.Change is not null) ? week.Previous.ToString() : null;
        return new WeeklyReport(
            week.ToString(), week.Start.ToUnixTimeSeconds(), week.End.ToUnixTimeSeconds(), comparedWith,
            Sentences.Of(targets, comparedWith, detours, silences), detours, silences, targets);
    }

    /// <summary>The PoPs a report shows: those in service in the window or seen in it, in the order of the configuration.</summary>
    public static IReadOnlyList<Pop> PopsOf(Catchment catchment)
    {
        var seen = catchment.Probes.Select(probe => (probe.Pop ?? probe.FormerPop)?.Code).Where(code => code is not null).ToHashSet();
        return [.. catchment.Target.Pops.Where(pop => seen.Contains(pop.Code) || pop.IsActive(catchment.Window.From, catchment.Window.To))];
    }

    private static TargetReport Describe(WeekView view, Func<Target, UnknownIdentity, string?> suggest)
    {
        var catchment = view.Now;
        var byPop = CatchmentTable.Of(catchment, CatchmentKey.Pop).Rows.ToDictionary(row => row.Key, StringComparer.OrdinalIgnoreCase);
        var medians = catchment.Probes.Where(probe => probe is { Pop: not null, RttMs: not null }).Select(probe => probe.RttMs!.Value.P50).Order().ToArray();
        return new TargetReport(
            catchment.Target.Name,
            catchment.Family,
            catchment.Target.GreenBelowMs,
            new Coverage(catchment.Asked, catchment.Answered, catchment.Attributed),
            Rounded(Analyzer.Catchments.Quantiles.OfSorted(medians)),
            SourceOf(catchment),
            [.. PopsOf(catchment).Select(pop => Describe(pop, byPop.GetValueOrDefault(pop.Code)))
                .OrderByDescending(row => row.Probes).ThenBy(row => row.Pop, StringComparer.Ordinal)],
            Places(catchment, CatchmentKey.Continent, key => key),
            Places(catchment, CatchmentKey.Country, NameOfCountry),
            [.. Places(catchment, CatchmentKey.Asn, key => key).Take(MostNetworks)],
            view.Change is { Similarity: { } similarity } change
                ? new ChangeReport(
                    change.Before.Window.ToString(), change.Panel, Rounded(similarity, 4), change.Flips,
                    [.. change.Flows.Select(flow => new FlowRow(flow.From, flow.To, flow.Probes))],
                    [.. change.Changed.Select(country => new CountryChange(country.Country, NameOfCountry(country.Country), country.From, country.To))])
                : null,
            catchment.Probes.Where(probe => probe is { Answered: true, Pop: null }).CountBy(WhyNotAttributed)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
            [.. catchment.UnknownIdentities.Select(unknown => new UnknownRow(unknown.Identity, unknown.Probes, suggest(catchment.Target, unknown)))],
            ReportMaps.FilesOf(view));
    }

    private static PopRow Describe(Pop pop, CatchmentRow? row) => new(
        pop.Code, pop.City, pop.Country, row?.Probes ?? 0, Rounded(row?.Share ?? 0, 4), row?.WeightedShare is { } weighted ? Rounded(weighted, 4) : null,
        Rounded(row?.RttMs), row?.Green ?? 0, row?.Red ?? 0, row?.Silent ?? 0, row?.LossPercent is { } loss ? Rounded(loss, 2) : null);

    private static List<PlaceRow> Places(Catchment catchment, CatchmentKey by, Func<string, string> nameOf) =>
        [.. CatchmentTable.Of(catchment, by).Rows.Select(row => new PlaceRow(
            row.Key, nameOf(row.Key), row.Probes, Rounded(row.RttMs), row.Green, row.Red, row.Silent,
            row.Dominant?.Pop, row.Dominant is { } dominant ? Rounded(dominant.Share, 4) : null, VerdictOf(row)))];

    private static string VerdictOf(CatchmentRow row) => row.Dominant?.Verdict switch
    {
        Verdict.Clear => "clear",
        Verdict.Contested => "contested",
        _ => "too-few",
    };

    private static string? SourceOf(Catchment catchment)
    {
        var sources = catchment.Probes.Where(probe => probe.RttSource is not null).CountBy(probe => probe.RttSource!.Value).ToDictionary();
        return sources.Count switch
        {
            0 => null,
            1 => sources.Keys.Single() == RttSource.Ping ? "ping" : "dns",
            _ => "mixed",
        };
    }

    private static string WhyNotAttributed(ProbeCatchment probe)
    {
        var classes = probe.Classes;
        (string Word, int Rounds)[] reasons =
        [
            ("interceptor", classes.Interceptor), ("unknown identity", classes.Unknown), ("impossible", classes.Impossible),
            ("conflict", classes.Conflict), ("no identity", classes.Nameless),
        ];
        var (word, rounds) = reasons.MaxBy(reason => reason.Rounds);
        return rounds > 0 ? word : "ping only";
    }

    /// <summary>One network on one wrong PoP is one row and one call to its operator, on however many targets it is seen.</summary>
    private static DetourRow Row(List<Detour> detours)
    {
        var worst = detours.MaxBy(detour => detour.ExtraKm)!;
        var probes = detours.SelectMany(detour => detour.Probes.Select(probe => probe.Id)).Distinct().Order().ToList();
        return new DetourRow(
            [.. detours.Select(detour => $"{detour.Catchment.Target.Name} IPv{detour.Catchment.Family}").Distinct()],
            worst.Asn, worst.Country, probes.Count, worst.Served.Code, worst.Better.Code, Math.Round(worst.ExtraKm),
            worst.RttMs is { } rtt ? Rounded(rtt, 1) : null, Rounded(GreatCircle.FibreRttMs(worst.ExtraKm), 1), probes);
    }

    private static SilenceRow Row(List<Silence> silences)
    {
        var probes = silences.SelectMany(silence => silence.Probes.Select(probe => probe.Id)).Distinct().Order().ToList();
        return new SilenceRow(
            [.. silences.Select(silence => $"{silence.Catchment.Target.Name} IPv{silence.Catchment.Family}").Distinct()],
            silences[0].Asn, silences[0].Country, probes.Count, [.. silences.SelectMany(silence => silence.Reached).Distinct().Order(StringComparer.Ordinal)], probes);
    }

    private static string NameOfCountry(string code) => Countries.Find(code)?.Name ?? "unknown";

    private static Quantiles? Rounded(Analyzer.Catchments.Quantiles? quantiles) =>
        quantiles is { } q ? new Quantiles(Rounded(q.P10, 2), Rounded(q.P50, 2), Rounded(q.P90, 2)) : null;

    private static double Rounded(double value, int digits) => Math.Round(value, digits, MidpointRounding.AwayFromZero);
}
