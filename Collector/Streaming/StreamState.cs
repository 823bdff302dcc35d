namespace Collector.Streaming;

/// <summary>How the stream is doing.</summary>
public sealed record StreamState
{
    /// <summary>Since when it has been connected; null: it is not.</summary>
    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>Measurements that it should bring.</summary>
    public int Measurements { get; init; }

    /// <summary>Measurements whose subscription the server has confirmed on this connection.</summary>
    public int Subscribed { get; init; }

    /// <summary>Connections made so far; all but the first are reconnections.</summary>
    public long Connections { get; init; }

    /// <summary>Results received.</summary>
    public long Results { get; init; }

    /// <summary>Results that came faster than the store took them, and were dropped. The next collection brings them.</summary>
    public long Dropped { get; init; }

    /// <summary>Frames that made no sense or were not asked for.</summary>
    public long Rejected { get; init; }

    /// <summary>What ended the last connection, or the server's last objection; null: nothing yet.</summary>
    public string? Problem { get; init; }
}
