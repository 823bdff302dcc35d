using Reports.Canvas;
using Xunit;

namespace Tests.Canvas;

public class PngCanvasTests
{
    private static readonly Colour Black = new(0, 0, 0);
    private static readonly Colour White = new(255, 255, 255);

    [Theory]
    [InlineData(0, 0, 0, 255, 255, 255, 188)] // half the light of white is sRGB 188, not 128 (IEC 61966-2-1)
    [InlineData(255, 255, 255, 0, 0, 0, 188)]
    [InlineData(0, 0, 0, 188, 188, 188, 137)] // half of that again
    public void Half_a_pixel_lets_half_of_the_light_through(byte groundR, byte groundG, byte groundB, byte r, byte g, byte b, int expected)
    {
        var canvas = new PngCanvas(3, 3, new Colour(groundR, groundG, groundB));
        canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 1.5, 3)), new Colour(r, g, b));
        var rgb = canvas.ToRgb();
        Assert.Equal(r, rgb[0]);
        Assert.InRange(rgb[3], expected - 1, expected + 1);
        Assert.Equal(groundR, rgb[6]);
    }

    [Fact]
    public void Red_over_green_meets_in_a_bright_yellow_not_in_mud()
    {
        var canvas = new PngCanvas(2, 1, new Colour(0, 255, 0));
        canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 0.5, 1)), new Colour(255, 0, 0));
        var rgb = canvas.ToRgb();
        Assert.InRange(rgb[0], 187, 189);
        Assert.InRange(rgb[1], 187, 189);
        Assert.Equal(0, rgb[2]);
    }

    [Fact]
    public void Every_srgb_byte_survives_the_way_to_light_and_back()
    {
        for (var i = 0; i < 256; i++)
        {
            Assert.Equal(i, LinearLight.ToSrgb(LinearLight.ToLinear((byte)i)));
        }
    }

    [Fact]
    public void A_translucent_fill_blends_by_its_alpha()
    {
        var canvas = new PngCanvas(1, 1, Black);
        canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 1, 1)), White.WithAlpha(0.5));
        Assert.InRange(canvas.ToRgb()[0], 187, 189);
    }

    [Fact]
    public void A_few_colours_make_a_palette_and_many_make_rgb()
    {
        var few = new PngCanvas(40, 30);
        few.Fill(new VectorPath().AddBox(new Box(5, 5, 20, 20)), new Colour(200, 0, 0));
        var small = PngReader.Read(few.ToPng());
        Assert.Equal(3, small.ColourType);
        Assert.Equal(["IHDR", "sRGB", "PLTE", "IDAT", "IEND"], small.Chunks);
        Assert.Equal(few.ToRgb(), small.Rgb);

        var many = Colourful(300, 200);
        var large = PngReader.Read(many.ToPng());
        Assert.Equal((2, 8), (large.ColourType, large.BitDepth));
        Assert.Equal((300, 200), (large.Width, large.Height));
        Assert.Equal(["IHDR", "sRGB", "IDAT", "IEND"], large.Chunks);
        Assert.Equal(many.ToRgb(), large.Rgb);
    }

    [Fact]
    public void Any_pixels_come_back_as_they_were()
    {
        var random = new Random(5);
        var seenFilters = new HashSet<int>();
        foreach (var (width, height) in new[] { (1, 1), (1, 300), (300, 1), (17, 33), (257, 9), (64, 64) })
        {
            // Noise, a gradient, and flat rows: something for every filter.
            foreach (var kind in new Func<int, int, int>[] { (_, _) => random.Next(256), (x, y) => x + y, (x, y) => (x * x / 7) + (3 * y), (_, y) => y * 40 })
            {
                var rgb = new byte[width * height * 3];
                for (var i = 0; i < rgb.Length; i += 3)
                {
                    var (x, y) = (i / 3 % width, i / 3 / width);
                    (rgb[i], rgb[i + 1], rgb[i + 2]) = ((byte)kind(x, y), (byte)kind(y, x), (byte)(kind(x, y) / 3));
                }

                var read = PngReader.Read(PngEncoder.Encode(width, height, rgb));
                Assert.Equal(rgb, read.Rgb);
                seenFilters.UnionWith(read.Filters);
            }
        }

        Assert.Superset(new HashSet<int> { 0, 1, 2, 4 }, seenFilters);
    }

    [Fact]
    public void With_some_tolerance_areas_stay_what_they_are_and_no_pixel_is_off_by_more_than_it()
    {
        // Two areas that differ by less than the tolerance, crossed by smoothed lines.
        using var canvas = new PngCanvas(800, 600);
        canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 400, 600), 0), new Colour(251, 250, 246));
        for (var i = 0; i < 60; i++)
        {
            canvas.Stroke(new VectorPath().MoveTo(i * 13, 0).LineTo(800 - (i * 11), 600), new StrokeStyle(new Colour((byte)(60 * (i % 4)), 60, (byte)(255 - (60 * (i % 4)))), 1.3));
        }

        var exact = PngReader.Read(canvas.ToPng());
        var file = canvas.ToPng(10);
        var near = PngReader.Read(file);
        Assert.True(near.ColourType == 3 && exact.ColourType == 2 && file.Length < canvas.ToPng().Length / 2);
        Assert.Equal(canvas.ToRgb(), exact.Rgb);
        Assert.Equal(file, canvas.ToPng(10));
        for (var i = 0; i < exact.Rgb.Length; i += 3)
        {
            var (red, green, blue) = (exact.Rgb[i] - near.Rgb[i], exact.Rgb[i + 1] - near.Rgb[i + 1], exact.Rgb[i + 2] - near.Rgb[i + 2]);
            Assert.True((2 * red * red) + (4 * green * green) + (blue * blue) <= 700);
            if ((exact.Rgb[i], exact.Rgb[i + 1], exact.Rgb[i + 2]) is (251, 250, 246) or (255, 255, 255))
            {
                Assert.Equal((0, 0, 0), (red, green, blue));
            }
        }
    }

    [Fact]
    public void The_same_drawing_gives_the_same_bytes() => Assert.Equal(Colourful(200, 100).ToPng(), Colourful(200, 100).ToPng());

    [Fact]
    public void A_kept_background_looks_like_one_drawn_anew()
    {
        byte[] Draw(bool keep)
        {
            var canvas = new PngCanvas(50, 40);
            Action<ICanvas> circle = c => c.Fill(new VectorPath().AddCircle(25, 20, 15), new Colour(10, 120, 200));
            if (keep)
            {
                canvas.Background("kept-background-test", circle);
            }
            else
            {
                circle(canvas);
            }

            canvas.Markers([new Spot(25, 20)], new MarkerStyle(MarkerShape.Star, 6, Black));
            return canvas.ToRgb();
        }

        var first = Draw(keep: true);
        Assert.Equal(first, Draw(keep: true));
        Assert.Equal(first, Draw(keep: false));
    }

    [Fact]
    public void A_background_over_something_does_not_wipe_it_out()
    {
        var canvas = new PngCanvas(10, 10);
        canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 5, 10)), Black);
        for (var i = 0; i < 2; i++)
        {
            canvas.Background("late-background-test", c => c.Fill(new VectorPath().AddBox(new Box(8, 0, 10, 10)), Black));
        }

        Assert.Equal(0, canvas.ToRgb()[0]);
    }

    [Fact]
    public void Nothing_is_drawn_outside_a_clip_and_clips_nest()
    {
        var canvas = new PngCanvas(20, 20);
        var all = new VectorPath().AddBox(new Box(0, 0, 20, 20));
        using (canvas.Clip(new VectorPath().AddBox(new Box(0, 0, 10, 20))))
        {
            using (canvas.Clip(new VectorPath().AddBox(new Box(0, 10, 20, 20))))
            {
                canvas.Fill(all, Black);
                canvas.Markers([new Spot(15, 15)], new MarkerStyle(MarkerShape.Circle, 4, Black));
            }

            canvas.Fill(new VectorPath().AddBox(new Box(0, 0, 20, 1)), Black);
        }

        canvas.Fill(new VectorPath().AddBox(new Box(19, 0, 20, 1)), Black);
        var image = PngReader.Read(canvas.ToPng());
        Assert.Equal((0, 0, 0), image.At(5, 15));
        Assert.Equal((255, 255, 255), image.At(15, 15));
        Assert.Equal((255, 255, 255), image.At(5, 5));
        Assert.Equal((0, 0, 0), image.At(5, 0));
        Assert.Equal((255, 255, 255), image.At(15, 0));
        Assert.Equal((0, 0, 0), image.At(19, 0));
    }

    [Theory]
    [InlineData(MarkerShape.Circle)]
    [InlineData(MarkerShape.Square)]
    [InlineData(MarkerShape.Diamond)]
    [InlineData(MarkerShape.Triangle)]
    [InlineData(MarkerShape.TriangleDown)]
    [InlineData(MarkerShape.Cross)]
    public void Markers_of_one_radius_weigh_about_the_same(MarkerShape shape)
    {
        var ink = Ink(canvas => canvas.Markers([new Spot(30, 30)], new MarkerStyle(shape, 10, Black)));
        Assert.InRange(ink / (Math.PI * 100), 0.8, 1.15);
    }

    [Fact]
    public void A_hollow_marker_keeps_its_rim()
    {
        var ink = Ink(canvas => canvas.Markers([new Spot(30, 30)], new MarkerStyle(MarkerShape.Circle, 10, Black) { Hollow = White, RingWidth = 3 }));
        Assert.Equal(Math.PI * (100 - 49), ink, tolerance: 3);
    }

    [Fact]
    public void Stripes_cover_their_share_of_the_area()
    {
        var box = new VectorPath().AddBox(new Box(0, 0, 60, 60));
        foreach (var angle in new[] { 0, 30, 45, 90 })
        {
            var ink = Ink(canvas => canvas.Fill(box, new Paint.Stripes(Black, White, 6, 2, angle)));
            Assert.Equal(3600 / 3.0, ink, tolerance: 40);
        }
    }

    [Fact]
    public void Text_is_as_wide_as_measured_and_stands_on_its_baseline()
    {
        var style = new TextStyle(40, Black, FontWeight.SemiBold);
        var width = style.Measure("Häßlich");
        var canvas = new PngCanvas(300, 80);
        canvas.Text("Häßlich", 20, 60, style);
        var image = PngReader.Read(canvas.ToPng());
        var dark = (from y in Enumerable.Range(0, 80) from x in Enumerable.Range(0, 300) where image.At(x, y).R < 128 select (X: x, Y: y)).ToList();
        Assert.InRange(dark.Min(p => p.X), 20, 26);
        Assert.InRange(dark.Max(p => p.X), 20 + width - 7, 20 + width);
        Assert.InRange(dark.Max(p => p.Y), 59, 61);
    }

    // Amount of black on a 60 × 60 white ground, pixels.
    private static double Ink(Action<PngCanvas> draw)
    {
        var canvas = new PngCanvas(60, 60);
        draw(canvas);
        return canvas.ToRgb().Where((_, i) => i % 3 == 0).Sum(v => 1 - (LinearLight.ToLinear(v) / 65535.0));
    }

    private static PngCanvas Colourful(int width, int height)
    {
        var canvas = new PngCanvas(width, height);
        var random = new Random(9);
        for (var i = 0; i < 60; i++)
        {
            var colour = new Colour((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
            canvas.Fill(new VectorPath().AddCircle(random.Next(width), random.Next(height), 3 + random.Next(20)), colour);
        }

        canvas.Text("Größe, Łódź → 12.5 %", 10, height / 2, new TextStyle(20, Black) { Halo = White, HaloWidth = 3 });
        return canvas;
    }
}
