using System.Collections.Concurrent;
using System.Runtime.Intrinsics;

namespace Reports.Canvas;

/// <summary>Draws into pixels: our own antialiased rasteriser, blending amounts of light, on an opaque ground.</summary>
internal sealed class PngCanvas : ICanvas, IDisposable
{
    // A few sizes and views are enough for everything a report draws; each takes 11.5 MB at 1600 × 900.
    private const int KeptBackgrounds = 4;

    private static readonly ConcurrentDictionary<(object Key, int Width, int Height, Colour Ground), ulong[]> Backgrounds = new();

    private readonly Colour ground;

    // Four times sixteen bits of light: red in the lowest, then green, blue, and nothing.
    private ulong[] buffer;
    private readonly byte[] row;
    private readonly Rasteriser rasteriser = new();
    private (int Left, int Top, int Right, int Bottom) area;
    private byte[]? mask;
    private bool untouched = true;

    /// <summary>An empty picture.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="ground">Its colour; white when not given.</param>
    public PngCanvas(int width, int height, Colour? ground = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
        this.ground = ground ?? new Colour(255, 255, 255);
        area = (0, 0, width, height);
        row = new byte[width];

        // Borrowed: a report draws dozens of maps, and arrays of this size are dear to make and to collect.
        buffer = SpareArrays<ulong>.Rent(width * height);
        Pixels.Fill(Light(this.ground));
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    private Span<ulong> Pixels => buffer.AsSpan(0, Width * Height);

    /// <summary>The pixels as rows of sRGB bytes.</summary>
    public byte[] ToRgb()
    {
        var rgb = GC.AllocateUninitializedArray<byte>(Width * Height * 3);
        LinearLight.ToSrgb(Pixels, rgb);
        return rgb;
    }

    /// <summary>Gives the pixels back; the canvas is of no use afterwards.</summary>
    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            SpareArrays<ulong>.Return(buffer);
            buffer = [];
        }
    }

    /// <summary>The picture as a PNG file.</summary>
    /// <param name="tolerance">How far a pixel may be off, of 255, for a smaller file; 0: not at all.</param>
    public byte[] ToPng(int tolerance = 0)
    {
        var rgb = SpareArrays<byte>.Rent(Width * Height * 3);
        var used = rgb.AsSpan(0, Width * Height * 3);
        LinearLight.ToSrgb(Pixels, used);
        var png = PngEncoder.Encode(Width, Height, used, tolerance);
        SpareArrays<byte>.Return(rgb);
        return png;
    }

    /// <inheritdoc/>
    public void Fill(VectorPath path, Paint paint, FillRule rule = FillRule.NonZero)
    {
        if (Begin(path.Bounds()))
        {
            rasteriser.Add(FlatPath.From(path));
            Blend(rule, paint);
        }
    }

    /// <inheritdoc/>
    public void Stroke(VectorPath path, StrokeStyle style)
    {
        // A mitre reaches farther out than half the width.
        if (Begin(path.Bounds()?.Grow(style.Width * (style.Join == LineJoin.Miter ? style.MiterLimit : 1))))
        {
            Stroker.Outline(FlatPath.From(path), style, rasteriser);
            Blend(FillRule.NonZero, style.Colour);
        }
    }

    /// <inheritdoc/>
    public void Markers(IReadOnlyList<Spot> spots, MarkerStyle style)
    {
        var places = MarkerShapes.Distinct(spots);
        if (style.Halo is { } halo && style.HaloWidth > 0)
        {
            Lay(places, style, style.Radius, style.HaloWidth, halo);
        }

        Lay(places, style, style.Radius, 0, style.Fill);
        if (style.Hollow is { } hollow)
        {
            Lay(places, style, style.Radius * MarkerShapes.HollowScale(style.Shape, style.Radius, style.RingWidth), 0, hollow);
        }
    }

    /// <inheritdoc/>
    public void Text(string text, double x, double y, TextStyle style)
    {
        var face = Typeface.Of(style.Weight);
        var glyphs = face.Place(DisplayText.Clean(text), style.Tabular, out var width);
        var scale = style.Size / face.UnitsPerEm;
        var start = TextPlacement.Start(x, width * scale, style.Anchor);
        var baseline = Math.Round(y);
        var box = new Box(start, baseline - (face.Ascent * scale), start + (width * scale), baseline - (face.Descent * scale));
        var flat = new FlatPath();
        foreach (var (glyph, offset) in glyphs)
        {
            flat.Add(face.Outline(glyph), scale, -scale, start + (offset * scale), baseline);
        }

        if (style.Halo is { } halo && style.HaloWidth > 0 && Begin(box.Grow(style.HaloWidth + (style.Size / 4))))
        {
            Stroker.Outline(flat, new StrokeStyle(halo, style.HaloWidth * 2), rasteriser);
            Blend(FillRule.NonZero, halo);
        }

        if (Begin(box.Grow(style.Size / 4)))
        {
            rasteriser.Add(flat);
            Blend(FillRule.NonZero, style.Colour);
        }
    }

    /// <inheritdoc/>
    public IDisposable Clip(VectorPath path)
    {
        var outer = (area, mask);
        var inner = new byte[Width * Height];
        var bounds = (Left: Width, Top: Height, Right: 0, Bottom: 0);
        if (Begin(path.Bounds()))
        {
            rasteriser.Add(FlatPath.From(path));
            var (top, bottom) = rasteriser.Rows;
            for (var y = top; y < bottom; y++)
            {
                var count = rasteriser.Row(y, FillRule.NonZero, row, out var from);
                for (var i = 0; i < count; i++)
                {
                    var at = (y * Width) + from + i;
                    inner[at] = mask is null ? row[i] : (byte)(((row[i] * mask[at]) + 127) / 255);
                }

                if (count > 0)
                {
                    bounds = (Math.Min(bounds.Left, from), Math.Min(bounds.Top, y), Math.Max(bounds.Right, from + count), y + 1);
                }
            }
        }

        (area, mask) = (bounds, inner);
        return new Ending(() => (area, mask) = outer);
    }

    /// <inheritdoc/>
    public IDisposable Group(string name) => new Ending(() => { });

    /// <inheritdoc/>
    public void Background(object key, Action<ICanvas> draw)
    {
        // Only a picture that nothing was drawn on yet may be replaced by a copy.
        if (!untouched || mask is not null)
        {
            draw(this);
            return;
        }

        var fullKey = (key, Width, Height, ground);
        if (Backgrounds.TryGetValue(fullKey, out var known))
        {
            known.AsSpan().CopyTo(Pixels);
            untouched = false;
            return;
        }

        draw(this);
        if (Backgrounds.Count >= KeptBackgrounds)
        {
            Backgrounds.Clear();
        }

        Backgrounds[fullKey] = Pixels.ToArray();
        untouched = false;
    }

    private static ulong Light(Colour colour) =>
        LinearLight.ToLinear(colour.R) | ((ulong)LinearLight.ToLinear(colour.G) << 16) | ((ulong)LinearLight.ToLinear(colour.B) << 32);

    // Prepares the rasteriser for the part of the box that can be seen; false when there is none.
    private bool Begin(Box? box)
    {
        if (box is not { } b || !(b.Left < area.Right && b.Right > area.Left && b.Top < area.Bottom && b.Bottom > area.Top))
        {
            return false;
        }

        var left = (int)Math.Max(area.Left, Math.Floor(b.Left));
        var top = (int)Math.Max(area.Top, Math.Floor(b.Top));
        var right = (int)Math.Min(area.Right, Math.Ceiling(b.Right) + 1);
        var bottom = (int)Math.Min(area.Bottom, Math.Ceiling(b.Bottom) + 1);
        rasteriser.Begin(left, top, right, bottom);
        return true;
    }

    private void Blend(FillRule rule, Paint paint)
    {
        untouched = false;
        var (top, bottom) = rasteriser.Rows;
        for (var y = top; y < bottom; y++)
        {
            var count = rasteriser.Row(y, rule, row, out var from);
            if (count == 0)
            {
                continue;
            }

            var coverage = row.AsSpan(0, count);
            Masked(from, y, coverage);
            switch (paint)
            {
                case Paint.Solid solid:
                    BlendRow(from, y, coverage, solid.Colour);
                    break;
                case Paint.Stripes stripes:
                    BlendStripes(from, y, coverage, stripes);
                    break;
            }
        }
    }

    private void BlendRow(int x, int y, ReadOnlySpan<byte> coverage, Colour colour)
    {
        var light = Light(colour);
        var lights = Widened(light);
        var target = Pixels.Slice((y * Width) + x, coverage.Length);
        for (var i = 0; i < target.Length; i++)
        {
            int amount = coverage[i];
            if (colour.A != 255)
            {
                amount = ((amount * colour.A) + 127) / 255;
            }

            if (amount == 255)
            {
                target[i] = light;
            }
            else if (amount > 0)
            {
                // 0 to 256, so that a shift divides; all channels at once.
                var from = Widened(target[i]);
                var mixed = from + ((((lights - from) * (amount + (amount >> 7))) + Vector128.Create(128)) >> 8);
                target[i] = Vector128.Narrow(mixed.AsUInt32(), Vector128<uint>.Zero).AsUInt64().ToScalar();
            }
        }

        static Vector128<int> Widened(ulong pixel) => Vector128.WidenLower(Vector128.CreateScalar(pixel).AsUInt16()).AsInt32();
    }

    private void BlendStripes(int x, int y, Span<byte> coverage, Paint.Stripes stripes)
    {
        if (stripes.Ground.A > 0)
        {
            BlendRow(x, y, coverage, stripes.Ground);
        }

        // A stripe covers a pixel by as much as its edges leave of the pixel's width, measured across the stripe.
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(stripes.AngleDegrees));
        var half = stripes.Thickness / 2;
        for (var i = 0; i < coverage.Length; i++)
        {
            var across = ((x + i + 0.5) * cos) + ((y + 0.5) * sin);
            var offset = Math.Abs(across - half - (Math.Round((across - half) / stripes.Spacing) * stripes.Spacing));
            coverage[i] = (byte)((coverage[i] * Math.Clamp(half - offset + 0.5, 0, 1)) + 0.5);
        }

        BlendRow(x, y, coverage, stripes.Line);
    }

    // The same few pictures of a marker, one for each place within a pixel that the grid knows, laid down again and again.
    private void Lay(List<(int X, int Y)> places, MarkerStyle style, double radius, double grow, Colour colour)
    {
        var steps = (int)Math.Round(1 / MarkerShapes.Grid);
        var stamps = new Stamp?[steps * steps];
        untouched = false;
        foreach (var (gridX, gridY) in places)
        {
            var (x, subX) = Split(gridX);
            var (y, subY) = Split(gridY);
            var stamp = stamps[(subY * steps) + subX] ??= MakeStamp(style.Shape, radius, grow, new Spot(subX * MarkerShapes.Grid, subY * MarkerShapes.Grid));
            for (var i = 0; i < stamp.Rows.Length; i++)
            {
                var line = y + stamp.Top + i;
                var (offset, coverage) = stamp.Rows[i];
                var from = Math.Max(area.Left, x + offset);
                var to = Math.Min(area.Right, x + offset + coverage.Length);
                if (line >= area.Top && line < area.Bottom && from < to)
                {
                    BlendRow(from, line, Masked(from, line, coverage.AsSpan(from - x - offset, to - from)), colour);
                }
            }
        }

        (int Pixel, int Sub) Split(int grid)
        {
            var pixel = (int)Math.Floor((double)grid / steps);
            return (pixel, grid - (pixel * steps));
        }
    }

    private Stamp MakeStamp(MarkerShape shape, double radius, double grow, Spot centre)
    {
        var path = new VectorPath();
        var corners = MarkerShapes.Corners(shape, radius);
        if (corners is null)
        {
            path.AddCircle(centre.X, centre.Y, radius + grow);
        }
        else
        {
            path.AddLines([.. corners.Select(corner => corner + centre)], close: true);
        }

        var box = path.Bounds()!.Value.Grow(grow);
        var flat = FlatPath.From(path);
        rasteriser.Begin((int)Math.Floor(box.Left), (int)Math.Floor(box.Top), (int)Math.Ceiling(box.Right), (int)Math.Ceiling(box.Bottom));
        rasteriser.Add(flat);
        if (corners is not null && grow > 0)
        {
            // Shapes run clockwise, as outlines of strokes do: what is covered twice stays covered once.
            Stroker.Outline(flat, new StrokeStyle(default, grow * 2), rasteriser);
        }

        var (top, bottom) = rasteriser.Rows;
        var rows = new (int, byte[])[bottom - top];
        var buffer = new byte[(int)(Math.Ceiling(box.Right) - Math.Floor(box.Left))];
        for (var y = top; y < bottom; y++)
        {
            var count = rasteriser.Row(y, FillRule.NonZero, buffer, out var left);
            rows[y - top] = (left, buffer[..count]);
        }

        return new Stamp(top, rows);
    }

    // Coverage cut by the clip. The result lives until the next call.
    private ReadOnlySpan<byte> Masked(int x, int y, ReadOnlySpan<byte> coverage)
    {
        if (mask is null)
        {
            return coverage;
        }

        var cut = mask.AsSpan((y * Width) + x, coverage.Length);
        var result = row.AsSpan(0, coverage.Length);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (byte)(((coverage[i] * cut[i]) + 127) / 255);
        }

        return result;
    }

    /// <summary>Coverage of a marker around 0,0: its top row, and for each row the first column and the coverage from there.</summary>
    private sealed record Stamp(int Top, (int Left, byte[] Coverage)[] Rows);

    private sealed class Ending(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}
