namespace Collector.Store;

/// <summary>UTC days, counted from 1 January 1970.</summary>
internal static class UnixDay
{
    public const int Seconds = 86_400;

    /// <summary>The day of an instant; probes' clocks can be wrong by any amount, so any number is an instant.</summary>
    public static long Of(long unixSeconds) => Math.DivRem(unixSeconds, Seconds, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>The first second of a day.</summary>
    public static long Start(long day) => unchecked(day * Seconds);
}
