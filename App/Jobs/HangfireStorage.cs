using Collector.Configuration;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;

namespace App.Jobs;

/// <summary>Where Hangfire keeps turns, queue and history: in memory beside the embedded store, in the database where several instances
/// share one.</summary>
internal sealed class HangfireStorage(StorageOptions options) : IDisposable
{
    /// <summary>How long a row of Hangfire's own locks may be there before others take it for a leftover of a process that was killed.
    /// Hangfire holds such a lock for the time of a few statements; jobs have locks of another kind.</summary>
    public static readonly TimeSpan LeftoverAfter = TimeSpan.FromSeconds(10);

    // How long a call may go without a sign of life before another instance is given it. Signs are sent every fifth of it.
    private static readonly TimeSpan Invisibility = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan BetweenQueueLooks = TimeSpan.FromSeconds(2);

    // Hangfire deletes what succeeded after a day, and keeps failures for ever unless it is told otherwise.
    private static readonly TimeSpan KeepFailures = TimeSpan.FromDays(7);

    private const int SchemaLocks = 0x6D_73_6D_34;

    private JobStorage? storage;

    static HangfireStorage()
    {
        // Of the whole process; the same for everybody in it.
        GlobalConfiguration.Configuration.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
        GlobalJobFilters.Filters.Add(new FailuresExpire());
    }

    /// <summary>The storage.</summary>
    /// <exception cref="InvalidOperationException">It is not open yet.</exception>
    public JobStorage Storage => storage ?? throw new InvalidOperationException("the job storage is not open");

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => storage is not null;

    /// <summary>The schema of Hangfire's tables; null: there are none.</summary>
    public string? Schema { get; private set; }

    /// <summary>How often turns are looked for.</summary>
    public TimeSpan BetweenLooks => IsShared(options) ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(1);

    /// <summary>Whether turns survive the process, and are shared.</summary>
    public static bool IsShared(StorageOptions options) => options.Provider != StorageProvider.Sqlite;

    /// <summary>Opens it, and makes its tables where there are none.</summary>
    /// <exception cref="IOException">The database does not take it: one line for the operator.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!IsShared(options))
        {
            storage = new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = null });
            return;
        }

        try
        {
            await OpenSharedAsync(options.ConnectionString!, cancellationToken);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new IOException(
                $"the tables of the jobs cannot be made in the database: {problem.MessageText}; CREATE SCHEMA {Schema ?? "hangfire"} AUTHORIZATION the role that we connect as", problem);
        }
        catch (Exception problem) when (PostgresJobLocks.IsAway(problem) || problem is InvalidOperationException)
        {
            throw new IOException($"the turns of the jobs cannot be kept in the database: {problem.GetBaseException().Message.Split('\n')[0].Trim()}", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (storage as IDisposable)?.Dispose();

    private async Task OpenSharedAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = PostgresJobLocks.Connection(connectionString, "jobs");
        await connection.OpenAsync(cancellationToken);
        await using (var name = new NpgsqlCommand("SELECT current_schema()", connection))
        {
            // One for each installation, as with our own tables.
            var ours = await name.ExecuteScalarAsync(cancellationToken) as string ?? "public";
            Schema = ours == "public" ? "hangfire" : ours + "_hangfire";
        }

        // One instance makes them while the others wait.
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1, hashtext($2))", connection) { CommandTimeout = 120 })
        {
            wait.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SchemaLocks });
            wait.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Schema });
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }

        var tables = new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            InvisibilityTimeout = Invisibility,
            UseSlidingInvisibilityTimeout = true,
            DistributedLockTimeout = LeftoverAfter,
            QueuePollInterval = BetweenQueueLooks,
            StartupConnectionMaxRetries = 0,
            AllowDegradedModeWithoutStorage = false,
        };
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        address.ApplicationName ??= "measurement jobs";
        storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(address.ConnectionString, tables, null), tables);
    }

    private sealed class FailuresExpire : IApplyStateFilter
    {
        public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
        {
            if (context.NewState is FailedState)
            {
                transaction.ExpireJob(context.BackgroundJob.Id, KeepFailures);
            }
        }

        public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
        {
        }
    }
}
