namespace Collector.Configuration;

/// <summary>Which probes measure.</summary>
public sealed record ProbeSelectionOptions
{
    /// <summary>How many probes a target gets. Default: 300; range 1 to 100,000.</summary>
    public int Count { get; init; } = 300;
}
