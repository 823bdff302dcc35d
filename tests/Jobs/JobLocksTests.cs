using App.Jobs;
using Npgsql;
using Tests.Servers;
using Xunit;

namespace Tests.Jobs;

[Collection(PostgresServer.Collection)]
public sealed class JobLocksTests(PostgresServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_job_is_taken_once_until_it_is_given_back_and_so_it_is_in_one_process()
    {
        var connection = server.NewDatabase();
        foreach (var (one, other) in new (IJobLocks, IJobLocks)[] { (new PostgresJobLocks(connection), new PostgresJobLocks(connection)), Same(new MemoryJobLocks()) })
        {
            await using (var held = await one.TryTakeAsync("collect", default))
            {
                Assert.NotNull(held);
                Assert.False(held.Lost.IsCancellationRequested);
                Assert.Null(await other.TryTakeAsync("collect", default));
                Assert.True(await other.IsTakenAsync("collect", default));
                Assert.False(await other.IsTakenAsync("probes", default));
                await using var another = await other.TryTakeAsync("probes", default);
                Assert.NotNull(another);
            }

            Assert.False(await other.IsTakenAsync("collect", default));
            await using var free = await other.TryTakeAsync("collect", default);
            Assert.NotNull(free);
        }

        static (IJobLocks, IJobLocks) Same(IJobLocks locks) => (locks, locks);
    }

    [Fact]
    public async Task When_its_connection_dies_the_holder_is_told_and_another_may_take_it()
    {
        var connection = server.NewDatabase();
        var locks = new PostgresJobLocks(connection);
        await using var held = await locks.TryTakeAsync("weekly-report", default);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = held!.Lost.Register(lost.SetResult);
        PostgresServer.Execute(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'measurement job weekly-report'");
        await lost.Task.WaitAsync(Patience);
        await using var other = await locks.TryTakeAsync("weekly-report", default);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Installations_in_two_schemas_of_one_database_do_not_meet()
    {
        var (one, other) = (new PostgresJobLocks(server.NewSchema()), new PostgresJobLocks(server.NewSchema()));
        await using var held = await one.TryTakeAsync("collect", default);
        Assert.False(await other.IsTakenAsync("collect", default));
        await using var second = await other.TryTakeAsync("collect", default);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line()
    {
        var nowhere = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = ServerProgram.FreePort(), Username = "nobody", Password = "nothing" }.ConnectionString;
        var problem = await Assert.ThrowsAsync<IOException>(() => new PostgresJobLocks(nowhere).TryTakeAsync("collect", default));
        Assert.DoesNotContain('\n', problem.Message);
    }

    /// <summary>Rows of Hangfire's own locks, by how long they have been there and not by the time that they bear.</summary>
    [Fact]
    public async Task What_a_killed_process_left_is_removed_even_when_it_seems_to_come_from_the_future()
    {
        var connection = server.NewDatabase();
        PostgresServer.Execute(connection, "CREATE SCHEMA hangfire; CREATE TABLE hangfire.lock (resource text PRIMARY KEY, updatecount int NOT NULL DEFAULT 0, acquired timestamp)");
        PostgresServer.Execute(connection, "INSERT INTO hangfire.lock VALUES ('recurring-jobs:lock', 0, now() + interval '2 hours')");
        var leftovers = new LeftoverLocks(connection, "hangfire");
        Assert.Equal(0, await leftovers.RemoveAsync(default));
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        while (await leftovers.RemoveAsync(default) == 0)
        {
            // One that somebody alive takes again and again is never old.
            PostgresServer.Execute(connection, "DELETE FROM hangfire.lock WHERE resource = 'job'; INSERT INTO hangfire.lock VALUES ('job', 0, clock_timestamp())");
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begin) < Patience);
            await Task.Delay(200);
        }

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begin) > HangfireStorage.LeftoverAfter);
        Assert.Equal("job", PostgresServer.Scalar(connection, "SELECT string_agg(resource, ',') FROM hangfire.lock"));
    }
}
