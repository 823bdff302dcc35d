using Analyzer.Findings;

namespace App.Alerts.Rules;

/// <summary>What a route's receiver was told of an alert.</summary>
/// <param name="Fingerprint">The alert.</param>
/// <param name="StartsAt">When it had begun.</param>
/// <param name="Severity">The most it was said to matter.</param>
internal sealed record ToldAlert(string Fingerprint, DateTimeOffset StartsAt, Severity Severity);

/// <summary>Alerts that a route puts into one message, and what its receiver was told of them. It survives the process.</summary>
/// <param name="Route">The route.</param>
/// <param name="Labels">What the alerts agree in, by the alphabet.</param>
/// <param name="Opened">When the first of them came.</param>
internal sealed record AlertGroup(string Route, IReadOnlyDictionary<string, string> Labels, DateTimeOffset Opened)
{
    /// <summary>When a message was last delivered; null: never.</summary>
    public DateTimeOffset? Sent { get; init; }

    /// <summary>Messages that were delivered.</summary>
    public int Messages { get; init; }

    /// <summary>What the receiver believes to be so.</summary>
    public IReadOnlyList<ToldAlert> Told { get; init; } = [];

    /// <summary>How often in a row the receiver refused the present message.</summary>
    public int Refusals { get; init; }

    /// <summary>Not to be tried before; null: whenever it is due.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Which group of its route: <c>{alertname="black-hole",target="ns-a"}</c>.</summary>
    public string Key => KeyOf(Labels);

    /// <summary>A group's key.</summary>
    public static string KeyOf(IReadOnlyDictionary<string, string> labels) =>
        $"{{{string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={System.Text.Json.JsonSerializer.Serialize(label.Value)}"))}}}";
}
