using Collector.Geography;
using Xunit;

namespace Tests.Geography;

public sealed class GreatCircleTests
{
    /// <summary>Kampala to Johannesburg as the geographers of a published anycast study have it, London to New York as the
    /// public calculators do, and what the sphere's definition says of a degree of the equator and of a meridian.</summary>
    [Theory]
    [InlineData(0.3195, 32.5995, -26.139166, 28.246, 2978.987)]
    [InlineData(90, 0, -90, 0, 20015.1)]
    [InlineData(51.5074, -0.1278, 40.7128, -74.006, 5570)]
    [InlineData(0, 179.5, 0, -179.5, 111.195)]
    public void Distance_is_that_of_the_sphere(double fromLatitude, double fromLongitude, double toLatitude, double toLongitude, double expectedKm) =>
        Assert.Equal(expectedKm, GreatCircle.DistanceKm(new(fromLatitude, fromLongitude), new(toLatitude, toLongitude)), expectedKm * 0.003);

    [Fact]
    public void Light_needs_ten_milliseconds_for_986_km_and_has_50_km_of_slack()
    {
        var probe = new GeoPoint(0, 0.001);
        var degreesPerKm = 180 / (Math.PI * GreatCircle.EarthRadiusKm);
        Assert.True(GreatCircle.IsPossible(probe, new GeoPoint(0, 0.001 + (1035 * degreesPerKm)), rttMs: 10));
        Assert.False(GreatCircle.IsPossible(probe, new GeoPoint(0, 0.001 + (1037 * degreesPerKm)), rttMs: 10));
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(666.0, 13.4)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(null, 13.4)]
    public void A_pair_that_says_nothing_is_no_place(double? latitude, double? longitude) => Assert.Null(GeoPoint.From(latitude, longitude));
}
