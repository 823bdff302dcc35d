namespace Collector.Geography;

/// <summary>Distances on the earth taken as a sphere, and what light in fibre makes of them.</summary>
public static class GreatCircle
{
    /// <summary>Mean earth radius (IUGG). A sphere costs well under 1 %, less than the error of a probe's registered place.</summary>
    public const double EarthRadiusKm = 6371.0088;

    /// <summary>Kilometres of distance that light in fibre covers, there and back, in a millisecond of round-trip time:
    /// 197,232 km/s in glass of refractive index 1.52, both ways.</summary>
    public const double FibreKmPerRttMs = 98.6;

    /// <summary>How far a probe's or a PoP's stated place may be off before light is made a witness.</summary>
    public const double SlackKm = 50;

    /// <summary>The great-circle distance in kilometres (haversine formula, exact enough for near points too).</summary>
    public static double DistanceKm(GeoPoint from, GeoPoint to)
    {
        var fromLatitude = double.DegreesToRadians(from.LatitudeDegrees);
        var toLatitude = double.DegreesToRadians(to.LatitudeDegrees);
        var halfLatitude = Math.Sin((toLatitude - fromLatitude) / 2);
        var halfLongitude = Math.Sin(double.DegreesToRadians(to.LongitudeDegrees - from.LongitudeDegrees) / 2);
        var haversine = (halfLatitude * halfLatitude)
            + (Math.Cos(fromLatitude) * Math.Cos(toLatitude) * halfLongitude * halfLongitude);
        return 2 * EarthRadiusKm * Math.Asin(Math.Min(1, Math.Sqrt(haversine)));
    }

    /// <summary>The shortest round-trip time, in milliseconds, that fibre along the great circle allows.</summary>
    public static double FibreRttMs(double distanceKm) => distanceKm / FibreKmPerRttMs;

    /// <summary>Whether a reply this fast can have come from there. Near is a guess; too far is a proof.</summary>
    public static bool IsPossible(GeoPoint probe, GeoPoint site, double rttMs) =>
        DistanceKm(probe, site) <= (rttMs * FibreKmPerRttMs) + SlackKm;
}
