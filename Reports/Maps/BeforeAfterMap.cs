using Reports.Canvas;

namespace Reports.Maps;

/// <summary>One side of a comparison.</summary>
/// <param name="Caption">What it is: <c>Before</c>.</param>
/// <param name="Period">The window, as the reader should see it.</param>
/// <param name="Probes">The probes, with their times.</param>
internal sealed record MapPanel(string Caption, string Period, IReadOnlyList<MapProbe> Probes);

/// <summary>Round-trip times before and after a change of the operator's, side by side.</summary>
internal static class BeforeAfterMap
{
    /// <summary>Half as high as other maps: two worlds side by side.</summary>
    public static MapFormat Format { get; } = new(1600, 640);

    /// <summary>Draws the maps.</summary>
    /// <param name="subject">What they are about.</param>
    /// <param name="change">What was changed, in the operator's words.</param>
    /// <param name="pop">The PoP that was changed; null when the change concerns all.</param>
    /// <param name="before">The panel on the left.</param>
    /// <param name="after">The panel on the right.</param>
    /// <param name="thresholdMs">Green below, red from it on, milliseconds.</param>
    /// <param name="format">Size and view; <see cref="Format"/> when not given.</param>
    public static MapPicture Of(
        MapSubject subject, string change, MapPop? pop, MapPanel before, MapPanel after, double thresholdMs, MapFormat? format = null)
    {
        format ??= Format;
        var title = $"{subject.Name} · {change}";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var unit = format.Unit;
            MapSheet.Heading(canvas, format, "What did the change do to the round-trip times?", title, $"{subject.Period} · threshold {MapText.Ms(thresholdMs)} · {subject.Denominators}");
            var half = (format.Width - (3 * format.Margin)) / 2;
            var top = 170 * unit;
            var bottom = format.Height - (104 * unit);
            var frames = Enumerable.Range(0, 2).Select(side =>
            {
                var left = format.Margin + (side * (half + format.Margin));
                return new MapFrame(format.View, new Box(left, top, left + half, bottom));
            }).ToArray();
            MapSheet.Ground(canvas, frames, unit);
            Panel(canvas, frames[0], before, pop, thresholdMs, unit);
            Panel(canvas, frames[1], after, pop, thresholdMs, unit);
        });
    }

    private static void Panel(ICanvas canvas, MapFrame frame, MapPanel panel, MapPop? pop, double thresholdMs, double unit)
    {
        var caption = new TextStyle(25 * unit, MapTheme.Ink, FontWeight.SemiBold);
        var text = new TextStyle(21 * unit, MapTheme.Muted);
        var left = frame.Box.Left;
        using (canvas.Group(panel.Caption))
        {
            var shown = caption.Fit(panel.Caption, frame.Box.Width / 2);
            canvas.Text(shown, left, 160 * unit, caption);
            var used = caption.Measure(shown) + (12 * unit);
            canvas.Text(text.Fit(panel.Period, frame.Box.Width - used), left + used, 160 * unit, text);

            var dots = new RttDots(panel.Probes, thresholdMs);
            MapSheet.InFrame(canvas, frame, () => dots.Draw(canvas, frame, unit * 0.85));
            if (pop?.Position is { } position && frame.Place(position) is { } at)
            {
                canvas.Markers([at], new MarkerStyle(MarkerShape.Star, 12 * unit, MapTheme.Ink) { Halo = MapTheme.Paper, HaloWidth = 3.4 * unit });
                canvas.Markers([at], new MarkerStyle(MarkerShape.Star, 12 * unit, MapTheme.Star) { Halo = MapTheme.Ink, HaloWidth = 1.4 * unit });
            }

            Legend(canvas, frame, dots, thresholdMs, unit);
        }
    }

    private static void Legend(ICanvas canvas, MapFrame frame, RttDots dots, double thresholdMs, double unit)
    {
        var number = new TextStyle(27 * unit, MapTheme.Ink, FontWeight.SemiBold);
        var label = new TextStyle(20 * unit, MapTheme.Muted);
        var x = frame.Box.Left;
        var y = frame.Box.Bottom + (42 * unit);
        Entry(RttDots.GreenMarker(9 * unit, unit), MapText.Count(dots.Green.Count), $"below {MapText.Ms(thresholdMs)}");
        Entry(RttDots.RedMarker(9 * unit, unit), MapText.Count(dots.Red.Count), $"{MapText.Ms(thresholdMs)} or more");
        Entry(RttDots.SilentMarker(9 * unit, unit), MapText.Count(dots.Silent), "silent");
        Entry(null, MapText.Median(dots.Green.Concat(dots.Red)) is { } median ? MapText.Ms(median) : "–", "median");

        void Entry(MarkerStyle? sign, string count, string text)
        {
            if (sign is not null)
            {
                canvas.Markers([new Spot(x + (11 * unit), y - (9 * unit))], sign);
                x += 29 * unit;
            }

            canvas.Text(count, x, y, number);
            canvas.Text(text, x, y + (28 * unit), label);
            x += Math.Max(number.Measure(count), label.Measure(text)) + (42 * unit);
        }
    }
}
