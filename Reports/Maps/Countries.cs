using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Countries as coloured areas.</summary>
internal static class Countries
{
    // A country smaller than this, in square design pixels, would not show; it gets a dot as well.
    private const double SmallArea = 40;

    /// <summary>Hatched: there are probes, but too few to say anything.</summary>
    public static Paint TooFew(double unit) => new Paint.Stripes(MapTheme.Coast, MapTheme.Land, 7 * unit, 1.2 * unit, 45);

    /// <summary>Striped: the largest share, but less than half.</summary>
    public static Paint Contested(Colour colour, double unit) => new Paint.Stripes(colour, colour.Mix(MapTheme.Paper, 0.78), 9 * unit, 4 * unit, 45);

    /// <summary>Fills a country that the map shows.</summary>
    public static void Fill(MapSheet sheet, string country, Paint paint)
    {
        if (MapGeometry.For(sheet.Frame).Country(country) is { } path)
        {
            sheet.Canvas.Fill(path, paint);
        }
    }

    /// <summary>Marks a country that is too small to be seen by its area.</summary>
    public static void Dot(MapSheet sheet, string country, Colour colour)
    {
        if (MapGeometry.For(sheet.Frame).Middle(country) is { } middle && middle.Area < SmallArea * sheet.Unit * sheet.Unit && sheet.Frame.Box.Contains(middle.Centre))
        {
            sheet.Canvas.Markers([middle.Centre], new MarkerStyle(MarkerShape.Circle, 4 * sheet.Unit, colour) { Halo = MapTheme.Paper, HaloWidth = 1 * sheet.Unit });
        }
    }
}
