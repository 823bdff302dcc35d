using System.Runtime.InteropServices;

namespace Reports.Canvas;

/// <summary>A place on the canvas in pixels, y downwards.</summary>
internal readonly record struct Spot(double X, double Y)
{
    public static Spot operator +(Spot a, Spot b) => new(a.X + b.X, a.Y + b.Y);

    public static Spot operator -(Spot a, Spot b) => new(a.X - b.X, a.Y - b.Y);

    public static Spot operator *(Spot a, double k) => new(a.X * k, a.Y * k);
}

/// <summary>An upright rectangle in pixels.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    public bool Contains(Spot spot) => spot.X >= Left && spot.X <= Right && spot.Y >= Top && spot.Y <= Bottom;

    public Box Grow(double by) => new(Left - by, Top - by, Right + by, Bottom + by);
}

/// <summary>What a path does next.</summary>
internal enum PathVerb : byte
{
    /// <summary>Starts a figure; one spot.</summary>
    Move,

    /// <summary>A straight line; one spot.</summary>
    Line,

    /// <summary>A quadratic curve; control and end.</summary>
    Quad,

    /// <summary>A cubic curve; two controls and end.</summary>
    Cubic,

    /// <summary>Closes the figure; no spot.</summary>
    Close,
}

/// <summary>Figures made of lines and curves, filled or stroked as one. Holes are figures that run the other way round.</summary>
internal sealed class VectorPath
{
    private readonly List<PathVerb> verbs = [];
    private readonly List<Spot> spots = [];

    public IReadOnlyList<PathVerb> Verbs => verbs;

    public IReadOnlyList<Spot> Spots => spots;

    /// <summary>The same as <see cref="Spots"/>, for loops that run over millions of them.</summary>
    public ReadOnlySpan<Spot> SpotSpan => CollectionsMarshal.AsSpan(spots);

    /// <summary>The same as <see cref="Verbs"/>, likewise.</summary>
    public ReadOnlySpan<PathVerb> VerbSpan => CollectionsMarshal.AsSpan(verbs);

    public bool IsEmpty => verbs.Count == 0;

    public VectorPath MoveTo(double x, double y) => Add(PathVerb.Move, new Spot(x, y));

    public VectorPath LineTo(double x, double y) => Add(PathVerb.Line, new Spot(x, y));

    public VectorPath QuadTo(double cx, double cy, double x, double y)
    {
        spots.Add(new Spot(cx, cy));
        return Add(PathVerb.Quad, new Spot(x, y));
    }

    public VectorPath CubicTo(double c1x, double c1y, double c2x, double c2y, double x, double y)
    {
        spots.Add(new Spot(c1x, c1y));
        spots.Add(new Spot(c2x, c2y));
        return Add(PathVerb.Cubic, new Spot(x, y));
    }

    public VectorPath Close()
    {
        verbs.Add(PathVerb.Close);
        return this;
    }

    /// <summary>Appends a straight-edged figure.</summary>
    public VectorPath AddLines(IReadOnlyList<Spot> corners, bool close)
    {
        for (var i = 0; i < corners.Count; i++)
        {
            Add(i == 0 ? PathVerb.Move : PathVerb.Line, corners[i]);
        }

        return close && corners.Count > 0 ? Close() : this;
    }

    /// <summary>Appends an upright rectangle, with round corners if asked for.</summary>
    public VectorPath AddBox(Box box, double radius = 0)
    {
        if (radius <= 0)
        {
            return MoveTo(box.Left, box.Top).LineTo(box.Right, box.Top).LineTo(box.Right, box.Bottom).LineTo(box.Left, box.Bottom).Close();
        }

        var k = radius * (1 - Kappa);
        return MoveTo(box.Left + radius, box.Top)
            .LineTo(box.Right - radius, box.Top)
            .CubicTo(box.Right - k, box.Top, box.Right, box.Top + k, box.Right, box.Top + radius)
            .LineTo(box.Right, box.Bottom - radius)
            .CubicTo(box.Right, box.Bottom - k, box.Right - k, box.Bottom, box.Right - radius, box.Bottom)
            .LineTo(box.Left + radius, box.Bottom)
            .CubicTo(box.Left + k, box.Bottom, box.Left, box.Bottom - k, box.Left, box.Bottom - radius)
            .LineTo(box.Left, box.Top + radius)
            .CubicTo(box.Left, box.Top + k, box.Left + k, box.Top, box.Left + radius, box.Top)
            .Close();
    }

    /// <summary>Appends a circle of four cubic curves (off by at most 0.03 % of the radius).</summary>
    public VectorPath AddCircle(double x, double y, double radius) =>
        AddBox(new Box(x - radius, y - radius, x + radius, y + radius), radius);

    /// <summary>Appends all of another path.</summary>
    public VectorPath Append(VectorPath other)
    {
        verbs.AddRange(other.verbs);
        spots.AddRange(other.spots);
        return this;
    }

    /// <summary>The box around all spots, controls included; null when empty.</summary>
    public Box? Bounds()
    {
        if (spots.Count == 0)
        {
            return null;
        }

        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        foreach (var spot in spots)
        {
            left = Math.Min(left, spot.X);
            right = Math.Max(right, spot.X);
            top = Math.Min(top, spot.Y);
            bottom = Math.Max(bottom, spot.Y);
        }

        return new Box(left, top, right, bottom);
    }

    // The control distance with which a cubic comes closest to a quarter of a circle.
    private const double Kappa = 0.5522847498307936;

    private VectorPath Add(PathVerb verb, Spot spot)
    {
        verbs.Add(verb);
        spots.Add(spot);
        return this;
    }
}
