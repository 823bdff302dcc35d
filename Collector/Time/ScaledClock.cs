using System.Globalization;
using Collector.Configuration;

namespace Collector.Time;

/// <summary>A clock that runs faster than the real one, waiting included: for tests that have to see weeks go by.</summary>
/// <remarks>What it says depends on the real clock alone, so processes that are given the same text agree, and one that is killed and
/// started again finds the time where it has got to.</remarks>
/// <param name="start">What it says at the origin.</param>
/// <param name="origin">A real instant.</param>
/// <param name="speed">How many seconds pass in a real one; over zero.</param>
public sealed class ScaledClock(DateTimeOffset start, DateTimeOffset origin, double speed) : TimeProvider
{
    private const double Fastest = 100_000;

    // Timers of less than a millisecond would be none.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly long born = System.GetTimestamp();

    /// <summary>How many simulated seconds pass in a real one.</summary>
    public double Speed => speed;

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>Reads <c>START*SPEED</c>, the origin being now, or <c>START@ORIGIN*SPEED</c>.</summary>
    /// <param name="text"><c>2026-11-02T00:00:00Z@1763730000000*2000</c>; the origin in Unix milliseconds.</param>
    /// <param name="key">Where it was found, for the message.</param>
    /// <exception cref="ConfigurationException">It is no such thing.</exception>
    public static ScaledClock Parse(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        var speedAt = text.LastIndexOf('*');
        var originAt = text.IndexOf('@', StringComparison.Ordinal);
        var begin = speedAt < 0 ? text : text[..(originAt < 0 ? speedAt : originAt)];
        long milliseconds = 0;
        if (speedAt > originAt
            && DateTimeOffset.TryParse(begin, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            && double.TryParse(text[(speedAt + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and <= Fastest
            && (originAt < 0 || long.TryParse(text[(originAt + 1)..speedAt], NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds)))
        {
            return new ScaledClock(start, originAt < 0 ? System.GetUtcNow() : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), speed);
        }

        throw new ConfigurationException($"{key} is {text}; allowed: START*SPEED or START@ORIGIN*SPEED, such as 2026-11-02T00:00:00Z@1763730000000*2000");
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start + ((System.GetUtcNow() - origin) * speed);

    /// <inheritdoc/>
    public override long GetTimestamp() => (long)((System.GetTimestamp() - born) * speed);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, System.CreateTimer(callback, state, Real(dueTime), Real(period)));

    private TimeSpan Real(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan || time == TimeSpan.Zero)
        {
            return time;
        }

        var real = time / speed;
        return real < Shortest ? Shortest : real;
    }

    private sealed class Timer(ScaledClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
