namespace Collector.Atlas;

/// <summary>A stretch of time whose results are fetched together: [From, To).</summary>
/// <param name="From">First instant.</param>
/// <param name="To">First instant no longer in it.</param>
public readonly record struct FetchWindow(DateTimeOffset From, DateTimeOffset To);

/// <summary>Which windows to fetch. The watermark of a measurement is the instant up to which everything was fetched.</summary>
public static class FetchWindows
{
    /// <summary>How far behind the watermark a round reaches, for results that probes deliver late.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>The length of a window: a day, the unit of the archive.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Cuts [from, to) at multiples of the length (days begin at 0:00 UTC), so that the same day is always the same window.</summary>
    public static IEnumerable<FetchWindow> Split(DateTimeOffset from, DateTimeOffset to, TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        var begin = from.ToUniversalTime();
        var end = to.ToUniversalTime();
        while (begin < end)
        {
            var next = new DateTimeOffset(begin.Ticks - (begin.Ticks % length.Ticks), TimeSpan.Zero) + length;
            var stop = next < end ? next : end;
            yield return new FetchWindow(begin, stop);
            begin = stop;
        }
    }

    /// <summary>Where a round begins: the overlap before the watermark, never before the measurement itself.</summary>
    /// <param name="watermark">Null: nothing was fetched yet.</param>
    /// <param name="start">When the measurement began.</param>
    /// <param name="overlap">How far to reach back.</param>
    public static DateTimeOffset Begin(DateTimeOffset? watermark, DateTimeOffset start, TimeSpan overlap) =>
        watermark is { } mark && mark - overlap > start ? mark - overlap : start;

    /// <summary>The watermark after a window was fetched and stored.</summary>
    /// <param name="watermark">The one before; null: nothing was fetched yet.</param>
    /// <param name="start">When the measurement began.</param>
    /// <param name="fetched">The window.</param>
    /// <param name="now">Results of the future are still to come, so the mark stays behind the clock.</param>
    /// <returns>Unchanged where the window would leave a gap behind it: the mark promises that everything before it is there.</returns>
    public static DateTimeOffset? Advance(DateTimeOffset? watermark, DateTimeOffset start, FetchWindow fetched, DateTimeOffset now)
    {
        var reached = fetched.To < now ? fetched.To : now;
        return fetched.From > (watermark ?? start) || reached <= (watermark ?? DateTimeOffset.MinValue) ? watermark : reached;
    }
}
