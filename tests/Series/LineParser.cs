using System.Globalization;
using System.Text;

namespace Tests.Series;

/// <summary>A point as a server reads it.</summary>
internal sealed record Point(string Measurement, IReadOnlyList<KeyValuePair<string, string>> Tags, IReadOnlyDictionary<string, object> Fields, long At);

/// <summary>Reads line protocol as InfluxDB's reference describes it, written for tests and from that page alone: it shares nothing with the
/// writer. What a server would refuse throws.</summary>
internal static class LineParser
{
    public static IReadOnlyList<Point> Parse(ReadOnlySpan<byte> lines)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(lines);
        if (text.Length > 0 && text[^1] != '\n')
        {
            throw new FormatException("the last line has no end");
        }

        return [.. text.Split('\n')[..^1].Select(ParseLine)];
    }

    private static Point ParseLine(string line)
    {
        if (line.Any(char.IsControl))
        {
            throw new FormatException($"control character in {line}");
        }

        var at = 0;
        var measurement = Take(line, ref at, ", ");
        var tags = new List<KeyValuePair<string, string>>();
        while (line[at] == ',')
        {
            at++;
            var key = Take(line, ref at, "=");
            at++;
            var value = Take(line, ref at, ", ");
            tags.Add(KeyValuePair.Create(key, value.Length > 0 ? value : throw new FormatException($"empty tag in {line}")));
        }

        if (tags.Select(tag => tag.Key).Distinct().Count() != tags.Count)
        {
            throw new FormatException($"a tag twice in {line}");
        }

        var fields = new Dictionary<string, object>();
        do
        {
            at++;
            var key = Take(line, ref at, "=");
            at++;
            fields.Add(key, line[at] == '"' ? TakeText(line, ref at) : Number(TakeBare(line, ref at)));
        }
        while (line[at] == ',');

        return new Point(measurement, tags, fields, long.Parse(line[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string Take(string line, ref int at, string ends)
    {
        var text = new StringBuilder();
        for (; !ends.Contains(line[at]); at++)
        {
            // Outside texts a backslash escapes a separator, and before anything else is itself.
            if (line[at] == '\\' && (line[at + 1] is ',' or '=' or ' '))
            {
                at++;
            }

            text.Append(line[at]);
        }

        return text.ToString();
    }

    private static string TakeText(string line, ref int at)
    {
        var text = new StringBuilder();
        for (at++; line[at] != '"'; at++)
        {
            if (line[at] == '\\' && (line[at + 1] is '"' or '\\'))
            {
                at++;
            }

            text.Append(line[at]);
        }

        at++;
        return text.ToString();
    }

    private static string TakeBare(string line, ref int at)
    {
        var from = at;
        at = line.IndexOfAny([',', ' '], at);
        return line[from..at];
    }

    private static object Number(string text) => text[^1] == 'i'
        ? (object)long.Parse(text[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : double.Parse(text, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? number
            : throw new FormatException($"{text} is no number");
}
