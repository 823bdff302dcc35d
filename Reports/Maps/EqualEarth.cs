namespace Reports.Maps;

/// <summary>The Equal Earth projection: areas are true, shapes pleasant.</summary>
/// <remarks>Šavrič, Patterson, Jenny: "The Equal Earth map projection", International Journal of Geographical Information Science
/// 33(3), 2019 (online 2018), https://doi.org/10.1080/13658816.2018.1504949, equations 3 to 9 there. Unit sphere, radians.</remarks>
internal static class EqualEarth
{
    private const double A1 = 1.340264;
    private const double A2 = -0.081106;
    private const double A3 = 0.000893;
    private const double A4 = 0.003796;

    private static readonly double M = Math.Sqrt(3) / 2;

    /// <summary>Half the width of the world: x of 0° N, 180° E.</summary>
    public static double MaxX { get; } = Math.PI / (M * A1);

    /// <summary>Half the height of the world: y of the north pole.</summary>
    public static double MaxY { get; } = Forward(Math.PI / 2, 0).Y;

    /// <summary>From the globe to the plane, y northwards.</summary>
    /// <param name="latitude">Radians.</param>
    /// <param name="longitude">Radians from the central meridian; beyond ±π the formula simply goes on.</param>
    public static (double X, double Y) Forward(double latitude, double longitude)
    {
        // The parametric latitude θ.
        var t = Math.Asin(M * Math.Sin(latitude));
        var t2 = t * t;
        var t6 = t2 * t2 * t2;
        return (longitude * Math.Cos(t) / (M * Slope(t2, t6)), t * (A1 + (A2 * t2) + (t6 * (A3 + (A4 * t2)))));
    }

    /// <summary>From the plane to the globe; null for a place outside the world.</summary>
    public static (double Latitude, double Longitude)? Inverse(double x, double y)
    {
        if (!(Math.Abs(y) <= MaxY))
        {
            return null;
        }

        // Newton's method; y is nearly a straight line of θ, so that a few rounds reach the last bit.
        var t = y / A1;
        for (var round = 0; round < 12; round++)
        {
            var (s2, s6) = (t * t, t * t * t * t * t * t);
            var step = ((t * (A1 + (A2 * s2) + (s6 * (A3 + (A4 * s2))))) - y) / Slope(s2, s6);
            t -= step;
            if (Math.Abs(step) < 1e-14)
            {
                break;
            }
        }

        var t2 = t * t;
        var longitude = x * M * Slope(t2, t2 * t2 * t2) / Math.Cos(t);
        var sine = Math.Clamp(Math.Sin(t) / M, -1, 1);
        return Math.Abs(longitude) <= Math.PI + 1e-9 ? (Math.Asin(sine), longitude) : null;
    }

    // dy/dθ.
    private static double Slope(double t2, double t6) => A1 + (3 * A2 * t2) + (t6 * ((7 * A3) + (9 * A4 * t2)));
}
