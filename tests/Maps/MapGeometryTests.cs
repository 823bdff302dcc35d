using Collector.Geography;
using Reports.Canvas;
using Reports.Maps;
using Xunit;

namespace Tests.Maps;

public class MapGeometryTests
{
    private static readonly MapFrame Frame = new(MapView.World, new Box(0, 0, 1600, 760));

    [Fact]
    public void Most_countries_are_there_once()
    {
        var codes = WorldAtlas.Instance.Countries.Select(country => country.Code).Where(code => code != "--").Distinct().ToList();
        Assert.InRange(codes.Count, 230, 250);
        foreach (var code in new[] { "NL", "US", "RU", "FJ", "NZ", "SG", "MT", "XK", "TW", "EH", "MC", "VA" })
        {
            Assert.Contains(code, codes);
        }

        Assert.DoesNotContain("AQ", codes);
        Assert.Equal(528, WorldAtlas.Instance.Countries.Single(country => country.Code == "NL").Number);
    }

    // Land areas without inland waters differ from coast outlines; a few percent is what 1:50 million can promise.
    [Theory]
    [InlineData("BR", 8_515_767)]
    [InlineData("RU", 17_098_246)]
    [InlineData("AU", 7_692_024)]
    [InlineData("FR", 643_801)]
    [InlineData("ZA", 1_221_037)]
    [InlineData("US", 9_525_067)]
    public void Countries_are_as_large_as_the_united_nations_say(string code, double squareKm)
    {
        var frame = new MapFrame(MapView.World with { South = -90, North = 90 }, new Box(0, 0, 8000, 3900));
        var area = Area(MapGeometry.For(frame).Country(code)!) / (frame.Scale * frame.Scale) * GreatCircle.EarthRadiusKm * GreatCircle.EarthRadiusKm;
        Assert.Equal(squareKm, area, tolerance: squareKm * 0.035);
    }

    [Theory]
    [InlineData(11, "RU")]
    [InlineData(11, "FJ")]
    [InlineData(0, "RU")]
    [InlineData(0, "FJ")]
    [InlineData(-90, "RU")]
    [InlineData(-160, "BR")]
    public void No_country_is_smeared_over_the_map(double centralMeridian, string code)
    {
        var frame = new MapFrame(MapView.World with { CentralMeridian = centralMeridian }, new Box(0, 0, 1600, 760));
        var previous = default(Spot);
        var path = MapGeometry.For(frame).Country(code)!;
        foreach (var (verb, spot) in path.Verbs.Where(verb => verb != PathVerb.Close).Zip(path.Spots))
        {
            if (verb == PathVerb.Line)
            {
                Assert.InRange(Math.Abs(spot.X - previous.X), 0, 200);
            }

            previous = spot;
        }

        // And cutting loses nothing.
        Assert.Equal(Area(MapGeometry.For(Frame).Country(code)!), Area(path), tolerance: 0.03 * Area(path));
    }

    [Fact]
    public void The_cut_through_the_bering_strait_leaves_russia_fiji_and_new_zealand_whole()
    {
        foreach (var code in new[] { "RU", "FJ", "NZ" })
        {
            Assert.DoesNotContain(MapGeometry.For(Frame).Country(code)!.Spots, spot => spot.X < 800);
        }
    }

    /// <summary>Coasts joined over the borders, seas inside them taken out, hold what all countries together hold.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(-90)]
    public void Land_masses_are_as_large_as_their_countries_together(double centralMeridian)
    {
        var frame = new MapFrame(MapView.World with { CentralMeridian = centralMeridian }, new Box(0, 0, 1600, 760));
        var geometry = MapGeometry.For(frame);
        var countries = WorldAtlas.Instance.Countries.Select(country => country.Code).Distinct().Sum(code => geometry.Country(code) is { } path ? Area(path) : 0);
        Assert.Equal(countries, Area(geometry.Land) + Area(geometry.CutLand), tolerance: 0.005 * countries);
        Assert.All([geometry.Land, geometry.CutLand, geometry.CutCoasts, geometry.Borders], path => Assert.False(path.IsEmpty));
    }

    [Fact]
    public void A_place_and_its_spot_find_each_other()
    {
        foreach (var place in new GeoPoint[] { new(52.4, 4.9), new(-33.9, 151.2), new(21.3, -157.9), new(-18.1, 178.4), new(-17.5, -149.6), new(66, -170) })
        {
            var back = Frame.PointAt(Frame.Place(place)!.Value)!.Value;
            Assert.Equal(place.LatitudeDegrees, back.LatitudeDegrees, tolerance: 1e-6);
            Assert.Equal(place.LongitudeDegrees, back.LongitudeDegrees, tolerance: 1e-6);
        }

        Assert.Null(Frame.Place(new GeoPoint(-77.8, 166.7)));
    }

    [Theory]
    [InlineData(35.7, 139.7, 37.8, -122.4, 2)] // Tokyo to San Francisco, over the cut
    [InlineData(52.4, 4.9, -26.2, 28, 1)] // Amsterdam to Johannesburg
    [InlineData(-33.9, 151.2, -33.4, -70.7, 2)] // Sydney to Santiago
    public void A_great_circle_is_cut_where_the_map_is(double fromLatitude, double fromLongitude, double toLatitude, double toLongitude, int parts)
    {
        var (from, to) = (new GeoPoint(fromLatitude, fromLongitude), new GeoPoint(toLatitude, toLongitude));
        var path = Frame.GreatCircleArc(from, to);
        Assert.Equal(parts, path.Verbs.Count(verb => verb == PathVerb.Move));
        Assert.Equal(Frame.Place(from)!.Value.X, path.Spots[0].X, tolerance: 0.01);
        Assert.Equal(Frame.Place(to)!.Value.Y, path.Spots[^1].Y, tolerance: 0.01);

        // No point of it is farther from both ends than the ends from each other, and none off the map.
        var distance = GreatCircle.DistanceKm(from, to);
        foreach (var spot in path.Spots)
        {
            if (Frame.PointAt(spot) is { } place)
            {
                Assert.Equal(distance, GreatCircle.DistanceKm(from, place) + GreatCircle.DistanceKm(place, to), tolerance: 2);
            }
        }
    }

    [Fact]
    public void Between_a_place_and_itself_there_is_no_line() =>
        Assert.True(Frame.GreatCircleArc(new GeoPoint(1, 2), new GeoPoint(1, 2)).IsEmpty);

    private static double Area(VectorPath path)
    {
        var (sum, start) = (0.0, 0);
        var figures = new List<(int Start, int Count)>();
        var next = 0;
        foreach (var verb in path.Verbs)
        {
            if (verb == PathVerb.Close)
            {
                figures.Add((start, next - start));
                start = next;
            }
            else
            {
                next++;
            }
        }

        foreach (var (first, count) in figures)
        {
            for (var i = 0; i < count; i++)
            {
                var (a, b) = (path.Spots[first + i], path.Spots[first + ((i + 1) % count)]);
                sum += (a.X * b.Y) - (b.X * a.Y);
            }
        }

        return Math.Abs(sum) / 2;
    }
}
