namespace Reports.Canvas;

/// <summary>The outlines of the markers, the same on every backend.</summary>
internal static class MarkerShapes
{
    /// <summary>Markers sit on a grid this fine (pixels): too fine to see, coarse enough that a crowd repeats itself and packs well.</summary>
    public const double Grid = 0.2;

    /// <summary>A place on the grid, in steps.</summary>
    public static (int X, int Y) Snap(Spot spot) => ((int)Math.Round(spot.X / Grid), (int)Math.Round(spot.Y / Grid));

    /// <summary>The places of the markers in steps of the grid, each once, row by row: the order of drawing is not the caller's.</summary>
    public static List<(int X, int Y)> Distinct(IReadOnlyList<Spot> spots)
    {
        // One number a place sorts several times faster than a pair.
        var keys = new List<long>(spots.Count);
        foreach (var spot in spots)
        {
            if (double.IsFinite(spot.X) && double.IsFinite(spot.Y) && Math.Abs(spot.X) < 1e6 && Math.Abs(spot.Y) < 1e6)
            {
                var (x, y) = Snap(spot);
                keys.Add(((long)y << 32) + x);
            }
        }

        keys.Sort();
        var places = new List<(int X, int Y)>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                var x = (int)keys[i];
                places.Add((x, (int)((keys[i] - x) >> 32)));
            }
        }

        return places;
    }

    /// <summary>Corners around 0,0; null for the circle. Sized so that all shapes of one radius weigh about the same.</summary>
    public static Spot[]? Corners(MarkerShape shape, double radius)
    {
        return shape switch
        {
            MarkerShape.Square => Regular(4, radius * 1.22, 0.5),
            MarkerShape.Diamond => Regular(4, radius * 1.3, 0),
            MarkerShape.Triangle => Regular(3, radius * 1.45, 0),
            MarkerShape.TriangleDown => Regular(3, radius * 1.45, 0.5),
            MarkerShape.Cross => Plus(radius * 1.25, radius * 0.42),
            MarkerShape.Star => Star(radius),
            _ => null,
        };
    }

    /// <summary>How much smaller the hollow of a marker is than its body, for a rim of that width.</summary>
    public static double HollowScale(MarkerShape shape, double radius, double rim)
    {
        var inner = shape switch
        {
            MarkerShape.Square => radius * 1.22 * Math.Sqrt(0.5),
            MarkerShape.Diamond => radius * 1.3 * Math.Sqrt(0.5),
            MarkerShape.Triangle or MarkerShape.TriangleDown => radius * 1.45 * 0.5,
            MarkerShape.Cross or MarkerShape.Star => radius * 0.45,
            _ => radius,
        };
        return Math.Max(0, 1 - (rim / inner));
    }

    // Corner i of n, starting at the top; turned by a part of the step between corners.
    private static Spot[] Regular(int corners, double radius, double turn)
    {
        var spots = new Spot[corners];
        for (var i = 0; i < corners; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * (i + turn) / corners);
            spots[i] = new Spot(Round(sin * radius), Round(-cos * radius));
        }

        return spots;
    }

    private static Spot[] Plus(double arm, double half)
    {
        // A plus turned by an eighth: a multiplication sign.
        Spot[] plus =
        [
            new(-half, -arm), new(half, -arm), new(half, -half), new(arm, -half), new(arm, half), new(half, half),
            new(half, arm), new(-half, arm), new(-half, half), new(-arm, half), new(-arm, -half), new(-half, -half),
        ];
        var c = Math.Sqrt(0.5);
        return [.. plus.Select(s => new Spot(Round((s.X - s.Y) * c), Round((s.X + s.Y) * c)))];
    }

    private static Spot[] Star(double radius)
    {
        var spots = new Spot[10];
        for (var i = 0; i < 10; i++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * i / 5);
            var r = i % 2 == 0 ? radius : radius * 0.45;
            spots[i] = new Spot(Round(sin * r), Round(-cos * r));
        }

        return spots;
    }

    private static double Round(double value) => Math.Round(value, 2);
}
