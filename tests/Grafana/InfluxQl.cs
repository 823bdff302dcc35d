using System.Text.RegularExpressions;
using App.Series;

namespace Tests.Grafana;

/// <summary>Reads a query in InfluxQL as far as is needed to tell what it names.</summary>
internal static partial class InfluxQl
{
    // What InfluxDB 1.x, 2.x and 3 all know; besides, v3 lacks SLIMIT, SOFFSET, SAMPLE, HOLT_WINTERS, SHOW SERIES, cardinalities, INTO and all that changes
    // anything, and v2 some of them.
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "FROM", "WHERE", "AND", "OR", "AS", "GROUP", "ORDER", "BY", "DESC", "ASC", "LIMIT", "OFFSET", "fill", "none", "null", "previous", "linear", "time", "tz",
        "SHOW", "TAG", "VALUES", "WITH", "KEY",
        "count", "distinct", "mean", "median", "mode", "spread", "stddev", "sum", "integral", "first", "last", "min", "max", "percentile", "top", "bottom",
        "derivative", "difference", "non_negative_derivative", "non_negative_difference", "moving_average", "cumulative_sum", "elapsed", "abs", "round", "floor", "ceil",
    };

    /// <summary>What is wrong with a query, as it stands in a file: names that we do not write or that stand where they cannot, words that not
    /// every InfluxDB knows, times that are missing.</summary>
    public static IEnumerable<string> Problems(string query)
    {
        // Texts and regular expressions name nothing. A slash that divides has a space behind it.
        var bare = Literal().Replace(query, " 0 ");
        foreach (var word in Word().Matches(Quoted().Replace(bare, " ")).Select(match => match.Value).Where(word => !Words.Contains(word)).Distinct())
        {
            yield return $"{word} is no word that all versions know, or a name without quotes";
        }

        var measurements = new List<SeriesMeasurement>();
        foreach (Match from in From().Matches(bare))
        {
            var name = from.Groups["name"].Value;
            var measurement = SeriesSchema.Measurements.SingleOrDefault(one => one.Name == name);
            if (measurement is null)
            {
                yield return $"{name} is no measurement that we write";
                yield break;
            }

            if (from.Groups["place"].Value != (measurement.Place == SeriesPlace.Raw ? "raw" : ""))
            {
                yield return $"{name} is not where it is looked for";
            }

            measurements.Add(measurement);
        }

        if (measurements.Count != 1)
        {
            yield return $"it names {measurements.Count} measurements";
            yield break;
        }

        var (tags, fields) = (measurements[0].Tags, measurements[0].Fields);
        var aliases = Alias().Matches(bare).Select(match => match.Groups[1].Value).ToHashSet();
        var named = Quoted().Matches(Alias().Replace(From().Replace(bare, " "), " ")).Select(match => match.Groups[1].Value).Distinct();
        var isNested = bare.Split("SELECT").Length > 2;
        foreach (var name in named.Where(name => !tags.Contains(name) && !fields.Contains(name) && !(isNested && aliases.Contains(name))))
        {
            yield return $"{name} is neither a tag nor a field of {measurements[0].Name}";
        }

        foreach (var name in Grouped().Matches(bare).SelectMany(match => Quoted().Matches(match.Value)).Select(match => match.Groups[1].Value).Where(name => !tags.Contains(name)))
        {
            yield return $"{name} is no tag of {measurements[0].Name}, and cannot be grouped by";
        }

        foreach (var name in Counted().Matches(bare).Select(match => match.Groups[1].Value).Where(tags.Contains))
        {
            yield return $"{name} is a tag of {measurements[0].Name}, and functions take fields";
        }

        if (!query.Contains("$timeFilter", StringComparison.Ordinal) && !query.Contains("time >", StringComparison.Ordinal))
        {
            yield return "it is about all times";
        }
    }

    [GeneratedRegex(@"'(?:[^'\\]|\\.)*'|(?<=~ )/(?:[^/\\]|\\.)*/|\$\{?[_A-Za-z]+(?::[a-z]+)?\}?(?:(?<=\})ms)?|\b\d+(?:\.\d+)?(?:ms|s|m|h|d|w)?\b")]
    private static partial Regex Literal();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[A-Za-z_]+")]
    private static partial Regex Word();

    [GeneratedRegex("FROM (?:\"(?<place>[^\"]+)\"\\.)?\"(?<name>[^\"]+)\"")]
    private static partial Regex From();

    [GeneratedRegex("AS \"([^\"]+)\"")]
    private static partial Regex Alias();

    [GeneratedRegex(@"GROUP BY [^)]*?(?:\([^)]*\)[^)]*?)?(?=fill|ORDER|\)|$)")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"[a-z_]+\(""([^""]+)""")]
    private static partial Regex Counted();
}
