using System.Globalization;
using System.Text.RegularExpressions;

namespace Tests.Grafana;

/// <summary>Fills variables and macros into a query, as Grafana does before it sends it.</summary>
/// <param name="From">The first instant shown.</param>
/// <param name="To">The last one.</param>
/// <param name="Values">The variables' values; more than one where several are chosen; none: All, of a variable with a text of its own for that.</param>
internal sealed partial record Expansion(DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, IReadOnlyList<string>> Values)
{
    /// <summary>The query.</summary>
    /// <param name="query">As it stands in the file.</param>
    /// <param name="interval">What it is grouped by.</param>
    public string Of(string query, string interval = "1h")
    {
        var (from, to) = (From.ToUnixTimeMilliseconds(), To.ToUnixTimeMilliseconds());
        var text = query
            .Replace("$timeFilter", string.Create(CultureInfo.InvariantCulture, $"time >= {from}ms and time <= {to}ms"), StringComparison.Ordinal)
            .Replace("${__from}", from.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("${__to}", to.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$__rate_interval", interval, StringComparison.Ordinal)
            .Replace("$__interval", interval, StringComparison.Ordinal)
            .Replace("$interval", interval, StringComparison.Ordinal);
        return Variable().Replace(text, match =>
        {
            var name = match.Groups["name"].Value;
            var values = Values[name];
            return (match.Groups["format"].Value, values) switch
            {
                (_, []) => ".*",
                ("regex", [var value]) => Escaped(value),
                ("regex", _) => $"({string.Join('|', values.Select(Escaped))})",
                ("singlequote", _) => string.Join(',', values.Select(value => $"'{value.Replace("'", "\\'", StringComparison.Ordinal)}'")),
                ("raw", [var value]) => value,

                // Prometheus' own form of one or several.
                ("", _) => string.Join('|', values),
                var (format, _) => throw new InvalidOperationException($"{name} has the format {format}, which this test does not know"),
            };
        });
    }

    private static string Escaped(string value) => Special().Replace(value, @"\$0");

    [GeneratedRegex(@"\$(?:\{(?<name>[a-z]+)(?::(?<format>[a-z]+))?\}|(?<name>[a-z]+))")]
    private static partial Regex Variable();

    [GeneratedRegex(@"[\\^$.*+?()\[\]{}|/]")]
    private static partial Regex Special();
}
