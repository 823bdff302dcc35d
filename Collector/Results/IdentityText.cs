using System.Buffers;
using System.Globalization;
using System.Text;

namespace Collector.Results;

/// <summary>Makes text that is safe to keep of bytes that a server, or a box in its place, answered.</summary>
public static class IdentityText
{
    /// <summary>Longer texts are cut. UTF-16 code units.</summary>
    public const int MaximumLength = 1024;

    /// <summary>UTF-8 as text, other bytes as <c>\xNN</c>; without control characters and outer white space, cut; null when
    /// nothing is left.</summary>
    public static string? Normalise(ReadOnlySpan<byte> bytes, int maximumLength = MaximumLength)
    {
        var text = new StringBuilder();

        // White space in front does not count; a little more than the limit is enough to trim the end.
        while (!bytes.IsEmpty && text.Length <= maximumLength)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                Append(text, rune);
            }
            else
            {
                foreach (var stray in bytes[..consumed])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{stray:x2}");
                }
            }

            bytes = bytes[consumed..];
        }

        return Finish(text, maximumLength);
    }

    /// <summary>The same for what is text already, such as a name typed by an operator.</summary>
    public static string? Normalise(string text, int maximumLength = MaximumLength)
    {
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length > maximumLength)
            {
                break;
            }

            Append(kept, rune);
        }

        return Finish(kept, maximumLength);
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        if (!Rune.IsControl(rune) && (text.Length > 0 || !Rune.IsWhiteSpace(rune)))
        {
            text.Append(rune.ToString());
        }
    }

    private static string? Finish(StringBuilder text, int maximumLength)
    {
        if (text.Length > maximumLength)
        {
            text.Length = char.IsHighSurrogate(text[maximumLength - 1]) ? maximumLength - 1 : maximumLength;
        }

        var trimmed = text.ToString().TrimEnd();
        return trimmed.Length == 0 ? null : trimmed;
    }
}
