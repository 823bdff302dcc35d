using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Simulator.Server;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>Hangfire, the runner and the board together, with a job that does what the test tells it.</summary>
public sealed class JobSchedulerTests : IAsyncLifetime
{
    private const string EachSecond = "* * * * * *";
    private const string OnMondays = "0 6 * * MON";

    private static readonly DateTimeOffset Tuesday = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly PuppetJob puppet = new();
    private readonly SimulatorClock clock = new(Tuesday);
    private ServiceProvider? services;
    private SqliteStore store = null!;

    public ValueTask InitializeAsync()
    {
        store = SqliteStore.Open(folder["data"]);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        puppet.Release();
        if (services is not null)
        {
            await Scheduler.StopAsync(default);
            await services.DisposeAsync();
        }

        store.Dispose();
        puppet.Dispose();
        folder.Dispose();
    }

    private JobScheduler Scheduler => services!.GetRequiredService<JobScheduler>();

    private IJobBoard Board => services!.GetRequiredService<IJobBoard>();

    [Fact]
    public async Task Turns_that_were_missed_while_the_service_was_down_are_caught_up_once()
    {
        var lastMonday = Tuesday.AddDays(-29);
        store.SaveJob(new StoredJob("puppet") { Started = lastMonday, Ended = lastMonday.AddMinutes(1), Succeeded = lastMonday.AddMinutes(1), Runs = 1 });
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 2);

