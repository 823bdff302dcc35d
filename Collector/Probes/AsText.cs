using System.Globalization;

namespace Collector.Probes;

/// <summary>Networks as people read them: <c>AS64500 (Example Net)</c>. Names are what a file says, and are to be encoded at every exit.</summary>
public static class AsText
{
    // In the middle of a sentence a longer one hides what the sentence says.
    private const int LongestName = 48;

    /// <summary>A network.</summary>
    /// <param name="asn">Its AS number.</param>
    /// <param name="name">Its name; null: the number alone.</param>
    public static string Of(uint asn, string? name) => string.Create(CultureInfo.InvariantCulture, $"AS{asn}{InBrackets(name)}");

    /// <summary>A network where brackets are around it already: <c>AS64500 Example Net</c>.</summary>
    /// <param name="asn">Its AS number.</param>
    /// <param name="name">Its name; null: the number alone.</param>
    public static string Plain(uint asn, string? name) =>
        string.Create(CultureInfo.InvariantCulture, $"AS{asn}{(string.IsNullOrEmpty(name) ? "" : " ")}{Short(name ?? "")}");

    /// <summary>The name as it stands behind a number: a space, and brackets around it; nothing where there is none.</summary>
    public static string InBrackets(string? name) => string.IsNullOrEmpty(name) ? "" : $" ({Short(name)})";

    private static string Short(string name)
    {
        if (name.Length <= LongestName)
        {
            return name;
        }

        // Not between the two halves of one character.
        var end = LongestName - 1;
        return string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[end - 1]) ? end - 1 : end), "…");
    }
}
