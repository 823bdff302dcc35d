using Analyzer.Catchments;
using Collector.Geography;
using Collector.Network;
using Reports.Maps;
using Reports.Words;

namespace Reports.Weekly;

/// <summary>The maps of a report: which there are, and their drawing.</summary>
internal static class ReportMaps
{
    /// <summary>The most PoPs of a target and family that have a map of their own.</summary>
    public const int MostPopMaps = 30;

    /// <summary>The files of one target and family, in the order of the page.</summary>
    public static IReadOnlyList<MapFile> FilesOf(WeekView view) => [.. Of(view).Select(map => map.File)];

    /// <summary>Draws all maps into a report's folder, on as many cores as there are.</summary>
    public static void Write(IReadOnlyList<WeekView> views, string folder) =>
        Parallel.ForEach(views.SelectMany(Of), map =>
        {
            var picture = map.Draw();
            File.WriteAllBytes(Path.Combine(folder, map.File.Png), picture.ToPng());
            File.WriteAllText(Path.Combine(folder, map.File.Svg), picture.ToSvg());
        });

    private static IEnumerable<(MapFile File, Func<MapPicture> Draw)> Of(WeekView view)
    {
        var catchment = view.Now;
        var name = $"{catchment.Target.Name} over IPv{catchment.Family}";
        var subject = new MapSubject(
            catchment.Target.Name, catchment.Family, $"week {catchment.Window}", catchment.Asked, catchment.Answered, catchment.Attributed);
        var pops = WeeklyReportBuilder.PopsOf(catchment);
        var mapPops = pops.Select(Show).ToList();

        yield return (
            Name(catchment, "catchment", $"{name}: which PoP serves each probe"),
            () => CatchmentMap.Of(subject, mapPops, [.. catchment.Probes.Select(Show)]));
        yield return (
            Name(catchment, "dominant", $"{name}: the PoP that dominates each country"),
            () => DominantMap.Of(subject, mapPops, Shades(catchment)));
        if (view.Change is { } change)
        {
            yield return (
                Name(catchment, "change", $"{name}: countries whose dominant PoP changed since {change.Before.Window}"),
                () => Change(subject, change, mapPops));
        }

        if (view.Detours.Count > 0)
        {
            yield return (
                Name(catchment, "detours", $"{name}: detours over continents"),
                () => DetourMap.Of(subject, mapPops, [.. view.Detours.Where(detour => Middle(detour.Probes) is not null).Select(Show)]));
        }

        if (view.BlackHoles.Count > 0)
        {
            yield return (
                Name(catchment, "black-holes", $"{name}: networks that get no answer"),
                () => BlackHoleMap.Of(subject, [.. view.BlackHoles.Select(Show)], [.. catchment.Probes.Select(Show)]));
        }

        var drawn = Drawn(catchment, pops);
        for (var index = 0; index < pops.Count; index++)
        {
            var pop = pops[index];
            if (!drawn.Contains(pop.Code))
            {
                continue;
            }

            yield return (
                Name(catchment, "rtt", $"{name}: who uses {pop.Code}{(pop.City is null ? "" : $", {pop.City}")}, and how far away they are", pop.Code, index),
                () => RttMap.Of(
                    subject,
                    Show(pop),
                    [.. catchment.Probes.Where(probe => (probe.Pop ?? probe.FormerPop)?.Code == pop.Code).Select(Show)],
                    catchment.Target.GreenBelowMs));
        }
    }

