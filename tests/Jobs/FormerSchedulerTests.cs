using System.Globalization;
using App.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Tests.Servers;
using Xunit;

namespace Tests.Jobs;

/// <summary>Versions before Hangfire kept their turns in Quartz' tables.</summary>
[Collection(PostgresServer.Collection)]
public sealed class FormerSchedulerTests(PostgresServer server)
{
    [Fact]
    public async Task While_a_former_version_runs_on_the_database_none_of_ours_begins()
    {
        var connection = WithTables(DateTime.UtcNow);
        using var end = new CancellationTokenSource();
        var signs = SignAsync(connection, end.Token);
        await using (var former = new FormerScheduler(connection, NullLogger.Instance))
        {
            var problem = await Assert.ThrowsAsync<IOException>(() => former.KeepOutAsync(default));
            Assert.Equal("an instance of a former version (old1) runs on this database, and would do each turn a second time; end it first", problem.Message);
        }

        await end.CancelAsync();
        await signs;
    }

    [Fact]
    public async Task When_it_has_ended_we_begin_and_it_cannot_run_beside_us_any_more()
    {
        var connection = WithTables(DateTime.UtcNow.AddHours(-2));
        await using (var former = new FormerScheduler(connection, NullLogger.Instance))
        {
            await former.KeepOutAsync(default);
            Refused(connection);

            // A second one of ours, and a connection that was lost.
            await using (var second = new FormerScheduler(connection, NullLogger.Instance))
            {
                await second.KeepOutAsync(default);
            }

            PostgresServer.Execute(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'measurement former jobs'");
            await former.KeepLockedAsync(default);
            Refused(connection);
            Assert.Equal(1L, PostgresServer.Scalar(connection, "SELECT count(*) FROM qrtz_scheduler_state"));
        }

        PostgresServer.Execute(connection, "UPDATE qrtz_scheduler_state SET last_checkin_time = 1");
    }

    [Fact]
    public async Task Without_such_tables_there_is_nothing_to_do()
    {
        await using var former = new FormerScheduler(server.NewDatabase(), NullLogger.Instance);
        await former.KeepOutAsync(default);
        await former.KeepLockedAsync(default);
    }

    private static void Refused(string connection) => Assert.Equal(
        PostgresErrorCodes.LockNotAvailable,
        Assert.Throws<PostgresException>(() => PostgresServer.Execute(connection, "SET lock_timeout = '200ms'; UPDATE qrtz_scheduler_state SET last_checkin_time = 1")).SqlState);

    /// <summary>Signs of life, far more often than a real one gives them.</summary>
    private static async Task SignAsync(string connection, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            PostgresServer.Execute(connection, $"UPDATE qrtz_scheduler_state SET last_checkin_time = {DateTime.UtcNow.Ticks.ToString(CultureInfo.InvariantCulture)}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private string WithTables(DateTime lastSign)
    {
        var connection = server.NewDatabase();
        PostgresServer.Execute(connection, """
            CREATE TABLE qrtz_scheduler_state (sched_name text, instance_name text, last_checkin_time bigint, checkin_interval bigint);
            CREATE TABLE qrtz_fired_triggers (sched_name text, entry_id text);
            CREATE TABLE qrtz_triggers (sched_name text, trigger_name text);
            """);
        PostgresServer.Execute(connection, $"INSERT INTO qrtz_scheduler_state VALUES ('measurement', 'old1', {lastSign.Ticks.ToString(CultureInfo.InvariantCulture)}, 5000)");
        return connection;
    }
}