        // The next start has nothing to catch up; only being told to makes it run.
        await RestartAsync();
        await Board.RunNowAsync("puppet", default);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 3);
        Assert.Equal(2, puppet.Runs);
    }

    [Fact]
    public async Task A_job_that_is_told_to_skip_what_it_missed_waits_for_its_turn()
    {
        await StartAsync(OnMondays, MisfireRule.Skip);
        var row = await RowAsync();
        Assert.Equal(("waiting", (DateTimeOffset?)Tuesday.AddDays(6).AddHours(6)), (row.State, row.Next));
        await Board.RunNowAsync("puppet", default);
        await puppet.BegunAsync();
        Assert.Equal(1, puppet.Runs);
    }

    /// <summary>Hangfire calls, and remembers: without it nothing of this would happen.</summary>
    [Fact]
    public async Task Turns_come_from_Hangfire_and_its_history_has_what_came_of_them()
    {
        await StartAsync(EachSecond, isRealTime: true);
        for (var run = 0; run < 3; run++)
        {
            await puppet.BegunAsync();
            puppet.Release();
        }

        await UntilAsync(() => Task.FromResult(History().Count(entry => entry.Result.StartsWith("\"done", StringComparison.Ordinal)) >= 3));
        Assert.Contains(History(), entry => entry.Name == "puppet" && entry.Why == "turn");
        using var connection = Storage.GetConnection();
        var turns = Assert.Single(connection.GetRecurringJobs());
        Assert.Equal(("puppet", EachSecond, "UTC"), (turns.Id, turns.Cron, turns.TimeZoneId));
        Assert.Single(Storage.GetMonitoringApi().Servers());
    }

    [Fact]
    public async Task A_job_never_runs_twice_at_a_time_however_many_turns_pass_and_whoever_asks()
    {
        await StartAsync(EachSecond, isRealTime: true);
        await puppet.BegunAsync();
        Assert.Equal("running", (await RowAsync()).State);
        Assert.True(await Board.RunNowAsync("puppet", default));
        Scheduler.RunNow("puppet");
        await UntilAsync(() => Task.FromResult(History().Count(entry => entry.Result == "\"not run: it runs already\"") >= 4));
        Assert.Equal(1, puppet.Runs);

        // The turns that came meanwhile are caught up, once.
        puppet.Release();
        await puppet.BegunAsync();
        Assert.Equal(1, puppet.Most);
        Assert.Contains(History(), entry => entry.Result.StartsWith("\"done; a turn came meanwhile", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turns_that_come_while_a_job_runs_are_forgotten_where_it_is_told_to_skip_them()
    {
        await StartAsync(EachSecond, MisfireRule.Skip, isRealTime: true);
        await puppet.BegunAsync();
        await UntilAsync(() => Task.FromResult(History().Count(entry => entry.Result == "\"not run: it runs already\"") >= 2));
        puppet.Release();
        await puppet.BegunAsync();
        Assert.Contains(History(), entry => entry.Result == "\"done\"");
        Assert.DoesNotContain(History(), entry => entry.Why == "again");
    }

    [Fact]
    public async Task Asked_for_twice_before_it_begins_it_runs_once()
    {
        Build(OnMondays, MisfireRule.Skip);
        await Scheduler.OpenAsync(default);
        Scheduler.RunNow("puppet");
        Scheduler.RunNow("puppet");
        clock.Now += TimeSpan.FromSeconds(1);
        Scheduler.Begin();
        await puppet.BegunAsync();
        puppet.Release();
        await UntilAsync(() => Task.FromResult(History().Count == 2));
        Assert.Equal(1, puppet.Runs);
        Assert.Contains(History(), entry => entry.Result is "\"not run: it runs already\"" or "\"not run: it has run since that was asked for\"");
    }

    [Fact]
    public async Task Only_jobs_that_there_are_can_be_started()
    {
        await StartAsync(OnMondays, MisfireRule.Skip);
        Assert.False(await Board.RunNowAsync("pupet", default));
        Assert.True(await Board.RunNowAsync("puppet", default));
        await puppet.BegunAsync();
    }

    [Fact]
    public async Task A_job_that_is_off_runs_only_when_it_is_told_to()
    {
        await StartAsync(EachSecond, isRealTime: true, isEnabled: false);
        using (var connection = Storage.GetConnection())
        {
            Assert.Empty(connection.GetRecurringJobs());
        }

        var row = await RowAsync();
        Assert.Equal(("off", (DateTimeOffset?)null, (DateTimeOffset?)null), (row.State, row.Next, row.Started));
        Assert.True(await Board.RunNowAsync("puppet", default));
        await puppet.BegunAsync();
        Assert.Equal("running", (await RowAsync()).State);
    }

    [Fact]
    public async Task The_end_of_the_service_ends_a_running_job_and_the_next_start_goes_on_with_it()
    {
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        await Scheduler.StopAsync(default);
        var row = await RowAsync();
        Assert.Equal(("failed", "interrupted", 1L, 0L), (row.State, row.Error, row.Runs, row.Failures));

        await RestartAsync();
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 2);
        Assert.Equal(("idle", null), ((await RowAsync()).State, (await RowAsync()).Error));
    }

    [Fact]
    public async Task A_run_whose_process_died_has_failed_and_is_caught_up()
    {
        store.SaveJob(new StoredJob("puppet") { Started = Tuesday.AddMinutes(-1), Ended = Tuesday.AddDays(-1), Succeeded = Tuesday.AddDays(-1), Runs = 5, Instance = "elsewhere/1" });
        Build(OnMondays);
        var row = await RowAsync();
        Assert.Equal(("failed", JobStates.EndedWithoutAWord, 6L, 1L), (row.State, row.Error, row.Runs, row.Failures));
        await Scheduler.OpenAsync(default);
        Scheduler.Begin();
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 7);
        Assert.Null((await RowAsync()).Error);
    }

    [Fact]
    public async Task A_failed_job_whose_turn_is_far_is_tried_again_within_the_hour()
    {
        puppet.Problem = new IOException("no answer,\nagain");
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 1);
        var row = await RowAsync();
        Assert.Equal(("failed", "no answer, again", 1L), (row.State, row.Error, row.Failures));
        await UntilAsync(() => Task.FromResult(Storage.GetMonitoringApi().FailedJobs(0, 10) is [{ Value.ExceptionMessage: "no answer,\nagain" or "no answer, again" }]));

        puppet.Problem = null;
        clock.Now += TimeSpan.FromMinutes(59);
        await Scheduler.LookAsync(default);
        Assert.Equal(1, puppet.Runs);
        clock.Now += TimeSpan.FromMinutes(1);
        await Scheduler.LookAsync(default);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 2);
        Assert.Equal(("idle", null, 1L), ((await RowAsync()).State, (await RowAsync()).Error, (await RowAsync()).Failures));
    }

    /// <summary>A bug in one job is that job's failure, not the service's.</summary>
    [Fact]
    public async Task A_job_that_breaks_is_a_job_that_failed()
    {
        puppet.Problem = new InvalidOperationException("what nobody planned");
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 1);
        Assert.Equal("InvalidOperationException: what nobody planned", (await RowAsync()).Error);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_to_is_no_reason_not_to_run_or_not_to_tell()
    {
        store.OnStage = _ => throw new IOException("the disk is full");
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        Assert.Equal("running", (await RowAsync()).State);
        Assert.Empty(store.Jobs());
        puppet.Release();
        await EndedAsync(runs: 1);
        Assert.Empty(store.Jobs());

        store.OnStage = null;
        await Board.RunNowAsync("puppet", default);
        await puppet.BegunAsync();
        puppet.Release();
        await UntilAsync(() => Task.FromResult(store.Jobs() is [{ Runs: 2 }]));
    }

    /// <summary>As a clock leaves it that was four years ahead: the turns wait for the time that it said.</summary>
    [Fact]
    public async Task When_the_clock_is_set_back_the_turns_follow_it()
    {
        await StartAsync(OnMondays, isRealTime: true);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 1);
        var next = DateTime.UtcNow.AddYears(4);
        using var connection = Storage.GetConnection();
        using (var change = connection.CreateWriteTransaction())
        {
            change.SetRangeInHash("recurring-job:puppet", new Dictionary<string, string>
            {
                ["NextExecution"] = Hangfire.Common.JobHelper.SerializeDateTime(next),
                ["LastExecution"] = Hangfire.Common.JobHelper.SerializeDateTime(next.AddDays(-7)),
            });
            change.AddToSet("recurring-jobs", "puppet", Hangfire.Common.JobHelper.ToTimestamp(next));
            change.Commit();
        }

        await Scheduler.LookAsync(default);
        Assert.Equal((await RowAsync()).Next, new DateTimeOffset(connection.GetRecurringJobs().Single().NextExecution!.Value, TimeSpan.Zero));
        Assert.InRange(connection.GetRecurringJobs().Single().NextExecution!.Value, DateTime.UtcNow, DateTime.UtcNow.AddDays(8));
        Assert.Equal(1, puppet.Runs);
    }

    [Fact]
    public async Task A_run_that_somebody_deletes_on_the_dashboard_ends_and_does_not_begin_again_at_once()
    {
        await StartAsync(OnMondays);
        await puppet.BegunAsync();
        new BackgroundJobClient(Storage).Delete(Storage.GetMonitoringApi().ProcessingJobs(0, 10).Single().Key);
        await EndedAsync(runs: 1);
        Assert.Equal(("failed", JobStates.EndedByHand, 0L), ((await RowAsync()).State, (await RowAsync()).Error, (await RowAsync()).Failures));
        await Scheduler.LookAsync(default);
        Assert.Equal(1, puppet.Runs);
    }

    [Fact]
    public async Task The_dashboard_starts_jobs_as_everybody_does_and_cannot_take_their_turns_away()
    {
        await StartAsync(OnMondays, MisfireRule.Skip);
        var manager = services!.GetRequiredService<IRecurringJobManagerFactory>().GetManager(Storage);
        Assert.Throws<NotSupportedException>(() => manager.RemoveIfExists("puppet"));
        manager.Trigger("puppet");
        await puppet.BegunAsync();
        puppet.Release();
        await UntilAsync(() => Task.FromResult(History() is [{ Why: "now", Result: "\"done\"" }]));
    }

    private void Build(string cron, MisfireRule misfire = MisfireRule.CatchUp, bool isRealTime = false, bool isEnabled = true)
    {
        var settings = new Settings();
        var turns = new JobTurns("puppet", JobCron.Parse(cron, "test"), misfire, isEnabled);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(isRealTime ? TimeProvider.System : clock)
            .AddSingleton(settings)
            .AddSingleton<IObservationStore>(store)
            .AddSingleton<JobStates>()
            .AddSingleton<IServiceJob>(puppet)
            .AddScheduling(new JobSchedule([turns]), settings.Storage)
            .BuildServiceProvider();
    }

    private async Task StartAsync(string cron, MisfireRule misfire = MisfireRule.CatchUp, bool isRealTime = false, bool isEnabled = true)
    {
        Build(cron, misfire, isRealTime, isEnabled);
        await Scheduler.OpenAsync(default);
        Scheduler.Begin();
    }

    private async Task RestartAsync()
    {
        await Scheduler.StopAsync(default);
        await services!.DisposeAsync();
        await StartAsync(OnMondays);
    }

    private JobStorage Storage => services!.GetRequiredService<HangfireStorage>().Storage;

    /// <summary>What Hangfire says of the calls that it made: the job, why, and what came of it.</summary>
    private List<(string Name, string Why, string Result)> History() =>
        [.. Storage.GetMonitoringApi().SucceededJobs(0, 1000).Select(entry => ((string)entry.Value.Job.Args[0], (string)entry.Value.Job.Args[1], (string)entry.Value.Result))];

    private async Task<JobView> RowAsync() => (await Board.JobsAsync(default)).Single();

    /// <summary>Waits until so many runs are over and written down: the last thing that a run does has no signal of its own.</summary>
    private Task EndedAsync(long runs) => UntilAsync(async () => await RowAsync() is var row && row.Runs >= runs && row.State != "running");

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await isSo())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Begins, says so, and goes on when it is let.</summary>
    private sealed class PuppetJob : IServiceJob, IDisposable
    {
        private readonly SemaphoreSlim begun = new(0);
        private readonly SemaphoreSlim released = new(0);
        private int now;

        public string Name => "puppet";

        public int Runs { get; private set; }

        public int Most { get; private set; }

        public Exception? Problem { get; set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref now));
            Runs++;
            begun.Release();
            try
            {
                await released.WaitAsync(cancellationToken);
                if (Problem is not null)
                {
                    throw Problem;
                }
            }
            finally
            {
                Interlocked.Decrement(ref now);
            }
        }

        public async Task BegunAsync() => Assert.True(await begun.WaitAsync(TimeSpan.FromSeconds(30)), "the job did not begin");

        public void Release() => released.Release();

        public void Dispose()
        {
            begun.Dispose();
            released.Dispose();
        }
    }
}
