using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Reports.Weekly;
using Xunit;

namespace Tests.Hostile;

/// <summary>What must be true of an exit whatever strangers said.</summary>
internal static partial class Harmless
{
    // No line of ours is longer; 64 KiB of a stranger's would be.
    private const int LongestLine = 8_192;

    /// <summary>Text on a terminal or in a log: nothing in it moves the cursor, hides or reorders what is shown, or pretends to be another line of ours.</summary>
    /// <param name="bytes">What was written.</param>
    /// <param name="isTerminal">Whether it was told that it writes to one: then our own colours are in it.</param>
    public static string Text(byte[] bytes, bool isTerminal = false)
    {
        var text = Utf8(bytes);
        if (isTerminal)
        {
            text = Colours().Replace(text, "").Replace("\r\n", "\n", StringComparison.Ordinal);
        }

        foreach (var line in text.Split('\n'))
        {
            Assert.True(line.Length <= LongestLine, $"{line.Length} characters in a line: {line[..Math.Min(100, line.Length)]}");
            var odd = line.EnumerateRunes().Where(IsDangerous).Select(rune => $"U+{rune.Value:X4}").Distinct().ToList();
            Assert.True(odd.Count == 0, $"{string.Join(' ', odd)} in {Visible(line)}");
            Assert.False(line.TrimStart().StartsWith("measurement: two", StringComparison.Ordinal) || line.StartsWith("Set-Cookie", StringComparison.Ordinal), $"a stranger began a line: {Visible(line)}");
        }

        return text;
    }

    /// <summary>JSON: one value, and no text in it holds a control character or is longer than an identity may be.</summary>
    public static void Json(string text)
    {
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\r'));
        using var json = JsonDocument.Parse(text);
        Walk(json.RootElement);
    }

    /// <summary>One JSON value a line.</summary>
    public static void JsonLines(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Json(line);
        }
    }

    /// <summary>RFC 4180: as many cells in each record as names in the first, and none that a spreadsheet would run.</summary>
    public static void Csv(string text)
    {
        var records = Records(text.Replace("\r\n", "\n", StringComparison.Ordinal));
        Assert.All(records, record => Assert.Equal(records[0].Count, record.Count));
        foreach (var cell in records.SelectMany(record => record))
        {
            Assert.False(
                cell.Length > 0 && "=+-@\t\r\n".Contains(cell[0], StringComparison.Ordinal) && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
                $"a spreadsheet would run {Visible(cell)}");
            Assert.DoesNotContain(cell, character => char.IsControl(character) && character != '\n');
        }
    }

    /// <summary>HTML: no script but ours, nothing that runs, no link out of the way.</summary>
    /// <returns>The page.</returns>
    public static IDocument Html(string text)
    {
        var page = new HtmlParser().ParseDocument(text);
        Assert.All(page.QuerySelectorAll("script"), script => Assert.True(
            script.TextContent == ReportAssets.Script || (script.TextContent.Length == 0 && script.GetAttribute("src") == "/assets/sort.js"), script.OuterHtml));
        foreach (var element in page.All)
        {
            Assert.False(element.LocalName is "iframe" or "object" or "embed" or "base" or "frame", element.OuterHtml);
            foreach (var attribute in element.Attributes)
            {
                Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), element.OuterHtml);
                Assert.Matches("^[a-z][A-Za-z0-9:-]*$", attribute.Name);
                if (attribute.Name is "href" or "src" or "action" or "formaction" or "xlink:href")
                {
                    Assert.Matches("^(#|/|[a-z0-9-]+\\.|maps/|charts/|data:,$|data:image/(png|svg\\+xml);|\\.\\./|mailto:|[0-9]{4}-W[0-9]{2}/|https?://|$)", attribute.Value);
                    Assert.False(attribute.Value.StartsWith("http", StringComparison.Ordinal) && attribute.Value.Contains(Payloads.Mark, StringComparison.Ordinal), element.OuterHtml);
                }
            }
        }

        Assert.DoesNotContain(page.QuerySelectorAll("img"), image => image.GetAttribute("src") == "x");
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'));
        return page;
    }

    /// <summary>SVG: well-formed, and nothing in it runs or is fetched.</summary>
    public static void Svg(string text)
    {
        var picture = XDocument.Parse(text);
        foreach (var element in picture.Descendants())
        {
            Assert.False(element.Name.LocalName is "script" or "foreignObject" or "image", element.ToString());
            Assert.All(element.Attributes(), attribute =>
            {
                Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase), element.ToString());
                Assert.True(attribute.Name.LocalName != "href" || attribute.Value.StartsWith('#'), element.ToString());
            });
        }
    }

    /// <summary>Prometheus' text format, line by line.</summary>
    public static void Prometheus(string text)
    {
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(
            "^(# (HELP|TYPE|UNIT) measurement_[a-z0-9_]+ .*|# EOF|measurement_[a-z0-9_]+(\\{([a-z_]+=\"([^\"\\\\]|\\\\[\\\\n\"])*\",?)*\\})? [-+0-9.eE]+(Inf|NaN)?( [0-9]+)?|measurement_[a-z0-9_]+(\\{.*\\})? (NaN|[+-]Inf))$",
            line));
        Text(Encoding.UTF8.GetBytes(text));
    }

    private static string Utf8(byte[] bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

    private static bool IsDangerous(Rune rune) =>
        (Rune.IsControl(rune) && rune.Value != '\t')
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void Walk(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Assert.DoesNotContain(Payloads.Mark, member.Name, StringComparison.Ordinal);
                    Walk(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    Walk(element);
                }

                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                Assert.True(text.Length <= LongestLine, $"{text.Length} characters: {Visible(text)}");
                Assert.False(text.Any(character => char.IsControl(character) && character != '\n'), Visible(text));
                break;
        }
    }

    private static List<List<string>> Records(string text)
    {
        var records = new List<List<string>> { new() };
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (isQuoted)
            {
                if (character == '"' && index + 1 < text.Length && text[index + 1] == '"')
                {
                    cell.Append(text[++index]);
                }
                else if (character == '"')
                {
                    isQuoted = false;
                }
                else
                {
                    cell.Append(character);
                }
            }
            else if (character == '"')
            {
                Assert.Equal(0, cell.Length);
                isQuoted = true;
            }
            else if (character is ',' or '\n')
            {
                records[^1].Add(cell.ToString());
                cell.Clear();
                if (character == '\n' && index + 1 < text.Length)
                {
                    records.Add([]);
                }
            }
            else
            {
                cell.Append(character);
            }
        }

        Assert.False(isQuoted);
        return records;
    }

    private static string Visible(string text) => string.Concat(text.Take(300).Select(character =>
        char.IsControl(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString()));

    // Ours: colours, the line of progress that is drawn over, and how the framework greets a terminal.
    [GeneratedRegex("\u001b\\[[0-9;]*m|\r\u001b\\[2K|\u001b\\[\\?1h\u001b=")]
    private static partial Regex Colours();
}
