using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>What the store keeps of the runs, for those who come after a process that was killed.</summary>
public sealed class JobStatesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SimulatorClock clock = new(new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero));
    private readonly SqliteStore store;

    public JobStatesTests() => store = SqliteStore.Open(folder["data"]);

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_run_that_begins_in_the_second_in_which_the_last_ended_has_not_ended()
    {
        var states = States();
        states.Begin("collect");
        states.End("collect", null);
        clock.Now += TimeSpan.FromMilliseconds(300);
        states.Begin("collect");

        Assert.True(JobTurns.IsCutShort(Assert.Single(store.Jobs())));
        states.End("collect", null);
        Assert.False(JobTurns.IsCutShort(Assert.Single(store.Jobs())));
    }

    [Fact]
    public void What_many_jobs_save_at_a_time_is_never_older_than_what_is_there()
    {
        const int Jobs = 8;
        const int Runs = 25;
        var states = States();
        Parallel.For(0, Jobs, new ParallelOptions { MaxDegreeOfParallelism = Jobs }, job =>
        {
            for (var run = 0; run < Runs; run++)
            {
                states.Begin($"job-{job}");
                states.End($"job-{job}", null);
            }
        });

        Assert.Equal(Jobs, store.Jobs().Count);
        Assert.All(store.Jobs(), job => Assert.Equal((Runs, false), (job.Runs, JobTurns.IsCutShort(job))));
    }

    private JobStates States() => new(store, new Settings(), clock, NullLogger<JobStates>.Instance);
}
