using Collector.Atlas;
using Collector.Store;

namespace Collector.Rounds;

/// <summary>Which results a round asks for. Pure.</summary>
public static class CollectPlan
{
    /// <summary>How far back the first round reaches where nobody says when the measurement began, or when we began to follow it.</summary>
    public static readonly TimeSpan FirstOfUnknown = TimeSpan.FromDays(1);

    /// <summary>How long after its end a measurement is still asked for late results.</summary>
    public static readonly TimeSpan AfterTheEnd = TimeSpan.FromDays(2);

    // A measurement that asks once an hour is fetched every five minutes, one that asks once a day every two hours.
    private const int RoundsPerInterval = 12;

    // The round that is due at 12:05 may begin a little earlier after 12:05 than the one of 12:00 after 12:00.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>The window to fetch now; null: nothing is due.</summary>
    /// <remarks>
    /// From the watermark, an hour back for results that come late. The first round of a UTC day reaches farther: to the beginning of the
    /// day before the one of the last good round, so that each day is asked for again on the two days that follow it, also after a longer
    /// absence.
    /// </remarks>
    /// <param name="measurement">The measurement, with its beginning if that is known.</param>
    /// <param name="watermark">Up to where everything was fetched; null: nothing was.</param>
    /// <param name="last">Its last round; null: none.</param>
    /// <param name="now">The present.</param>
    public static FetchWindow? Next(StoredMeasurement measurement, DateTimeOffset? watermark, StoredJob? last, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        if (last is not null && (last.Succeeded > now + FetchWindows.Overlap || last.Started > now + FetchWindows.Overlap))
        {
            // By a clock that was ahead: it says nothing.
            last = last with { Started = null, Succeeded = null };
        }

        if (measurement.Stop + AfterTheEnd <= last?.Succeeded)
        {
            return null;
        }

        var pause = TimeSpan.FromSeconds((measurement.IntervalSeconds ?? 0) / (double)RoundsPerInterval) - Tolerance;
        if (last is { Error: null, Started: { } started } && started <= now && now - started < pause)
        {
            return null;
        }

        var start = measurement.Start ?? (watermark is null ? now - FirstOfUnknown : DateTimeOffset.MinValue);
        var from = FetchWindows.Begin(watermark, start, FetchWindows.Overlap);
        if ((last?.Succeeded ?? watermark) is { } before && before.UtcDateTime.Date < now.UtcDateTime.Date)
        {
            var deep = new DateTimeOffset(before.UtcDateTime.Date, TimeSpan.Zero) - FetchWindows.Day;
            from = Earlier(from, deep > start ? deep : start);
        }

        return from < now ? new FetchWindow(from, now) : null;
    }

    /// <summary>From where on to fetch again after a watermark that is still to come: a clock was ahead, nobody knows since when, and nothing arrived
    /// meanwhile.</summary>
    /// <param name="days">What the store has of the measurement, day by day.</param>
    /// <param name="now">The present.</param>
    /// <returns>The day before the last one that has a tenth of what the fullest day has, but at least <see cref="AfterTheEnd"/> ago: a few probes
    /// whose clocks are wrong are always ahead of the rest.</returns>
    public static DateTimeOffset BackFrom(IReadOnlyList<StoredDay> days, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(days);
        const int Tenth = 10;
        var past = days.Where(day => day.Day >= 0 && UnixDay.Start(day.Day) <= now.ToUnixTimeSeconds()).ToList();
        var most = past.Select(day => day.Samples).DefaultIfEmpty().Max();
        var back = now - AfterTheEnd;
        return past.FindLastIndex(day => day.Samples * Tenth >= most) is var full and >= 0
            ? Earlier(back, DateTimeOffset.FromUnixTimeSeconds(UnixDay.Start(past[full].Day)) - FetchWindows.Day)
            : back;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
