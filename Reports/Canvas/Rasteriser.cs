namespace Reports.Canvas;

/// <summary>Turns figures with straight edges into how much of each pixel they cover.</summary>
/// <remarks>
/// Every edge adds, to the cells it passes, the signed area between itself and the right side of the cell, and its height to all
/// cells farther right; the latter by one difference, so that a running sum along the row turns differences into coverage times
/// winding number. That is exact for figures that do not overlap inside a pixel, costs nothing where there is no edge, and lets
/// the common border of two neighbours filled as one path vanish, because its two directions cancel.
/// </remarks>
internal sealed class Rasteriser
{
    // Sums of differences that should be zero are off by less than this.
    private const float Noise = 1 / 1024f;

    private float[] cells = [];
    private int[] first = [];
    private int[] last = [];
    private int left;
    private int top;
    private int width;
    private int height;

    /// <summary>Top row of the area, and the row after its bottom.</summary>
    public (int Top, int Bottom) Rows => (top, top + height);

    /// <summary>Starts over on an area of whole pixels; what lies outside is cut off.</summary>
    public void Begin(int left, int top, int right, int bottom)
    {
        this.left = left;
        this.top = top;
        width = Math.Max(0, right - left);
        height = Math.Max(0, bottom - top);
        var needed = (width + 2) * height;
        if (cells.Length < needed)
        {
            cells = new float[needed];
        }

        if (first.Length < height)
        {
            first = new int[height];
            last = new int[height];
        }

        first.AsSpan(0, height).Fill(int.MaxValue);
        last.AsSpan(0, height).Fill(-1);
    }

    /// <summary>Adds a figure; it is closed if it is not.</summary>
    public void Add(ReadOnlySpan<Spot> corners)
    {
        if (width == 0 || height == 0)
        {
            return;
        }

        for (var i = 0; i < corners.Length; i++)
        {
            var from = corners[i];
            var to = corners[i + 1 == corners.Length ? 0 : i + 1];
            Edge((float)(from.X - left), (float)(from.Y - top), (float)(to.X - left), (float)(to.Y - top));
        }
    }

    /// <summary>Adds all figures of a flattened path.</summary>
    public void Add(FlatPath path)
    {
        foreach (var figure in path.Figures)
        {
            Add(path.SpotsOf(figure));
        }
    }

    /// <summary>
    /// Coverage of one row, 0 to 255, and clears it for the next use. Each row may be asked once.
    /// </summary>
    /// <param name="y">The row, from <see cref="Rows"/>.</param>
    /// <param name="rule">What is inside.</param>
    /// <param name="coverage">Room for the width of the area; written from <paramref name="from"/> on.</param>
    /// <param name="from">The first column that may be covered, from the left of the canvas.</param>
    /// <returns>How many columns from there on were written; 0 for an empty row.</returns>
    public int Row(int y, FillRule rule, Span<byte> coverage, out int from)
    {
        var row = y - top;
        from = left;
        if (last[row] < 0)
        {
            return 0;
        }

        var start = first[row];
        var end = Math.Min(last[row] + 1, width);
        var line = cells.AsSpan(row * (width + 2), width + 2);
        var sum = 0f;
        for (var x = start; x < end; x++)
        {
            sum += line[x];
            coverage[x - start] = Cover(sum, rule);
        }

        line[start..].Clear();

        // Edges beyond the right side were never added: what is still open there stays open up to it.
        var rest = Cover(sum, rule);
        if (rest > 0)
        {
            coverage[(end - start)..(width - start)].Fill(rest);
            end = width;
        }

        from = left + start;
        return Math.Max(0, end - start);
    }

    private static byte Cover(float sum, FillRule rule)
    {
        var area = Math.Abs(sum);
        if (rule == FillRule.EvenOdd)
        {
            area %= 2;
            area = area > 1 ? 2 - area : area;
        }

        return area < Noise ? (byte)0 : area >= 1 ? (byte)255 : (byte)((area * 255) + 0.5f);
    }

    private void Edge(float x0, float y0, float x1, float y1)
    {
        if (y0 == y1)
        {
            return;
        }

        var direction = 1f;
        if (y0 > y1)
        {
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
            direction = -1;
        }

        if (y1 <= 0 || y0 >= height || (x0 >= width && x1 >= width))
        {
            return;
        }

        var slope = (x1 - x0) / (y1 - y0);
        if (y0 < 0)
        {
            x0 -= y0 * slope;
            y0 = 0;
        }

        if (y1 > height)
        {
            x1 -= (y1 - height) * slope;
            y1 = height;
        }

        // Left of the area an edge counts with its height only; right of it not at all.
        if (x0 < 0 || x1 < 0)
        {
            if (x0 <= 0 && x1 <= 0)
            {
                Inside(0, y0, 0, y1, 0, direction);
                return;
            }

            var crossing = Math.Clamp(y0 - (x0 / slope), y0, y1);
            if (x0 < 0)
            {
                Inside(0, y0, 0, crossing, 0, direction);
                (x0, y0) = (0, crossing);
            }
            else
            {
                Inside(0, crossing, 0, y1, 0, direction);
                (x1, y1) = (0, crossing);
            }
        }

        if (x0 > width || x1 > width)
        {
            var crossing = Math.Clamp(y0 + ((width - x0) / slope), y0, y1);
            if (x0 > width)
            {
                (x0, y0) = (width, crossing);
            }
            else
            {
                (x1, y1) = (width, crossing);
            }
        }

        Inside(x0, y0, x1, y1, slope, direction);
    }

    // An edge that runs downwards and stays within the area, row by row and in each row cell by cell.
    private void Inside(float x0, float y0, float x1, float y1, float slope, float direction)
    {
        var x = x0;
        for (var row = (int)y0; row < height && row < y1; row++)
        {
            var rowHeight = Math.Min(row + 1, y1) - Math.Max(row, y0);
            if (rowHeight <= 0)
            {
                continue;
            }

            var next = row + 1 >= y1 ? x1 : x + (rowHeight * slope);
            var (from, to) = x < next ? (x, next) : (next, x);
            from = Math.Clamp(from, 0, width);
            to = Math.Clamp(to, 0, width);
            var cell = (int)from;
            var lastCell = (int)to;
            first[row] = Math.Min(first[row], cell);
            last[row] = Math.Max(last[row], lastCell + 1);
            var line = cells.AsSpan(row * (width + 2), width + 2);
            var amount = direction * rowHeight;
            if (cell == lastCell)
            {
                var right = amount * (((from + to) * 0.5f) - cell);
                line[cell] += amount - right;
                line[cell + 1] += right;
            }
            else
            {
                var perColumn = amount / (to - from);
                for (; cell <= lastCell; cell++)
                {
                    var enter = Math.Max(from, cell);
                    var leave = Math.Min(to, cell + 1);
                    var part = perColumn * (leave - enter);
                    var right = part * (((enter + leave) * 0.5f) - cell);
                    line[cell] += part - right;
                    line[cell + 1] += right;
                }
            }

            x = next;
        }
    }
}
