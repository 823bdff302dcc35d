using System.Globalization;
using Collector.Configuration;

namespace Analyzer.Time;

/// <summary>A stretch of time that is looked at as a whole: a week, or any other.</summary>
/// <param name="From">First instant, UTC.</param>
/// <param name="To">First instant after it, UTC.</param>
public sealed record Window(DateTimeOffset From, DateTimeOffset To)
{
    private const string AllowedInstants = "ISO 8601 (2026-11-09, 2026-11-09T12:00Z), or back from now (-90m, -24h, -7d, -2w)";

    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK",
        "yyyyMMdd", "yyyyMMdd'T'HHmmK", "yyyyMMdd'T'HHmmssK",
    ];

    /// <summary>The week it is; null when it is none.</summary>
    public IsoWeek? Week { get; private init; }

    /// <summary>Unix seconds of the first instant.</summary>
    public long FromUnixSeconds => Seconds(From);

    /// <summary>Unix seconds of the first instant after it.</summary>
    public long ToUnixSeconds => Seconds(To);

    /// <summary>How long it is.</summary>
    public TimeSpan Length => To - From;

    /// <summary>The window of the same length that ends where this one begins; of a week, the week before.</summary>
    public Window Previous => Week is { } week ? Of(week.Previous) : new Window(From - Length, From);

    /// <summary>The window of a week.</summary>
    public static Window Of(IsoWeek week) => new(week.Start, week.End) { Week = week };

    /// <summary>The times of equal length before and after a change, to be compared with each other.</summary>
    /// <param name="at">When the change was made.</param>
    /// <param name="length">How long each is; over zero.</param>
    public static (Window Before, Window After) Around(DateTimeOffset at, TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        return (new Window(at - length, at), new Window(at, at + length));
    }

    /// <summary>What <c>--week</c>, <c>--since</c> and <c>--until</c> together mean.</summary>
    /// <param name="week"><c>2026-W46</c>; null: not given.</param>
    /// <param name="since">ISO 8601, UTC unless it says otherwise, or back from now: <c>-24h</c>; null: not given.</param>
    /// <param name="until">The same; null: now.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="ConfigurationException">They mean nothing, or not one thing.</exception>
    public static Window Parse(string? week, string? since, string? until, DateTimeOffset now)
    {
        if (week is not null)
        {
            return since is null && until is null
                ? Of(IsoWeek.Parse(week, "--week"))
                : throw new ConfigurationException(
                    $"--week is {Quoted.Value(week)} together with {(since is null ? "--until" : "--since")}; allowed: --week alone, or --since with or without --until");
        }

        if (since is null)
        {
            throw new ConfigurationException(
                until is null
                    ? $"--week is missing; allowed: --week (such as {IsoWeek.Of(now)}), or --since with or without --until"
                    : "--until stands without --since; allowed: --week, or --since with or without --until");
        }

        var from = ParseInstant(since, "--since", now);
        var to = until is null ? now.ToUniversalTime() : ParseInstant(until, "--until", now);
        return from < to
            ? new Window(from, to)
            : throw new ConfigurationException($"--since is {Quoted.Value(since)}; allowed: before {(until is null ? "now" : $"--until, {Quoted.Value(until)}")}");
    }

    /// <summary>Reads an instant: ISO 8601, UTC unless it says otherwise, or back from now: <c>-24h</c>, <c>-7d</c>.</summary>
    /// <param name="text">What was found.</param>
    /// <param name="key">Where it was found, for the message: <c>--since</c>.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="ConfigurationException">It is no instant.</exception>
    public static DateTimeOffset ParseInstant(string text, string key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is ['-', .. var digits, var unit] && Back(digits, unit) is { } back && back < now - DateTimeOffset.UnixEpoch)
        {
            return (now - back).ToUniversalTime();
        }

        if (DateTimeOffset.TryParseExact(
                text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            && at >= DateTimeOffset.UnixEpoch)
        {
            return at;
        }

        throw new ConfigurationException($"{key} is {Quoted.Value(text)}; allowed: {AllowedInstants}");
    }

    /// <summary><c>2026-W46</c>, or <c>2026-11-09T00:00:00Z/2026-11-10T00:00:00Z</c>.</summary>
    public override string ToString() => Week is { } week
        ? week.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{From.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}/{To.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");

    private static TimeSpan? Back(string digits, char unit)
    {
        // Six digits are 114 years in hours and cannot overflow in weeks.
        if (digits.Length > 6 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return null;
        }

        return unit switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            'w' => TimeSpan.FromDays(7L * count),
            _ => null,
        };
    }

    // Samples carry whole seconds, so a window that begins or ends inside a second holds those from the next whole one on.
    private static long Seconds(DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds();
        return at > DateTimeOffset.FromUnixTimeSeconds(seconds) ? seconds + 1 : seconds;
    }
}
