using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Size and view of a map.</summary>
/// <param name="Width">Pixels; everything on the map grows with it.</param>
/// <param name="Height">Pixels.</param>
internal sealed record MapFormat(int Width = 1600, int Height = 900)
{
    // The layout was drawn for this width.
    private const double DesignWidth = 1600;

    /// <summary>Which part of the earth; the world when not given.</summary>
    public MapView View { get; init; } = MapView.World;

    /// <summary>Pixels that one pixel of the design takes.</summary>
    public double Unit => Width / DesignWidth;

    /// <summary>Free space left and right, pixels.</summary>
    public double Margin => 40 * Unit;

    /// <summary>Width of title and legend, pixels.</summary>
    public double TextWidth => Width - (2 * Margin);
}

/// <summary>The page around a map: title above, map, legend below, where it covers nothing.</summary>
internal sealed class MapSheet
{
    private const double HeadingHeight = 128;

    private readonly MapFormat format;

    /// <summary>Divides the page.</summary>
    /// <param name="canvas">What to draw on.</param>
    /// <param name="format">Size and view.</param>
    /// <param name="legendHeight">Room to leave for the legend, pixels.</param>
    public MapSheet(ICanvas canvas, MapFormat format, double legendHeight)
    {
        this.format = format;
        Canvas = canvas;
        var bottom = format.Height - (18 * Unit);
        Legend = new Box(format.Margin, bottom - legendHeight, format.Width - format.Margin, bottom);
        Frame = new MapFrame(format.View, new Box(format.Margin / 2, HeadingHeight * Unit, format.Width - (format.Margin / 2), Legend.Top - (14 * Unit)));
    }

    public ICanvas Canvas { get; }

    /// <summary>Pixels that one pixel of the design takes.</summary>
    public double Unit => format.Unit;

    /// <summary>Where the map is.</summary>
    public MapFrame Frame { get; }

    /// <summary>Room for the legend.</summary>
    public Box Legend { get; }

    /// <summary>A text style in design pixels.</summary>
    public TextStyle Style(double size, Colour colour, FontWeight weight = FontWeight.Regular, TextAnchor anchor = TextAnchor.Start) =>
        new(size * Unit, colour, weight, anchor);

    /// <summary>Question, title and subtitle.</summary>
    public void Heading(string question, string title, string subtitle) => Heading(Canvas, format, question, title, subtitle);

    /// <summary>Question, title and subtitle at the top of a page.</summary>
    public static void Heading(ICanvas canvas, MapFormat format, string question, string title, string subtitle)
    {
        var unit = format.Unit;
        Line(question, 42, new TextStyle(20 * unit, MapTheme.Muted, FontWeight.SemiBold));
        Line(title, 80, new TextStyle(36 * unit, MapTheme.Ink, FontWeight.SemiBold));
        Line(subtitle, 113, new TextStyle(22 * unit, MapTheme.Muted));

        void Line(string text, double y, TextStyle style) => canvas.Text(style.Fit(text, format.TextWidth), format.Margin, y * unit, style);
    }

    /// <summary>Ocean, grid, land and borders; the same in every map of this size and view.</summary>
    public void Ground() => Ground(Canvas, [Frame], Unit);

    /// <summary>Ocean, grid, land and borders in some frames.</summary>
    public static void Ground(ICanvas canvas, IReadOnlyList<MapFrame> frames, double unit)
    {
        var key = (nameof(MapSheet), string.Join('|', frames.Select(frame => (frame.View, frame.Box))));
        canvas.Background(key, ground =>
        {
            foreach (var frame in frames)
            {
                using (ground.Group("Map"))
                {
                    ground.Fill(frame.Outline(), MapTheme.Ocean);
                    InFrame(ground, frame, () => Land(ground, frame, unit));
                }
            }
        });
    }

