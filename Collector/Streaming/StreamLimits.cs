namespace Collector.Streaming;

/// <summary>Bounds of the stream. Nobody had to change them yet, so they are no settings.</summary>
internal sealed record StreamLimits
{
    /// <summary>The longest frame in bytes. Three answers of 64 KiB, Base64 in JSON, stay below a third of it.</summary>
    public int Frame { get; init; } = 1 << 20;

    /// <summary>Results that fill a batch.</summary>
    public int BatchResults { get; init; } = 2000;

    /// <summary>Bytes that fill a batch.</summary>
    public int BatchBytes { get; init; } = 2 << 20;

    /// <summary>How long the first result of a batch waits for others.</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Batches that may wait for the store.</summary>
    public int QueuedBatches { get; init; } = 16;

    /// <summary>Silence after which we ask whether the other side still lives.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to answer that.</summary>
    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Pause after the first failure; it doubles with each.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection that lasted so long was a good one: the pauses begin anew.</summary>
    public TimeSpan Proven { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause after so many failures in a row.</summary>
    /// <param name="failures">1 and more.</param>
    /// <param name="chance">0 to 1: clients that lost the same server must not come back at the same moment.</param>
    public TimeSpan PauseAfter(int failures, double chance) =>
        Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)), LongestPause.TotalSeconds) is var seconds
            ? TimeSpan.FromSeconds(seconds * (0.5 + (chance / 2)))
            : default;
}
