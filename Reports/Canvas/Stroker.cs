namespace Reports.Canvas;

/// <summary>Turns lines with a width into figures to fill: one closed outline for each line, down one side and up the other.</summary>
internal static class Stroker
{
    /// <summary>Adds the outlines of all lines of a path to a rasteriser; to be filled by the non-zero rule.</summary>
    public static void Outline(FlatPath path, StrokeStyle style, Rasteriser into)
    {
        var outline = new List<Spot>();
        foreach (var figure in path.Figures)
        {
            var spots = WithoutRepeats(path.SpotsOf(figure), figure.Closed);
            if (style.Dashes is { Count: > 0 } dashes)
            {
                foreach (var dash in Dash(spots, figure.Closed, dashes))
                {
                    Outline(dash, closed: false, style, outline, into);
                }
            }
            else
            {
                Outline(spots, figure.Closed, style, outline, into);
            }
        }
    }

    private static void Outline(List<Spot> spots, bool closed, StrokeStyle style, List<Spot> outline, Rasteriser into)
    {
        var half = style.Width / 2;
        outline.Clear();
        if (spots.Count == 1)
        {
            if (style.Cap != LineCap.Butt)
            {
                Dot(spots[0], half, style.Cap, outline);
                Emit(outline, into);
            }

            return;
        }

        if (spots.Count < 2)
        {
            return;
        }

        if (closed && spots.Count > 2)
        {
            // Two outlines, the inner one backwards: the ring between them is what gets filled.
            for (var i = 0; i < spots.Count; i++)
            {
                Join(spots[(i + spots.Count - 1) % spots.Count], spots[i], spots[(i + 1) % spots.Count], half, style, outline);
            }

            Emit(outline, into);
            outline.Clear();
            for (var i = spots.Count - 1; i >= 0; i--)
            {
                Join(spots[(i + 1) % spots.Count], spots[i], spots[(i + spots.Count - 1) % spots.Count], half, style, outline);
            }

            Emit(outline, into);
            return;
        }

        Cap(spots[1], spots[0], half, style.Cap, outline);
        for (var i = 1; i < spots.Count - 1; i++)
        {
            Join(spots[i - 1], spots[i], spots[i + 1], half, style, outline);
        }

        Cap(spots[^2], spots[^1], half, style.Cap, outline);
        for (var i = spots.Count - 2; i > 0; i--)
        {
            Join(spots[i + 1], spots[i], spots[i - 1], half, style, outline);
        }

        Emit(outline, into);
    }

