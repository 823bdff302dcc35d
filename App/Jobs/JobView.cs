namespace App.Jobs;

/// <summary>One row of the board: a job, or one measurement's share in <c>collect</c>.</summary>
/// <param name="Name">The job's name: <c>collect</c>.</param>
/// <param name="Measurement">The measurement; null: the job as a whole.</param>
/// <param name="Target">The target that the measurement watches; null: the job as a whole.</param>
/// <param name="State"><c>idle</c>, <c>running</c>, <c>failed</c> (its last run), <c>waiting</c> (it never ran) or <c>off</c>.</param>
/// <param name="Started">When it last began; null: never.</param>
/// <param name="Ended">When it last ended, well or not; null: never.</param>
/// <param name="Succeeded">When it last ended well; null: never.</param>
/// <param name="Next">When it is to run next; null: it is off, or a share of a job.</param>
/// <param name="Error">The last failure in one line, kept until a run ends well; null: none since.</param>
/// <param name="Runs">How often it ended, well or not.</param>
/// <param name="Failures">How often it ended with an error.</param>
/// <param name="Instance">The instance that ran it last; null: never run.</param>
public sealed record JobView(
    string Name,
    long? Measurement,
    string? Target,
    string State,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    DateTimeOffset? Succeeded,
    DateTimeOffset? Next,
    string? Error,
    long Runs,
    long Failures,
    string? Instance);
