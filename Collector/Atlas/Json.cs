using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Collector.Atlas;

/// <summary>Reads fields of API objects that may be missing, null, or of another kind than documented.</summary>
internal static class Json
{
    public static string? Line(JsonElement json, string name, int maximum) => json.TryGetProperty(name, out var element) ? Line(element, maximum) : null;

    /// <summary>A text as one line for people: no control characters, cut; null when it is none or empty.</summary>
    public static string? Line(JsonElement element, int maximum) =>
        Text(element) is { } text && OneLine(text, maximum) is { Length: > 0 } line ? line : null;

    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var element) ? Text(element) : null;

    public static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair.
            return null;
        }
    }

    public static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var element) ? Number(element) : null;

    public static double? Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(Text(element), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => null,
    };

    public static int? Integer(JsonElement json, string name) =>
        Number(json, name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    public static long? Long(JsonElement json, string name) => json.TryGetProperty(name, out var element) ? Long(element) : null;

    // Beyond 2^53 a double no longer holds every whole number; no id comes near.
    public static long? Long(JsonElement element) =>
        Number(element) is { } number && Math.Abs(number) <= 1L << 53 && number == Math.Floor(number) ? (long)number : null;

    public static bool? Flag(JsonElement json, string name) => !json.TryGetProperty(name, out var element) ? null : element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>Unix seconds or ISO 8601; both occur, even in one object.</summary>
    public static DateTimeOffset? Time(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var element))
        {
            return null;
        }

        if (Number(element) is { } seconds)
        {
            return seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
        }

        return DateTimeOffset.TryParse(
            Text(element), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : null;
    }

    public static string OneLine(string text, int maximum)
    {
        var line = new StringBuilder(Math.Min(text.Length, maximum) + 1);
        foreach (var letter in text)
        {
            if (line.Length >= maximum)
            {
                return line.Append('…').ToString();
            }

            // Line and paragraph separators, and marks that turn the writing direction, break lines or terminals too.
            var plain = char.IsControl(letter) || char.IsWhiteSpace(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format ? ' ' : letter;
            if (plain != ' ' || (line.Length > 0 && line[^1] != ' '))
            {
                line.Append(plain);
            }
        }

        return line.ToString().TrimEnd();
    }
}
