namespace Collector.Configuration.Alerts;

/// <summary>What nobody is told of for a time: planned work, a known trouble.</summary>
public sealed record SilenceOptions
{
    /// <summary>All of them must fit an alert; at least one: <c>target="ns-a"</c>, <c>pop=~"JNB|GRU"</c>.</summary>
    public IReadOnlyList<string> Matchers { get; init; } = [];

    /// <summary>When it begins. Default: always was.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ends. Default: never.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Why.</summary>
    public string? Comment { get; init; }

    /// <summary>Who says so.</summary>
    public string? Author { get; init; }
}
