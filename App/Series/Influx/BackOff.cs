namespace App.Series.Influx;

/// <summary>How long to wait before the next attempt: twice as long each time, with jitter, the server's wish first.</summary>
internal sealed class BackOff(TimeSpan first)
{
    /// <summary>The longest wait by our own choice; an operator's repair shows within it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(5);

    private int attempts;

    /// <summary>The next wait.</summary>
    /// <param name="wish">The server's; null: none.</param>
    public TimeSpan Next(TimeSpan? wish)
    {
        var delay = first * Math.Pow(2, Math.Min(attempts++, 20));
        if (wish is { } asked)
        {
            return asked < LongestWish ? asked : LongestWish;
        }

        // Several writers that lost the same server shall not come back at the same moment. Nothing secret hangs on it.
#pragma warning disable CA5394
        return (delay < Longest ? delay : Longest) * (0.75 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }

    /// <summary>It worked: the next failure is a first one.</summary>
    public void Reset() => attempts = 0;
}
