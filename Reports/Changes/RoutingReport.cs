using System.Text.Json;
using Analyzer.Comparisons;
using Analyzer.Time;
using Reports.Words;

namespace Reports.Changes;

/// <summary>How the routing of one target, over one family, has been: the same in API, pages and <c>report.json</c>. Times are Unix seconds.</summary>
public sealed record RoutingReport
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>4 or 6.</summary>
    public required int Family { get; init; }

    /// <summary>Whether all of the history has been read; if not, what is missing lies farthest back.</summary>
    public required bool Complete { get; init; }

    /// <summary>What is to be said of the newest day.</summary>
    public required StatementReport Day { get; init; }

    /// <summary>What is to be said of the newest week.</summary>
    public required StatementReport Week { get; init; }

    /// <summary>The last days.</summary>
    public required TimelineReport Days { get; init; }

    /// <summary>The weeks.</summary>
    public required TimelineReport Weeks { get; init; }

    /// <summary>Puts it in these words.</summary>
    /// <param name="history">The history.</param>
    /// <param name="days">At most so many days, the newest.</param>
    /// <param name="weeks">At most so many weeks, the newest.</param>
    public static RoutingReport Of(RoutingHistory history, int days = int.MaxValue, int weeks = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(history);
        return new()
        {
            Target = history.Target.Name,
            Family = history.Family,
            Complete = history.IsComplete,
            Day = StatementReport.Of(history.Day, "day"),
            Week = StatementReport.Of(history.Week, "week"),
            Days = TimelineReport.Of(history.Days, days),
            Weeks = TimelineReport.Of(history.Weeks, weeks),
        };
    }
}

/// <summary>What is to be said of the newest day or week.</summary>
public sealed record StatementReport
{
    /// <summary><c>same</c>, <c>returned</c>, <c>new</c>, <c>first</c> or <c>unknown</c>.</summary>
    public required string News { get; init; }

    /// <summary>It in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>The day or week it is about.</summary>
    public WindowReport? Window { get; init; }

    /// <summary>Its mode.</summary>
    public int? Mode { get; init; }

    /// <summary>The day or week it is held against: the one before, the one that it is like again, or the one most like it.</summary>
    public WindowReport? Other { get; init; }

    /// <summary>The similarity of the two, 0 to 1.</summary>
    public double? Similarity { get; init; }

    /// <summary>Since when its mode has been in force without a break, Unix seconds.</summary>
    public long? Since { get; init; }

    internal static StatementReport Of(RoutingStatement statement, string unit) => new()
    {
        News = JsonNamingPolicy.KebabCaseLower.ConvertName(statement.News.ToString()),
        Text = RoutingText.Of(statement, unit),
        Window = statement.Window is null ? null : WindowReport.Of(statement.Window),
        Mode = statement.Mode,
        Other = statement.Other is null ? null : WindowReport.Of(statement.Other),
        Similarity = statement.Similarity is { } similarity ? Rounded.Share(similarity) : null,
        Since = statement.Since?.ToUnixTimeSeconds(),
    };
}

/// <summary>A day or week.</summary>
public sealed record WindowReport
{
    /// <summary><c>2026-W46</c> or <c>2026-11-12</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its first instant, Unix seconds.</summary>
    public required long From { get; init; }

    /// <summary>The first instant after it, Unix seconds.</summary>
    public required long To { get; init; }

    internal static WindowReport Of(Window window) => new() { Name = ChangeWords.Read(window), From = window.FromUnixSeconds, To = window.ToUnixSeconds };
}

/// <summary>Days or weeks in a row.</summary>
public sealed record TimelineReport
{
    /// <summary>Two share a mode when their similarity is over this.</summary>
    public required double SharedAbove { get; init; }

    /// <summary>The days or weeks, by time; without a mode where there are too few probes.</summary>
    public required IReadOnlyList<ModeWindowReport> Windows { get; init; }

    /// <summary>When each mode was in force, by time.</summary>
    public required IReadOnlyList<StretchReport> Stretches { get; init; }

    /// <summary>For each day or week its similarity with each one before it, 0 to 1, in their order; null where they have too few probes in common.</summary>
    public required IReadOnlyList<IReadOnlyList<double?>> Similarities { get; init; }

    internal static TimelineReport Of(ModeTimeline timeline, int most)
    {
        var first = Math.Max(0, timeline.Windows.Count - most);
        var shown = Enumerable.Range(first, timeline.Windows.Count - first).ToList();
        return new()
        {
            SharedAbove = timeline.SharedAbove,
            Windows = [.. shown.Select(index => ModeWindowReport.Of(timeline.Windows[index]))],
            Stretches =
            [
                .. timeline.Stretches.Where(stretch => shown.Count > 0 && stretch.To > timeline.Windows[first].Window.From).Select(stretch => new StretchReport
                {
                    Mode = stretch.Mode, From = stretch.From.ToUnixTimeSeconds(), To = stretch.To.ToUnixTimeSeconds(), Windows = stretch.Windows,
                }),
            ],
            Similarities =
            [
                .. shown.Select(index => (IReadOnlyList<double?>)
                    [.. shown.TakeWhile(other => other < index).Select(other => timeline.Similarities[other, index] is { } value ? Math.Round(value, 4) : (double?)null)]),
            ],
        };
    }
}

/// <summary>One day or week of a row.</summary>
public sealed record ModeWindowReport
{
    /// <summary><c>2026-W46</c> or <c>2026-11-12</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its first instant, Unix seconds.</summary>
    public required long From { get; init; }

    /// <summary>The first instant after it, Unix seconds.</summary>
    public required long To { get; init; }

    /// <summary>Probes with a PoP.</summary>
    public required int Probes { get; init; }

    /// <summary>Its mode; absent: too few probes to say.</summary>
    public int? Mode { get; init; }

    internal static ModeWindowReport Of(ModeWindow window) => new()
    {
        Name = ChangeWords.Read(window.Window),
        From = window.Window.FromUnixSeconds,
        To = window.Window.ToUnixSeconds,
        Probes = window.Probes,
        Mode = window.Mode,
    };
}

/// <summary>A stretch of time in which one mode was in force.</summary>
public sealed record StretchReport
{
    /// <summary>The mode.</summary>
    public required int Mode { get; init; }

    /// <summary>The first instant, Unix seconds.</summary>
    public required long From { get; init; }

    /// <summary>The first instant after it, Unix seconds.</summary>
    public required long To { get; init; }

    /// <summary>In how many days or weeks it was seen.</summary>
    public required int Windows { get; init; }
}
