using Collector.Geography;
using Reports.Canvas;
using Reports.Maps;
using Xunit;

namespace Tests.Maps;

public class CatchmentMapTests
{
    private static readonly MapSubject Subject = new("ns1.example.net", 6, "2026-W46", 9, 8, 5);

    private static readonly MapPop[] Pops =
    [
        new("FMT", "Fremont", new GeoPoint(37.5, -121.9)),
        new("APE", "Apeldoorn", new GeoPoint(52.2, 5.97)),
        new("JNB", "Johannesburg", new GeoPoint(-26.2, 28)),
    ];

    private static readonly MapProbe[] Probes =
    [
        new(new GeoPoint(48.9, 2.4), ProbeAnswer.Served, "APE"),
        new(new GeoPoint(50.1, 8.7), ProbeAnswer.Served, "APE"),
        new(null, ProbeAnswer.Served, "APE"),
        new(new GeoPoint(40.7, -74), ProbeAnswer.Served, "FMT"),
        new(new GeoPoint(51.5, -0.1), ProbeAnswer.Served, "GONE"),
        new(new GeoPoint(30, 31.2), ProbeAnswer.Intercepted),
        new(new GeoPoint(35.7, 51.4), ProbeAnswer.Unknown),
        new(new GeoPoint(19.1, 72.9), ProbeAnswer.Served),
        new(new GeoPoint(-33.9, 151.2), ProbeAnswer.Silent),
    ];

    [Fact]
    public void A_small_map_is_drawn_as_it_was() =>
        Golden.Check("catchment", CatchmentMap.Of(Subject, Pops, Probes, new MapFormat(480, 270)));

    [Fact]
    public void A_part_of_the_earth_is_drawn_as_it_was() =>
        Golden.Check("catchment-europe", CatchmentMap.Of(Subject, Pops, Probes, new MapFormat(480, 270) { View = MapView.Europe }));

    [Fact]
    public void The_legend_has_count_and_share_of_every_pop_and_the_others_apart()
    {
        var texts = MapTexts.Of(CatchmentMap.Of(Subject, Pops, Probes));
        Assert.Equal(["APE", "Apeldoorn", "3", "60 %"], texts.Skip(texts.LastIndexOf("APE")).Take(4));
        Assert.Equal(["FMT", "Fremont", "1", "20 %"], texts.Skip(texts.LastIndexOf("FMT")).Take(4));
        Assert.Equal(["GONE", "1", "20 %"], texts.Skip(texts.LastIndexOf("GONE")).Take(3));
        Assert.Equal(["JNB", "Johannesburg", "0", "0 %"], texts.Skip(texts.LastIndexOf("JNB")).Take(4));
        Assert.Equal("1", texts.After("intercepted"));
        Assert.Equal("2", texts.After("unknown"));
        Assert.Equal("1", texts.After("silent"));
        Assert.Equal("1", texts.After("unplaced"));
    }

    [Fact]
    public void With_hundreds_of_pops_the_rest_is_summed_up()
    {
        var pops = Enumerable.Range(0, 250).Select(i => new MapPop($"P{i:000}", null, new GeoPoint((i * 7 % 120) - 50, (i * 37 % 360) - 180))).ToArray();
        var probes = Enumerable.Range(0, 5000).Select(i => new MapProbe(pops[i % 250].Position, ProbeAnswer.Served, pops[i % 250].Code)).ToArray();
        var texts = MapTexts.Of(CatchmentMap.Of(Subject, pops, probes));
        var more = Assert.Single(texts, text => text.EndsWith(" more", StringComparison.Ordinal));
        var left = int.Parse(more.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(left, 200, 240);

        // Each PoP has twenty probes.
        Assert.Equal(MapText.Count(left * 20), texts.After(more));
    }

    [Fact]
    public void Nobody_at_all_is_a_map_too()
    {
        Assert.NotEmpty(CatchmentMap.Of(Subject, [], []).ToPng());
        Assert.NotEmpty(RttMap.Of(Subject, Pops[0], [], 200).ToPng());
        Assert.NotEmpty(DominantMap.Of(Subject, [], []).ToPng());
        Assert.NotEmpty(ChangeMap.Of(Subject, "2026-W45", [], [], []).ToPng());
        Assert.NotEmpty(DetourMap.Of(Subject, [], []).ToPng());
        Assert.NotEmpty(BlackHoleMap.Of(Subject, [], []).ToPng());
    }

    [Fact]
    public void A_pop_keeps_its_colour_and_shape_whoever_comes_after_it()
    {
        var few = new PopPalette(Pops, []);
        var many = new PopPalette([.. Pops, new MapPop("ZRH", null, null)], ["AAA", null]);
        foreach (var pop in Pops)
        {
            Assert.Equal(few.ColourOf(pop.Code), many.ColourOf(pop.Code));
            Assert.Equal(few.ShapeOf(pop.Code), many.ShapeOf(pop.Code));
        }
    }

    [Fact]
    public void Forty_pops_all_look_different()
    {
        var pops = Enumerable.Range(0, 40).Select(i => new MapPop($"P{i}", null, null)).ToArray();
        var palette = new PopPalette(pops, []);
        Assert.Equal(40, pops.Select(pop => (palette.ColourOf(pop.Code), palette.ShapeOf(pop.Code))).Distinct().Count());
    }

    [Fact]
    public void Twenty_colours_stay_apart()
    {
        // Distance in CIELAB (CIE 1976); 2.3 is just noticeable, ten and more is plainly another colour.
        var pops = Enumerable.Range(0, 20).Select(i => new MapPop($"P{i}", null, null)).ToArray();
        var palette = new PopPalette(pops, []);
        var colours = pops.Select(pop => Lab(palette.ColourOf(pop.Code))).ToArray();
        for (var i = 0; i < 20; i++)
        {
            for (var j = i + 1; j < 20; j++)
            {
                var distance = Math.Sqrt(Math.Pow(colours[i].L - colours[j].L, 2) + Math.Pow(colours[i].A - colours[j].A, 2) + Math.Pow(colours[i].B - colours[j].B, 2));
                Assert.True(distance > 17, $"colours {i} and {j} are {distance:0.0} apart");
            }
        }
    }

    [Fact]
    public void Labels_never_lie_on_each_other()
    {
        var labels = new LabelPlacer(new Box(0, 0, 300, 200));
        var random = new Random(2);
        var placed = Enumerable.Range(0, 200).Select(_ => labels.Beside(new Spot(random.NextDouble() * 300, random.NextDouble() * 200), 8, 40, 12)).OfType<Box>().ToList();
        Assert.InRange(placed.Count, 20, 125);
        for (var i = 0; i < placed.Count; i++)
        {
            Assert.DoesNotContain(placed.Skip(i + 1), placed[i].Overlaps);
        }
    }

    // sRGB to CIELAB, D65 white.
    private static (double L, double A, double B) Lab(Colour colour)
    {
        double Linear(byte v) => v / 255.0 <= 0.04045 ? v / 255.0 / 12.92 : Math.Pow(((v / 255.0) + 0.055) / 1.055, 2.4);
        double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16 / 116.0);
        var (r, g, b) = (Linear(colour.R), Linear(colour.G), Linear(colour.B));
        var x = F(((0.4124 * r) + (0.3576 * g) + (0.1805 * b)) / 0.9505);
        var y = F((0.2126 * r) + (0.7152 * g) + (0.0722 * b));
        var z = F(((0.0193 * r) + (0.1192 * g) + (0.9505 * b)) / 1.089);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));
    }
}
