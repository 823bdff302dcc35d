using Collector.Configuration;
using Collector.Simulator;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Reports.Jobs;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>Quartz, the runner and the board together, with a job that does what the test tells it.</summary>
public sealed class JobSchedulerTests : IAsyncLifetime
{
    private const string EachMinute = "0 * * * * ?";
    private const string OnMondays = "0 0 6 ? * MON";

    private static readonly DateTimeOffset Tuesday = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly PuppetJob puppet = new();
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

    [Fact]
    public async Task A_job_never_runs_twice_at_a_time_however_many_turns_pass_and_whoever_asks()
    {
        await StartAsync(EachMinute, speed: 600);
        await puppet.BegunAsync();
        Assert.Equal("running", (await RowAsync()).State);
        var begin = services!.GetRequiredService<TimeProvider>().GetUtcNow();
        Assert.True(await Board.RunNowAsync("puppet", default));
        while (services!.GetRequiredService<TimeProvider>().GetUtcNow() - begin < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(TimeSpan.FromSeconds(30), services!.GetRequiredService<TimeProvider>());
        }

        Assert.Equal(1, puppet.Runs);
        puppet.Release();
        await puppet.BegunAsync();
        Assert.Equal(1, puppet.Most);
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
        await StartAsync(EachMinute, speed: 600, isEnabled: false);
        await Task.Delay(TimeSpan.FromMinutes(5), services!.GetRequiredService<TimeProvider>());
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
        await Scheduler.BeginAsync(default);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 7);
        Assert.Null((await RowAsync()).Error);
    }

    [Fact]
    public async Task A_failed_job_whose_turn_is_far_is_tried_again_within_the_hour()
    {
        puppet.Problem = new IOException("no answer,\nagain");
        await StartAsync(OnMondays, speed: 20_000);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 1);
        var row = await RowAsync();
        Assert.Equal(("failed", "no answer, again", 1L), (row.State, row.Error, row.Failures));

        puppet.Problem = null;
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

    [Fact]
    public async Task When_the_clock_is_set_back_the_turns_follow_it()
    {
        var clock = new SimulatorClock(Tuesday.AddYears(4));
        Build(OnMondays, clock: clock);
        await Scheduler.BeginAsync(default);
        await puppet.BegunAsync();
        puppet.Release();
        await EndedAsync(runs: 1);

        clock.Now = Tuesday;
        await Scheduler.FollowClockAsync(default);
        var quartz = await services!.GetRequiredService<ISchedulerFactory>().GetScheduler();
        Assert.Equal(Tuesday.AddDays(6).AddHours(6), (await quartz.GetTrigger(new TriggerKey("puppet", "schedule")))!.NextFireTimeUtc);
    }

    private void Build(string cron, MisfireRule misfire = MisfireRule.CatchUp, double speed = 1, bool isEnabled = true, TimeProvider? clock = null)
    {
        var settings = new Settings();
        var turns = new JobTurns("puppet", CronExpression.Parse(cron).WithTimeZone(TimeZoneInfo.Utc), misfire, isEnabled);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(clock ?? new ScaledClock(Tuesday, DateTimeOffset.UtcNow, speed))
            .AddSingleton(settings)
            .AddSingleton<IObservationStore>(store)
            .AddSingleton<JobStates>()
            .AddSingleton<IServiceJob>(puppet)
            .AddScheduling(new JobSchedule([turns]), settings.Storage)
            .BuildServiceProvider();
    }

    private Task StartAsync(string cron, MisfireRule misfire = MisfireRule.CatchUp, double speed = 1, bool isEnabled = true)
    {
        Build(cron, misfire, speed, isEnabled);
        return Scheduler.BeginAsync(default);
    }

    private async Task RestartAsync()
    {
        await Scheduler.StopAsync(default);
        await services!.DisposeAsync();
        await StartAsync(OnMondays);
    }

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
