namespace Reports.Canvas;

/// <summary>One glyph of a line of text.</summary>
/// <param name="Glyph">Its number in the typeface.</param>
/// <param name="X">Where it starts, in font units from the start of the line.</param>
internal readonly record struct PlacedGlyph(int Glyph, int X);

/// <summary>The outlines, widths and kerning that text is drawn with on every backend, so that it looks and measures the same everywhere.</summary>
/// <remarks>Inter, under the SIL Open Font License; see Assets/README.md for source, version and layout of the file.</remarks>
internal sealed class Typeface
{
    private static readonly Lazy<Dictionary<int, Typeface>> Faces = new(Load);

    private readonly Dictionary<int, int> glyphOf;
    private readonly int[] advances;
    private readonly VectorPath[] outlines;
    private readonly ushort[] leftClass;
    private readonly ushort[] rightClass;
    private readonly short[] kerning;
    private readonly int rightClasses;
    private readonly int figureWidth;

    private Typeface(AssetReader reader)
    {
        UnitsPerEm = reader.Varint();
        Ascent = reader.Zigzag();
        Descent = reader.Zigzag();
        CapHeight = reader.Zigzag();
        XHeight = reader.Zigzag();

        var count = reader.Varint();
        glyphOf = new Dictionary<int, int>(count);
        advances = new int[count];
        outlines = new VectorPath[count];
        var point = 0;
        for (var glyph = 0; glyph < count; glyph++)
        {
            point += reader.Varint();
            glyphOf.Add(point, glyph);
            advances[glyph] = reader.Varint();
            outlines[glyph] = ReadOutline(reader);
        }

        var leftClasses = reader.Varint();
        rightClasses = reader.Varint();
        leftClass = [.. Enumerable.Range(0, count).Select(_ => (ushort)reader.Varint())];
        rightClass = [.. Enumerable.Range(0, count).Select(_ => (ushort)reader.Varint())];
        kerning = [.. Enumerable.Range(0, leftClasses * rightClasses).Select(_ => (short)reader.Zigzag())];
        figureWidth = Enumerable.Range('0', 10).Max(figure => advances[glyphOf[figure]]);
    }

    /// <summary>Font units in an em.</summary>
    public int UnitsPerEm { get; }

    /// <summary>Font units above the baseline.</summary>
    public int Ascent { get; }

    /// <summary>Font units below the baseline, negative.</summary>
    public int Descent { get; }

    /// <summary>Height of capital letters, font units.</summary>
    public int CapHeight { get; }

    /// <summary>Height of small letters, font units.</summary>
    public int XHeight { get; }

    /// <summary>The typeface of a weight.</summary>
    public static Typeface Of(FontWeight weight) => Faces.Value[(int)weight];

    /// <summary>The outline of a glyph in font units, y upwards.</summary>
    public VectorPath Outline(int glyph) => outlines[glyph];

    /// <summary>Width of a line of text, in pixels.</summary>
    public double Measure(string text, double size, bool tabular = false)
    {
        Place(text, tabular, null, out var width);
        return width * size / UnitsPerEm;
    }

    /// <summary>The text, cut and ended with an ellipsis when it is wider than that many pixels.</summary>
    public string Fit(string text, double maxWidth, double size, bool tabular = false)
    {
        if (Measure(text, size, tabular) <= maxWidth)
        {
            return text;
        }

        // The longest beginning that still leaves room, found by halving; widths grow with length.
        var runes = text.EnumerateRunes().ToArray();
        var (fits, tooLong) = (0, runes.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Measure(Cut(middle), size, tabular) <= maxWidth)
            {
                fits = middle;
            }
            else
            {
                tooLong = middle;
            }
        }

        return Cut(fits);

        string Cut(int length) => string.Concat(runes.Take(length).Select(rune => rune.ToString())).TrimEnd() + "…";
    }

    /// <summary>The glyphs of a line of text and where each starts, in font units; the line's width too.</summary>
    public List<PlacedGlyph> Place(string text, bool tabular, out int width)
    {
        var glyphs = new List<PlacedGlyph>(text.Length);
        Place(text, tabular, glyphs, out width);
        return glyphs;
    }

    private void Place(string text, bool tabular, List<PlacedGlyph>? into, out int width)
    {
        var x = 0;
        var previous = -1;
        foreach (var rune in text.EnumerateRunes())
        {
            // A combining mark that no precomposed letter took in has no place of its own.
            if (rune.Value is >= 0x300 and <= 0x36f)
            {
                continue;
            }

            if (!glyphOf.TryGetValue(rune.Value, out var glyph) && !glyphOf.TryGetValue(0x25a1, out glyph))
            {
                continue;
            }

            if (tabular && rune.Value is >= '0' and <= '9')
            {
                into?.Add(new PlacedGlyph(glyph, x + ((figureWidth - advances[glyph]) / 2)));
                x += figureWidth;
                previous = -1;
                continue;
            }

            if (previous >= 0)
            {
                x += kerning[(leftClass[previous] * rightClasses) + rightClass[glyph]];
            }

            into?.Add(new PlacedGlyph(glyph, x));
            x += advances[glyph];
            previous = glyph;
        }

        width = x;
    }

    private static Dictionary<int, Typeface> Load()
    {
        var reader = AssetReader.Open("Reports.Canvas.Assets.outlines.bin", "GLY1");
        var faces = new Dictionary<int, Typeface>();
        for (var left = reader.Byte(); left > 0; left--)
        {
            faces.Add(reader.Varint(), new Typeface(reader));
        }

        return faces;
    }

    private static VectorPath ReadOutline(AssetReader reader)
    {
        var path = new VectorPath();
        var (x, y) = (0, 0);
        for (var verb = reader.Byte(); verb != 0; verb = reader.Byte())
        {
            x += reader.Zigzag();
            y += reader.Zigzag();
            switch (verb)
            {
                case 1:
                    CloseOpen();
                    path.MoveTo(x, y);
                    break;
                case 2:
                    path.LineTo(x, y);
                    break;
                default:
                    var (cx, cy) = (x, y);
                    x += reader.Zigzag();
                    y += reader.Zigzag();
                    path.QuadTo(cx, cy, x, y);
                    break;
            }
        }

        CloseOpen();
        return path;

        void CloseOpen()
        {
            if (!path.IsEmpty)
            {
                path.Close();
            }
        }
    }
}
