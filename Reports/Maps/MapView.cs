using Collector.Geography;
using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Which part of the earth a map shows.</summary>
/// <param name="Name">For titles.</param>
/// <param name="CentralMeridian">The meridian that is straight and in the middle, degrees; the map is cut open opposite of it.</param>
/// <param name="HalfSpan">Degrees shown to either side of it.</param>
/// <param name="South">Southern edge, degrees.</param>
/// <param name="North">Northern edge, degrees.</param>
internal sealed record MapView(string Name, double CentralMeridian, double HalfSpan, double South, double North)
{
    /// <summary>
    /// Everywhere but Antarctica. Cut open at 169° W, in the Bering Strait, which leaves Chukotka, Fiji and New Zealand whole.
    /// </summary>
    public static MapView World { get; } = new("World", 11, 180, -57, 84);

    /// <summary>Europe and its shores, where most probes are.</summary>
    public static MapView Europe { get; } = new("Europe", 15, 27, 35, 67);
}

/// <summary>A view laid out in a box of the canvas: places to spots and back.</summary>
internal sealed class MapFrame
{
    private const double Degree = Math.PI / 180;

    private readonly double scale;
    private readonly double originX;
    private readonly double originY;

    /// <summary>Fits a view into a box, centred.</summary>
    public MapFrame(MapView view, Box box)
    {
        View = view;
        Box = box;
        var low = EqualEarth.Forward(view.South * Degree, 0).Y;
        var high = EqualEarth.Forward(view.North * Degree, 0).Y;
        var widest = view.South < 0 && view.North > 0 ? 0 : Math.Min(Math.Abs(view.South), Math.Abs(view.North));
        var halfWidth = EqualEarth.Forward(widest * Degree, view.HalfSpan * Degree).X;
        scale = Math.Min(box.Width / (2 * halfWidth), box.Height / (high - low));
        originX = (box.Left + box.Right) / 2;
        originY = ((box.Top + box.Bottom) / 2) + ((high + low) / 2 * scale);
    }

    /// <summary>What is shown.</summary>
    public MapView View { get; }

    /// <summary>Where.</summary>
    public Box Box { get; }

    /// <summary>Whether the view is all around the earth, so that its edge is the map's cut and not the box.</summary>
    public bool IsWorld => View.HalfSpan >= 180;

    /// <summary>Pixels per radian along the equator, about.</summary>
    public double Scale => scale;

    /// <summary>Degrees east of the central meridian, −180 to 180.</summary>
    public double Relative(double longitudeDegrees)
    {
        var relative = longitudeDegrees - View.CentralMeridian;
        return relative - (360 * Math.Floor((relative + 180) / 360));
    }

    /// <summary>The spot of a place given by its latitude and degrees east of the central meridian.</summary>
    public Spot At(double latitudeDegrees, double relativeDegrees)
    {
        var (x, y) = EqualEarth.Forward(latitudeDegrees * Degree, relativeDegrees * Degree);
        return new Spot(originX + (x * scale), originY - (y * scale));
    }

    /// <summary>The spot of a place; null when the map does not show it.</summary>
    public Spot? Place(GeoPoint point)
    {
        if (IsWorld)
        {
            return point.LatitudeDegrees >= View.South && point.LatitudeDegrees <= View.North
                ? At(point.LatitudeDegrees, Relative(point.LongitudeDegrees))
                : null;
        }

        var spot = At(point.LatitudeDegrees, Relative(point.LongitudeDegrees));
        return Box.Contains(spot) ? spot : null;
    }

    /// <summary>The place that a spot shows; null off the earth.</summary>
    public GeoPoint? PointAt(Spot spot)
    {
        var place = EqualEarth.Inverse((spot.X - originX) / scale, (originY - spot.Y) / scale);
        if (place is not { } found)
        {
            return null;
        }

        var longitude = (found.Longitude / Degree) + View.CentralMeridian;
        return new GeoPoint(found.Latitude / Degree, longitude - (360 * Math.Floor((longitude + 180) / 360)));
    }

    /// <summary>The edge of the map.</summary>
    public VectorPath Outline()
    {
        if (!IsWorld)
        {
            return new VectorPath().AddBox(Box);
        }

        var edge = new List<Spot>();
        for (var latitude = View.South; latitude < View.North; latitude += 3)
        {
            edge.Add(At(latitude, -180));
        }

        edge.Add(At(View.North, -180));
        for (var latitude = View.North; latitude > View.South; latitude -= 3)
        {
            edge.Add(At(latitude, 180));
        }

        edge.Add(At(View.South, 180));
        return new VectorPath().AddLines(edge, close: true);
    }

    /// <summary>Meridians and parallels.</summary>
    public VectorPath Graticule(double stepDegrees)
    {
        var path = new VectorPath();
        var (south, north) = IsWorld ? (View.South, View.North) : (Math.Max(-90, View.South - 20), Math.Min(90, View.North + 20));
        var half = IsWorld ? 180 : Math.Min(180, View.HalfSpan * 2);
        for (var meridian = -180.0; meridian < 180; meridian += stepDegrees)
        {
            var relative = Relative(meridian);
            if (Math.Abs(relative) < half)
            {
                var line = new List<Spot>();
                for (var latitude = south; latitude < north; latitude += 3)
                {
                    line.Add(At(latitude, relative));
                }

                line.Add(At(north, relative));
                path.AddLines(line, close: false);
            }
        }

        for (var parallel = Math.Ceiling(south / stepDegrees) * stepDegrees; parallel < north; parallel += stepDegrees)
        {
            path.AddLines([At(parallel, -half), At(parallel, half)], close: false);
        }

        return path;
    }

    /// <summary>The great circle between two places, in as many parts as the map's cut makes of it.</summary>
    public VectorPath GreatCircleArc(GeoPoint from, GeoPoint to)
    {
        var (ax, ay, az) = Vector(from);
        var (bx, by, bz) = Vector(to);
        var angle = Math.Acos(Math.Clamp((ax * bx) + (ay * by) + (az * bz), -1, 1));
        var sine = Math.Sin(angle);
        if (sine < 1e-9)
        {
            // The same place, or antipodes, between which every way is as short.
            return new VectorPath();
        }

        // One step a degree and a half: straight to the eye.
        var steps = Math.Max(2, (int)Math.Ceiling(angle / Degree / 1.5));
        var line = new List<(double Longitude, double Latitude)>();
        for (var i = 0; i <= steps; i++)
        {
            var t = (double)i / steps;
            var (p, q) = (Math.Sin((1 - t) * angle) / sine, Math.Sin(t * angle) / sine);
            var (x, y, z) = ((p * ax) + (q * bx), (p * ay) + (q * by), (p * az) + (q * bz));
            line.Add((Math.Atan2(y, x) / Degree, Math.Atan2(z, Math.Sqrt((x * x) + (y * y))) / Degree));
        }

        var path = new VectorPath();
        foreach (var part in MapCut.Line(line, View.CentralMeridian))
        {
            path.AddLines([.. part.Select(p => At(p.Latitude, p.Longitude))], close: false);
        }

        return path;
    }

    private static (double X, double Y, double Z) Vector(GeoPoint point)
    {
        var (sinLatitude, cosLatitude) = Math.SinCos(point.LatitudeDegrees * Degree);
        var (sinLongitude, cosLongitude) = Math.SinCos(point.LongitudeDegrees * Degree);
        return (cosLatitude * cosLongitude, cosLatitude * sinLongitude, sinLatitude);
    }
}
