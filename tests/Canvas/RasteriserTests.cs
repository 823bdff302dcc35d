using Reports.Canvas;
using Xunit;

namespace Tests.Canvas;

public class RasteriserTests
{
    [Theory]
    [InlineData(20.0, 20.0, 3.0)]
    [InlineData(20.3, 19.7, 11.5)]
    [InlineData(31.9, 32.1, 17.25)]
    public void A_circle_covers_as_many_pixels_as_its_area(double x, double y, double radius) =>
        Assert.Equal(Math.PI * radius * radius, Area(new VectorPath().AddCircle(x, y, radius)), tolerance: 0.005 * Math.PI * radius * radius);

    [Fact]
    public void A_box_between_pixels_covers_each_by_its_part()
    {
        var coverage = Coverage(new VectorPath().AddBox(new Box(1.5, 2.25, 3.25, 4)));
        Assert.Equal(0.5 * 0.75, coverage[2, 1] / 255.0, tolerance: 0.003);
        Assert.Equal(0.75, coverage[2, 2] / 255.0, tolerance: 0.003);
        Assert.Equal(0.25, coverage[3, 3] / 255.0, tolerance: 0.003);
        Assert.Equal(1, coverage[3, 2] / 255.0);
        Assert.Equal(0, coverage[4, 2]);
    }

