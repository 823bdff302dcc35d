using Collector.Network;

namespace Analyzer.Comparisons;

/// <summary>How the routing of one target, over one family, has been: the last days, and all weeks.</summary>
/// <param name="Target">The target.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Days">The last days of which there are results: whole ones, UTC.</param>
/// <param name="Weeks">The weeks of which there are results.</param>
public sealed record RoutingHistory(Target Target, int Family, ModeTimeline Days, ModeTimeline Weeks)
{
    /// <summary>What is to be said of the newest day. Where none of these days resembles it, a week before them may.</summary>
    public required RoutingStatement Day { get; init; }

    /// <summary>What is to be said of the newest week.</summary>
    public RoutingStatement Week => Weeks.Newest();

    /// <summary>Whether there was time to read all of it; if not, what is missing lies farthest back.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Days.Windows.Count == 0 && Weeks.Windows.Count == 0;
}
