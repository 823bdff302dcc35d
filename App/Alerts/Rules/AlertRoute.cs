using Analyzer.Findings;

namespace App.Alerts.Rules;

/// <summary>One way to tell somebody: of what, and how often.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>webhook</c>, <c>slack</c>, <c>alertmanager</c> or <c>smtp</c>.</param>
internal sealed record AlertRoute(string Name, string Kind)
{
    /// <summary>It tells of nothing that matters less.</summary>
    public Severity MinimumSeverity { get; init; } = Severity.Warning;

    /// <summary>All of them must fit.</summary>
    public IReadOnlyList<AlertMatcher> Matchers { get; init; } = [];

    /// <summary>Alerts that agree in these labels make one message; none: all alerts do.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>How long the first message of a group waits for more to join it.</summary>
    public TimeSpan GroupWait { get; init; }

    /// <summary>How long news of a group wait after its last message.</summary>
    public TimeSpan GroupInterval { get; init; }

    /// <summary>When a group of which there is no news is told again.</summary>
    public TimeSpan RepeatInterval { get; init; }

    /// <summary>Whether it also tells that something is resolved.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>How long the word that something is resolved waits for a receiver that is away.</summary>
    public TimeSpan KeepUndelivered { get; init; }

    /// <summary>Whether it tells of an alert.</summary>
    public bool Takes(Alert alert, IReadOnlyDictionary<string, string> labels) => alert.Severity >= MinimumSeverity && Matchers.All(matcher => matcher.Fits(labels));
}
