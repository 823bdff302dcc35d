using System.Xml.Linq;
using Reports.Canvas;
using Xunit;

namespace Tests.Canvas;

public class SvgCanvasTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly Colour Ink = new(20, 30, 40);

    [Fact]
    public void Whatever_a_text_contains_the_document_is_well_formed_and_says_it()
    {
        const string Hostile = "</text><script>alert(1)</script>&amp;\"'<![CDATA[x]]>";
        var canvas = new SvgCanvas(400, 100, Hostile);
        using (canvas.Group(Hostile))
        {
            canvas.Text(Hostile + "\0\u0001\ud800\ufffe", 10, 50, new TextStyle(20, Ink));
        }

        var document = XDocument.Parse(canvas.ToSvg());
        Assert.Equal(Hostile, document.Root!.Element(Svg + "title")!.Value);
        Assert.StartsWith(Hostile, document.Descendants(Svg + "text").Single().Value, StringComparison.Ordinal);
        Assert.Empty(document.Descendants(Svg + "script"));
    }

    [Fact]
    public void Text_can_be_selected_and_takes_the_width_it_was_measured_with()
    {
        var style = new TextStyle(24, Ink, FontWeight.SemiBold, TextAnchor.End);
        var canvas = new SvgCanvas(400, 100);
        canvas.Text("São Paulo", 300, 50, style);
        var text = XDocument.Parse(canvas.ToSvg()).Descendants(Svg + "text").Single();
        Assert.Equal("São Paulo", text.Value);
        Assert.Equal(style.Measure("São Paulo"), (double)text.Attribute("textLength")!, tolerance: 0.01);
        Assert.Equal(300 - style.Measure("São Paulo"), (double)text.Attribute("x")!, tolerance: 0.01);
    }

    [Fact]
    public void Every_reference_has_its_definition_and_ids_carry_the_prefix()
    {
        var canvas = Busy("map1-");
        var document = XDocument.Parse(canvas);
        var ids = document.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.StartsWith("map1-", id, StringComparison.Ordinal));
        foreach (var use in document.Descendants(Svg + "use"))
        {
            Assert.Contains(use.Attribute("href")!.Value[1..], ids);
        }

        foreach (var url in document.Descendants().Attributes().Where(a => a.Value.StartsWith("url(#", StringComparison.Ordinal)))
        {
            Assert.Contains(url.Value[5..^1], ids);
        }
    }

    [Fact]
    public void The_same_drawing_gives_the_same_bytes() => Assert.Equal(Busy(""), Busy(""));

    [Fact]
    public void Differences_between_rounded_places_never_add_up()
    {
        // A thousand steps of 0.14 pixels to the right: the last one ends where the line ends.
        var path = new VectorPath().MoveTo(10, 10);
        for (var i = 1; i <= 1000; i++)
        {
            path.LineTo(10 + (i * 0.14), 10 + (i % 2));
        }

        var places = Places(SvgPath.Of(path));
        Assert.Equal((150.0, 10.0), places[^1]);
        Assert.All(places.Zip(path.Spots), pair => Assert.Equal(pair.Second.X, pair.First.X, tolerance: 0.0501));
    }

    [Theory]
    [InlineData("m10 20 5 0", 10, 20, 15, 20)]
    [InlineData("m.5-.5.5.5", 0.5, -0.5, 1, 0)]
    public void The_reader_used_here_reads_path_data(string data, double x0, double y0, double x1, double y1) =>
        Assert.Equal([(x0, y0), (x1, y1)], Places(data));

    [Fact]
    public void Path_data_of_random_lines_reads_back_to_a_tenth_of_a_pixel()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var spots = Enumerable.Range(0, 30).Select(_ => new Spot((random.NextDouble() * 40) - 20, random.NextDouble() * (round % 3))).ToArray();
            var rounded = spots.Select(s => (X: Math.Round(s.X * 10) / 10, Y: Math.Round(s.Y * 10) / 10)).ToList();
            var distinct = rounded.Where((s, i) => i == 0 || s != rounded[i - 1]).ToList();
            var read = Places(SvgPath.Of(new VectorPath().AddLines(spots, close: false)));
            Assert.Equal(distinct.Count, read.Count);
            Assert.All(distinct.Zip(read), pair =>
            {
                Assert.Equal(pair.First.X, pair.Second.X, tolerance: 1e-9);
                Assert.Equal(pair.First.Y, pair.Second.Y, tolerance: 1e-9);
            });
        }
    }

    [Fact]
    public void A_large_path_is_written_once_however_often_it_is_drawn_and_to_a_fifth_of_a_pixel()
    {
        var random = new Random(7);
        var spots = Enumerable.Range(0, 1000).Select(i => new Spot(800 + (i * 0.3), 400 + (random.NextDouble() * 20))).ToArray();
        var path = new VectorPath().AddLines(spots, close: false);
        var canvas = new SvgCanvas(1600, 900);
        canvas.Fill(path, Ink);
        canvas.Stroke(path, new StrokeStyle(Ink, 0.8));
        canvas.Stroke(path, new StrokeStyle(Ink, 2) { Dashes = [4, 2] });
        var document = XDocument.Parse(canvas.ToSvg());
        var shared = Assert.Single(document.Descendants(Svg + "defs")).Elements(Svg + "path").Single();
        Assert.Equal("scale(0.2)", (string?)shared.Attribute("transform"));
        Assert.Equal(3, document.Descendants(Svg + "use").Count(use => (string?)use.Attribute("href") == "#" + (string?)shared.Attribute("id")));

        // A stroke grows and shrinks with what it outlines.
        Assert.Equal([null, "4", "10"], document.Descendants(Svg + "use").Select(use => (string?)use.Attribute("stroke-width")));
        Assert.Equal([null, null, "20 10"], document.Descendants(Svg + "use").Select(use => (string?)use.Attribute("stroke-dasharray")));
        var places = Places((string)shared.Attribute("d")!);
        Assert.All(spots.Select(spot => (X: Math.Round(spot.X * 5), Y: Math.Round(spot.Y * 5))).Distinct().Zip(places), pair => Assert.Equal((pair.First.X, pair.First.Y), pair.Second));
    }

    [Fact]
    public void A_crowd_of_circles_takes_about_a_dozen_bytes_each()
    {
        var random = new Random(1);
        var spots = Enumerable.Range(0, 10_000).Select(_ => new Spot(random.NextDouble() * 1600, random.NextDouble() * 900)).ToArray();
        var canvas = new SvgCanvas(1600, 900);
        canvas.Markers(spots, new MarkerStyle(MarkerShape.Circle, 3, Ink) { Halo = new Colour(255, 255, 255), HaloWidth = 1 });
        Assert.InRange(canvas.ToSvg().Length, 80_000, 160_000);
    }

    private static string Busy(string prefix)
    {
        var canvas = new SvgCanvas(400, 300, "busy", prefix);
        var white = new Colour(255, 255, 255);
        using (canvas.Clip(new VectorPath().AddCircle(200, 150, 100)))
        {
            canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 400, 300), 12), new Paint.Stripes(Ink, white, 8, 3, 45));
        }

        canvas.Markers([new(5, 5), new(9, 9)], new MarkerStyle(MarkerShape.Circle, 3, Ink) { Halo = white, HaloWidth = 1, Hollow = white, RingWidth = 1 });
        canvas.Markers([new(5, 5), new(9, 9)], new MarkerStyle(MarkerShape.Triangle, 3, Ink) { Halo = white, HaloWidth = 1 });
        canvas.Stroke(new VectorPath().MoveTo(0, 0).CubicTo(10, 0, 20, 10, 30, 30), new StrokeStyle(Ink.WithAlpha(0.5), 2) { Dashes = [4, 2] });
        canvas.Text("Łódź & <Co>", 20, 40, new TextStyle(18, Ink) { Halo = white, HaloWidth = 2 });
        return canvas.ToSvg();
    }

    // Reads m, l, h, v and z with relative coordinates; an independent reader for what the writer writes.
    private static List<(double X, double Y)> Places(string data)
    {
        var places = new List<(double X, double Y)>();
        var (x, y) = (0.0, 0.0);
        var tokens = System.Text.RegularExpressions.Regex.Matches(data, @"[a-z]|-?(?:\d+(?:\.\d+)?|\.\d+)").Select(m => m.Value).ToList();
        var command = "";
        for (var i = 0; i < tokens.Count;)
        {
            if (char.IsLetter(tokens[i][0]))
            {
                command = tokens[i++];
                continue;
            }

            double Next() => double.Parse(tokens[i++], System.Globalization.CultureInfo.InvariantCulture);
            switch (command)
            {
                case "h":
                    x += Next();
                    break;
                case "v":
                    y += Next();
                    break;
                default:
                    x += Next();
                    y += Next();
                    break;
            }

            places.Add((Math.Round(x, 6), Math.Round(y, 6)));
        }

        return places;
    }
}
