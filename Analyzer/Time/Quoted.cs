using System.Globalization;

namespace Analyzer.Time;

/// <summary>Words of the command line as they appear in a one-line message.</summary>
public static class Quoted
{
    private const int MaximumLength = 60;

    /// <summary>The value, quoted when empty, without control characters, and cut when it is longer than a message should be.</summary>
    public static string Value(string text)
    {
        var visible = string.Concat(text.Where(character =>
            !char.IsControl(character) && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.Format));
        return visible.Length switch
        {
            0 => "empty",
            > MaximumLength => string.Concat(visible.AsSpan(0, MaximumLength), "…"),
            _ => visible,
        };
    }
}
