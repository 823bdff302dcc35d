using System.Globalization;
using Reports.Canvas;
using ScottPlot;

namespace Reports.Charts;

/// <summary>How far the probes of each PoP are from it, hour by hour: the median above, the slowest tenth below.</summary>
internal static class RttChart
{
    private const int Height = 640;
    private const int Middle = 345;
    private const float LineWidth = 1.8f;

    /// <summary>Draws the chart.</summary>
    public static ChartPicture Of(HourSeries series)
    {
        var title = DisplayText.Clean($"{series.Name} · round-trip time per PoP");
        return new ChartPicture(title, RttWords.Of(series), ChartSheet.Width, Height, canvas =>
        {
            var (median, slow) = (new Scale(series, hour => hour.P50Ms), new Scale(series, hour => hour.P90Ms));
            ChartSheet.Begin(canvas, Height, title, $"{series.Period} · by hour, UTC · over the probes of each PoP{Notes(series, median.IsCut || slow.IsCut)}");
            ChartSheet.Draw(canvas, Panel(series, median), ChartSheet.Top, Middle, "Median (p50)");
            ChartSheet.Draw(canvas, Panel(series, slow), Middle, Height, "One in ten is slower (p90)");
            ChartSheet.Legend(canvas, Legend(series), ChartSheet.Top + 26, Height);
        });
    }

    private static Plot Panel(HourSeries series, Scale scale)
    {
        var plot = ChartSheet.Panel(series, scale.Most, scale.Step, value => value.ToString("0.## 'ms'", CultureInfo.InvariantCulture));
        foreach (var (points, isCertain) in Band(series, scale.Value))
        {
            var band = plot.Add.Polygon([.. points]);
            band.FillColor = ChartSheet.Of(isCertain ? ChartSheet.Pale(ChartSheet.Others) : ChartSheet.Pale(ChartSheet.Pale(ChartSheet.Others)));
            band.LineWidth = 0;
        }

        // The largest are drawn last: what most users meet lies on top.
        foreach (var pop in series.Named.Reverse())
        {
            Add(plot, pop.Hours, scale.Value, pop.Colour);
        }

        return plot;
    }

    /// <summary>Draws a PoP's line: interrupted where nothing was measured, pale and thin where few probes were.</summary>
    private static void Add(Plot plot, IReadOnlyList<PopHour> hours, Func<PopHour, double?> value, Colour colour)
    {
        foreach (var (points, isCertain) in Lines(hours, value))
        {
            var line = plot.Add.ScatterLine(points.ToArray(), ChartSheet.Of(isCertain ? colour : colour.Mix(new Colour(255, 255, 255), 0.5)));
            line.LineWidth = isCertain ? LineWidth : LineWidth * 0.6f;
        }
    }

    /// <summary>The pieces of a line. An hour between two unmeasured ones is a dash as wide as itself.</summary>
    internal static IEnumerable<(List<Coordinates> Points, bool IsCertain)> Lines(IReadOnlyList<PopHour> hours, Func<PopHour, double?> value)
    {
        List<Coordinates> points = [];
        var isCertain = false;
        for (var hour = 0; hour < hours.Count; hour++)
        {
            if (Value(hour) is not { } now)
            {
                continue;
            }

            var (before, after) = (Value(hour - 1), Value(hour + 1));
            if (before is null && after is null)
            {
                yield return ([new Coordinates(hour, now), new Coordinates(hour + 1, now)], IsCertain(hour));
            }
            else if (after is { } next)
            {
                var isSure = IsCertain(hour) && IsCertain(hour + 1);
                if (points.Count == 0 || isSure != isCertain)
                {
                    if (points.Count > 0)
                    {
                        yield return (points, isCertain);
                    }

                    (points, isCertain) = ([new Coordinates(hour + 0.5, now)], isSure);
                }

                points.Add(new Coordinates(hour + 1.5, next));
            }
            else if (points.Count > 0)
            {
                yield return (points, isCertain);
                points = [];
            }
        }

        double? Value(int hour) => hour >= 0 && hour < hours.Count && hours[hour].Probes >= HourSeries.FewestProbes ? value(hours[hour]) : null;
        bool IsCertain(int hour) => hours[hour].Probes >= HourSeries.CertainProbes;
    }

    /// <summary>From the fastest to the slowest of the smaller PoPs: fifty lines would hide one another and all the rest.</summary>
    private static IEnumerable<(List<Coordinates> Points, bool IsCertain)> Band(HourSeries series, Func<PopHour, double?> value)
    {
        for (var hour = 0; hour < series.Hours; hour++)
        {
            var measured = series.Others.Select(pop => pop.Hours[hour]).Where(one => one.Probes >= HourSeries.FewestProbes && value(one) is not null).ToList();
            if (measured.Count > 0)
            {
                var (low, high) = (measured.Min(value)!.Value, measured.Max(value)!.Value);
                yield return (
                    [new Coordinates(hour, low), new Coordinates(hour, high), new Coordinates(hour + 1, high), new Coordinates(hour + 1, low)],
                    measured.Exists(one => one.Probes >= HourSeries.CertainProbes));
            }
        }
    }

    private static IEnumerable<(Colour Colour, string Text)> Legend(HourSeries series) =>
        [
            .. series.Named.Select(pop => (pop.Colour, RttWords.Typical(pop, hour => hour.P50Ms) is { } ms ? $"{ChartSheet.Short(pop)} {RttWords.Ms(ms)}" : ChartSheet.Short(pop))),
            .. series.Others.Count > 0 ? [(ChartSheet.Pale(ChartSheet.Others), $"{series.Others.Count} others, range")] : Array.Empty<(Colour, string)>(),
        ];

    private static string Notes(HourSeries series, bool isCut)
    {
        var few = series.Pops.Any(pop => pop.Hours.Any(hour => hour is { Probes: >= HourSeries.FewestProbes and < HourSeries.CertainProbes, P50Ms: not null }));
        return (few ? $" · pale: fewer than {HourSeries.CertainProbes} probes" : "") + (isCut ? " · some hours are off the scale" : "");
    }

    /// <summary>An axis that a few wild hours do not squeeze.</summary>
    private sealed class Scale
    {
        private const double Wild = 2;

        public Scale(HourSeries series, Func<PopHour, double?> value)
        {
            Value = value;
            List<double> values = [.. series.Pops.SelectMany(pop => pop.Hours).Where(hour => hour.Probes >= HourSeries.FewestProbes).Select(value).OfType<double>().Order()];
            var highest = values.Count == 0 ? 1 : values[^1];
            var usual = values.Count == 0 ? 1 : values[(int)((values.Count - 1) * 0.98)];
            IsCut = highest > Wild * usual;
            var most = Math.Max(1, (IsCut ? usual * 1.3 : highest) * 1.06);
            Step = Nice(most / 4);
            Most = most;
        }

        public Func<PopHour, double?> Value { get; }

        public double Most { get; }

        public double Step { get; }

        public bool IsCut { get; }

        private static double Nice(double step)
        {
            var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
            return (step / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        }
    }
}
