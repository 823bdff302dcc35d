using System.Globalization;
using System.Text;

namespace Reports.Errors;

/// <summary>Makes any text harmless on a terminal and in a log. Names of files, arguments, what servers say and identities come from strangers:
/// no escape sequence, no line break and no change of direction may get through.</summary>
internal static class TerminalText
{
    /// <summary>One line: what is no printable character is shown as JSON would write it, <c>\u001b</c>.</summary>
    public static string Line(string text) => Escape(text, keepsBreaks: false);

    /// <summary>The same for what has several lines of ours: line feeds stay.</summary>
    public static string Lines(string text) => Escape(text, keepsBreaks: true);

    private static string Escape(string text, bool keepsBreaks)
    {
        var length = PlainLength(text, keepsBreaks);
        if (length == text.Length)
        {
            return text;
        }

        var safe = new StringBuilder(text, 0, length, text.Length + 32);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.AsSpan(length).EnumerateRunes())
        {
            if (IsShown(rune) || (keepsBreaks && rune.Value == '\n'))
            {
                safe.Append(rune);
            }
            else
            {
                foreach (var unit in units[..rune.EncodeToUtf16(units)])
                {
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }
            }
        }

        return safe.ToString();
    }

    /// <summary>Nearly everything is ASCII, and needs no second look.</summary>
    private static int PlainLength(string text, bool keepsBreaks)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] is < ' ' or > '~' && !(keepsBreaks && text[index] == '\n'))
            {
                return index;
            }
        }

        return text.Length;
    }

    // Format characters turn the writing direction, or cannot be seen; tag characters and private ones mean nothing that we know of.
    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
