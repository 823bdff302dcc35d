using Analyzer.Catchments;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;

namespace Reports.Weekly;

/// <summary>Turns the catchments of a week into what the report says. Pure.</summary>
internal static class WeeklyReportBuilder
{
    /// <summary>Networks listed per target and family; the rest is a question for <c>catchment --by asn</c>.</summary>
    public const int MostNetworks = 50;

    /// <summary>Builds the report.</summary>
    /// <param name="now">The week.</param>
    /// <param name="before">The week before; null: nothing of it.</param>
    /// <param name="views">Its targets and families.</param>
    /// <param name="suggest">A rule for an unknown identity of a target; null: none comes to mind.</param>
    public static WeeklyReport Build(ReadWeek now, ReadWeek? before, IReadOnlyList<WeekView> views, Func<Target, UnknownIdentity, string?> suggest)
    {
        var week = now.Week;
        var report = new WeeklyReport(
            week.ToString(), week.Start.ToUnixTimeSeconds(), week.End.ToUnixTimeSeconds(),
            views.Any(view => view.Change is not null) ? week.Previous.ToString() : null,
            [], [.. views.Select(view => Describe(view, suggest))])
        {
            Detours = TroubleBuilder.Detours(views),
            BlackHoles = TroubleBuilder.BlackHoles(views),
            HasRootControls = now.HasRootControls,
            SilentPops = TroubleBuilder.SilentPops(now.SilentPops),
            Findings = now.Findings,
            FindingChange = before is { Catchments.Count: > 0 } ? TroubleBuilder.Change(before, now.Findings) : null,
        };
        return report with { Sentences = Sentences.Of(report) };
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
            Places(catchment, CatchmentKey.Continent, row => row.Key == CatchmentTable.UnknownPlace ? "unknown" : row.Key),
            Places(catchment, CatchmentKey.Country, row => NameOfCountry(row.Key)),
            [.. Places(catchment, CatchmentKey.Asn, row => row.Key + AsText.InBrackets(row.AsName)).Take(MostNetworks)],
            view.Change is { Similarity: { } similarity } change
                ? new ChangeReport(
                    change.Before.Window.ToString(), change.Panel, Rounded(similarity, 4), change.Flips,
                    [.. change.Flows.Select(flow => new FlowRow(flow.From, flow.To, flow.Probes))],
                    [.. change.Changed.Select(country => new CountryChange(country.Country, NameOfCountry(country.Country), country.From, country.To))])
                : null,
            catchment.Probes.Where(probe => probe is { Answered: true, Pop: null }).CountBy(WhyNotAttributed)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
            [.. catchment.UnknownIdentities.Select(unknown => new UnknownRow(unknown.Identity, unknown.Probes, suggest(catchment.Target, unknown)))],
            ReportMaps.FilesOf(view))
        {
            Charts = ReportCharts.FilesOf(view),
            Places = PlacesReport.Of(ProbePlaces.Of(catchment)),
        };
    }

    private static PopRow Describe(Pop pop, CatchmentRow? row) => new(
        pop.Code, pop.City, pop.Country, row?.Probes ?? 0, Rounded(row?.Share ?? 0, 4), row?.WeightedShare is { } weighted ? Rounded(weighted, 4) : null,
        Rounded(row?.RttMs), row?.Green ?? 0, row?.Red ?? 0, row?.Silent ?? 0, row?.LossPercent is { } loss ? Rounded(loss, 2) : null);

    private static List<PlaceRow> Places(Catchment catchment, CatchmentKey by, Func<CatchmentRow, string> nameOf) =>
        [.. CatchmentTable.Of(catchment, by).Rows.Select(row => new PlaceRow(
            row.Key, nameOf(row), row.Probes, Rounded(row.RttMs), row.Green, row.Red, row.Silent,
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

    private static string NameOfCountry(string code) => Countries.Find(code)?.Name ?? "unknown";

    private static Quantiles? Rounded(Analyzer.Catchments.Quantiles? quantiles) =>
        quantiles is { } q ? new Quantiles(Rounded(q.P10, 2), Rounded(q.P50, 2), Rounded(q.P90, 2)) : null;

    private static double Rounded(double value, int digits) => Math.Round(value, digits, MidpointRounding.AwayFromZero);
}
