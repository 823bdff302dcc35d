using System.Globalization;
using Reports.Canvas;
using ScottPlot;

namespace Reports.Charts;

/// <summary>Which part of the probes each PoP had, hour by hour: areas on one another.</summary>
internal static class ShareChart
{
    private const int Height = 430;

    /// <summary>Draws the chart.</summary>
    public static ChartPicture Of(HourSeries series)
    {
        var title = DisplayText.Clean($"{series.Name} · share per PoP");
        return new ChartPicture(title, ShareWords.Of(series), ChartSheet.Width, Height, canvas =>
        {
            ChartSheet.Begin(canvas, Height, title, $"{series.Period} · by hour, UTC · share of the probes that reached a PoP{Notes(series)}");
            var plot = ChartSheet.Panel(series, 1, 0.25, value => value.ToString("0 %", CultureInfo.InvariantCulture));
            plot.Grid.IsBeneathPlottables = false;
            var layers = Layers(series);
            foreach (var (from, to, isCertain) in Runs(series))
            {
                // Each layer reaches down to the ground and is covered by the next: no seam shows between two of them.
                for (var layer = layers.Count - 1; layer >= 0; layer--)
                {
                    Add(plot, [.. Outline(series, layers, layer, from, to)], isCertain ? layers[layer].Colour : ChartSheet.Pale(layers[layer].Colour));
                }
            }

            ChartSheet.Draw(canvas, plot, ChartSheet.Top, Height);
            ChartSheet.Legend(canvas, Enumerable.Reverse(layers).Select(layer => (layer.Colour, layer.Text)), ChartSheet.Top + 6, Height);
        });
    }

    private static void Add(Plot plot, Coordinates[] outline, Colour colour)
    {
        var area = plot.Add.Polygon(outline);
        area.FillColor = ChartSheet.Of(colour);
        area.LineWidth = 0;
    }

    /// <summary>The layers from the ground up: the largest PoP lies lowest.</summary>
    private static List<(Colour Colour, string Text, IReadOnlyList<PopSeries> Pops)> Layers(HourSeries series)
    {
        List<(Colour, string, IReadOnlyList<PopSeries>)> layers =
            [.. series.Named.Select(pop => (pop.Colour, $"{ChartSheet.Short(pop)} {ShareWords.Percent(series.MeanShare(pop))}", (IReadOnlyList<PopSeries>)[pop]))];
        if (series.Others.Count > 0)
        {
            layers.Add((ChartSheet.Others, $"{series.Others.Count} others {ShareWords.Percent(series.Others.Sum(series.MeanShare))}", series.Others));
        }

        return layers;
    }

    /// <summary>Stretches of measured hours, as long as they are equally certain.</summary>
    private static IEnumerable<(int From, int To, bool IsCertain)> Runs(HourSeries series)
    {
        for (var from = 0; from < series.Hours;)
        {
            var to = from + 1;
            while (to < series.Hours && series.IsMeasured(to) == series.IsMeasured(from) && series.IsCertain(to) == series.IsCertain(from))
            {
                to++;
            }

            if (series.IsMeasured(from))
            {
                yield return (from, to, series.IsCertain(from));
            }

            from = to;
        }
    }

    private static IEnumerable<Coordinates> Outline(HourSeries series, List<(Colour Colour, string Text, IReadOnlyList<PopSeries> Pops)> layers, int layer, int from, int to)
    {
        yield return new Coordinates(from, 0);
        var last = double.NaN;
        for (var hour = from; hour < to; hour++)
        {
            var height = (double)layers.Take(layer + 1).SelectMany(one => one.Pops).Sum(pop => (long)pop.Hours[hour].Probes) / series.Attributed[hour];
            if (height != last)
            {
                if (hour > from)
                {
                    yield return new Coordinates(hour, last);
                }

                yield return new Coordinates(hour, height);
                last = height;
            }
        }

        yield return new Coordinates(to, last);
        yield return new Coordinates(to, 0);
    }

    private static string Notes(HourSeries series) =>
        series.Measured.Any(hour => !series.IsCertain(hour)) ? $" · pale: fewer than {HourSeries.CertainProbes} probes" : "";
}
