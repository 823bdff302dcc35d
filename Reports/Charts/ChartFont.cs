using ScottPlot;
using SkiaSharp;

namespace Reports.Charts;

/// <summary>The typeface of the charts, brought along: where Skia finds no font it draws no text, and says nothing.</summary>
/// <remarks>Asked before the fonts of the machine, so that a chart looks the same on every one. Regular and bold, because titles are bold.</remarks>
internal sealed class ChartFont : IFontResolver
{
    /// <summary>Its family.</summary>
    public const string Family = "Inter";

    private static readonly Lazy<ChartFont> Registered = new(() =>
    {
        var font = new ChartFont();
        Fonts.FontResolvers.Insert(0, font);
        Fonts.Default = Family;
        return font;
    });

    private readonly SKTypeface regular = Read("Inter-Regular");
    private readonly SKTypeface bold = Read("Inter-SemiBold");

    private ChartFont()
    {
    }

    /// <summary>Makes it the typeface of every chart that is begun afterwards. Safe for many threads; the second time costs nothing.</summary>
    public static void Use() => _ = Registered.Value;

    /// <summary>How wide a text is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Its size, points.</param>
    /// <param name="isBold">Whether it is bold.</param>
    /// <returns>Points.</returns>
    public static double WidthOf(string text, double size, bool isBold)
    {
        using var font = new SKFont(isBold ? Registered.Value.bold : Registered.Value.regular, (float)size) { Subpixel = true };
        return font.MeasureText(text);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight > FontWeight.Medium, slant != FontSlant.Upright);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Family ? bold ? this.bold : regular : null;

    private static SKTypeface Read(string name)
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream($"Reports.Charts.Assets.{name}.ttf")
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"{name} is no font");
    }
}
