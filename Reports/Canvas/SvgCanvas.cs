using System.Globalization;
using System.Text;

namespace Reports.Canvas;

/// <summary>Writes SVG: few bytes, well-formed whatever the texts contain, the same bytes every time.</summary>
/// <remarks>
/// Text is drawn twice: as outlines, so that it looks as measured on machines that lack the typeface, and as transparent real
/// text stretched to the same width, so that it can be selected, searched and read aloud.
/// Coordinates are whole tenths of a pixel, written as differences; crowds of markers are one path. Large paths, such as land, are on a
/// coarser grid, and there once however often they are drawn.
/// </remarks>
internal sealed class SvgCanvas : ICanvas
{
    // From so many spots on a path is large, and has so many steps a pixel.
    private const int Large = 40;
    private const int LargeSteps = 5;

    private readonly StringBuilder body = new();
    private readonly StringBuilder definitions = new();
    private readonly HashSet<string> glyphs = new(StringComparer.Ordinal);
    private readonly Dictionary<object, string> shared = [];
    private readonly string title;
    private readonly string prefix;
    private readonly Colour ground;

    /// <summary>An empty picture.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="title">What readers who do not see it are told it shows.</param>
    /// <param name="prefix">Put before every id, so that several pictures can live in one page. Letters and digits.</param>
    /// <param name="ground">Colour of the paper; white when not given.</param>
    public SvgCanvas(int width, int height, string title = "", string prefix = "", Colour? ground = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException("letters, digits, - and _ only", nameof(prefix));
        }

        Width = width;
        Height = height;
        this.title = title;
        this.prefix = prefix;
        this.ground = ground ?? new Colour(255, 255, 255);
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <summary>The picture as an SVG document.</summary>
    public string ToSvg()
    {
        var svg = new StringBuilder(body.Length + definitions.Length + 512);
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\">\n");
        if (title.Length > 0)
        {
            svg.Append("<title>").Append(Escape(title)).Append("</title>\n");
        }

        if (definitions.Length > 0)
        {
            svg.Append("<defs>\n").Append(definitions).Append("</defs>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path fill=\"{ground.ToHex()}\" d=\"M0 0h{Width}v{Height}H0z\"/>\n");
        return svg.Append(body).Append("</svg>\n").ToString();
    }

    /// <inheritdoc/>
    public void Fill(VectorPath path, Paint paint, FillRule rule = FillRule.NonZero)
    {
        if (path.IsEmpty)
        {
            return;
        }

        if (paint is Paint.Solid solid && rule == FillRule.NonZero && path.Spots.Count >= Large)
        {
            Use(path, ColourOf("fill", solid.Colour));
            return;
        }

        body.Append("<path").Append(FillOf(paint));
        if (rule == FillRule.EvenOdd)
        {
            body.Append(" fill-rule=\"evenodd\"");
        }

        body.Append(" d=\"").Append(SvgPath.Of(path)).Append("\"/>\n");
    }

    /// <inheritdoc/>
    public void Stroke(VectorPath path, StrokeStyle style)
    {
        if (path.IsEmpty)
        {
            return;
        }

        var isLarge = path.Spots.Count >= Large;
        var scale = isLarge ? LargeSteps : 1;
        var look = new StringBuilder(" fill=\"none\"").Append(ColourOf("stroke", style.Colour));
        look.Append(CultureInfo.InvariantCulture, $" stroke-width=\"{Number(style.Width * scale)}\"");
        if (style.Join != LineJoin.Miter)
        {
            look.Append(" stroke-linejoin=\"").Append(style.Join == LineJoin.Round ? "round" : "bevel").Append('"');
        }
        else if (style.MiterLimit != 4)
        {
            look.Append(" stroke-miterlimit=\"").Append(Number(style.MiterLimit)).Append('"');
        }

        if (style.Cap != LineCap.Butt)
        {
            look.Append(" stroke-linecap=\"").Append(style.Cap == LineCap.Round ? "round" : "square").Append('"');
        }

        if (style.Dashes is { Count: > 0 } dashes)
        {
            look.Append(" stroke-dasharray=\"").AppendJoin(' ', dashes.Select(dash => Number(dash * scale))).Append('"');
        }

        if (isLarge)
        {
            Use(path, look.ToString());
        }
        else
        {
            body.Append("<path").Append(look).Append(" d=\"").Append(SvgPath.Of(path)).Append("\"/>\n");
        }
    }

