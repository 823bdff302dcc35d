using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>How long data is kept. What is not said is kept for ever.</summary>
public sealed record RetentionOptions
{
    private const string Shortest = "15.00:00:00";
    private const string Longest = "36500.00:00:00";

    /// <summary>How long the store keeps samples, from which catchments and reports are made; whole days. Default: for ever.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan? Samples { get; init; }

    /// <summary>How long the archive keeps what Atlas returned; whole days. A rebuild brings back no more than that. Default: for ever.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan? Archive { get; init; }

    /// <summary>How long weekly reports are kept; whole weeks. Default: for ever.</summary>
    [Range(typeof(TimeSpan), Shortest, Longest)]
    public TimeSpan? Reports { get; init; }
}
