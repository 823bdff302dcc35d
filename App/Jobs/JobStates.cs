using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>What becomes of the jobs, kept in the store so that it survives the process, and in memory so that a store that cannot be
/// written to can be told of too.</summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed partial class JobStates(IObservationStore store, Settings settings, TimeProvider time, ILogger<JobStates> logger)
{
    /// <summary>What a run that was ended from outside leaves as its error.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>What a run leaves that somebody deleted on the dashboard.</summary>
    public const string EndedByHand = "ended by hand";

    /// <summary>What a run leaves whose process ended before it did.</summary>
    public const string EndedWithoutAWord = "ended without a word: the process was killed or crashed";

    // A run of another instance that is older is taken to have died with it.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(6);

    private readonly Lock gate = new();

    // One saves at a time, so that what a slower one saves is never older than what is there.
    private readonly Lock saving = new();
    private readonly Dictionary<(string Name, long Measurement), StoredJob> ours = [];
    private readonly HashSet<(string Name, long Measurement)> running = [];
    private readonly HashSet<(string Name, long Measurement)> unsaved = [];
    private bool isSaving = true;

    /// <summary>This process, among those that share a store.</summary>
    public string Instance { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>A run begins.</summary>
    public void Begin(string name, long measurement = 0)
    {
        var known = Find(name, measurement) ?? new StoredJob(name, measurement);
        var now = time.GetUtcNow();
        lock (gate)
        {
            running.Add((name, measurement));

            // The store keeps whole seconds: a run that begins in the one in which the last ended would look as if it had ended too.
            var ended = known.Ended is { } last && last.ToUnixTimeSeconds() < now.ToUnixTimeSeconds() ? known.Ended : null;
            ours[(name, measurement)] = known with { Started = now, Ended = ended, Instance = Instance };
        }

        // A measurement's share ends soon, and the job as a whole tells of a crash in the middle.
        if (measurement == 0)
        {
            Save(name, measurement);
        }
    }

    /// <summary>A run ends.</summary>
    /// <param name="name">The job.</param>
    /// <param name="error">Why not well, in one line; null: well.</param>
    /// <param name="measurement">The measurement whose share it was; 0: the job as a whole.</param>
    public void End(string name, string? error, long measurement = 0)
    {
        lock (gate)
        {
            running.Remove((name, measurement));
            var job = ours[(name, measurement)];
            var now = time.GetUtcNow();
            ours[(name, measurement)] = job with
            {
                Ended = now,
                Succeeded = error is null ? now : job.Succeeded,
                Error = error,
                Runs = job.Runs + 1,
                Failures = job.Failures + (error is null or Interrupted or EndedByHand ? 0 : 1),
            };
        }

        Save(name, measurement);
    }

    /// <summary>What became of a job; null: it never ran.</summary>
    public StoredJob? Find(string name, long measurement = 0) =>
        All().Select(one => one.Job).FirstOrDefault(job => job.Name == name && job.Measurement == measurement);

    /// <summary>Whether this process runs it.</summary>
    public bool IsRunning(string name)
    {
        lock (gate)
        {
            return running.Contains((name, 0));
        }
    }

    /// <summary>What became of all jobs, and whether they run now, here or in another instance. A run whose process died has ended with
    /// an error.</summary>
    public IReadOnlyList<(StoredJob Job, bool IsRunning)> All()
    {
        IReadOnlyList<StoredJob> stored;
        try
        {
            stored = store.Jobs();
        }
        catch (IOException problem)
        {
            NotRead(problem.Message);
            stored = [];
        }

        var now = time.GetUtcNow();
        lock (gate)
        {
            var all = stored.ToDictionary(job => (job.Name, job.Measurement));
            foreach (var (key, job) in ours)
            {
                // Of those who share the store, whoever began last knows best.
                if (!all.TryGetValue(key, out var other) || other.Instance == Instance || other.Started <= job.Started)
                {
                    all[key] = job;
                }
            }

            return
            [
                .. all.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal).ThenBy(pair => pair.Key.Measurement).Select(pair =>
                    pair.Value.Instance == Instance && running.Contains(pair.Key) ? (pair.Value, true) : OfOthers(pair.Value, now)),
            ];
        }
    }

    private (StoredJob Job, bool IsRunning) OfOthers(StoredJob job, DateTimeOffset now)
    {
        if (job.Started is not { } started || job.Ended >= started)
        {
            return (job, false);
        }

        return HangfireStorage.IsShared(settings.Storage) && job.Instance != Instance && now - started < LongestRun
            ? (job, true)
            : (job with { Error = EndedWithoutAWord, Runs = job.Runs + 1, Failures = job.Failures + 1 }, false);
    }

    /// <summary>Saves a state, and those that could not be saved before.</summary>
    private void Save(string name, long measurement)
    {
        lock (gate)
        {
            unsaved.Add((name, measurement));
        }

        lock (saving)
        {
            SaveUnsaved();
        }
    }

    private void SaveUnsaved()
    {
        StoredJob[] due;
        lock (gate)
        {
            due = [.. unsaved.Select(key => ours[key])];
        }

        try
        {
            foreach (var job in due)
            {
                store.SaveJob(job);
                lock (gate)
                {
                    // It may have changed meanwhile: then whoever changed it saves it next.
                    if (ours[(job.Name, job.Measurement)] == job)
                    {
                        unsaved.Remove((job.Name, job.Measurement));
                    }
                }
            }

            if (!isSaving)
            {
                isSaving = true;
                SavedAgain();
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            if (isSaving)
            {
                isSaving = false;
                NotSaved(problem.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "What became of the jobs cannot be saved: {Problem}")]
    private partial void NotSaved(string problem);

    [LoggerMessage(LogLevel.Information, "What became of the jobs is saved again")]
    private partial void SavedAgain();

    [LoggerMessage(LogLevel.Warning, "What became of the jobs cannot be read: {Problem}")]
    private partial void NotRead(string problem);
}
