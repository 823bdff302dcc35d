namespace Reports.Maps;

/// <summary>Cuts lines and areas where a map is cut open, so that nothing is drawn across it.</summary>
/// <remarks>Input longitudes may jump by 360° or run on past 180°; output longitudes are degrees east of the central meridian,
/// −180 to 180.</remarks>
internal static class MapCut
{
    /// <summary>The parts of a line.</summary>
    public static List<List<(double Longitude, double Latitude)>> Line(IReadOnlyList<(double Longitude, double Latitude)> line, double centralMeridian)
    {
        var parts = new List<List<(double, double)>>();
        var unrolled = Unroll(line, centralMeridian, out var low, out var high);
        for (var turn = Math.Floor((low + 180) / 360); turn <= Math.Floor((high + 180) / 360); turn++)
        {
            List<(double Longitude, double Latitude)>? part = null;
            for (var i = 0; i < unrolled.Count; i++)
            {
                var (longitude, latitude) = (unrolled[i].Longitude - (360 * turn), unrolled[i].Latitude);
                var inside = longitude is >= -180 and <= 180;
                if (i > 0)
                {
                    var before = (Longitude: unrolled[i - 1].Longitude - (360 * turn), unrolled[i - 1].Latitude);
                    var wasInside = before.Longitude is >= -180 and <= 180;
                    if (wasInside != inside)
                    {
                        var edge = (inside ? before.Longitude : longitude) > 0 ? 180.0 : -180.0;
                        var t = (edge - before.Longitude) / (longitude - before.Longitude);
                        if (part is null)
                        {
                            parts.Add(part = []);
                        }

                        part.Add((edge, before.Latitude + ((latitude - before.Latitude) * t)));
                        if (!inside)
                        {
                            part = null;
                        }
                    }
                }

                if (inside)
                {
                    if (part is null)
                    {
                        parts.Add(part = []);
                    }

                    part.Add((longitude, latitude));
                }
            }
        }

        parts.RemoveAll(part => part.Count < 2);
        return parts;
    }

    /// <summary>The parts of an area given by its ring (closed or not).</summary>
    public static List<List<(double Longitude, double Latitude)>> Ring(IReadOnlyList<(double Longitude, double Latitude)> ring, double centralMeridian)
    {
        var parts = new List<List<(double Longitude, double Latitude)>>();
        var unrolled = Unroll(ring, centralMeridian, out var low, out var high);
        for (var turn = Math.Floor((low + 180) / 360); turn <= Math.Floor((high + 180) / 360); turn++)
        {
            var part = unrolled.ConvertAll(p => (Longitude: p.Longitude - (360 * turn), p.Latitude));
            if (low - (360 * turn) < -180)
            {
                part = Keep(part, -180, above: true);
            }

            if (high - (360 * turn) > 180)
            {
                part = Keep(part, 180, above: false);
            }

            if (part.Count >= 3)
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    // Sutherland and Hodgman against one meridian. What falls on the meridian becomes part of the ring, in small steps because
    // the meridian at the edge of the map is a curve.
    private static List<(double Longitude, double Latitude)> Keep(List<(double Longitude, double Latitude)> ring, double edge, bool above)
    {
        var kept = new List<(double Longitude, double Latitude)>();
        for (var i = 0; i < ring.Count; i++)
        {
            var before = ring[i == 0 ? ring.Count - 1 : i - 1];
            var here = ring[i];
            var wasInside = above ? before.Longitude >= edge : before.Longitude <= edge;
            var inside = above ? here.Longitude >= edge : here.Longitude <= edge;
            if (wasInside != inside)
            {
                var t = (edge - before.Longitude) / (here.Longitude - before.Longitude);
                Add((edge, before.Latitude + ((here.Latitude - before.Latitude) * t)));
            }

            if (inside)
            {
                Add(here);
            }
        }

        // The way back to the start may lie on the meridian too.
        if (kept.Count > 0)
        {
            Add(kept[0]);
            kept.RemoveAt(kept.Count - 1);
        }

        return kept;

        void Add((double Longitude, double Latitude) point)
        {
            if (kept.Count > 0 && kept[^1].Longitude == edge && point.Longitude == edge)
            {
                var from = kept[^1].Latitude;
                var steps = (int)Math.Abs(point.Latitude - from);
                for (var step = 1; step < steps; step++)
                {
                    kept.Add((edge, from + ((point.Latitude - from) * step / steps)));
                }
            }

            kept.Add(point);
        }
    }

    private static List<(double Longitude, double Latitude)> Unroll(IReadOnlyList<(double Longitude, double Latitude)> line, double centralMeridian, out double low, out double high)
    {
        var unrolled = new List<(double Longitude, double Latitude)>(line.Count);
        (low, high) = (double.MaxValue, double.MinValue);
        var previous = 0.0;
        foreach (var (longitude, latitude) in line)
        {
            var relative = longitude - centralMeridian;
            relative -= 360 * Math.Round((relative - previous) / 360);
            unrolled.Add((relative, latitude));
            previous = relative;
            low = Math.Min(low, relative);
            high = Math.Max(high, relative);
        }

        return unrolled;
    }
}
