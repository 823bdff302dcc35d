using Reports.Canvas;

namespace Reports.Maps;

/// <summary>What stands before an entry of a legend.</summary>
internal abstract record LegendSign
{
    private LegendSign()
    {
    }

    /// <summary>A marker as on the map.</summary>
    public sealed record Marker(MarkerStyle Style) : LegendSign;

    /// <summary>An area as on the map.</summary>
    public sealed record Area(Paint Paint) : LegendSign;

    /// <summary>Nothing.</summary>
    public sealed record None : LegendSign;
}

/// <summary>One entry of a legend.</summary>
/// <param name="Sign">What stands before it.</param>
/// <param name="Name">Its name, set bold.</param>
/// <param name="Detail">What is said after the name when there is room; may be empty.</param>
/// <param name="Number">A count; may be empty.</param>
/// <param name="Share">A share; may be empty.</param>
internal sealed record LegendEntry(LegendSign Sign, string Name, string Detail, string Number, string Share);

/// <summary>A legend of many entries in columns, read downwards, with the ones that are always there at the end in columns of their own.</summary>
internal sealed class LegendGrid
{
    private const double RowHeight = 29;
    private const double TextSize = 21;
    private const int MaxRows = 5;
    private const double SignWidth = 30;
    private const double Space = 14;
    private const double Gap = 44;
    private const double NameLimit = 300;

    private readonly double unit;
    private readonly TextStyle name;
    private readonly TextStyle detail;
    private readonly TextStyle number;
    private readonly TextStyle share;
    private readonly Block main;
    private readonly Block tail;
    private readonly int rows;

    /// <summary>Lays the entries out; nothing is drawn yet.</summary>
    /// <param name="entries">All that should be there, most important first.</param>
    /// <param name="tail">Entries that stay at the end, whatever is left out.</param>
    /// <param name="more">Stands for those left out.</param>
    /// <param name="width">Room, pixels.</param>
    /// <param name="unit">Pixels that one pixel of the design takes.</param>
    public LegendGrid(IReadOnlyList<LegendEntry> entries, IReadOnlyList<LegendEntry> tail, Func<IReadOnlyList<LegendEntry>, LegendEntry> more, double width, double unit)
    {
        this.unit = unit;
        name = new TextStyle(TextSize * unit, MapTheme.Ink, FontWeight.SemiBold);
        detail = new TextStyle(TextSize * unit, MapTheme.Muted);
        number = new TextStyle(TextSize * unit, MapTheme.Ink, Anchor: TextAnchor.End) { Tabular = true };
        share = new TextStyle(TextSize * unit, MapTheme.Muted, Anchor: TextAnchor.End) { Tabular = true };

        this.tail = Measure(tail, withDetail: false);
        var detailed = Measure(entries, withDetail: true);
        var terse = Measure(entries, withDetail: false);

        // The fewest rows that hold everything; names in full as long as that takes no more than four of them.
        for (rows = 2; rows <= MaxRows; rows++)
        {
            main = rows < MaxRows && Fits(detailed) ? detailed : terse;
            if (Fits(main) && (rows >= 4 || main == detailed || !CouldFit(detailed)))
            {
                return;
            }
        }

        rows = MaxRows;
        terse = Measure([.. entries, more(entries)], withDetail: false);
        var columns = Math.Max(1, (int)((width + (Gap * unit) - Room(this.tail)) / (terse.Width + (Gap * unit))));
        var shown = Math.Max(0, (columns * rows) - 1);
        main = Measure([.. entries.Take(shown), more([.. entries.Skip(shown)])], withDetail: false);

        bool Fits(Block block) => Room(block) + Room(this.tail) <= width + (Gap * unit);
        bool CouldFit(Block block) => (Columns(block, MaxRows - 1) * (block.Width + (Gap * unit))) + (Columns(this.tail, MaxRows - 1) * (this.tail.Width + (Gap * unit))) <= width + (Gap * unit);
        double Room(Block block) => Columns(block, rows) * (block.Width + (Gap * unit));
    }

    /// <summary>Its height, pixels.</summary>
    public double Height => rows * RowHeight * unit;

    /// <summary>Draws it from a top left corner.</summary>
    public void Draw(ICanvas canvas, double left, double top)
    {
        using (canvas.Group("Legend"))
        {
            foreach (var block in new[] { main, tail })
            {
                for (var i = 0; i < block.Entries.Count; i++)
                {
                    var (column, row) = Math.DivRem(i, rows);
                    Draw(canvas, block, block.Entries[i], left + (column * (block.Width + (Gap * unit))), top + ((row + 0.72) * RowHeight * unit));
                }

                left += Columns(block, rows) * (block.Width + (Gap * unit));
            }
        }
    }

    private static int Columns(Block block, int rows) => (block.Entries.Count + rows - 1) / rows;

    private Block Measure(IReadOnlyList<LegendEntry> entries, bool withDetail)
    {
        var names = Math.Min(NameLimit * unit, Widest(entry => name.Measure(entry.Name)
            + (withDetail && entry.Detail.Length > 0 ? (7 * unit) + detail.Measure(entry.Detail) : 0)));
        var numbers = Widest(entry => number.Measure(entry.Number));
        var shares = Widest(entry => share.Measure(entry.Share));
        var width = (SignWidth * unit) + names + (numbers > 0 ? (Space * unit) + numbers : 0) + (shares > 0 ? (Space * unit) + shares : 0);
        return new Block(entries, withDetail, names, numbers, shares, width);

        double Widest(Func<LegendEntry, double> measure) => entries.Count == 0 ? 0 : entries.Max(measure);
    }

    private void Draw(ICanvas canvas, Block block, LegendEntry entry, double x, double y)
    {
        var middle = y - (7.5 * unit);
        switch (entry.Sign)
        {
            case LegendSign.Marker marker:
                canvas.Markers([new Spot(x + (10 * unit), middle)], marker.Style);
                break;
            case LegendSign.Area area:
                var box = new VectorPath().AddBox(new Box(x, middle - (8 * unit), x + (22 * unit), middle + (8 * unit)));
                canvas.Fill(box, area.Paint);
                canvas.Stroke(box, new StrokeStyle(MapTheme.Coast, 1 * unit, LineJoin.Miter));
                break;
        }

        x += SignWidth * unit;
        var shown = name.Fit(entry.Name, block.Names);
        canvas.Text(shown, x, y, name);
        if (block.WithDetail && entry.Detail.Length > 0)
        {
            var used = name.Measure(shown) + (7 * unit);
            canvas.Text(detail.Fit(entry.Detail, block.Names - used), x + used, y, detail);
        }

        var right = x + block.Names;
        if (block.Numbers > 0)
        {
            right += (Space * unit) + block.Numbers;
            canvas.Text(entry.Number, right, y, number);
        }

        if (block.Shares > 0)
        {
            canvas.Text(entry.Share, right + (Space * unit) + block.Shares, y, share);
        }
    }

    /// <summary>Entries in columns of one width.</summary>
    private sealed record Block(IReadOnlyList<LegendEntry> Entries, bool WithDetail, double Names, double Numbers, double Shares, double Width);
}