    /// <summary>The PoPs with a map of their own: all, or of hundreds those that most probes use. Each map costs as much as the one of all.</summary>
    private static HashSet<string> Drawn(Catchment catchment, IReadOnlyList<Pop> pops)
    {
        if (pops.Count <= MostPopMaps)
        {
            return [.. pops.Select(pop => pop.Code)];
        }

        var probes = catchment.Probes.Select(probe => (probe.Pop ?? probe.FormerPop)?.Code).OfType<string>().CountBy(code => code).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. pops.Select(pop => pop.Code).Where(probes.ContainsKey).OrderByDescending(code => probes[code]).ThenBy(code => code, StringComparer.Ordinal).Take(MostPopMaps),
        ];
    }

    /// <summary>The map tells what the table tells: only flips on the common panel change a country.</summary>
    private static MapPicture Change(MapSubject subject, Analyzer.Comparisons.Comparison change, IReadOnlyList<MapPop> pops)
    {
        var seenBefore = change.Before.Probes.Where(probe => probe.Pop is not null).Select(probe => probe.Country).ToHashSet();
        var changed = change.Changed.ToDictionary(country => country.Country, StringComparer.Ordinal);
        var shades = Shades(change.After).Where(shade => seenBefore.Contains(shade.Country)).ToList();
        return ChangeMap.Of(
            subject,
            $"week {change.Before.Window}",
            pops,
            [.. shades.Select(shade => changed.TryGetValue(shade.Country, out var moved) ? shade with { Pop = moved.From } : shade)],
            [.. shades.Select(shade => changed.TryGetValue(shade.Country, out var moved) ? shade with { Pop = moved.To } : shade)]);
    }

    private static List<CountryShade> Shades(Catchment catchment) =>
        [.. CatchmentTable.Of(catchment, CatchmentKey.Country).Rows
            .Where(row => row.Dominant is not null && row.Key != CatchmentTable.UnknownPlace)
            .Select(row => new CountryShade(row.Key, row.Dominant!.Pop, row.Dominant.Verdict switch
            {
                Verdict.Clear => CountryVerdict.Clear,
                Verdict.Contested => CountryVerdict.Contested,
                _ => CountryVerdict.TooFew,
            }))];

    private static MapDetour Show(NetworkDetour detour) => new(
        Middle(detour.Probes)!.Value, Shown.Network(detour.Asn, detour.Country), detour.Served.Code, detour.Better.Code, detour.Probes.Count, detour.ExtraKm);

    private static MapBlackHole Show(NetworkSilence hole) => new(
        hole.IsEverywhere ? "everywhere" : Shown.Network(hole.Asn, hole.Country),
        [.. hole.Probes.Where(probe => probe.Position is not null).Select(probe => probe.Position!.Value)],
        hole.Finding.Probes.Count,
        hole.IsSingleVantage);

    /// <summary>The probe nearest to all the others stands for its network: a mean of places may lie in the sea.</summary>
    private static GeoPoint? Middle(IEnumerable<ProbeCatchment> probes)
    {
        var places = probes.Where(probe => probe.Position is not null).Select(probe => probe.Position!.Value).ToList();
        return places.Count == 0 ? null : places.MinBy(place => places.Sum(other => GreatCircle.DistanceKm(place, other)));
    }

    private static MapPop Show(Pop pop) => new(pop.Code, pop.City, pop.Position);

    private static MapProbe Show(ProbeCatchment probe) => new(
        probe.IsMisplaced ? null : probe.Position,
        probe switch
        {
            { Pop: not null } => ProbeAnswer.Served,
            { Answered: false } => ProbeAnswer.Silent,
            { Classes.Interceptor: > 0 } => ProbeAnswer.Intercepted,
            _ => ProbeAnswer.Unknown,
        },
        (probe.Pop ?? probe.FormerPop)?.Code,
        probe.RttMs?.P50);

    private static MapFile Name(Catchment catchment, string kind, string title, string? pop = null, int index = 0)
    {
        // A PoP's code is the operator's own text; a file name is not the place for its slashes.
        var part = pop is null ? "" : $"-{index + 1:00}-{string.Concat(pop.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).ToLowerInvariant()}";
        var stem = $"maps/{catchment.Target.Name}-ipv{catchment.Family}-{kind}{part}";
        return new MapFile(kind, title, pop, stem + ".png", stem + ".svg");
    }
}
