using SkiaSharp;

namespace Reports.Charts;

/// <summary>A chart ready to be written: the same drawing as SVG or PNG, the same bytes every time.</summary>
/// <param name="Title">What it shows, in one line.</param>
/// <param name="Text">What it says, for those who cannot see it.</param>
/// <param name="Width">Points; the SVG's own size.</param>
/// <param name="Height">Points.</param>
/// <param name="Draw">Draws it.</param>
internal sealed record ChartPicture(string Title, string Text, int Width, int Height, Action<SKCanvas> Draw)
{
    /// <summary>Pixels of the PNG across: as wide as a map.</summary>
    public const int PngWidth = 1600;

    /// <summary>The chart as an SVG element, which is a document too.</summary>
    /// <param name="idPrefix">Set apart from other pictures in the same page: letters, digits, - and _.</param>
    public string ToSvg(string idPrefix = "")
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            Draw(canvas);
        }

        // The document is whole when the canvas is gone.
        stream.Position = 0;
        return ChartSvg.Tidy(stream, this, idPrefix);
    }

    /// <summary>The chart as a PNG file.</summary>
    public byte[] ToPng()
    {
        var scale = (float)PngWidth / Width;
        using var surface = SKSurface.Create(new SKImageInfo(PngWidth, (int)MathF.Round(Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque))
            ?? throw new InvalidOperationException("no room for a picture");
        surface.Canvas.Scale(scale);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
