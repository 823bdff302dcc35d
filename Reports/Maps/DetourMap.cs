using Collector.Geography;
using Reports.Canvas;

namespace Reports.Maps;

/// <summary>A group of probes served from far away although a PoP meant for them is nearer.</summary>
/// <param name="From">Where they are: a probe, or the middle of a network or country.</param>
/// <param name="Name">The network or country, as the reader should see it; may be empty.</param>
/// <param name="Served">Code of the PoP that serves them.</param>
/// <param name="Nearest">Code of the PoP that should.</param>
/// <param name="Probes">How many.</param>
/// <param name="ExtraKm">Extra distance, kilometres.</param>
internal sealed record MapDetour(GeoPoint From, string Name, string Served, string Nearest, int Probes, double ExtraKm);

/// <summary>Detours as great-circle arcs: where the packets go, and where they should.</summary>
internal static class DetourMap
{
    private const int Named = 12;

    private static readonly Colour Near = Colour.Hex("#2468b2");

    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="pops">The PoPs.</param>
    /// <param name="detours">The detours; those whose PoPs have no known place are counted, not drawn.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(MapSubject subject, IReadOnlyList<MapPop> pops, IReadOnlyList<MapDetour> detours, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var probes = detours.Sum(detour => detour.Probes);
        var title = $"{subject.Name} · {(detours.Count == 0 ? "no detours" : $"detours of {MapText.Count(probes)} probes")}";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var sheet = new MapSheet(canvas, format, LegendRow.Height * format.Unit);
            sheet.Ground();
            sheet.Heading("Who is served from afar although a PoP is near?", title, $"{subject.Period} · {subject.Denominators}");
            var places = pops.Where(pop => pop.Position is not null).DistinctBy(pop => pop.Code, StringComparer.Ordinal)
                .ToDictionary(pop => pop.Code, pop => pop.Position!.Value, StringComparer.Ordinal);

            // The greatest on top; ties by place, so that the order of the list decides nothing.
            var ordered = detours.OrderBy(detour => detour.Probes).ThenBy(detour => detour.ExtraKm)
                .ThenBy(detour => detour.From.LatitudeDegrees).ThenBy(detour => detour.From.LongitudeDegrees).ThenBy(detour => detour.Served, StringComparer.Ordinal).ToList();
            sheet.InFrame(() => Arcs(sheet, ordered, places));
            var used = detours.SelectMany(detour => new[] { detour.Served, detour.Nearest }).ToHashSet(StringComparer.Ordinal);
            var stars = pops.Where(pop => used.Contains(pop.Code)).ToList();
            var labels = sheet.Stars(stars, code => detours.Any(detour => detour.Served == code) ? MapTheme.Star : Near.Mix(MapTheme.Paper, 0.4));
            Names(sheet, ordered, labels);
            Legend(sheet, detours);
        });
    }

    private static void Arcs(MapSheet sheet, List<MapDetour> detours, Dictionary<string, GeoPoint> places)
    {
        var unit = sheet.Unit;
        var most = Math.Max(1, detours.Count == 0 ? 1 : detours.Max(detour => detour.Probes));
        using (sheet.Canvas.Group("Detours"))
        {
            foreach (var detour in detours)
            {
                if (places.TryGetValue(detour.Nearest, out var nearest))
                {
                    sheet.Canvas.Stroke(sheet.Frame.GreatCircleArc(detour.From, nearest), new StrokeStyle(Near, 1.8 * unit) { Dashes = [6 * unit, 5 * unit] });
                }
            }

            foreach (var detour in detours)
            {
                if (places.TryGetValue(detour.Served, out var served))
                {
                    // Width by the root: four times the probes, twice the line.
                    var width = (1.4 + (3.6 * Math.Sqrt((double)detour.Probes / most))) * unit;
                    var arc = sheet.Frame.GreatCircleArc(detour.From, served);
                    sheet.Canvas.Stroke(arc, new StrokeStyle(MapTheme.Paper, width + (1.6 * unit), Cap: LineCap.Round));
                    sheet.Canvas.Stroke(arc, new StrokeStyle(MapTheme.Bad, width, Cap: LineCap.Round));
                }
            }

            foreach (var detour in detours)
            {
                if (sheet.Frame.Place(detour.From) is { } at)
                {
                    sheet.Canvas.Markers([at], From(unit * (3.5 + (3.5 * Math.Sqrt((double)detour.Probes / most))), unit));
                }
            }
        }
    }

    private static MarkerStyle From(double radius, double unit) =>
        new(MarkerShape.Circle, radius, MapTheme.Bad) { Halo = MapTheme.Paper, HaloWidth = 1.2 * unit };

    private static void Names(MapSheet sheet, List<MapDetour> detours, LabelPlacer labels)
    {
        var style = sheet.Style(18, MapTheme.Ink) with { Halo = MapTheme.Paper, HaloWidth = 3 * sheet.Unit };
        foreach (var detour in Enumerable.Reverse(detours).Where(detour => detour.Name.Length > 0).Take(Named))
        {
            if (sheet.Frame.Place(detour.From) is { } at)
            {
                var text = style.Fit(detour.Name, 220 * sheet.Unit);
                sheet.Label(labels.Beside(at, 11 * sheet.Unit, style.Measure(text), style.Size * 0.8), text, style);
            }
        }
    }

    private static void Legend(MapSheet sheet, IReadOnlyList<MapDetour> detours)
    {
        var legend = new LegendRow(sheet);
        legend.Add(From(9 * sheet.Unit, sheet.Unit), MapText.Count(detours.Sum(detour => detour.Probes)), "probes on a detour", $"{MapText.Count(detours.Count)} groups, wider: more probes");
        legend.Add(null, "—", "the way they go", "to the PoP that serves them", MapTheme.Bad);
        legend.Add(null, "- -", "the way they could go", "to the nearest PoP meant for them", Near);
        if (MapText.Median(detours.Select(detour => detour.ExtraKm)) is { } median)
        {
            legend.Add(null, MapText.Km(median), "extra", $"median; worst {MapText.Km(detours.Max(detour => detour.ExtraKm))}");
        }

        legend.Draw();
    }
}
