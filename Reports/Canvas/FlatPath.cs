namespace Reports.Canvas;

/// <summary>A path whose curves have become short straight lines.</summary>
internal sealed class FlatPath
{
    // A curve may stray this far from its lines, pixels: less than coverage in 255 steps can show.
    private const double Tolerance = 0.01;

    private readonly List<Spot> spots = [];
    private readonly List<(int Start, int Count, bool Closed)> figures = [];
    private int start;

    public IReadOnlyList<(int Start, int Count, bool Closed)> Figures => figures;

    public ReadOnlySpan<Spot> SpotsOf((int Start, int Count, bool Closed) figure) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(spots).Slice(figure.Start, figure.Count);

    /// <summary>Flattens a path, moved and scaled on the way: x' = dx + x·sx, y' = dy + y·sy.</summary>
    public static FlatPath From(VectorPath path, double sx = 1, double sy = 1, double dx = 0, double dy = 0)
    {
        var flat = new FlatPath();
        flat.Add(path, sx, sy, dx, dy);
        return flat;
    }

    /// <summary>Appends another path in the same way.</summary>
    public void Add(VectorPath path, double sx = 1, double sy = 1, double dx = 0, double dy = 0)
    {
        var source = path.SpotSpan;
        var next = 0;
        foreach (var verb in path.VerbSpan)
        {
            switch (verb)
            {
                case PathVerb.Move:
                    End(closed: false);
                    Append(Moved(source[next++]));
                    break;
                case PathVerb.Line:
                    Append(Moved(source[next++]));
                    break;
                case PathVerb.Quad:
                    Quad(spots[^1], Moved(source[next]), Moved(source[next + 1]));
                    next += 2;
                    break;
                case PathVerb.Cubic:
                    Cubic(spots[^1], Moved(source[next]), Moved(source[next + 1]), Moved(source[next + 2]));
                    next += 3;
                    break;
                default:
                    End(closed: true);
                    break;
            }
        }

        End(closed: false);

        Spot Moved(Spot spot) => new(dx + (spot.X * sx), dy + (spot.Y * sy));
    }

    private void End(bool closed)
    {
        if (spots.Count > start)
        {
            figures.Add((start, spots.Count - start, closed));
        }

        start = spots.Count;
    }

    // On a grid of 1/256 pixel the sums that follow are exact enough to be the same on every machine.
    private void Append(Spot spot) =>
        spots.Add(new Spot(Math.Round(spot.X * 256) / 256, Math.Round(spot.Y * 256) / 256));

    private void Quad(Spot from, Spot control, Spot to)
    {
        // A quadratic strays from its chord by a quarter of this vector, and n chords divide that by n².
        var bend = from - (control * 2) + to;
        var steps = Steps(Math.Sqrt((bend.X * bend.X) + (bend.Y * bend.Y)) / 4);
        for (var i = 1; i <= steps; i++)
        {
            var t = (double)i / steps;
            var u = 1 - t;
            Append((from * (u * u)) + (control * (2 * u * t)) + (to * (t * t)));
        }
    }

    private void Cubic(Spot from, Spot first, Spot second, Spot to)
    {
        var bend1 = from - (first * 2) + second;
        var bend2 = first - (second * 2) + to;
        var bend = Math.Max((bend1.X * bend1.X) + (bend1.Y * bend1.Y), (bend2.X * bend2.X) + (bend2.Y * bend2.Y));
        var steps = Steps(Math.Sqrt(bend) * 0.75);
        for (var i = 1; i <= steps; i++)
        {
            var t = (double)i / steps;
            var u = 1 - t;
            Append((from * (u * u * u)) + (first * (3 * u * u * t)) + (second * (3 * u * t * t)) + (to * (t * t * t)));
        }
    }

    private static int Steps(double deviation) => Math.Clamp((int)Math.Ceiling(Math.Sqrt(deviation / Tolerance)), 1, 100);
}