    private static void Emit(List<Spot> outline, Rasteriser into) =>
        into.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(outline));

    // The left side of a corner.
    private static void Join(Spot before, Spot corner, Spot after, double half, StrokeStyle style, List<Spot> outline)
    {
        var into = Direction(before, corner);
        var outOf = Direction(corner, after);
        var turn = (into.X * outOf.Y) - (into.Y * outOf.X);
        var along = (into.X * outOf.X) + (into.Y * outOf.Y);
        var arrive = corner + (Left(into) * half);
        var leave = corner + (Left(outOf) * half);
        if (along > 0.999)
        {
            outline.Add(leave);
            return;
        }

        if (turn < 0)
        {
            // The inner side. The mitre point is right as long as both lines are longer than it reaches back.
            var reach = half * Math.Sqrt((1 - along) / Math.Max(1e-9, 1 + along));
            if (reach < Distance(before, corner) && reach < Distance(corner, after))
            {
                outline.Add(Mitre(corner, into, outOf, half));
            }
            else
            {
                outline.Add(arrive);
                outline.Add(corner);
                outline.Add(leave);
            }

            return;
        }

        outline.Add(arrive);
        switch (style.Join)
        {
            case LineJoin.Round:
                Arc(corner, Left(into), Left(outOf), half, outline);
                break;
            case LineJoin.Miter when 2 / (1 + along) <= style.MiterLimit * style.MiterLimit:
                outline.Add(Mitre(corner, into, outOf, half));
                break;
        }

        outline.Add(leave);
    }

    // From the left side of a line's end around to its right side.
    private static void Cap(Spot before, Spot end, double half, LineCap cap, List<Spot> outline)
    {
        var along = Direction(before, end);
        var side = Left(along) * half;
        switch (cap)
        {
            case LineCap.Round:
                outline.Add(end + side);
                Arc(end, Left(along), along, half, outline);
                outline.Add(end + (along * half));
                Arc(end, along, Left(along) * -1, half, outline);
                break;
            case LineCap.Square:
                outline.Add(end + side + (along * half));
                outline.Add(end - side + (along * half));
                break;
            default:
                outline.Add(end + side);
                break;
        }

        outline.Add(end - side);
    }

    private static void Dot(Spot at, double half, LineCap cap, List<Spot> outline)
    {
        if (cap == LineCap.Square)
        {
            outline.AddRange([at + new Spot(-half, -half), at + new Spot(half, -half), at + new Spot(half, half), at + new Spot(-half, half)]);
            return;
        }

        Spot[] quarters = [new(1, 0), new(0, 1), new(-1, 0), new(0, -1)];
        for (var i = 0; i < 4; i++)
        {
            outline.Add(at + (quarters[i] * half));
            Arc(at, quarters[i], quarters[(i + 1) % 4], half, outline);
        }
    }

    // The spots between two directions of a circle, at most half a turn apart, both ends left out.
    private static void Arc(Spot centre, Spot from, Spot to, double radius, List<Spot> outline)
    {
        var angle = Math.Acos(Math.Clamp((from.X * to.X) + (from.Y * to.Y), -1, 1));
        var steps = (int)Math.Ceiling(angle / (2 * Math.Acos(1 - Math.Min(0.5, 0.01 / Math.Max(radius, 0.01)))));
        var sign = (from.X * to.Y) - (from.Y * to.X) < 0 ? -1 : 1;
        for (var i = 1; i < steps; i++)
        {
            var (sin, cos) = Math.SinCos(sign * angle * i / steps);
            var spot = centre + (new Spot((from.X * cos) - (from.Y * sin), (from.X * sin) + (from.Y * cos)) * radius);
            outline.Add(new Spot(Math.Round(spot.X * 256) / 256, Math.Round(spot.Y * 256) / 256));
        }
    }

    private static Spot Mitre(Spot corner, Spot into, Spot outOf, double half)
    {
        var (a, b) = (Left(into), Left(outOf));
        var scale = half / (1 + (a.X * b.X) + (a.Y * b.Y));
        return corner + ((a + b) * scale);
    }

    private static Spot Left(Spot direction) => new(direction.Y, -direction.X);

    private static Spot Direction(Spot from, Spot to)
    {
        var length = Distance(from, to);
        return new Spot((to.X - from.X) / length, (to.Y - from.Y) / length);
    }

    private static double Distance(Spot from, Spot to)
    {
        var d = to - from;
        return Math.Sqrt((d.X * d.X) + (d.Y * d.Y));
    }

    private static List<Spot> WithoutRepeats(ReadOnlySpan<Spot> spots, bool closed)
    {
        var kept = new List<Spot>(spots.Length);
        foreach (var spot in spots)
        {
            if (kept.Count == 0 || kept[^1] != spot)
            {
                kept.Add(spot);
            }
        }

        if (closed && kept.Count > 1 && kept[0] == kept[^1])
        {
            kept.RemoveAt(kept.Count - 1);
        }

        return kept;
    }

    private static List<List<Spot>> Dash(List<Spot> spots, bool closed, IReadOnlyList<double> dashes)
    {
        var parts = new List<List<Spot>>();
        if (dashes.Sum() <= 0 || spots.Count < 2)
        {
            return [spots];
        }

        var index = 0;
        var left = dashes[0];
        var current = new List<Spot> { spots[0] };
        var edges = closed ? spots.Count : spots.Count - 1;
        for (var i = 0; i < edges; i++)
        {
            var from = spots[i];
            var to = spots[(i + 1) % spots.Count];
            var length = Distance(from, to);
            var done = 0.0;
            while (length - done > left)
            {
                done += left;
                var at = from + ((to - from) * (done / length));
                if (index % 2 == 0)
                {
                    current.Add(at);
                    parts.Add(current);
                }

                current = [at];
                index = (index + 1) % dashes.Count;
                left = dashes[index];
            }

            left -= length - done;
            current.Add(to);
        }

        if (index % 2 == 0 && current.Count > 1)
        {
            parts.Add(current);
        }

        return parts;
    }
}
