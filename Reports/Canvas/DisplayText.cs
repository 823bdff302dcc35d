using System.Globalization;
using System.Text;

namespace Reports.Canvas;

/// <summary>Makes any string fit to be shown on one line: names and identities come from strangers.</summary>
internal static class DisplayText
{
    // Longer than any title; what follows could not be seen, only paid for.
    private const int MaxLength = 1024;

    /// <summary>
    /// One line of valid Unicode: control characters become spaces, broken surrogates and noncharacters the replacement
    /// character, and the invisible marks that reorder or hide text go away.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.Length <= MaxLength && IsPlain(text))
        {
            return text;
        }

        var clean = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, MaxLength)).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                clean.Append(' ');
            }
            else if ((rune.Value & 0xfffe) == 0xfffe)
            {
                clean.Append('\ufffd');
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }
}
