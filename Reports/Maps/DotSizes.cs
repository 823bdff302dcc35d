using Reports.Canvas;

namespace Reports.Maps;

/// <summary>How large dots are drawn: smaller where they crowd, so that Europe is not one blot and Africa stays visible.</summary>
internal sealed class DotSizes
{
    private static readonly double[] Radii = [2.6, 3.3, 4.2, 5.2];

    private readonly Dictionary<(int X, int Y), int> crowd = [];
    private readonly Dictionary<(int X, int Y), int> sizes = [];
    private readonly double cell;
    private readonly double unit;

    /// <summary>Counts the dots by neighbourhood.</summary>
    public DotSizes(IEnumerable<Spot> spots, double unit)
    {
        this.unit = unit;
        cell = 14 * unit;
        foreach (var spot in spots)
        {
            var key = Key(spot);
            crowd[key] = crowd.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>The spots by the radius they get, small ones first.</summary>
    public IEnumerable<(double Radius, List<Spot> Spots)> Group(IEnumerable<Spot> spots)
    {
        var groups = Radii.Select(radius => (Radius: radius * unit, Spots: new List<Spot>())).ToArray();
        foreach (var spot in spots)
        {
            groups[Size(spot)].Spots.Add(spot);
        }

        return groups.Where(group => group.Spots.Count > 0);
    }

    private int Size(Spot spot)
    {
        var key = Key(spot);
        if (sizes.TryGetValue(key, out var size))
        {
            return size;
        }

        var (x, y) = key;
        var near = 0;
        for (var dx = -1; dx <= 1; dx++)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                near += crowd.GetValueOrDefault((x + dx, y + dy));
            }
        }

        return sizes[key] = near switch { > 60 => 0, > 20 => 1, > 5 => 2, _ => 3 };
    }

    private (int X, int Y) Key(Spot spot) => ((int)Math.Floor(spot.X / cell), (int)Math.Floor(spot.Y / cell));
}
