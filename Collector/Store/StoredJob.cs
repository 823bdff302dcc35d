namespace Collector.Store;

/// <summary>What became of a job so far, or of one measurement's share in it. It survives the process.</summary>
/// <param name="Name">The job, <c>collect</c>.</param>
/// <param name="Measurement">The measurement that it worked on; 0: the job is not one of a single measurement.</param>
public sealed record StoredJob(string Name, long Measurement = 0)
{
    /// <summary>When it last began; null: never.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it last ended, well or not; null: never. Before <see cref="Started"/>: it is running, or its process died.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>When it last ended well; null: never.</summary>
    public DateTimeOffset? Succeeded { get; init; }

    /// <summary>The last failure in one line, kept until a run ends well; null: none since.</summary>
    public string? Error { get; init; }

    /// <summary>How often it ended, well or not.</summary>
    public long Runs { get; init; }

    /// <summary>How often it ended with an error.</summary>
    public long Failures { get; init; }

    /// <summary>The instance that ran it last; null: never run.</summary>
    public string? Instance { get; init; }
}
