namespace App.Series;

/// <summary>Where time series are written to.</summary>
public interface ITimeSeriesSink : IAsyncDisposable
{
    /// <summary>What became of what was written so far.</summary>
    SinkState State { get; }

    /// <summary>Takes points, and waits where memory would not hold more.</summary>
    /// <param name="place">Where they are kept.</param>
    /// <param name="lines">The points in line protocol, whole lines; copied before this returns.</param>
    /// <param name="points">How many lines.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">Something that was taken before is not safe: write it again. The message is one line for the operator.</exception>
    ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken);

    /// <summary>Waits until everything taken so far is safe: acknowledged by the database, or on disk to be sent when the database is back.
    /// Points that the database refuses for what they are count as done, and are counted.</summary>
    /// <exception cref="IOException">Something is not safe: write it again. The message is one line for the operator.</exception>
    Task FlushAsync(CancellationToken cancellationToken);
}

/// <summary>What became of what was written.</summary>
public sealed record SinkState
{
    /// <summary>Points that the database acknowledged.</summary>
    public long Written { get; init; }

    /// <summary>Points that the database refused for what they are, by reason.</summary>
    public IReadOnlyDictionary<string, long> Refused { get; init; } = new Dictionary<string, long>();

    /// <summary>In the database's words, the last such refusal; null: none.</summary>
    public string? RefusedExample { get; init; }

    /// <summary>Points that wait on disk.</summary>
    public long WaitingPoints { get; init; }

    /// <summary>Bytes that wait on disk.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Why nothing can be written at the moment, in one line; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>When the database last acknowledged something; null: never.</summary>
    public DateTimeOffset? LastWritten { get; init; }
}
