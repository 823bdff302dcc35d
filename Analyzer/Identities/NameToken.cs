namespace Analyzer.Identities;

/// <summary>A run of letters and digits in a host name.</summary>
/// <param name="Start">Where it begins in the name.</param>
/// <param name="Text">As it stands there.</param>
/// <param name="Word">Its letters in front of digits, lower case: <c>fra</c> of <c>FRA1a</c>; empty when it is not built so.</param>
internal readonly record struct NameToken(int Start, string Text, string Word)
{
    // Strangers choose the names: what lies behind this many tokens is not looked at.
    private const int MaximumTokens = 24;

    public int End => Start + Text.Length;

    /// <summary>The tokens of a name, in order.</summary>
    public static List<NameToken> Split(string name)
    {
        var tokens = new List<NameToken>();
        for (var start = 0; start < name.Length && tokens.Count < MaximumTokens; start++)
        {
            var end = start;
            while (end < name.Length && char.IsLetterOrDigit(name[end]))
            {
                end++;
            }

            if (end > start)
            {
                var text = name[start..end];
                tokens.Add(new NameToken(start, text, WordOf(text)));
                start = end;
            }
        }

        return tokens;
    }

    /// <summary>A town's name as it may stand in a host name: <c>newyork</c> of <c>New York</c>.</summary>
    public static string Join(string town) => string.Concat(town.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string WordOf(string text)
    {
        var letters = 0;
        while (letters < text.Length && char.IsLetter(text[letters]))
        {
            letters++;
        }

        var digits = letters;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        // fra, fra12, fra1a; but not 3com, r2d2 or x86pc.
        return text.Length - digits <= 1 ? text[..letters].ToLowerInvariant() : "";
    }
}
