using Collector.Store;
using Hangfire;

namespace App.Jobs;

/// <summary>Puts jobs into Hangfire's queue outside their turns.</summary>
internal sealed class JobQueue(HangfireStorage hangfire, JobStates states)
{
    /// <summary>Asks for a run.</summary>
    /// <param name="name">The job.</param>
    /// <param name="why">One of <see cref="JobReason"/>.</param>
    /// <exception cref="IOException">The database does not take it.</exception>
    public void Enqueue(string name, string why)
    {
        var begun = Mark(states.Find(name));
        try
        {
            new BackgroundJobClient(hangfire.Storage).Enqueue<HangfireAdapter>(adapter => adapter.RunAsync(name, why, begun, null, CancellationToken.None));
        }
        catch (BackgroundJobClientException problem)
        {
            throw new IOException($"the job {name} cannot be started: {problem.GetBaseException().Message.Split('\n')[0].Trim()}", problem);
        }
    }

    /// <summary>By which a run is told from later ones of the same job: when it began, in whole seconds as the store keeps it; 0: none did.</summary>
    public static long Mark(StoredJob? last) => last?.Started?.ToUnixTimeSeconds() ?? 0;
}
