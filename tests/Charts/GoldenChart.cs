using System.Globalization;
using System.Text.RegularExpressions;
using Reports.Charts;
using Tests.Canvas;
using Xunit;

namespace Tests.Charts;

/// <summary>Charts held to files under Golden/Charts.</summary>
/// <remarks>
/// One machine draws the same bytes every time, which another test holds it to. Between machines Skia may take other instructions and round the last
/// bit of a blended pixel or a coordinate otherwise: numbers of the SVG may be off by half a point, and a pixel of the PNG by what nobody sees. Letters
/// are drawn by another engine elsewhere than on Linux, so that only there the files are compared.
/// Run the tests with UPDATE_GOLDEN=1 to write them anew, then look at what changed.
/// </remarks>
internal static partial class GoldenChart
{
    private const double Points = 0.5;
    private const int Difference = 24;
    private const double PartOff = 0.0005;

    /// <summary>Compares a chart with its golden files.</summary>
    public static void Check(string name, ChartPicture picture)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "golden charts are compared on Linux");
        var (svg, png) = (picture.ToSvg("golden-"), picture.ToPng());
        var (svgFile, pngFile) = (Repository.File($"tests/Golden/Charts/{name}.svg"), Repository.File($"tests/Golden/Charts/{name}.png"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(svgFile, svg);
            File.WriteAllBytes(pngFile, png);
        }

        var golden = File.ReadAllText(svgFile);
        Assert.Equal(Number().Replace(golden, "#"), Number().Replace(svg, "#"));
        Assert.All(Numbers(golden).Zip(Numbers(svg)), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Points));

        var (expected, drawn) = (PngReader.Read(File.ReadAllBytes(pngFile)), PngReader.Read(png));
        Assert.Equal((expected.Width, expected.Height), (drawn.Width, drawn.Height));
        var off = expected.Rgb.Zip(drawn.Rgb).Count(pair => Math.Abs(pair.First - pair.Second) > Difference);
        Assert.True(off <= PartOff * drawn.Rgb.Length, $"{off} of {drawn.Rgb.Length} values are off");
    }

    private static IEnumerable<double> Numbers(string svg) => Number().Matches(svg).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
