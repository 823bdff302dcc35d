using Collector.Geography;
using Reports.Canvas;

namespace Reports.Maps;

/// <summary>A network whose probes get no answer from us.</summary>
/// <param name="Name">The network, as the reader should see it: <c>AS64500</c>.</param>
/// <param name="Probes">Where its silent probes are, as far as known.</param>
/// <param name="Count">How many silent probes, placed or not.</param>
/// <param name="SingleVantage">Whether the evidence is thinner than a finding of full weight takes.</param>
internal sealed record MapBlackHole(string Name, IReadOnlyList<GeoPoint> Probes, int Count, bool SingleVantage);

/// <summary>Networks for which we do not exist.</summary>
internal static class BlackHoleMap
{
    private const int Named = 25;

    private static readonly Colour Warning = Colour.Hex("#d97706");

    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="holes">The networks.</param>
    /// <param name="probes">All probes asked, as a pale ground that shows where there are any.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(MapSubject subject, IReadOnlyList<MapBlackHole> holes, IReadOnlyList<MapProbe> probes, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var title = $"{subject.Name} · {(holes.Count == 0 ? "no black holes" : holes.Count == 1 ? "one black hole" : $"{MapText.Count(holes.Count)} black holes")}";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var sheet = new MapSheet(canvas, format, LegendRow.Height * format.Unit);
            sheet.Ground();
            sheet.Heading("Which networks get no answer from us?", title, $"{subject.Period} · {subject.Denominators}");
            using (canvas.Group("Probes"))
            {
                var spots = probes.Select(probe => probe.Position is { } position ? sheet.Frame.Place(position) : null).OfType<Spot>().ToList();
                foreach (var (radius, group) in new DotSizes(spots, sheet.Unit).Group(spots))
                {
                    canvas.Markers(group, Other(radius * 0.75));
                }
            }

            var ordered = holes.OrderBy(hole => hole.SingleVantage).ThenByDescending(hole => hole.Count).ThenBy(hole => hole.Name, StringComparer.Ordinal).ToList();
            Holes(sheet, ordered);
            Legend(sheet, holes);
        });
    }

    private static MarkerStyle Other(double radius) => new(MarkerShape.Circle, radius, MapTheme.Coast);

    private static MarkerStyle Sign(bool singleVantage, double radius, double unit) =>
        new(singleVantage ? MarkerShape.Diamond : MarkerShape.Cross, radius, singleVantage ? Warning : MapTheme.Bad) { Halo = MapTheme.Paper, HaloWidth = 1.4 * unit };

    private static void Holes(MapSheet sheet, List<MapBlackHole> holes)
    {
        var labels = new LabelPlacer(sheet.Frame.Box);
        var placed = holes.ConvertAll(hole => (Hole: hole, Spots: hole.Probes.Select(sheet.Frame.Place).OfType<Spot>().OrderBy(spot => spot.X).ThenBy(spot => spot.Y).ToList()));
        using (sheet.Canvas.Group("Black holes"))
        {
            foreach (var (hole, spots) in Enumerable.Reverse(placed))
            {
                sheet.Canvas.Markers(spots, Sign(hole.SingleVantage, 7.5 * sheet.Unit, sheet.Unit));
                var reach = 8 * sheet.Unit;
                spots.ForEach(at => labels.Block(new Box(at.X - reach, at.Y - reach, at.X + reach, at.Y + reach)));
            }

            var style = sheet.Style(19, MapTheme.Ink, FontWeight.SemiBold) with { Halo = MapTheme.Paper, HaloWidth = 3 * sheet.Unit };
            foreach (var (hole, spots) in placed.Where(hole => hole.Spots.Count > 0).Take(Named))
            {
                var text = style.Fit($"{hole.Name} · {MapText.Count(hole.Count)}", 260 * sheet.Unit);
                sheet.Label(labels.Beside(spots[spots.Count / 2], 13 * sheet.Unit, style.Measure(text), style.Size * 0.8), text, style);
            }
        }
    }

    private static void Legend(MapSheet sheet, IReadOnlyList<MapBlackHole> holes)
    {
        var unit = sheet.Unit;
        var sure = holes.Where(hole => !hole.SingleVantage).ToList();
        var thin = holes.Where(hole => hole.SingleVantage).ToList();
        var legend = new LegendRow(sheet);
        legend.Add(Sign(false, 10 * unit, unit), MapText.Count(sure.Count), "black holes", $"{MapText.Count(sure.Sum(hole => hole.Count))} probes");
        legend.Add(Sign(true, 10 * unit, unit), MapText.Count(thin.Count), "on thin evidence", $"{MapText.Count(thin.Sum(hole => hole.Count))} probes");
        legend.Add(Other(6 * unit), "", "other probes", "they reach us, or nobody");
        var unplaced = holes.Sum(hole => hole.Count) - holes.Sum(hole => hole.Probes.Count);
        if (unplaced > 0)
        {
            legend.Add(null, MapText.Count(unplaced), "unplaced", "position not known");
        }

        legend.Draw();
    }
}
