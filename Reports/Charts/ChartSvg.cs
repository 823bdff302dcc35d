using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Reports.Charts;

/// <summary>Makes of what Skia writes an element that can stand in a page beside others.</summary>
/// <remarks>
/// Skia numbers its clips by a counter of the whole process, so that the same chart is never the same twice and two of them may clash; it writes
/// seven digits where a tenth of a point cannot be seen, and names the font at every word.
/// </remarks>
internal static partial class ChartSvg
{
    // Points that a text may be off the place where it begins, is centred or ends.
    private const double Near = 4;

    private const string FontFamilies = ChartFont.Family + ", system-ui, Roboto, Arial, sans-serif";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Tidies one.</summary>
    /// <param name="drawn">What Skia wrote.</param>
    /// <param name="picture">What it shows.</param>
    /// <param name="idPrefix">Goes before each id.</param>
    public static string Tidy(Stream drawn, ChartPicture picture, string idPrefix)
    {
        var root = XDocument.Load(drawn).Root!;
        root.Elements().Where(element => element.Attribute("fill-opacity")?.Value == "0" && element.Attribute("stroke") is null).Remove();
        FreeTexts(root);
        RenameClips(root, idPrefix);
        JoinGroups(root);
        foreach (var element in root.Descendants())
        {
            element.Attributes("stroke-miterlimit").Remove();
            Round(element.Attribute("transform"));
            if (element.Attribute("d") is { } path)
            {
                path.Value = Shorten(path.Value);
            }

            foreach (var name in element.Name == Svg + "text" ? ["font-size"] : new[] { "x", "y", "width", "height", "stroke-width", "stroke-opacity", "fill-opacity" })
            {
                Round(element.Attribute(name));
            }

            if (element.Name == Svg + "text")
            {
                TidyText(element);
            }
        }

        root.RemoveAttributes();
        root.Add(
            new XAttribute("xmlns", Svg.NamespaceName),
            new XAttribute("class", "chart"),
            new XAttribute("viewBox", Invariant($"0 0 {picture.Width} {picture.Height}")),
            new XAttribute("width", picture.Width),
            new XAttribute("height", picture.Height),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{idPrefix}title {idPrefix}text"),
            new XAttribute("font-family", FontFamilies));
        root.AddFirst(
            new XElement(Svg + "title", new XAttribute("id", idPrefix + "title"), picture.Title),
            new XElement(Svg + "desc", new XAttribute("id", idPrefix + "text"), picture.Text));
        return root.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>Takes the clips off that hold text: they are as wide as its letters are in our typeface, and a reader whose machine lacks that sees
    /// wider ones.</summary>
    private static void FreeTexts(XElement root)
    {
        root.Descendants(Svg + "g").Where(group => group.Descendants(Svg + "text").Any()).Attributes("clip-path").Remove();
        var used = root.Descendants().Attributes("clip-path").Select(clip => Reference().Match(clip.Value).Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        root.Descendants(Svg + "clipPath").Where(clip => !used.Contains(clip.Attribute("id")!.Value)).Remove();
    }

    /// <summary>One clip for all that are alike, numbered in the order in which they come.</summary>
    private static void RenameClips(XElement root, string idPrefix)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var clip in root.Descendants(Svg + "clipPath").ToList())
        {
            var id = clip.Attribute("id")!;
            var shape = string.Concat(clip.Nodes());
            if (known.TryGetValue(shape, out var same))
            {
                renamed[id.Value] = same;
                clip.Remove();
                continue;
            }

            renamed[id.Value] = known[shape] = Invariant($"{idPrefix}clip{known.Count + 1}");
            id.Value = known[shape];
        }

        foreach (var used in root.Descendants().Attributes("clip-path").ToList())
        {
            used.Value = Reference().Replace(used.Value, match => $"url(#{renamed[match.Groups[1].Value]})");
        }
    }

