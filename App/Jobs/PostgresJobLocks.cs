using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace App.Jobs;

/// <summary>The locks of instances that share a PostgreSQL: advisory locks, each on a connection of its own for as long as the job runs.</summary>
/// <remarks>
/// A row in a table would outlive a process that is killed, and whatever frees such rows by time would free those of the living too. A
/// session's lock ends with its connection, and a connection with its process. For a machine that lost its power or its network, the server
/// is told to give up a silent connection after 25 seconds; we look every two seconds and give up after fourteen, before it does.
/// </remarks>
internal sealed class PostgresJobLocks(string connectionString) : IJobLocks
{
    // The first number of our advisory locks; those of the store are 1 and 2 at its end.
    private const int JobLocks = 0x6D_73_6D_33;

    private const int TimeoutSeconds = 12;

    private const string Prepare = """
        SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET idle_in_transaction_session_timeout = 0
        """;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>A connection of its own, never from a pool: a pool would keep it, and the lock, when it is given back.</summary>
    public static NpgsqlConnection Connection(string connectionString, string what) => new(new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        ApplicationName = "measurement " + what,
        CommandTimeout = TimeoutSeconds,
        Timeout = TimeoutSeconds,
        Enlist = false,
        Multiplexing = false,
    }.ConnectionString);

    /// <inheritdoc/>
    public async Task<IJobLock?> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        var connection = Connection(connectionString, "job " + name);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, Prepare, cancellationToken);

            // Installations in different schemas of one database do not know each other.
            await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock($1, hashtext(current_schema() || '/' || $2))", connection);
            take.Parameters.Add(new NpgsqlParameter<int> { TypedValue = JobLocks });
            take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (await take.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new Held(connection);
            }

            await connection.DisposeAsync();
            return null;
        }
        catch (Exception problem)
        {
            await connection.DisposeAsync();
            if (IsAway(problem))
            {
                throw Explained(name, problem);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> IsTakenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = Connection(connectionString, "jobs");
            await connection.OpenAsync(cancellationToken);
            await using var look = new NpgsqlCommand(
                """
                SELECT EXISTS (SELECT FROM pg_locks
                    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                      AND classid = $1::oid AND objid = hashtext(current_schema() || '/' || $2)::oid AND objsubid = 2)
                """,
                connection);
            look.Parameters.Add(new NpgsqlParameter<int> { TypedValue = JobLocks });
            look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            return await look.ExecuteScalarAsync(cancellationToken) is true;
        }
        catch (Exception problem) when (IsAway(problem))
        {
            throw Explained(name, problem);
        }
    }

    internal static bool IsAway(Exception problem) => problem is DbException or SocketException or TimeoutException or IOException;

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IOException Explained(string name, Exception problem) =>
        new($"the database does not say whether the job {name} runs elsewhere: {problem.GetBaseException().Message.Split('\n')[0].Trim()}", problem);

    private sealed class Held : IJobLock
    {
        private readonly NpgsqlConnection connection;
        private readonly CancellationTokenSource lost = new();
        private readonly CancellationTokenSource done = new();
        private readonly Task watch;

        public Held(NpgsqlConnection connection)
        {
            this.connection = connection;
            Lost = lost.Token;
            watch = Task.Run(WatchAsync);
        }

        public CancellationToken Lost { get; }

        public async ValueTask DisposeAsync()
        {
            await done.CancelAsync();
            await watch;
            await connection.DisposeAsync();
            lost.Dispose();
            done.Dispose();
        }

        private async Task WatchAsync()
        {
            try
            {
                using var timer = new PeriodicTimer(BetweenLooks);
                while (await timer.WaitForNextTickAsync(done.Token))
                {
                    // Not cut off by the end of the run: that would look like a loss.
                    await ExecuteAsync(connection, "SELECT 1", CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                // The run is over.
            }
            catch (Exception problem) when (IsAway(problem) || problem is InvalidOperationException or OperationCanceledException)
            {
                await lost.CancelAsync();
            }
        }
    }
}
