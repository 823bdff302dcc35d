using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>How states of the routing, and the times before and after a change of the operator's, are held against each other.</summary>
public sealed record ComparisonOptions
{
    /// <summary>How many days back days are held against each other; weeks are all that there are. Default: 60.</summary>
    [Range(7, 400)]
    public int Days { get; init; } = 60;

    /// <summary>Two days or weeks share a mode when their similarity is over this. Default: 0.95.</summary>
    [Range(0.5, 0.999)]
    public double SharedAbove { get; init; } = 0.95;

    /// <summary>Fewer probes in common than this say nothing. Default: 10.</summary>
    [Range(3, 10_000)]
    public int Probes { get; init; } = 10;

    /// <summary>How much time before, and how much after a change is looked at. Whole days have each hour of the day on both sides.
    /// Default: two days.</summary>
    [Range(typeof(TimeSpan), "06:00:00", "14.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(2);

    /// <summary>How long routing may take to settle after a change; that time belongs to neither side. Default: two hours.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Settle { get; init; } = TimeSpan.FromHours(2);
}
