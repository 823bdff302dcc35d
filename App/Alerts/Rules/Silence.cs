using Collector.Configuration;
using Collector.Configuration.Alerts;

namespace App.Alerts.Rules;

/// <summary>What nobody is told of for a time.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Matchers">All of them must fit.</param>
/// <param name="Start">When it begins; null: always was.</param>
/// <param name="End">When it ends; null: never.</param>
/// <param name="Comment">Why.</param>
/// <param name="Author">Who says so.</param>
/// <param name="IsConfigured">Whether it stands in the configuration, where alone it can be changed.</param>
public sealed record Silence(
    string Id, IReadOnlyList<AlertMatcher> Matchers, DateTimeOffset? Start, DateTimeOffset? End, string Comment, string Author, bool IsConfigured = false)
{
    private const int MostMatchers = 20;

    /// <summary>Those of the configuration.</summary>
    /// <exception cref="ConfigurationException">One that cannot be used: one line.</exception>
    public static IReadOnlyList<Silence> Of(AlertsOptions options) =>
    [
        .. options.Silences.Select((silence, index) =>
        {
            var key = $"Alerts:Silences:{index}";
            return Of($"configured-{index}", silence.Matchers, silence.Start, silence.End, silence.Comment, silence.Author, key) with { IsConfigured = true };
        }),
    ];

    /// <summary>One, if it can be used.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="matchers">As they were written.</param>
    /// <param name="start">When it begins; null: always was.</param>
    /// <param name="end">When it ends; null: never.</param>
    /// <param name="comment">Why.</param>
    /// <param name="author">Who says so.</param>
    /// <param name="key">Where it was found, for the message; empty: names of members alone.</param>
    /// <exception cref="ConfigurationException">It cannot be used: one line.</exception>
    public static Silence Of(string id, IReadOnlyList<string> matchers, DateTimeOffset? start, DateTimeOffset? end, string? comment, string? author, string key = "")
    {
        string Named(string member) => key.Length == 0 ? char.ToLowerInvariant(member[0]) + member[1..] : $"{key}:{member}";
        if (matchers.Count is 0 or > MostMatchers)
        {
            throw new ConfigurationException($"{Named("Matchers")} has {matchers.Count} entries; allowed: 1 to {MostMatchers}, such as check=\"black-hole\"");
        }

        if (end < start)
        {
            throw new ConfigurationException($"{Named("End")} is {AlertText.Time(end.Value)}; allowed: after {Named("Start")}, {AlertText.Time(start!.Value)}");
        }

        return new Silence(
            id,
            [.. matchers.Select((text, index) => AlertMatcher.Parse(text, $"{Named("Matchers")}:{index}"))],
            start,
            end,
            AlertText.Line(comment ?? ""),
            AlertText.Short(author ?? ""));
    }

    /// <summary>Whether it holds at an instant.</summary>
    public bool IsActive(DateTimeOffset at) => !(at < Start) && !(at >= End);

    /// <summary><c>pending</c>, <c>active</c> or <c>expired</c>.</summary>
    public string StateAt(DateTimeOffset at) => at < Start ? "pending" : at >= End ? "expired" : "active";

    /// <summary>Whether it fits an alert, whenever.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> labels) => Matchers.All(matcher => matcher.Fits(labels));
}
