namespace Reports.Canvas;

/// <summary>Something to draw maps and diagrams on. The same calls give the same picture on every backend, and the same bytes every time.</summary>
/// <remarks>This is the seam for a plotting library: whoever brings one implements these few calls.</remarks>
internal interface ICanvas
{
    /// <summary>Width in pixels.</summary>
    int Width { get; }

    /// <summary>Height in pixels.</summary>
    int Height { get; }

    /// <summary>Fills a path.</summary>
    void Fill(VectorPath path, Paint paint, FillRule rule = FillRule.NonZero);

    /// <summary>Draws along a path.</summary>
    void Stroke(VectorPath path, StrokeStyle style);

    /// <summary>Draws one marker at each spot: all halos first, then all bodies, so that a crowd reads as a shape with one rim.</summary>
    void Markers(IReadOnlyList<Spot> spots, MarkerStyle style);

    /// <summary>Writes one line of text with its baseline at <paramref name="y"/>. Characters that cannot be shown are replaced.</summary>
    void Text(string text, double x, double y, TextStyle style);

    /// <summary>Until disposed, only what lies inside the path is drawn. Clips nest.</summary>
    IDisposable Clip(VectorPath path);

    /// <summary>What is drawn until disposed belongs together under a name, for readers of the file; it changes no pixel.</summary>
    IDisposable Group(string name);

    /// <summary>Draws something that is the same in every picture with this key and size, so that a backend may keep it.</summary>
    /// <param name="key">Equal keys promise equal drawings.</param>
    /// <param name="draw">Draws it.</param>
    void Background(object key, Action<ICanvas> draw);
}

/// <summary>Which parts of a path that crosses itself are inside.</summary>
internal enum FillRule
{
    /// <summary>Wherever the windings do not cancel.</summary>
    NonZero,

    /// <summary>Wherever an odd number of edges lies between the place and the outside.</summary>
    EvenOdd,
}

/// <summary>What an area is filled with.</summary>
internal abstract record Paint
{
    private Paint()
    {
    }

    public static implicit operator Paint(Colour colour) => new Solid(colour);

    /// <summary>One colour.</summary>
    public sealed record Solid(Colour Colour) : Paint;

    /// <summary>Parallel stripes on a ground. The ground may be transparent.</summary>
    /// <param name="Line">Colour of the stripes.</param>
    /// <param name="Ground">Colour between them.</param>
    /// <param name="Spacing">From one stripe to the next, pixels.</param>
    /// <param name="Thickness">Of a stripe, pixels.</param>
    /// <param name="AngleDegrees">0 gives upright stripes; turns clockwise.</param>
    public sealed record Stripes(Colour Line, Colour Ground, double Spacing, double Thickness, double AngleDegrees) : Paint;
}

/// <summary>How lines meet.</summary>
public enum LineJoin
{
    /// <summary>By a part of a circle.</summary>
    Round,

    /// <summary>By running on until they meet in a point.</summary>
    Miter,

    /// <summary>By cutting that point off.</summary>
    Bevel,
}

/// <summary>How lines end.</summary>
public enum LineCap
{
    /// <summary>Where they end.</summary>
    Butt,

    /// <summary>In half a circle beyond that.</summary>
    Round,

    /// <summary>In half a square beyond that.</summary>
    Square,
}

/// <summary>How a line looks.</summary>
/// <param name="Colour">Its colour.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Join">How its parts meet.</param>
/// <param name="Cap">How it ends.</param>
internal sealed record StrokeStyle(Colour Colour, double Width, LineJoin Join = LineJoin.Round, LineCap Cap = LineCap.Butt)
{
    /// <summary>Lengths drawn and left out, in turn, pixels; null for an unbroken line. An even number of them.</summary>
    public IReadOnlyList<double>? Dashes { get; init; }

    /// <summary>A mitre longer than this many half widths becomes a bevel.</summary>
    public double MiterLimit { get; init; } = 4;
}

/// <summary>The shapes that places are marked with.</summary>
public enum MarkerShape
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square on its side.</summary>
    Square,

    /// <summary>A square on its corner.</summary>
    Diamond,

    /// <summary>A triangle that points up.</summary>
    Triangle,

    /// <summary>A triangle that points down.</summary>
    TriangleDown,

    /// <summary>A multiplication sign.</summary>
    Cross,

    /// <summary>Five points; as large as its radius says, and so lighter than the others.</summary>
    Star,
}

/// <summary>How a marker looks. Shapes of one radius have about the same weight to the eye.</summary>
/// <param name="Shape">Its outline.</param>
/// <param name="Radius">Pixels.</param>
/// <param name="Fill">Colour of the body.</param>
internal sealed record MarkerStyle(MarkerShape Shape, double Radius, Colour Fill)
{
    /// <summary>Colour of the rim that sets it off from what is below; null for none.</summary>
    public Colour? Halo { get; init; }

    /// <summary>Width of that rim, pixels.</summary>
    public double HaloWidth { get; init; }

    /// <summary>Colour of the inside of a hollow marker; null for a solid one.</summary>
    public Colour? Hollow { get; init; }

    /// <summary>Width of the body that is left around the hollow, pixels.</summary>
    public double RingWidth { get; init; }
}

/// <summary>Where a line of text hangs.</summary>
internal enum TextAnchor
{
    Start,
    Middle,
    End,
}

/// <summary>Strokes of the letters.</summary>
internal enum FontWeight
{
    Regular = 400,
    SemiBold = 600,
}

/// <summary>How text looks.</summary>
/// <param name="Size">Of the em, pixels.</param>
/// <param name="Colour">Of the letters.</param>
/// <param name="Weight">Of the letters.</param>
/// <param name="Anchor">Which end of the text the given place is.</param>
internal sealed record TextStyle(double Size, Colour Colour, FontWeight Weight = FontWeight.Regular, TextAnchor Anchor = TextAnchor.Start)
{
    /// <summary>Colour of the rim that keeps letters readable on a map; null for none.</summary>
    public Colour? Halo { get; init; }

    /// <summary>Width of that rim, pixels.</summary>
    public double HaloWidth { get; init; }

    /// <summary>All figures equally wide, for columns of numbers.</summary>
    public bool Tabular { get; init; }

    /// <summary>Width of a line of text in pixels.</summary>
    public double Measure(string text) => Typeface.Of(Weight).Measure(DisplayText.Clean(text), Size, Tabular);

    /// <summary>The text, cut and ended with an ellipsis when it is wider than that.</summary>
    public string Fit(string text, double maxWidth) => Typeface.Of(Weight).Fit(DisplayText.Clean(text), maxWidth, Size, Tabular);
}