    /// <summary>One group for neighbours under the same clip.</summary>
    private static void JoinGroups(XElement root)
    {
        foreach (var group in root.Elements(Svg + "g").Where(group => group.Attribute("clip-path") is not null).ToList())
        {
            if (group.ElementsBeforeSelf().LastOrDefault() is { } before && before.Name == group.Name && before.Attribute("clip-path")?.Value == group.Attribute("clip-path")!.Value)
            {
                before.Add(group.Elements());
                group.Remove();
            }
        }
    }

    /// <summary>Skia gives every glyph a place; only the first one stays, as beginning, middle or end: a reader whose machine lacks the font sees
    /// words of another length, but in their own rhythm and not across the axis that they belong to.</summary>
    private static void TidyText(XElement text)
    {
        text.Value = text.Value.Trim();
        text.Attributes("font-family").Remove();
        var isBold = text.Attribute("font-weight") is not null;
        if (text.Attribute("font-weight") is { } weight)
        {
            // Skia names the weight that it was asked for; the face is semi-bold.
            weight.Value = "600";
        }

        var start = First(text, "x");
        var width = ChartFont.WidthOf(text.Value, double.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture), isBold);
        var (anchor, place) = Math.Abs(start) < Near ? ("start", 0)
            : Math.Abs(start + width) < Near ? ("end", 0)
            : Math.Abs(start + (width / 2)) < Near ? ("middle", 0)
            : ("start", start);
        text.SetAttributeValue("x", place == 0 ? null : Rounded(place.ToString(CultureInfo.InvariantCulture), 1));
        text.SetAttributeValue("y", Rounded(First(text, "y").ToString(CultureInfo.InvariantCulture), 1));
        text.SetAttributeValue("text-anchor", anchor == "start" ? null : anchor);
    }

    private static double First(XElement text, string name) =>
        text.Attribute(name)?.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? double.Parse(first, CultureInfo.InvariantCulture) : 0;

    private static void Round(XAttribute? attribute)
    {
        if (attribute is not null)
        {
            attribute.Value = Number().Replace(attribute.Value, match => Rounded(match.Value, 2));
        }
    }

    /// <summary>A path in tenths of a point, each step counted from the one before.</summary>
    private static string Shorten(string path)
    {
        var text = new StringBuilder(path.Length / 2);
        var (lastX, lastY) = (0m, 0m);
        foreach (var step in Step().EnumerateMatches(path))
        {
            var command = path[step.Index];
            if (command == 'Z')
            {
                text.Append('z');
                continue;
            }

            if (command is not ('M' or 'L'))
            {
                throw new NotSupportedException($"a path with {command}");
            }

            var numbers = Number().Matches(path[(step.Index + 1)..(step.Index + step.Length)]);
            var (x, y) = (Tenths(numbers[0].Value), Tenths(numbers[1].Value));
            _ = (command, x == lastX, y == lastY) switch
            {
                ('M', _, _) => text.Append(CultureInfo.InvariantCulture, $"M{x:0.#} {y:0.#}"),
                (_, _, true) => text.Append(CultureInfo.InvariantCulture, $"h{x - lastX:0.#}"),
                (_, true, _) => text.Append(CultureInfo.InvariantCulture, $"v{y - lastY:0.#}"),
                _ => text.Append(CultureInfo.InvariantCulture, $"l{x - lastX:0.#} {y - lastY:0.#}"),
            };
            (lastX, lastY) = (x, y);
        }

        return text.ToString();
    }

    private static decimal Tenths(string number) =>
        Math.Round(decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture), 1, MidpointRounding.AwayFromZero);

    private static string Rounded(string number, int digits)
    {
        var value = Math.Round(double.Parse(number, CultureInfo.InvariantCulture), digits, MidpointRounding.AwayFromZero);
        return (value == 0 ? 0 : value).ToString(CultureInfo.InvariantCulture);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(@"url\(#([^)]+)\)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex("[A-Za-z][^A-DF-Za-df-z]*")]
    private static partial Regex Step();
}
