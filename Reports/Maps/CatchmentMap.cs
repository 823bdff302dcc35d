using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Which PoP serves each probe: all catchments on one map.</summary>
/// <remarks>Large catchments are drawn first, so that small ones lie on top of them; what nobody of ours answered comes last.</remarks>
internal static class CatchmentMap
{
    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="pops">The PoPs in their configured order, which decides their colours.</param>
    /// <param name="probes">All probes that were asked.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(MapSubject subject, IReadOnlyList<MapPop> pops, IReadOnlyList<MapProbe> probes, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var title = $"{subject.Name} · all PoPs";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var palette = new PopPalette(pops, probes.Select(probe => probe.Pop));
            var counts = palette.Codes.ToDictionary(code => code, _ => 0, StringComparer.Ordinal);
            foreach (var probe in probes)
            {
                if (Pop(probe) is { } code)
                {
                    counts[code]++;
                }
            }

            // What is off the map is counted in the legend, whose height decides how much is on the map.
            LegendGrid legend;
            MapSheet sheet;
            for (var (round, beyond) = (0, 0); ; round++)
            {
                legend = Legend(format, palette, pops, counts, probes, beyond);
                sheet = new MapSheet(canvas, format, legend.Height);
                var counted = probes.Count(probe => probe.Position is { } position && sheet.Frame.Place(position) is null);
                if (counted == beyond || round == 3)
                {
                    break;
                }

                beyond = counted;
            }

            sheet.Ground();
            sheet.Heading("Which PoP serves whom?", title, $"{subject.Period} · {subject.Denominators}");
            sheet.InFrame(() => Dots(sheet, palette, counts, probes));
            sheet.Stars([.. pops.OrderByDescending(pop => counts[pop.Code]).ThenBy(pop => palette.IndexOf(pop.Code))], palette.ColourOf);
            legend.Draw(canvas, sheet.Legend.Left, sheet.Legend.Top);
        });
    }

    private static string? Pop(MapProbe probe) => probe.Answer == ProbeAnswer.Served ? probe.Pop : null;

    // A probe that is served, but nobody knows by whom, is as unknown as one whose answer says nothing.
    private static ProbeAnswer Answer(MapProbe probe) =>
        probe.Answer == ProbeAnswer.Served && probe.Pop is null ? ProbeAnswer.Unknown : probe.Answer;

    private static MarkerStyle Look(ProbeAnswer answer, double radius, double unit) => answer switch
    {
        ProbeAnswer.Silent => RttDots.SilentMarker(radius, unit),
        ProbeAnswer.Intercepted => new(MarkerShape.Cross, radius, MapTheme.Ink) { Halo = MapTheme.Paper, HaloWidth = 0.8 * unit },
        _ => RttDots.SilentMarker(radius, unit) with { Shape = MarkerShape.Diamond, Fill = MapTheme.Ink },
    };

    private static void Dots(MapSheet sheet, PopPalette palette, Dictionary<string, int> counts, IReadOnlyList<MapProbe> probes)
    {
        var placed = new List<(MapProbe Probe, Spot Spot)>();
        foreach (var probe in probes)
        {
            if (probe.Position is { } position && sheet.Frame.Place(position) is { } spot)
            {
                placed.Add((probe, spot));
            }
        }

        var sizes = new DotSizes(placed.Select(p => p.Spot), sheet.Unit);
        var byPop = placed.ToLookup(p => Pop(p.Probe), p => p.Spot);
        using (sheet.Canvas.Group("Probes"))
        {
            foreach (var code in counts.OrderByDescending(count => count.Value).ThenBy(count => palette.IndexOf(count.Key)).Select(count => count.Key))
            {
                foreach (var (radius, spots) in sizes.Group(byPop[code]))
                {
                    sheet.Canvas.Markers(spots, palette.Marker(code, radius, sheet.Unit));
                }
            }

            foreach (var answer in new[] { ProbeAnswer.Silent, ProbeAnswer.Unknown, ProbeAnswer.Intercepted })
            {
                foreach (var (radius, spots) in sizes.Group(placed.Where(p => Answer(p.Probe) == answer).Select(p => p.Spot)))
                {
                    sheet.Canvas.Markers(spots, Look(answer, radius, sheet.Unit));
                }
            }
        }
    }

    private static LegendGrid Legend(
        MapFormat format, PopPalette palette, IReadOnlyList<MapPop> pops, Dictionary<string, int> counts, IReadOnlyList<MapProbe> probes, int beyond)
    {
        var unit = format.Unit;
        var attributed = counts.Values.Sum();
        var cities = pops.GroupBy(pop => pop.Code, StringComparer.Ordinal).ToDictionary(pop => pop.Key, pop => pop.First().City, StringComparer.Ordinal);
        var entries = counts.OrderByDescending(count => count.Value).ThenBy(count => palette.IndexOf(count.Key)).Select(count => new LegendEntry(
            new LegendSign.Marker(palette.Marker(count.Key, 8.5 * unit, unit)),
            count.Key,
            cities.GetValueOrDefault(count.Key) ?? "",
            MapText.Count(count.Value),
            MapText.Percent(attributed == 0 ? 0 : (double)count.Value / attributed))).ToList();
        var tail = new List<LegendEntry>();
        foreach (var (answer, name) in new[] { (ProbeAnswer.Intercepted, "intercepted"), (ProbeAnswer.Unknown, "unknown"), (ProbeAnswer.Silent, "silent") })
        {
            tail.Add(new LegendEntry(new LegendSign.Marker(Look(answer, 8 * unit, unit)), name, "", MapText.Count(probes.Count(probe => Answer(probe) == answer)), ""));
        }

        tail.Add(new LegendEntry(new LegendSign.None(), "unplaced", "", MapText.Count(probes.Count(probe => probe.Position is null)), ""));
        if (beyond > 0)
        {
            tail.Add(new LegendEntry(new LegendSign.None(), "off the map", "", MapText.Count(beyond), ""));
        }

        return new LegendGrid(entries, tail, More, format.TextWidth, unit);

        LegendEntry More(IReadOnlyList<LegendEntry> left)
        {
            var probesThere = counts.Where(count => left.Any(entry => entry.Name == count.Key)).Sum(count => count.Value);
            return new LegendEntry(
                new LegendSign.None(), $"{left.Count} more", "", MapText.Count(probesThere), MapText.Percent(attributed == 0 ? 0 : (double)probesThere / attributed));
        }
    }
}
