namespace App.Jobs;

/// <summary>What the jobs are doing, and a way to start one.</summary>
internal interface IJobBoard
{
    /// <summary>One row a job in the order of their names, behind <c>collect</c> one a measurement.</summary>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken);

    /// <summary>Starts a job now; one that runs already is not started twice.</summary>
    /// <returns>False: no such job.</returns>
    Task<bool> RunNowAsync(string name, CancellationToken cancellationToken);
}