    /// <inheritdoc/>
    public void Markers(IReadOnlyList<Spot> spots, MarkerStyle style)
    {
        var places = MarkerShapes.Distinct(spots);
        if (places.Count == 0)
        {
            return;
        }

        var halo = style.Halo is { } colour && style.HaloWidth > 0 ? (Colour?)colour : null;
        var scale = style.Hollow is null ? 0 : MarkerShapes.HollowScale(style.Shape, style.Radius, style.RingWidth);
        if (MarkerShapes.Corners(style.Shape, style.Radius) is { } corners)
        {
            Shapes(places, corners, style, halo);
            if (style.Hollow is { } hollow)
            {
                var inner = MarkerShapes.Corners(style.Shape, style.Radius * scale)!;
                body.Append("<path").Append(ColourOf("fill", hollow)).Append(" d=\"").Append(SvgPath.Shapes(places, inner)).Append("\"/>\n");
            }

            return;
        }

        // A line of no length with round ends is a circle: a marker in a handful of bytes.
        var circles = new List<(Colour Colour, double Radius)>();
        if (halo is { } rim)
        {
            circles.Add((rim, style.Radius + style.HaloWidth));
        }

        circles.Add((style.Fill, style.Radius));
        if (style.Hollow is { } inside)
        {
            circles.Add((inside, style.Radius * scale));
        }

        Layers(SvgPath.Dots(places), " stroke-linecap=\"round\"", [.. circles.Select(c => $"{ColourOf("stroke", c.Colour)} stroke-width=\"{Number(c.Radius * 2)}\"")]);
    }

