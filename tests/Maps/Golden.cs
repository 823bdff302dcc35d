using System.Security.Cryptography;
using System.Xml.Linq;
using Reports.Maps;
using Tests.Canvas;
using Xunit;

namespace Tests.Maps;

/// <summary>Maps held to files under Golden/Maps: the SVG itself, and a hash of the decoded pixels of the PNG.</summary>
/// <remarks>Run the tests with UPDATE_GOLDEN=1 to write them anew, then look at what changed.</remarks>
internal static class Golden
{
    /// <summary>Compares a map with its golden files.</summary>
    /// <param name="name">Of the files.</param>
    /// <param name="picture">The map.</param>
    /// <param name="withGround">Whether the SVG keeps land and sea, which are the same, and large, in all of them.</param>
    public static void Check(string name, MapPicture picture, bool withGround = false)
    {
        var svg = withGround ? picture.ToSvg() : WithoutGround(picture.ToSvg());
        var image = PngReader.Read(picture.ToPng());
        var pixels = $"{image.Width}x{image.Height} {Convert.ToHexStringLower(SHA256.HashData(image.Rgb))}\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Repository.File($"tests/Golden/Maps/{name}.svg"), svg);
            File.WriteAllText(Repository.File($"tests/Golden/Maps/{name}.pixels"), pixels);
        }

        Assert.Equal(File.ReadAllText(Repository.File($"tests/Golden/Maps/{name}.svg")), svg);
        Assert.Equal(File.ReadAllText(Repository.File($"tests/Golden/Maps/{name}.pixels")), pixels);
    }

    private static string WithoutGround(string svg)
    {
        var document = XDocument.Parse(svg, LoadOptions.PreserveWhitespace);
        document.Descendants().Where(element => (string?)element.Attribute("aria-label") == "Map").Nodes().Remove();
        document.Descendants().Where(element => element.Parent?.Name.LocalName == "defs" && ((string?)element.Attribute("d"))?.Length > 10_000).Remove();
        return document.ToString(SaveOptions.DisableFormatting);
    }
}
