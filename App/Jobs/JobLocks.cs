namespace App.Jobs;

/// <summary>Sees to it that no job runs twice at a time. What a process holds is free when it ends, however it ends.</summary>
internal interface IJobLocks
{
    /// <summary>Takes a job.</summary>
    /// <returns>Held until it is disposed of; null: somebody else runs the job.</returns>
    /// <exception cref="IOException">The database does not answer.</exception>
    Task<IJobLock?> TryTakeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether somebody runs the job.</summary>
    /// <exception cref="IOException">The database does not answer.</exception>
    Task<bool> IsTakenAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A job that is ours.</summary>
internal interface IJobLock : IAsyncDisposable
{
    /// <summary>Cancelled when it is ours no more although nobody gave it back: the run has to end, since another may begin.</summary>
    CancellationToken Lost { get; }
}

/// <summary>The locks of a service that shares its store with nobody.</summary>
internal sealed class MemoryJobLocks : IJobLocks
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IJobLock?> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        lock (taken)
        {
            return Task.FromResult<IJobLock?>(taken.Add(name) ? new Held(this, name) : null);
        }
    }

    /// <inheritdoc/>
    public Task<bool> IsTakenAsync(string name, CancellationToken cancellationToken)
    {
        lock (taken)
        {
            return Task.FromResult(taken.Contains(name));
        }
    }

    private sealed class Held(MemoryJobLocks locks, string name) : IJobLock
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            lock (locks.taken)
            {
                locks.taken.Remove(name);
            }

            return ValueTask.CompletedTask;
        }
    }
}
