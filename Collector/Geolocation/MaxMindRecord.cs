using System.Globalization;
using Collector.Geography;

namespace Collector.Geolocation;

/// <summary>What is of use in a record of any layout that operators have: MaxMind's, DB-IP's, and the flat ones of IPinfo and ip-location-db.</summary>
/// <remarks>
/// Members that a model does not name are skipped by the package, not decoded, which is what makes look-ups fast. Values are taken as they
/// come: one maker writes a number where another writes text.
/// </remarks>
internal abstract class MaxMindRecord
{
    // Longer ones are no names; half the way around the earth is no accuracy.
    private const int LongestName = 256;
    private const int MostRadiusKm = 20_038;

    /// <summary>What is of use; null: nothing.</summary>
    public abstract GeoRecord? ToRecord();

    private protected static GeoPoint? Position(object? latitude, object? longitude) => GeoPoint.From(Number(latitude), Number(longitude));

    private protected static GeoPoint? Pair(object? value) =>
        value is string text && text.Split(',') is [var latitude, var longitude] ? Position(latitude, longitude) : null;

    private protected static int? Kilometres(object? value) => Number(value) is > 0 and <= MostRadiusKm and var kilometres ? (int)Math.Ceiling(kilometres) : null;

    private protected static uint? AsNumber(object? value) => value switch
    {
        string text when uint.TryParse(text.StartsWith("AS", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 => number,
        int number and > 0 => (uint)number,
        long number and > 0 and <= uint.MaxValue => (uint)number,
        ulong number and > 0 and <= uint.MaxValue => (uint)number,
        _ => null,
    };

    private static double? Number(object? value) => value switch
    {
        double number => number,

        // Seven digits are all that a float has; what follows is made up.
        float number => (double)(decimal.TryParse(number.ToString("G7", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : -1000),
        int number => number,
        long number => number,
        ulong number => number,
        string text when double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private protected static string? Text(object? value) =>
        value is string text && text.AsSpan().Trim() is { Length: > 0 } trimmed ? trimmed.Length == text.Length && text.Length <= LongestName ? text : Short(trimmed) : null;

    private static string Short(ReadOnlySpan<char> text)
    {
        var length = Math.Min(text.Length, LongestName);
        return text[..(length < text.Length && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)].ToString();
    }

    // ZZ and XX are how "nobody knows" is written.
    private protected static string? Code(object? value) =>
        value is string { Length: 2 } text && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) && text.ToUpperInvariant() is not ("ZZ" or "XX") and var code ? code : null;

    private protected static bool Truth(object? value) => value is true or "true";
}
