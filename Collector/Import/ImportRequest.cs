using Collector.Results;

namespace Collector.Import;

/// <summary>How an input is to be imported.</summary>
public sealed record ImportRequest
{
    /// <summary>The target that its measurements watch: they are registered for it. Null: measurements are left as they are.</summary>
    public string? Target { get; init; }

    /// <summary>Which observations are wanted; null: all. Called from one thread.</summary>
    public Predicate<Observation>? Filter { get; init; }

    /// <summary>Whether reading may wait long, as from a network: then no thread waits with it.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Told now and then how far it is.</summary>
    public IProgress<ImportProgress>? Progress { get; init; }
}
