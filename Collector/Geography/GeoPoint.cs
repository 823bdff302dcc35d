using System.Globalization;

namespace Collector.Geography;

/// <summary>A place on the earth.</summary>
/// <param name="LatitudeDegrees">−90 (south) to 90 (north).</param>
/// <param name="LongitudeDegrees">−180 (west) to 180 (east).</param>
public readonly record struct GeoPoint(double LatitudeDegrees, double LongitudeDegrees)
{
    /// <summary>The point, or null where the pair says nothing: missing, out of range, or 0,0, which is how "unknown" is written.</summary>
    public static GeoPoint? From(double? latitudeDegrees, double? longitudeDegrees) =>
        latitudeDegrees is >= -90 and <= 90 && longitudeDegrees is >= -180 and <= 180
        && (latitudeDegrees != 0 || longitudeDegrees != 0)
            ? new GeoPoint(latitudeDegrees.Value, longitudeDegrees.Value)
            : null;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{LatitudeDegrees:0.####},{LongitudeDegrees:0.####}");
}
