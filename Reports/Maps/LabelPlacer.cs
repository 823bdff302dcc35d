using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Finds free places for labels, first come, first served; a label without a free place is left out.</summary>
internal sealed class LabelPlacer(Box area)
{
    private readonly List<Box> taken = [];

    /// <summary>Keeps a place free of labels.</summary>
    public void Block(Box box) => taken.Add(box);

    /// <summary>A place for a label beside a spot: right, left, above, below, then the corners, then the same farther away.</summary>
    /// <param name="at">What the label is for.</param>
    /// <param name="clearance">How far around the spot is taken by its marker, pixels.</param>
    /// <param name="width">Of the label, pixels.</param>
    /// <param name="height">Of the label, pixels.</param>
    public Box? Beside(Spot at, double clearance, double width, double height)
    {
        foreach (var distance in new[] { clearance, clearance * 1.7 })
        {
            var (right, left) = (at.X + distance, at.X - distance - width);
            var (middle, above, below) = (at.Y - (height / 2), at.Y - distance - height, at.Y + distance);
            var centre = at.X - (width / 2);
            var slant = distance * 0.7;
            foreach (var (x, y) in new[]
            {
                (right, middle), (left, middle), (centre, above), (centre, below),
                (at.X + slant, at.Y - slant - height), (at.X + slant, at.Y + slant),
                (at.X - slant - width, at.Y - slant - height), (at.X - slant - width, at.Y + slant),
            })
            {
                if (Take(new Box(x, y, x + width, y + height)) is { } box)
                {
                    return box;
                }
            }
        }

        return null;
    }

    /// <summary>A place for a label around a spot: on it, else a little above or below.</summary>
    public Box? Over(Spot at, double width, double height)
    {
        foreach (var step in new[] { 0, -1, 1 })
        {
            var y = at.Y - (height / 2) + (step * height);
            if (Take(new Box(at.X - (width / 2), y, at.X + (width / 2), y + height)) is { } box)
            {
                return box;
            }
        }

        return null;
    }

    private Box? Take(Box box)
    {
        if (box.Left < area.Left || box.Right > area.Right || box.Top < area.Top || box.Bottom > area.Bottom || taken.Exists(box.Overlaps))
        {
            return null;
        }

        taken.Add(box);
        return box;
    }
}
