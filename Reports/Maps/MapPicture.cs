using Reports.Canvas;

namespace Reports.Maps;

/// <summary>A map ready to be written: the same drawing as SVG or PNG, the same bytes every time.</summary>
/// <param name="Title">What it shows, in one line.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Draw">Draws it.</param>
internal sealed record MapPicture(string Title, int Width, int Height, Action<ICanvas> Draw)
{
    // Only smoothed edges are off at all, by what nobody sees.
    private const int Tolerance = 16;

    /// <summary>The map as an SVG document.</summary>
    /// <param name="idPrefix">Set apart from other pictures in the same page: letters, digits, - and _.</param>
    public string ToSvg(string idPrefix = "")
    {
        var canvas = new SvgCanvas(Width, Height, Title, idPrefix, MapTheme.Paper);
        Draw(canvas);
        return canvas.ToSvg();
    }

    /// <summary>The map as a PNG file.</summary>
    public byte[] ToPng()
    {
        using var canvas = new PngCanvas(Width, Height, MapTheme.Paper);
        Draw(canvas);
        return canvas.ToPng(Tolerance);
    }
}
