using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Who uses one PoP, and how long their packets take.</summary>
internal static class RttMap
{
    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="pop">The PoP.</param>
    /// <param name="probes">The probes it serves, and those counted to it that are silent.</param>
    /// <param name="thresholdMs">Green below, red from it on, milliseconds.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(MapSubject subject, MapPop pop, IReadOnlyList<MapProbe> probes, double thresholdMs, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var title = $"{subject.Name} · {pop.Name}";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var sheet = new MapSheet(canvas, format, LegendRow.Height * format.Unit);
            sheet.Ground();
            sheet.Heading("Who uses this PoP, and how far away are they?", title, $"{subject.Period} · threshold {MapText.Ms(thresholdMs)} · {subject.Denominators}");

            var dots = new RttDots(probes, thresholdMs);
            sheet.InFrame(() => dots.Draw(canvas, sheet.Frame, sheet.Unit));
            Star(sheet, pop);
            Legend(sheet, dots, thresholdMs);
        });
    }

    private static void Star(MapSheet sheet, MapPop pop)
    {
        if (pop.Position is { } position && sheet.Frame.Place(position) is { } at)
        {
            sheet.Star(at, MapTheme.Star, 15);
            var style = sheet.Style(24, MapTheme.Ink, FontWeight.SemiBold) with { Halo = MapTheme.Paper, HaloWidth = 3.5 * sheet.Unit };
            var text = style.Fit(pop.Code, 300 * sheet.Unit);
            sheet.Label(new LabelPlacer(sheet.Frame.Box).Beside(at, 20 * sheet.Unit, style.Measure(text), style.Size * 0.8), text, style);
        }
    }

    private static void Legend(MapSheet sheet, RttDots dots, double thresholdMs)
    {
        var unit = sheet.Unit;
        var unplaced = dots.Probes.Count(probe => probe.Position is null);
        var beyond = dots.Probes.Count(probe => probe.Position is { } position && sheet.Frame.Place(position) is null);
        var legend = new LegendRow(sheet);
        legend.Add(RttDots.GreenMarker(10 * unit, unit), MapText.Count(dots.Green.Count), $"below {MapText.Ms(thresholdMs)}", Median(dots.Green));
        legend.Add(RttDots.RedMarker(10 * unit, unit), MapText.Count(dots.Red.Count), $"{MapText.Ms(thresholdMs)} or more", Median(dots.Red));
        legend.Add(RttDots.SilentMarker(10 * unit, unit), MapText.Count(dots.Silent), "silent", "no time measured");
        legend.Add(null, MapText.Count(unplaced), "unplaced", "position not known");
        if (beyond > 0)
        {
            legend.Add(null, MapText.Count(beyond), "off the map", sheet.Frame.IsWorld ? "in Antarctica" : $"outside {sheet.Frame.View.Name}");
        }

        legend.Draw();
    }

    private static string Median(IReadOnlyList<double> values) => MapText.Median(values) is { } median ? $"median {MapText.Ms(median)}" : "none";
}
