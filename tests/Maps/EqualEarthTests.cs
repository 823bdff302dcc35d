using Reports.Maps;
using Xunit;

namespace Tests.Maps;

public class EqualEarthTests
{
    // PROJ's own regression tests of +proj=eqearth +R=6378137 (test/gie), metres.
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-180, 90, -10227908.09, 8402320.16)]
    [InlineData(-180, 45, -14795421.79, 5486671.72)]
    [InlineData(-180, 0, -17263256.84, 0)]
    [InlineData(180, -45, 14795421.79, -5486671.72)]
    public void The_projection_is_the_published_one(double longitude, double latitude, double x, double y)
    {
        var place = EqualEarth.Forward(double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));
        Assert.Equal(x, place.X * 6378137, tolerance: 0.006);
        Assert.Equal(y, place.Y * 6378137, tolerance: 0.006);
    }

    [Fact]
    public void There_and_back_is_where_one_started()
    {
        for (var latitude = -89.5; latitude < 90; latitude += 3.7)
        {
            for (var longitude = -180.0; longitude <= 180; longitude += 12.5)
            {
                var (x, y) = EqualEarth.Forward(double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));
                var back = EqualEarth.Inverse(x, y);
                Assert.NotNull(back);
                Assert.Equal(latitude, double.RadiansToDegrees(back.Value.Latitude), tolerance: 1e-7);
                Assert.Equal(longitude, double.RadiansToDegrees(back.Value.Longitude), tolerance: 1e-7);
            }
        }
    }

    [Fact]
    public void Off_the_world_is_nowhere()
    {
        Assert.Null(EqualEarth.Inverse(2.8, 0));
        Assert.Null(EqualEarth.Inverse(0, 1.4));
        Assert.Null(EqualEarth.Inverse(double.NaN, double.NaN));
    }

    [Fact]
    public void Areas_are_true()
    {
        // A cell of one degree covers (sin φ₁ − sin φ₀) · Δλ of the unit sphere, and as much of the map.
        const double Degree = Math.PI / 180;
        foreach (var latitude in new[] { -75.0, -30, 0, 20, 47, 80 })
        {
            var expected = (Math.Sin((latitude + 1) * Degree) - Math.Sin(latitude * Degree)) * Degree;
            var corners = new[] { (latitude, 100.0), (latitude, 101.0), (latitude + 1, 101.0), (latitude + 1, 100.0) }
                .Select(c => EqualEarth.Forward(c.Item1 * Degree, c.Item2 * Degree)).ToArray();
            var area = 0.0;
            for (var i = 0; i < 4; i++)
            {
                area += (corners[i].X * corners[(i + 1) % 4].Y) - (corners[(i + 1) % 4].X * corners[i].Y);
            }

            Assert.Equal(expected, area / 2, tolerance: expected * 0.001);
        }
    }
}
