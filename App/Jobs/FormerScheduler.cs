using Microsoft.Extensions.Logging;
using Npgsql;

namespace App.Jobs;

/// <summary>Keeps instances of former versions, which kept their turns with Quartz in tables <c>qrtz_*</c>, from sharing a database with this
/// one: both would collect each round.</summary>
/// <remarks>
/// One that runs writes to <c>qrtz_scheduler_state</c> every five seconds: then we do not begin. One that starts later finds its tables locked
/// against writing for as long as we live, and ends with an error. The tables are left as they are.
/// </remarks>
internal sealed partial class FormerScheduler(string connectionString, ILogger logger) : IAsyncDisposable
{
    // Three of its signs of life.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(16);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // Who said nothing for so long says nothing any more, whatever the clocks are.
    private static readonly TimeSpan Silent = TimeSpan.FromHours(1);

    private NpgsqlConnection? connection;

    /// <summary>Looks whether one runs, and keeps others from running.</summary>
    /// <exception cref="IOException">One runs: one line for the operator.</exception>
    public async Task KeepOutAsync(CancellationToken cancellationToken)
    {
        await using (var look = PostgresJobLocks.Connection(connectionString, "jobs"))
        {
            await look.OpenAsync(cancellationToken);
            if (!await ExistsAsync(look, cancellationToken))
            {
                return;
            }

            var before = await SignsAsync(look, cancellationToken);
            if (before.Values.Any(IsRecent))
            {
                Waiting(Patience.TotalSeconds);
                using var timer = new PeriodicTimer(BetweenLooks);
                for (var left = Patience; left > TimeSpan.Zero && await timer.WaitForNextTickAsync(cancellationToken); left -= BetweenLooks)
                {
                    foreach (var (instance, sign) in await SignsAsync(look, cancellationToken))
                    {
                        if (!before.TryGetValue(instance, out var known) || known != sign)
                        {
                            throw Runs(instance);
                        }
                    }
                }
            }
        }

        await LockAsync(cancellationToken);
    }

    /// <summary>Locks the tables again where the connection that did was lost.</summary>
    public async Task KeepLockedAsync(CancellationToken cancellationToken)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await PostgresJobLocks.ExecuteAsync(connection, "SELECT 1", cancellationToken);
        }
        catch (Exception problem) when (PostgresJobLocks.IsAway(problem) || problem is InvalidOperationException)
        {
            await LockAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
            connection = null;
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass('qrtz_scheduler_state') IS NOT NULL", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<Dictionary<string, long>> SignsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var signs = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("SELECT instance_name, last_checkin_time FROM qrtz_scheduler_state", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            signs[reader.GetString(0)] = reader.GetInt64(1);
        }

        return signs;
    }

    /// <param name="ticks">Ticks of .NET, UTC.</param>
    private static bool IsRecent(long ticks) => DateTime.UtcNow.Ticks - ticks < Silent.Ticks;

    private static IOException Runs(string instance) =>
        new($"an instance of a former version ({instance}) runs on this database, and would do each turn a second time; end it first");

    private async Task LockAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        var taken = PostgresJobLocks.Connection(connectionString, "former jobs");
        try
        {
            await taken.OpenAsync(cancellationToken);

            // Others of ours may hold it as well. Reading it is free, a dump too.
            await PostgresJobLocks.ExecuteAsync(
                taken,
                """
                SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '4s'; BEGIN;
                LOCK TABLE qrtz_scheduler_state, qrtz_fired_triggers, qrtz_triggers IN SHARE MODE
                """,
                cancellationToken);
            connection = taken;
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await taken.DisposeAsync();
            throw Runs("it writes to qrtz_scheduler_state");
        }
        catch
        {
            await taken.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "The database was used by a former version within the hour; {Seconds} s to see whether it still is")]
    private partial void Waiting(double seconds);
}
