using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace App.Metrics;

/// <summary>Names, labels and numbers as Prometheus reads them.</summary>
internal static class PrometheusText
{
    /// <summary>An instrument's name: dots are underscores, the unit is a word at its end, and counters end in <c>_total</c>.</summary>
    public static string NameOf(Instrument instrument)
    {
        var name = new StringBuilder(instrument.Name).Replace('.', '_');
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" => "_ratio",
            _ => "",
        };
        if (!name.ToString().EndsWith(unit, StringComparison.Ordinal))
        {
            name.Append(unit);
        }

        return IsCounter(instrument) ? name.Append("_total").ToString() : name.ToString();
    }

    /// <summary>Whether it only ever grows.</summary>
    public static bool IsCounter(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && (type.GetGenericTypeDefinition() == typeof(Counter<>) || type.GetGenericTypeDefinition() == typeof(ObservableCounter<>));

    /// <summary><c>{pop="FMT",family="4"}</c>; nothing for no labels. A label without a value is left out.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '{' : ',').Append(name).Append("=\"").Append(Escaped(Convert.ToString(value, CultureInfo.InvariantCulture)!)).Append('"');
            }
        }

        return text.Length == 0 ? "" : text.Append('}').ToString();
    }

    /// <summary>A help text on its one line.</summary>
    public static string Help(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>A number, whole ones without exponent.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ when Math.Abs(value) < 1e15 && Math.Floor(value) == value => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Line breaks other than the one that the format escapes, and other control characters, are nobody's name.</summary>
    private static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ when char.IsControl(character) => text.Append('·'),
                _ => text.Append(character),
            };
        }

        return text.ToString();
    }
}