    [Fact]
    public void Areas_of_random_triangles_are_those_of_the_shoelace_formula()
    {
        var random = new Random(11);
        for (var i = 0; i < 200; i++)
        {
            Spot Somewhere() => new(Math.Round(random.NextDouble() * 60 * 256) / 256, Math.Round(random.NextDouble() * 60 * 256) / 256);
            var (a, b, c) = (Somewhere(), Somewhere(), Somewhere());
            var expected = Math.Abs(((b.X - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (b.Y - a.Y))) / 2;
            Assert.Equal(expected, Area(new VectorPath().AddLines([a, b, c], close: true)), tolerance: 0.4);
        }
    }

    [Fact]
    public void What_lies_outside_is_cut_off_and_what_crosses_the_edge_is_cut_exactly()
    {
        // A circle of radius 40 around each corner of the 64-pixel area leaves a quarter of itself inside.
        foreach (var (x, y) in new[] { (0, 0), (64, 0), (0, 64), (64, 64) })
        {
            Assert.Equal(Math.PI * 400, Area(new VectorPath().AddCircle(x, y, 40)), tolerance: 3);
        }

        Assert.Equal(64 * 64, Area(new VectorPath().AddBox(new Box(-1000, -1000, 1000, 1000))), tolerance: 0.01);
        Assert.Equal(0, Area(new VectorPath().AddBox(new Box(70, 0, 90, 64))));
        Assert.Equal(0, Area(new VectorPath().AddBox(new Box(-90, 0, -70, 64))));
    }

    [Fact]
    public void A_hole_is_a_figure_that_runs_the_other_way_or_any_figure_under_the_even_odd_rule()
    {
        var sameWay = new VectorPath().AddBox(new Box(0, 0, 20, 20)).AddBox(new Box(5, 5, 15, 15));
        Assert.Equal(400, Area(sameWay), tolerance: 0.01);
        Assert.Equal(300, Area(sameWay, FillRule.EvenOdd), tolerance: 0.01);

        var otherWay = new VectorPath().AddBox(new Box(0, 0, 20, 20)).AddLines([new(5, 5), new(5, 15), new(15, 15), new(15, 5)], close: true);
        Assert.Equal(300, Area(otherWay), tolerance: 0.01);
        Assert.Equal(300, Area(otherWay, FillRule.EvenOdd), tolerance: 0.01);
    }

    [Fact]
    public void Two_neighbours_filled_as_one_path_show_no_seam()
    {
        var together = new VectorPath()
            .AddLines([new(3, 3), new(20.3, 3), new(31.7, 50), new(3, 50)], close: true)
            .AddLines([new(20.3, 3), new(60, 3), new(60, 50), new(31.7, 50)], close: true);
        var coverage = Coverage(together);
        for (var y = 3; y < 50; y++)
        {
            for (var x = 3; x < 60; x++)
            {
                Assert.Equal(255, coverage[y, x]);
            }
        }
    }

    [Theory]
    [InlineData(LineCap.Butt, 30 * 4.0)]
    [InlineData(LineCap.Square, 34 * 4.0)]
    [InlineData(LineCap.Round, (30 * 4.0) + (Math.PI * 4))]
    public void A_line_covers_its_length_times_its_width_and_its_caps(LineCap cap, double expected)
    {
        Assert.Equal(expected, StrokeArea(new VectorPath().MoveTo(10, 20.5).LineTo(40, 20.5), new StrokeStyle(default, 4, Cap: cap)), tolerance: 0.15);

        // Length 30 at any angle.
        Assert.Equal(expected, StrokeArea(new VectorPath().MoveTo(10, 10).LineTo(28, 34), new StrokeStyle(default, 4, Cap: cap)), tolerance: 0.3);
    }

    [Theory]
    [InlineData(LineJoin.Bevel, (2 * 30 * 6) - 9 + 4.5)]
    [InlineData(LineJoin.Miter, (2 * 30 * 6) - 9 + 9)]
    [InlineData(LineJoin.Round, (2 * 30 * 6) - 9 + (9 * Math.PI / 4))]
    public void A_right_angle_gets_the_corner_of_its_join(LineJoin join, double expected)
    {
        // Two legs of 30 × 6 share the 3 × 3 square inside the corner; the join fills some of the square outside.
        Assert.Equal(expected, StrokeArea(new VectorPath().MoveTo(40, 10).LineTo(10, 10).LineTo(10, 40), new StrokeStyle(default, 6, join)), tolerance: 0.2);
        Assert.Equal(expected, StrokeArea(new VectorPath().MoveTo(10, 40).LineTo(10, 10).LineTo(40, 10), new StrokeStyle(default, 6, join)), tolerance: 0.2);
    }

    [Fact]
    public void A_sharp_mitre_beyond_its_limit_becomes_a_bevel()
    {
        var sharp = new VectorPath().MoveTo(5, 30).LineTo(45, 32).LineTo(5, 34);
        Assert.Equal(
            StrokeArea(sharp, new StrokeStyle(default, 3, LineJoin.Bevel)),
            StrokeArea(sharp, new StrokeStyle(default, 3, LineJoin.Miter)));
        Assert.True(StrokeArea(sharp, new StrokeStyle(default, 3, LineJoin.Miter) { MiterLimit = 50 }) > StrokeArea(sharp, new StrokeStyle(default, 3, LineJoin.Miter)) + 5);
    }

    [Fact]
    public void A_closed_line_is_a_ring()
    {
        var ring = new VectorPath().AddCircle(30, 30, 20);
        Assert.Equal(2 * Math.PI * 20 * 3, StrokeArea(ring, new StrokeStyle(default, 3)), tolerance: 1);
        Assert.Equal(4 * 30 * 2, StrokeArea(new VectorPath().AddBox(new Box(10, 10, 40, 40)), new StrokeStyle(default, 2, LineJoin.Miter)), tolerance: 0.1);
    }

    [Fact]
    public void Dashes_leave_out_what_they_should()
    {
        // 50 long: 6 on, 4 off, five times.
        Assert.Equal(30 * 2, StrokeArea(new VectorPath().MoveTo(5, 10).LineTo(55, 10), new StrokeStyle(default, 2) { Dashes = [6, 4] }), tolerance: 0.1);

        // Dashes run on around corners.
        Assert.Equal(30 * 2, StrokeArea(new VectorPath().MoveTo(5, 10).LineTo(30, 10).LineTo(30, 35), new StrokeStyle(default, 2) { Dashes = [6, 4] }), tolerance: 3);
    }

    private static double Area(VectorPath path, FillRule rule = FillRule.NonZero) => Coverage(path, rule).Cast<byte>().Sum(c => c / 255.0);

    private static byte[,] Coverage(VectorPath path, FillRule rule = FillRule.NonZero) => Rows(rasteriser => rasteriser.Add(FlatPath.From(path)), rule);

    private static double StrokeArea(VectorPath path, StrokeStyle style) =>
        Rows(rasteriser => Stroker.Outline(FlatPath.From(path), style, rasteriser), FillRule.NonZero).Cast<byte>().Sum(c => c / 255.0);

    private static byte[,] Rows(Action<Rasteriser> add, FillRule rule)
    {
        var rasteriser = new Rasteriser();
        rasteriser.Begin(0, 0, 64, 64);
        add(rasteriser);
        var result = new byte[64, 64];
        var row = new byte[64];
        for (var y = 0; y < 64; y++)
        {
            var count = rasteriser.Row(y, rule, row, out var from);
            for (var i = 0; i < count; i++)
            {
                result[y, from + i] = row[i];
            }
        }

        return result;
    }
}
