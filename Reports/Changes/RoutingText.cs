using System.Globalization;
using Analyzer.Comparisons;

namespace Reports.Changes;

/// <summary>How the routing is, in sentences.</summary>
internal static class RoutingText
{
    /// <summary>What is to be said of the newest day or week.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="unit"><c>day</c> or <c>week</c>.</param>
    public static string Of(RoutingStatement statement, string unit) => statement switch
    {
        { News: RoutingNews.Same, Since: { } since, Window: { } window } when since < window.From =>
            $"The routing is as the {unit} before{Similar(statement)}, and has been since {Day(since)}.",
        { News: RoutingNews.Same } => $"The routing is as the {unit} before{Similar(statement)}.",
        { News: RoutingNews.Returned, Other: { } other } => $"We have seen this routing before: {ChangeWords.Read(other)}{Similar(statement)}.",
        { News: RoutingNews.New, Other: { } other } => $"This routing is new; {ChangeWords.Read(other)} is most like it{Similar(statement)}.",
        { News: RoutingNews.New } => "This routing is new, and shares too few probes with all before it to say what is like it.",
        { News: RoutingNews.First } => $"There is no {unit} before it to hold the routing against.",
        _ => $"Too few probes to say how the routing of the {unit} is.",
    };

    /// <summary>One sentence of all targets whose week is as some week before the last one was; null: there is none.</summary>
    public static string? Returned(IEnumerable<RoutingReport> routing)
    {
        var returned = routing.Where(one => one.Week.News == "returned")
            .GroupBy(one => one.Week.Other!.Name)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{Names(group)} {(group.Count() == 1 ? "is" : "are")} routed as in {group.Key} (similarity {Percent(group.Min(one => one.Week.Similarity))}{(group.Count() > 1 ? " or more" : "")})")
            .ToList();
        return returned.Count == 0 ? null : $"We have seen this routing before: {string.Join("; ", returned)}.";
    }

    private static string Names(IEnumerable<RoutingReport> routing)
    {
        var names = routing.GroupBy(one => one.Target).Select(group => $"{group.Key} over {string.Join(" and ", group.Select(one => $"IPv{one.Family}"))}").ToList();
        return names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";
    }

    private static string Similar(RoutingStatement statement) => statement.Similarity is { } similarity ? $" (similarity {Percent(similarity)})" : "";

    private static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "unknown";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
