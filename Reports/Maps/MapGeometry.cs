using System.Collections.Concurrent;
using Reports.Canvas;

namespace Reports.Maps;

/// <summary>The world as paths for one frame: simplified to what its size can show, cut where the map is cut open.</summary>
internal sealed class MapGeometry
{
    // Detail finer than this is left out, pixels. Finer looks the same at this size, and would make up most of a file.
    private const double Detail = 0.7;

    // Islands smaller than this are left out; as areas of their own, which may be a whole country, they stay until nothing of them would show.
    private const double Islet = 1.2;
    private const double Nothing = 0.4;

    private static readonly ConcurrentDictionary<(MapView, Box), MapGeometry> Known = new();

    private readonly Dictionary<string, VectorPath> countries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Spot Centre, double Area)> largest = new(StringComparer.Ordinal);

    private MapGeometry(MapFrame frame)
    {
        var atlas = WorldAtlas.Instance;
        var lines = Array.ConvertAll(atlas.Lines, line => Simplify(line, frame));
        var owners = new HashSet<string>[lines.Length];
        foreach (var country in atlas.Countries)
        {
            var path = countries.TryGetValue(country.Code, out var known) ? known : countries[country.Code] = new VectorPath();
            foreach (var ring in country.Polygons.SelectMany(polygon => polygon))
            {
                foreach (var line in ring)
                {
                    (owners[line < 0 ? ~line : line] ??= []).Add(country.Code);
                }

                foreach (var part in MapCut.Ring(Join(ring, lines), frame.View.CentralMeridian))
                {
                    var spots = part.ConvertAll(p => frame.At(p.Latitude, p.Longitude));
                    if (IsVisible(spots, frame.Box, Nothing))
                    {
                        path.AddLines(spots, close: true);
                        Note(country.Code, spots);
                    }
                }
            }
        }

        var uses = new int[lines.Length];
        var rings = atlas.Countries.SelectMany(country => country.Polygons).SelectMany(polygon => polygon).ToList();
        foreach (var line in rings.SelectMany(ring => ring))
        {
            uses[line < 0 ? ~line : line]++;
        }

        var cut = new HashSet<int>();
        foreach (var ring in Coastline.Rings(rings, line => uses[line] == 1, line => (lines[line][0], lines[line][^1])))
        {
            var points = Join(ring, lines);
            var parts = MapCut.Ring(points, frame.View.CentralMeridian);
            var isWhole = parts.Count == 1 && parts[0].Count == points.Count;
            foreach (var spots in parts.Select(part => part.ConvertAll(p => frame.At(p.Latitude, p.Longitude))).Where(spots => IsVisible(spots, frame.Box, Islet)))
            {
                (isWhole ? Land : CutLand).AddLines(spots, close: true);
            }

            cut.UnionWith(isWhole ? [] : ring.Select(line => line < 0 ? ~line : line));
        }

        for (var i = 0; i < lines.Length; i++)
        {
            // A line between two parts of one country is neither.
            var path = uses[i] < 2 ? CutCoasts : owners[i].Count > 1 ? Borders : null;
            foreach (var part in path is null || (path == CutCoasts && !cut.Contains(i)) ? [] : MapCut.Line(lines[i], frame.View.CentralMeridian))
            {
                var spots = part.ConvertAll(p => frame.At(p.Latitude, p.Longitude));
                if (IsVisible(spots, frame.Box, Nothing))
                {
                    path!.AddLines(spots, close: false);
                }
            }
        }
    }

    /// <summary>The land masses and islands that the map shows in one piece: their outlines are their coasts.</summary>
    public VectorPath Land { get; } = new();

    /// <summary>The pieces of land masses that the map cuts apart. Their outlines run along its edge, too.</summary>
    public VectorPath CutLand { get; } = new();

    /// <summary>The coasts of those.</summary>
    public VectorPath CutCoasts { get; } = new();

    /// <summary>Where countries meet.</summary>
    public VectorPath Borders { get; } = new();

    /// <summary>The geometry for a frame; made once for each view and size.</summary>
    public static MapGeometry For(MapFrame frame)
    {
        if (Known.Count > 8)
        {
            Known.Clear();
        }

        return Known.GetOrAdd((frame.View, frame.Box), _ => new MapGeometry(frame));
    }

    /// <summary>The area of a country by its ISO 3166-1 alpha-2 code; null when the map does not show it.</summary>
    public VectorPath? Country(string code) => countries.TryGetValue(code, out var path) && !path.IsEmpty ? path : null;

    /// <summary>The middle of a country's largest part and that part's area in square pixels; null when the map does not show it.</summary>
    public (Spot Centre, double Area)? Middle(string code) => largest.TryGetValue(code, out var found) ? found : null;

    private static bool IsVisible(List<Spot> spots, Box box, double least)
    {
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        foreach (var spot in spots)
        {
            (left, right) = (Math.Min(left, spot.X), Math.Max(right, spot.X));
            (top, bottom) = (Math.Min(top, spot.Y), Math.Max(bottom, spot.Y));
        }

        return Math.Max(right - left, bottom - top) > least && new Box(left, top, right, bottom).Grow(2).Overlaps(box);
    }

    // The lines of a ring end to end, without the repeated ends.
    private static List<(double Longitude, double Latitude)> Join(int[] ring, (double Longitude, double Latitude)[][] lines)
    {
        var points = new List<(double Longitude, double Latitude)>();
        foreach (var line in ring)
        {
            IEnumerable<(double Longitude, double Latitude)> part = lines[line < 0 ? ~line : line];
            points.AddRange((line < 0 ? part.Reverse() : part).Skip(points.Count == 0 ? 0 : 1));
        }

        return points;
    }

    private void Note(string code, List<Spot> spots)
    {
        // Area and centre of gravity of a polygon, by the shoelace formula.
        var (twice, x, y) = (0.0, 0.0, 0.0);
        for (var i = 0; i < spots.Count; i++)
        {
            var (a, b) = (spots[i], spots[(i + 1) % spots.Count]);
            var cross = (a.X * b.Y) - (b.X * a.Y);
            twice += cross;
            x += (a.X + b.X) * cross;
            y += (a.Y + b.Y) * cross;
        }

        var area = Math.Abs(twice) / 2;
        if (area > 0 && (!largest.TryGetValue(code, out var known) || area > known.Area))
        {
            largest[code] = (new Spot(x / (3 * twice), y / (3 * twice)), area);
        }
    }

    // Douglas and Peucker on the projected line. Both neighbours of a border share the line, and so what was left out of it.
    private static (double Longitude, double Latitude)[] Simplify((double Longitude, double Latitude)[] line, MapFrame frame)
    {
        var spots = Array.ConvertAll(line, p => frame.At(p.Latitude, p.Longitude - frame.View.CentralMeridian));
        var keep = new bool[line.Length];
        keep[0] = keep[^1] = true;
        var todo = new Stack<(int From, int To)>();
        if (line[0] == line[^1])
        {
            var far = Farthest(0, line.Length - 1, out _);
            if (far > 0)
            {
                keep[far] = true;
                todo.Push((0, far));
                todo.Push((far, line.Length - 1));
            }
        }
        else
        {
            todo.Push((0, line.Length - 1));
        }

        while (todo.TryPop(out var range))
        {
            var at = Farthest(range.From, range.To, out var distance);
            if (distance > Detail)
            {
                keep[at] = true;
                todo.Push((range.From, at));
                todo.Push((at, range.To));
            }
        }

        return [.. line.Where((_, i) => keep[i])];

        int Farthest(int from, int to, out double distance)
        {
            var (a, b) = (spots[from], spots[to]);
            var d = b - a;
            var length = (d.X * d.X) + (d.Y * d.Y);
            var (best, at) = (-1.0, -1);
            for (var i = from + 1; i < to; i++)
            {
                var p = spots[i] - a;
                var t = length == 0 ? 0 : Math.Clamp(((p.X * d.X) + (p.Y * d.Y)) / length, 0, 1);
                var off = p - (d * t);
                var square = (off.X * off.X) + (off.Y * off.Y);
                if (square > best)
                {
                    (best, at) = (square, i);
                }
            }

            distance = Math.Sqrt(Math.Max(0, best));
            return at;
        }
    }
}
