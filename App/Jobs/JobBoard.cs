using Collector.Configuration;
using Collector.Measuring;
using Collector.Store;
using Collector.Streaming;

namespace App.Jobs;

/// <summary>What the jobs are doing: the schedule and the states together. The stream, where there is one, has a row like theirs.</summary>
internal sealed class JobBoard(
    JobSchedule schedule, JobStates states, JobScheduler scheduler, IObservationStore store, Settings settings, TimeProvider time, AtlasStream? stream = null) : IJobBoard
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = states.All().ToDictionary(one => (one.Job.Name, one.Job.Measurement));
        var targets = UnicastTarget.AndTargets(settings.Network);
        var rows = new List<JobView>();
        foreach (var turns in schedule.Jobs)
        {
            rows.Add(View(new StoredJob(turns.Name), isOff: !turns.IsEnabled, target: null, next: turns.NextAfter(now)));
            if (turns.Name == JobNames.Collect)
            {
                rows.AddRange(store.Measurements()
                    .Where(measurement => targets.Contains(measurement.Target))
                    .Select(measurement => View(
                        new StoredJob(turns.Name, measurement.Id), isOff: !turns.IsEnabled || measurement.Stop <= now, measurement.Target, next: null)));
            }
        }

        if (stream is not null)
        {
            rows.Add(Of(stream.State));
        }

        return Task.FromResult<IReadOnlyList<JobView>>(rows);

        JobView View(StoredJob never, bool isOff, string? target, DateTimeOffset? next)
        {
            var (job, isRunning) = known.GetValueOrDefault((never.Name, never.Measurement), (never, false));
            var state = isRunning ? "running"
                : isOff ? "off"
                : job.Error is not null ? "failed"
                : job.Started is null ? "waiting"
                : "idle";
            return new JobView(
                job.Name, job.Measurement == 0 ? null : job.Measurement, target, state,
                job.Started, job.Ended, job.Succeeded, next, job.Error, job.Runs, job.Failures, job.Instance);
        }
    }

    /// <summary>It runs while it is connected. That it is not counts as no failure of a job: what it misses is collected.</summary>
    private static JobView Of(StreamState stream) => new(
        JobNames.Stream, null, null, stream.ConnectedSince is not null ? "running" : stream.Problem is not null ? "failed" : "waiting",
        stream.ConnectedSince, null, null, null, stream.ConnectedSince is null ? stream.Problem : null, stream.Connections, 0, null);

    /// <inheritdoc/>
    public async Task<bool> RunNowAsync(string name, CancellationToken cancellationToken)
    {
        if (schedule.Find(name) is null)
        {
            return false;
        }

        if (!states.All().Any(one => one.IsRunning && one.Job.Name == name && one.Job.Measurement == 0))
        {
            await Task.Run(() => scheduler.RunNow(name), cancellationToken);
        }

        return true;
    }
}