    /// <summary>Draws something that must not leave the frame.</summary>
    public static void InFrame(ICanvas canvas, MapFrame frame, Action draw)
    {
        if (frame.IsWorld)
        {
            draw();
            return;
        }

        using (canvas.Clip(frame.Outline()))
        {
            draw();
        }
    }

    /// <summary>Draws something that must not leave the map.</summary>
    public void InFrame(Action draw) => InFrame(Canvas, Frame, draw);

    /// <summary>Borders and coasts over what was filled.</summary>
    public void Lines()
    {
        var geometry = MapGeometry.For(Frame);
        Canvas.Stroke(geometry.Borders, new StrokeStyle(MapTheme.Border, 1 * Unit));
        Coasts(Canvas, geometry, Unit);
    }

    /// <summary>The star of a PoP.</summary>
    public void Star(Spot at, Colour colour, double radius)
    {
        Canvas.Markers([at], new MarkerStyle(MarkerShape.Star, radius * Unit, MapTheme.Ink) { Halo = MapTheme.Paper, HaloWidth = 3.6 * Unit });
        Canvas.Markers([at], new MarkerStyle(MarkerShape.Star, radius * Unit, colour) { Halo = MapTheme.Ink, HaloWidth = 1.6 * Unit });
    }

    /// <summary>The stars of all PoPs and as many of their names as find room, the first ones first.</summary>
    /// <returns>The places taken, for more labels.</returns>
    public LabelPlacer Stars(IReadOnlyList<MapPop> pops, Func<string, Colour> colour)
    {
        var radius = pops.Count <= 30 ? 13.0 : 9.0;
        var shown = pops.Select(pop => (pop.Code, Spot: pop.Position is { } position ? Frame.Place(position) : null))
            .Where(pop => pop.Spot is not null).Select(pop => (pop.Code, Spot: pop.Spot!.Value)).ToList();
        var labels = new LabelPlacer(Frame.Box);
        using (Canvas.Group("PoPs"))
        {
            for (var i = shown.Count - 1; i >= 0; i--)
            {
                var (code, at) = shown[i];
                Star(at, colour(code), radius);
                var reach = radius * 1.1 * Unit;
                labels.Block(new Box(at.X - reach, at.Y - reach, at.X + reach, at.Y + reach));
            }

            var style = Style(pops.Count <= 30 ? 21 : 18, MapTheme.Ink, FontWeight.SemiBold) with { Halo = MapTheme.Paper, HaloWidth = 3 * Unit };
            foreach (var (code, at) in shown)
            {
                var text = style.Fit(code, 200 * Unit);
                Label(labels.Beside(at, (radius + 5) * Unit, style.Measure(text), style.Size * 0.8), text, style);
            }
        }

        return labels;
    }

    /// <summary>Writes a label into the place found for it; nothing when there is none.</summary>
    public void Label(Box? place, string text, TextStyle style)
    {
        if (place is { } box)
        {
            // The middle of capital letters in the middle of the box.
            var baseline = ((box.Top + box.Bottom) / 2) + (style.Size * 0.364);
            Canvas.Text(text, box.Left, baseline, style with { Anchor = TextAnchor.Start });
        }
    }

    private static void Land(ICanvas canvas, MapFrame frame, double unit)
    {
        var geometry = MapGeometry.For(frame);
        canvas.Stroke(frame.Graticule(frame.IsWorld ? 30 : 10), new StrokeStyle(MapTheme.Graticule, 1 * unit));
        canvas.Fill(geometry.Land, MapTheme.Land);
        canvas.Fill(geometry.CutLand, MapTheme.Land);
        canvas.Stroke(geometry.Borders, new StrokeStyle(MapTheme.Border, 0.9 * unit));
        Coasts(canvas, geometry, unit);
    }

    private static void Coasts(ICanvas canvas, MapGeometry geometry, double unit)
    {
        var style = new StrokeStyle(MapTheme.Coast, 0.8 * unit);
        canvas.Stroke(geometry.Land, style);
        canvas.Stroke(geometry.CutCoasts, style);
    }
}
