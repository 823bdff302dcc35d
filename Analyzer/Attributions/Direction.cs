using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>A place as a vector of length one from the earth's middle: comparing distances then takes three multiplications instead of
/// the haversine formula, and the jury compares every claim with some dozen places.</summary>
internal readonly record struct Direction(double X, double Y, double Z)
{
    public static Direction Of(GeoPoint place)
    {
        var (sinLatitude, cosLatitude) = Math.SinCos(double.DegreesToRadians(place.LatitudeDegrees));
        var (sinLongitude, cosLongitude) = Math.SinCos(double.DegreesToRadians(place.LongitudeDegrees));
        return new Direction(cosLatitude * cosLongitude, cosLatitude * sinLongitude, sinLatitude);
    }

    public GeoPoint ToPlace() => new(double.RadiansToDegrees(Math.Atan2(Z, Math.Sqrt((X * X) + (Y * Y)))), double.RadiansToDegrees(Math.Atan2(Y, X)));

    /// <summary>Cosine of the angle between two: the larger, the nearer.</summary>
    public double Cosine(Direction other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    /// <summary>The cosine at a distance along the surface; −1, which is everywhere, from half the circumference on.</summary>
    public static double CosineAt(double distanceKm) => Math.Cos(Math.Min(Math.PI, distanceKm / GreatCircle.EarthRadiusKm));

    /// <summary>The place at a fraction of the great circle from here to another place.</summary>
    public Direction Towards(Direction other, double fraction)
    {
        var angle = Math.Acos(Math.Clamp(Cosine(other), -1, 1));
        var sine = Math.Sin(angle);

        // The same place, or opposite ones, between which any way is as short.
        if (sine < 1e-9)
        {
            return this;
        }

        var (a, b) = (Math.Sin((1 - fraction) * angle) / sine, Math.Sin(fraction * angle) / sine);
        return new Direction((a * X) + (b * other.X), (a * Y) + (b * other.Y), (a * Z) + (b * other.Z));
    }
}
