using Analyzer.Time;

namespace Analyzer.Comparisons;

/// <summary>One window of a timeline.</summary>
/// <param name="Window">The window.</param>
/// <param name="Probes">Probes that were attributed in it.</param>
/// <param name="Mode">Its mode, numbered from 1 by first appearance; null: too few probes to say.</param>
public sealed record ModeWindow(Window Window, int Probes, int? Mode);

/// <summary>A stretch of time in which one mode was in force. Windows without a mode in between do not end it: no data is no change.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="From">The first instant of its first window.</param>
/// <param name="To">The first instant after its last window.</param>
/// <param name="Windows">In how many windows it was seen.</param>
public sealed record ModeStretch(int Mode, DateTimeOffset From, DateTimeOffset To, int Windows);

/// <summary>What is to be said of the newest window.</summary>
public enum RoutingNews
{
    /// <summary>It has too few probes, or there is none.</summary>
    Unknown,

    /// <summary>There is nothing earlier to hold it against.</summary>
    First,

    /// <summary>Its mode is that of the window before.</summary>
    Same,

    /// <summary>Its mode is not that of the window before, but an earlier one: it has been seen before.</summary>
    Returned,

    /// <summary>Nothing earlier resembles it.</summary>
    New,
}

/// <summary>What is to be said of the newest window, and of which other.</summary>
/// <param name="News">What.</param>
public sealed record RoutingStatement(RoutingNews News)
{
    /// <summary>The newest window; null: there is none.</summary>
    public Window? Window { get; init; }

    /// <summary>Its mode; null: unknown.</summary>
    public int? Mode { get; init; }

    /// <summary>The window it is held against. The same: the one before; returned: the latest earlier one that resembles it; new: the one that
    /// resembles it most. Null: there is none.</summary>
    public Window? Other { get; init; }

    /// <summary>The similarity of the two, 0 to 1; null: unknown.</summary>
    public double? Similarity { get; init; }

    /// <summary>Since when its mode has been in force without a break; null: unknown.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Windows of equal length in a row, their similarities and their modes.</summary>
public sealed class ModeTimeline
{
    private ModeTimeline(SimilarityTable similarities, IReadOnlyList<ModeWindow> windows, double sharedAbove)
    {
        Similarities = similarities;
        Windows = windows;
        SharedAbove = sharedAbove;
        Stretches = StretchesOf(windows);
    }

    /// <summary>How similar every two are, by their positions.</summary>
    public SimilarityTable Similarities { get; }

    /// <summary>The windows, ascending by time.</summary>
    public IReadOnlyList<ModeWindow> Windows { get; }

    /// <summary>When each mode was in force, ascending by time.</summary>
    public IReadOnlyList<ModeStretch> Stretches { get; }

    /// <summary>Two windows share a mode when their similarity is over this.</summary>
    public double SharedAbove { get; }

    /// <summary>How many modes there are.</summary>
    public int Modes => Windows.Max(window => window.Mode) ?? 0;

    /// <summary>Finds the modes of some windows.</summary>
    /// <param name="windows">Of one target and family, ascending by time.</param>
    /// <param name="leastProbes">Fewer probes say nothing.</param>
    /// <param name="sharedAbove">Two windows share a mode when their similarity is over this.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    public static ModeTimeline Of(
        IReadOnlyList<ServedPops> windows, int leastProbes, double sharedAbove = Comparisons.Modes.SharedAbove, Collector.Geography.InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var table = SimilarityTable.Of(windows, leastProbes, population);
        var known = Enumerable.Range(0, windows.Count).Where(index => windows[index].Count >= leastProbes).ToList();
        var modes = Comparisons.Modes.Of(known.Count, (one, other) => table[known[one], known[other]], sharedAbove);
        var modeOf = known.Zip(modes).ToDictionary(pair => pair.First, pair => pair.Second);
        return new ModeTimeline(
            table,
            [.. windows.Select((window, index) => new ModeWindow(window.Window, window.Count, modeOf.TryGetValue(index, out var mode) ? mode : null))],
            sharedAbove);
    }

    /// <summary>What is to be said of the newest window.</summary>
    public RoutingStatement Newest() => At(Windows.Count - 1);

    /// <summary>What is to be said of one window, by what had been seen until then.</summary>
    /// <param name="index">Its position.</param>
    public RoutingStatement At(int index)
    {
        if (index < 0 || Windows[index].Mode is not { } mode)
        {
            return new RoutingStatement(RoutingNews.Unknown) { Window = index < 0 ? null : Windows[index].Window };
        }

        var statement = new RoutingStatement(RoutingNews.First) { Window = Windows[index].Window, Mode = mode, Since = Windows[index].Window.From };
        var before = index - 1;
        while (before >= 0 && Windows[before].Mode is null)
        {
            before--;
        }

        if (before < 0)
        {
            return statement;
        }

        if (Windows[before].Mode == mode)
        {
            var stretch = Stretches.Last(one => one.From <= Windows[index].Window.From);
            return statement with { News = RoutingNews.Same, Other = Windows[before].Window, Similarity = Similarities[before, index], Since = stretch.From };
        }

        // Whoever belongs to an earlier mode resembles one of its windows, or is bound to it by a later one.
        var likes = Enumerable.Range(0, index).Where(other => Windows[other].Mode is not null).ToList();
        var seen = likes.Where(other => Windows[other].Mode == mode).ToList();
        if (seen.Count > 0)
        {
            var other = seen.Where(one => Similarities[one, index] > SharedAbove).DefaultIfEmpty(seen[^1]).Last();
            return statement with { News = RoutingNews.Returned, Other = Windows[other].Window, Similarity = Similarities[other, index] };
        }

        var nearest = likes.Where(other => Similarities[other, index] is not null).Reverse().Select(other => (int?)other).MaxBy(other => Similarities[other!.Value, index]);
        return statement with { News = RoutingNews.New, Other = nearest is { } found ? Windows[found].Window : null, Similarity = nearest is { } one ? Similarities[one, index] : null };
    }

    private static List<ModeStretch> StretchesOf(IReadOnlyList<ModeWindow> windows)
    {
        var stretches = new List<ModeStretch>();
        foreach (var window in windows)
        {
            if (window.Mode is not { } mode)
            {
                continue;
            }

            if (stretches.Count > 0 && stretches[^1].Mode == mode)
            {
                stretches[^1] = stretches[^1] with { To = window.Window.To, Windows = stretches[^1].Windows + 1 };
            }
            else
            {
                stretches.Add(new ModeStretch(mode, window.Window.From, window.Window.To, 1));
            }
        }

        return stretches;
    }
}
