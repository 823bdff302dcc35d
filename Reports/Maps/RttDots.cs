using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Probes by their round-trip time: green circles below a threshold, red triangles from it on, grey rings for silence.</summary>
/// <remarks>
/// Drawing order, the same every time: green circles, grey rings, red triangles. The troubles are on top because they are what the
/// map is looked at for; how many there are of each is in the legend, where nothing hides anything.
/// </remarks>
internal sealed class RttDots
{
    private readonly double thresholdMs;

    /// <summary>Sorts the probes.</summary>
    public RttDots(IReadOnlyList<MapProbe> probes, double thresholdMs)
    {
        this.thresholdMs = thresholdMs;
        Probes = probes;
        Green = [.. probes.Where(probe => IsGood(probe) == true).Select(probe => probe.RttMs!.Value)];
        Red = [.. probes.Where(probe => IsGood(probe) == false).Select(probe => probe.RttMs!.Value)];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<MapProbe> Probes { get; }

    /// <summary>Times below the threshold, milliseconds.</summary>
    public IReadOnlyList<double> Green { get; }

    /// <summary>Times from the threshold on, milliseconds.</summary>
    public IReadOnlyList<double> Red { get; }

    /// <summary>Probes without a time.</summary>
    public int Silent => Probes.Count - Green.Count - Red.Count;

    /// <summary>A green marker.</summary>
    public static MarkerStyle GreenMarker(double radius, double unit) =>
        new(MarkerShape.Circle, radius, MapTheme.Good) { Halo = MapTheme.Paper, HaloWidth = 0.8 * unit };

    /// <summary>A red marker.</summary>
    public static MarkerStyle RedMarker(double radius, double unit) =>
        new(MarkerShape.Triangle, radius, MapTheme.Bad) { Halo = MapTheme.Paper, HaloWidth = 0.8 * unit };

    /// <summary>A grey marker.</summary>
    public static MarkerStyle SilentMarker(double radius, double unit) => new(MarkerShape.Circle, radius, MapTheme.Silent)
    {
        Halo = MapTheme.Paper,
        HaloWidth = 0.8 * unit,
        Hollow = MapTheme.Paper,
        RingWidth = Math.Max(unit, radius * 0.4),
    };

    /// <summary>Draws those that the frame shows.</summary>
    public void Draw(ICanvas canvas, MapFrame frame, double unit)
    {
        var (green, silent, red) = (new List<Spot>(), new List<Spot>(), new List<Spot>());
        foreach (var probe in Probes)
        {
            if (probe.Position is { } position && frame.Place(position) is { } spot)
            {
                (IsGood(probe) switch { null => silent, true => green, _ => red }).Add(spot);
            }
        }

        var sizes = new DotSizes(green.Concat(silent).Concat(red), unit);
        using (canvas.Group("Probes"))
        {
            Layer(green, GreenMarker);
            Layer(silent, SilentMarker);
            Layer(red, RedMarker);
        }

        void Layer(List<Spot> spots, Func<double, double, MarkerStyle> look)
        {
            foreach (var (radius, group) in sizes.Group(spots))
            {
                canvas.Markers(group, look(radius, unit));
            }
        }
    }

    private bool? IsGood(MapProbe probe) => probe.Answer == ProbeAnswer.Served && probe.RttMs is { } rtt ? rtt < thresholdMs : null;
}
