namespace App.Jobs;

/// <summary>Something that the service does on schedule. A plain class: whatever keeps the schedule only calls it.</summary>
internal interface IServiceJob
{
    /// <summary>The job's one name everywhere: <c>weekly-report</c>.</summary>
    string Name { get; }

    /// <summary>Does it once.</summary>
    /// <param name="cancellationToken">Ends it after the commit that it is at.</param>
    /// <exception cref="Exception">It could not be done, or not all of it; the message is one line for the operator.</exception>
    Task RunAsync(CancellationToken cancellationToken);
}