    /// <inheritdoc/>
    public void Text(string text, double x, double y, TextStyle style)
    {
        var clean = DisplayText.Clean(text);
        var face = Typeface.Of(style.Weight);
        var placed = face.Place(clean, style.Tabular, out var units);
        var scale = style.Size / face.UnitsPerEm;
        var width = units * scale;
        var start = TextPlacement.Start(x, width, style.Anchor);
        var baseline = Math.Round(y);

        var uses = new StringBuilder();
        foreach (var (glyph, offset) in placed)
        {
            if (!face.Outline(glyph).IsEmpty)
            {
                uses.Append("<use href=\"#").Append(Glyph(face, style.Weight, glyph)).Append('"');
                if (offset != 0)
                {
                    uses.Append(CultureInfo.InvariantCulture, $" x=\"{offset}\"");
                }

                uses.Append("/>");
            }
        }

        if (uses.Length == 0)
        {
            return;
        }

        var transform = $" transform=\"translate({Number(start)} {Number(baseline)})scale({scale.ToString("0.######", CultureInfo.InvariantCulture)})\"";
        if (style.Halo is { } halo && style.HaloWidth > 0)
        {
            body.Append("<g").Append(transform).Append(ColourOf("fill", halo)).Append(ColourOf("stroke", halo));
            body.Append(" stroke-linejoin=\"round\" stroke-width=\"").Append(Number(style.HaloWidth * 2 / scale)).Append("\">").Append(uses).Append("</g>\n");
        }

        body.Append("<g").Append(transform).Append(ColourOf("fill", style.Colour)).Append('>').Append(uses).Append("</g>\n");
        body.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(start)}\" y=\"{Number(baseline)}\" font-size=\"{Number(style.Size)}\"");
        if (style.Weight != FontWeight.Regular)
        {
            body.Append(CultureInfo.InvariantCulture, $" font-weight=\"{(int)style.Weight}\"");
        }

        body.Append(" font-family=\"Inter,Helvetica,Arial,sans-serif\" fill-opacity=\"0\" xml:space=\"preserve\"");
        body.Append(CultureInfo.InvariantCulture, $" textLength=\"{Number(width)}\" lengthAdjust=\"spacingAndGlyphs\">{Escape(clean)}</text>\n");
    }

    /// <inheritdoc/>
    public IDisposable Clip(VectorPath path)
    {
        var id = Define("c", path, id => $"<clipPath id=\"{id}\"><path d=\"{SvgPath.Of(path)}\"/></clipPath>");
        body.Append("<g clip-path=\"url(#").Append(id).Append(")\">\n");
        return new Ending(body);
    }

    /// <inheritdoc/>
    public IDisposable Group(string name)
    {
        body.Append("<g aria-label=\"").Append(Escape(DisplayText.Clean(name))).Append("\">\n");
        return new Ending(body);
    }

    /// <inheritdoc/>
    public void Background(object key, Action<ICanvas> draw) => draw(this);

    private static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string ColourOf(string attribute, Colour colour) => colour.A == 255
        ? $" {attribute}=\"{colour.ToHex()}\""
        : $" {attribute}=\"{colour.ToHex()}\" {attribute}-opacity=\"{Number(colour.A / 255.0)}\"";

    /// <summary>Text between tags or in double quotes. Characters that XML 1.0 forbids were replaced before.</summary>
    private static string Escape(string text)
    {
        var clean = DisplayText.Clean(text);
        return clean.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
    }

    private void Shapes(List<(int X, int Y)> places, Spot[] corners, MarkerStyle style, Colour? halo)
    {
        var layers = new List<string>();
        if (halo is { } rim)
        {
            layers.Add($"{ColourOf("fill", rim)}{ColourOf("stroke", rim)} stroke-width=\"{Number(style.HaloWidth * 2)}\"");
        }

        layers.Add(ColourOf("fill", style.Fill));
        Layers(SvgPath.Shapes(places, corners), " stroke-linejoin=\"round\"", layers);
    }

    // One path, painted several times in different ways.
    private void Layers(string data, string common, List<string> looks)
    {
        if (looks.Count == 1)
        {
            body.Append("<path").Append(common).Append(looks[0]).Append(" d=\"").Append(data).Append("\"/>\n");
            return;
        }

        var id = Define("m", data, id => $"<path id=\"{id}\" d=\"{data}\"/>");
        body.Append("<g").Append(common).Append('>');
        foreach (var look in looks)
        {
            body.Append("<use href=\"#").Append(id).Append('"').Append(look).Append("/>");
        }

        body.Append("</g>\n");
    }

    private void Use(VectorPath path, string look)
    {
        // By what it looks like, not by which object it is: a cache elsewhere may have forgotten and made anew the same path.
        var data = SvgPath.OnGrid(path, LargeSteps);
        var id = Define("g", data, id => string.Create(CultureInfo.InvariantCulture, $"<path id=\"{id}\" transform=\"scale({1.0 / LargeSteps})\" d=\"{data}\"/>"));
        body.Append("<use href=\"#").Append(id).Append('"').Append(look).Append("/>\n");
    }

    private string FillOf(Paint paint)
    {
        switch (paint)
        {
            case Paint.Stripes stripes:
                var id = Define("p", stripes, id =>
                    $"<pattern id=\"{id}\" patternUnits=\"userSpaceOnUse\" width=\"{Number(stripes.Spacing)}\" height=\"{Number(stripes.Spacing)}\" patternTransform=\"rotate({Number(stripes.AngleDegrees)})\">"
                    + (stripes.Ground.A == 0 ? "" : $"<path{ColourOf("fill", stripes.Ground)} d=\"M0 0h{Number(stripes.Spacing)}v{Number(stripes.Spacing)}H0z\"/>")
                    + $"<path{ColourOf("fill", stripes.Line)} d=\"M0 0h{Number(stripes.Thickness)}v{Number(stripes.Spacing)}H0z\"/></pattern>");
                return $" fill=\"url(#{id})\"";
            case Paint.Solid solid:
                return ColourOf("fill", solid.Colour);
            default:
                throw new ArgumentOutOfRangeException(nameof(paint));
        }
    }

    private string Define(string kind, object key, Func<string, string> write)
    {
        if (!shared.TryGetValue(key, out var id))
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{prefix}{kind}{shared.Count}");
            shared.Add(key, id);
            definitions.Append(write(id)).Append('\n');
        }

        return id;
    }

    private string Glyph(Typeface face, FontWeight weight, int glyph)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{prefix}{(weight == FontWeight.Regular ? 'r' : 'b')}{glyph}");
        if (glyphs.Add(id))
        {
            definitions.Append("<path id=\"").Append(id).Append("\" d=\"").Append(SvgPath.OfGlyph(face.Outline(glyph))).Append("\"/>\n");
        }

        return id;
    }

    private sealed class Ending(StringBuilder body) : IDisposable
    {
        private StringBuilder? body = body;

        public void Dispose()
        {
            body?.Append("</g>\n");
            body = null;
        }
    }
}
