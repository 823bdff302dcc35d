using System.Text;
using Analyzer.Hours;
using Reports.Charts;
using Reports.Maps;

namespace Reports.Weekly;

/// <summary>The charts of a report: which there are, and their drawing.</summary>
internal static class ReportCharts
{
    /// <summary>The folder in a report's folder where they are.</summary>
    public const string Folder = "charts";

    /// <summary>The files of one target and family, in the order of the page.</summary>
    public static IReadOnlyList<ChartFile> FilesOf(WeekView view) => [.. Of(view).Select(chart => chart.File)];

    /// <summary>Draws all charts into a report's folder, on as many cores as there are.</summary>
    /// <returns>Their SVG as the page holds it, by the path of the file.</returns>
    public static IReadOnlyDictionary<string, string> Write(IReadOnlyList<WeekView> views, string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        return views.SelectMany(Of).AsParallel().Select(chart =>
        {
            var svg = chart.Picture.ToSvg(Path.GetFileNameWithoutExtension(chart.File.Svg) + "-");
            File.WriteAllBytes(Path.Combine(folder, chart.File.Png), chart.Picture.ToPng());
            File.WriteAllText(Path.Combine(folder, chart.File.Svg), svg, new UTF8Encoding(false));
            return (chart.File.Svg, Text: svg);
        }).ToDictionary(chart => chart.Svg, chart => chart.Text, StringComparer.Ordinal);
    }

    /// <summary>The hours of a target and family as charts take them.</summary>
    internal static HourSeries SeriesOf(WeekView view)
    {
        var catchment = view.Now;
        var hours = view.Hours;
        var index = hours.Select((hour, place) => hour.Pops.Where(row => HourTable.IsPop(row.Pop)).Select(row => (place, row))).SelectMany(rows => rows)
            .ToLookup(one => one.row.Pop, StringComparer.OrdinalIgnoreCase);
        var pops = WeeklyReportBuilder.PopsOf(catchment).Select(pop => new MapPop(pop.Code, pop.City, pop.Position));

        // A PoP that served no probe for most of the week has no place on the maps, and may be met in some hours all the same.
        var palette = new PopPalette(pops, index.Select(group => group.Key).Where(code => pops.All(pop => !pop.Code.Equals(code, StringComparison.OrdinalIgnoreCase))));
        return new HourSeries(
            $"{catchment.Target.Name} · IPv{catchment.Family}",
            $"week {catchment.Window}",
            catchment.Window.FromUnixSeconds,
            [.. hours.Select(hour => hour.Attributed)],
            [
                .. palette.Codes.Select(code =>
                {
                    var found = new PopHour[hours.Count];
                    foreach (var (place, row) in index[code])
                    {
                        found[place] = new PopHour(row.Probes, row.Rtt?.P50, row.Rtt?.P90);
                    }

                    return new PopSeries(code, palette.ColourOf(code), found);
                }),
            ]);
    }

    private static IEnumerable<(ChartFile File, ChartPicture Picture)> Of(WeekView view)
    {
        if (view.Hours.Count == 0)
        {
            yield break;
        }

        var series = SeriesOf(view);
        var name = $"{view.Now.Target.Name} over IPv{view.Now.Family}";
        yield return Name(view, "share", $"{name}: share of each PoP, hour by hour", ShareChart.Of(series));
        yield return Name(view, "rtt", $"{name}: round-trip times of each PoP, hour by hour", RttChart.Of(series));
    }

    private static (ChartFile File, ChartPicture Picture) Name(WeekView view, string kind, string title, ChartPicture picture)
    {
        var stem = $"{Folder}/{view.Now.Target.Name}-ipv{view.Now.Family}-{kind}";
        return (new ChartFile(kind, title, picture.Text, stem + ".png", stem + ".svg"), picture);
    }
}
