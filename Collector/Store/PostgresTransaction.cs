using System.Security.Cryptography;
using System.Text;
using Collector.Probes;
using Npgsql;

namespace Collector.Store;

/// <summary>A change of the shared store, on a connection of its own.</summary>
/// <remarks>
/// <para>Read, merge and write of a block are safe because a change holds the advisory locks of its measurements until it ends: two
/// instances that bring the same measurement take turns, all others do not meet. Locks are taken in one order – measurements
/// ascending, then probes or rejected results – so that nobody waits in a circle.</para>
/// <para>Texts get their ids in a change of their own that is committed at once: nobody waits for a batch to learn an id, and an id that
/// was handed out is never taken back.</para>
/// <para>Blocks travel by the thousand, and other statements are sent together with the next question.</para>
/// </remarks>
internal sealed class PostgresTransaction : StoreTransaction
{
    /// <summary>Measurements share this many locks: enough that two seldom meet, few enough for the server's lock table.</summary>
    private const int Locks = 256;

    private const int StatementsAtOnce = 500;

    private readonly PostgresDatabase database;
    private readonly string instance;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly NpgsqlBatch statements;
    private readonly HashSet<int> held = [];
    private readonly Dictionary<(long Measurement, long Day), DayFacts> days = [];
    private readonly Dictionary<BlockKey, byte[]> blocks = [];
    private readonly List<(BlockKey Key, byte[] Block)> changedBlocks = [];
    private readonly List<(long Measurement, long Day, DayFacts Facts)> changedDays = [];
    private bool isUncertain;

    public PostgresTransaction(PostgresStore store, PostgresDatabase database, string instance, Action ended)
        : base(store, ended)
    {
        this.database = database;
        this.instance = instance;
        (connection, transaction) = database.Begin(connection =>
        {
            var transaction = connection.BeginTransaction();

            // A writer that hangs, or whose machine is gone, must not stop the others for longer than this. And what is acknowledged
            // survives a power cut, whatever the server's default is.
            using var command = new NpgsqlCommand(
                """
                SELECT set_config('lock_timeout', '120s', true), set_config('idle_in_transaction_session_timeout', '300s', true),
                    CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END
                """,
                connection,
                transaction);
            command.ExecuteNonQuery();
            return (connection, transaction);
        });
        statements = new NpgsqlBatch(connection, transaction);
    }

    public override int BlocksAhead => 4096;

    protected override bool IsUncertain => isUncertain;

    public override void Lock(IEnumerable<long> measurements)
    {
        int[] wanted = [.. measurements.Select(measurement => (int)(measurement & (Locks - 1))).Where(held.Add).Order()];
        if (wanted.Length > 0)
        {
            Execute(
                "SELECT pg_advisory_xact_lock($1, measurement) FROM unnest($2) AS measurement",
                new NpgsqlParameter<int> { TypedValue = PostgresSchema.MeasurementLocks },
                new NpgsqlParameter<int[]> { TypedValue = wanted });
        }
    }

    public override void Expect(IReadOnlyList<BlockKey> expected)
    {
        SaveChanged();
        days.Clear();
        blocks.Clear();
        (long Measurement, long Day)[] wanted = [.. expected.Select(block => (block.Measurement, block.Day)).Distinct()];
        Read(
            """
            SELECT measurement, day, probes, samples, earliest, latest FROM unnest($1, $2) AS wanted (measurement, day) JOIN days USING (measurement, day)
            """,
            reader => days.Add((reader.GetInt64(0), reader.GetInt64(1)), new(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))),
            Array(wanted, day => day.Measurement),
            Array(wanted, day => day.Day));
        BlockKey[] known = [.. expected.Where(block => days.ContainsKey((block.Measurement, block.Day)))];
        if (known.Length > 0)
        {
            Read(
                """
                SELECT measurement, day, probe, block FROM unnest($1, $2, $3) AS wanted (measurement, day, probe) JOIN samples USING (measurement, day, probe)
                """,
                reader => blocks.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)), reader.GetFieldValue<byte[]>(3)),
                Array(known, block => block.Measurement),
                Array(known, block => block.Day),
                Array(known, block => block.Probe));
        }
    }

    public override DayFacts? Day(long measurement, long day) => days.TryGetValue((measurement, day), out var facts) ? facts : null;

    public override void SaveDay(long measurement, long day, DayFacts facts) => changedDays.Add((measurement, day, facts));

    public override bool ReadBlock(long measurement, long day, int probe, List<Sample> samples)
    {
        if (!blocks.TryGetValue(new(measurement, day, probe), out var block))
        {
            return false;
        }

        BlockCodec.Decode(block, UnixDay.Start(day), samples);
        return true;
    }

    public override void SaveBlock(long measurement, long day, int probe, ReadOnlySpan<byte> block) =>
        changedBlocks.Add((new(measurement, day, probe), block.ToArray()));

    public override void SaveAddresses(IReadOnlyList<ProbeAddress> addresses)
    {
        if (addresses.Count > 0)
        {
            Execute(
                $"INSERT INTO addresses (probe, family, at, address) SELECT * FROM unnest($1, $2, $3, $4) {SqliteSchema.NewerAddress}",
                Array(addresses, one => one.Probe),
                Array(addresses, one => one.Family),
                Array(addresses, one => one.At),
                Array(addresses, one => PostgresDatabase.Clean(one.Address)));
        }
    }

    public override IReadOnlyDictionary<string, long> ArchiveLengths()
    {
        var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        Each("SELECT path, length FROM archive WHERE instance = $1", [instance], row => lengths.Add(row.Text(0)!, row.Long(1)));
        return lengths;
    }

    public override void SetArchiveLength(string path, long length) => Run(
        """
        INSERT INTO archive (instance, path, length) VALUES ($1, $2, $3) ON CONFLICT (instance, path) DO UPDATE SET length = excluded.length
        """,
        instance,
        path,
        length);

    public override void ForgetArchive(string path) => Run("DELETE FROM archive WHERE instance = $1 AND path = $2", instance, path);

    public override bool[] AddRejected(IReadOnlyList<RejectedResult> results)
    {
        TakeLock(PostgresSchema.RejectedLock);
        var added = new HashSet<string>(StringComparer.Ordinal);
        Read(
            """
            INSERT INTO rejected (hash, length, reason) SELECT * FROM unnest($1, $2, $3) ON CONFLICT (hash) DO NOTHING RETURNING hash
            """,
            reader => added.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0))),
            Array(results, result => result.Hash),
            Array(results, result => result.Length),
            Array(results, result => PostgresDatabase.Clean(result.Reason)));

        // The first of several that are the same is the new one.
        return [.. results.Select(result => added.Remove(Convert.ToHexString(result.Hash)))];
    }

    protected override int[] Intern(IReadOnlyList<string> texts)
    {
        var clean = texts.Select(PostgresDatabase.Clean).ToList();
        var hashes = clean.Select(text => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]).ToList();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        using var own = database.Begin(own =>
        {
            Find(own);
            return own;
        });
        if (Missing() is { Length: > 0 } missing)
        {
            database.Guard(() =>
            {
                // In one order: two that add the same texts wait for each other once, not in a circle.
                Read(
                    own,
                    "INSERT INTO texts (hash, text) SELECT * FROM unnest($1, $2) ON CONFLICT (hash) DO NOTHING RETURNING hash, id",
                    Keep,
                    Array(missing, index => hashes[index]),
                    Array(missing, index => clean[index]));
                if (Missing().Length > 0)
                {
                    Find(own);
                }
            });
        }

        return [.. hashes.Select(hash => ids[Convert.ToHexString(hash)])];

        void Find(NpgsqlConnection on) => Read(on, "SELECT hash, id FROM texts WHERE hash = ANY ($1)", Keep, Array(hashes, hash => hash));

        void Keep(NpgsqlDataReader reader) => ids[Convert.ToHexString(reader.GetFieldValue<byte[]>(0))] = reader.GetInt32(1);

        int[] Missing() => [.. Enumerable.Range(0, hashes.Count)
            .Select(index => (Index: index, Hash: Convert.ToHexString(hashes[index]))).Where(one => !ids.ContainsKey(one.Hash))
            .DistinctBy(one => one.Hash).OrderBy(one => one.Hash, StringComparer.Ordinal).Select(one => one.Index)];
    }

    protected override void LockProbes() => TakeLock(PostgresSchema.ProbesLock);

    protected override long ArchiveLength(string path)
    {
        long length = 0;
        Each("SELECT length FROM archive WHERE instance = $1 AND path = $2", [instance, path], row => length = row.Long(0));
        return length;
    }

    protected override void Each(string sql, object?[] values, Action<IRow> read) => database.Guard(() =>
    {
        Send();
        using var command = new NpgsqlCommand(sql, connection, transaction);
        PostgresDatabase.Bind(command.Parameters, values);
        PostgresRow.Each(command, read);
    });

    protected override void Run(string sql, params object?[] values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        PostgresDatabase.Bind(statement.Parameters, values);
        statements.BatchCommands.Add(statement);
        if (statements.BatchCommands.Count >= StatementsAtOnce)
        {
            database.Guard(Send);
        }
    }

    protected override void CommitDatabase()
    {
        SaveChanged();
        database.Guard(() =>
        {
            Send();
            try
            {
                transaction.Commit();
            }
            catch (Exception problem) when (problem is not PostgresException { InvariantSeverity: "ERROR" })
            {
                isUncertain = true;
                throw;
            }
        });
    }

    protected override void Rollback()
    {
        try
        {
            transaction.Rollback();
        }
        catch (Exception problem) when (problem is NpgsqlException or InvalidOperationException or ObjectDisposedException or IOException)
        {
            // The server is away, or has rolled back by itself: it does when a connection ends.
        }
    }

    protected override void Release()
    {
        statements.Dispose();
        transaction.Dispose();
        connection.Dispose();
    }

    private static NpgsqlParameter<TValue[]> Array<TItem, TValue>(IEnumerable<TItem> items, Func<TItem, TValue> value) =>
        new NpgsqlParameter<TValue[]> { TypedValue = [.. items.Select(value)] };

    private static void Read(NpgsqlConnection connection, string sql, Action<NpgsqlDataReader> read, params NpgsqlParameter[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            read(reader);
        }
    }

    /// <summary>Asks within this change, with parameters that are whole columns.</summary>
    private void Read(string sql, Action<NpgsqlDataReader> read, params NpgsqlParameter[] values) => database.Guard(() =>
    {
        Send();
        Read(connection, sql, read, values);
    });

    private void Execute(string sql, params NpgsqlParameter[] values) => Read(sql, _ => { }, values);

    private void TakeLock(int number) => Run("SELECT pg_advisory_xact_lock($1::int, $2::int)", (long)PostgresSchema.OtherLocks, (long)number);

    /// <summary>Sends the statements that wait.</summary>
    private void Send()
    {
        if (statements.BatchCommands.Count > 0)
        {
            statements.ExecuteNonQuery();
            statements.BatchCommands.Clear();
        }
    }

    /// <summary>Writes the blocks and days that changed.</summary>
    private void SaveChanged()
    {
        if (changedBlocks.Count > 0)
        {
            Execute(
                """
                INSERT INTO samples (measurement, day, probe, block) SELECT * FROM unnest($1, $2, $3, $4)
                ON CONFLICT (measurement, day, probe) DO UPDATE SET block = excluded.block
                """,
                Array(changedBlocks, block => block.Key.Measurement),
                Array(changedBlocks, block => block.Key.Day),
                Array(changedBlocks, block => block.Key.Probe),
                Array(changedBlocks, block => block.Block));
            changedBlocks.Clear();
        }

        if (changedDays.Count > 0)
        {
            Execute(
                """
                INSERT INTO days (measurement, day, probes, samples, earliest, latest) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
                ON CONFLICT (measurement, day) DO UPDATE SET
                    probes = excluded.probes, samples = excluded.samples, earliest = excluded.earliest, latest = excluded.latest
                """,
                Array(changedDays, day => day.Measurement),
                Array(changedDays, day => day.Day),
                Array(changedDays, day => day.Facts.Probes),
                Array(changedDays, day => day.Facts.Samples),
                Array(changedDays, day => day.Facts.Earliest),
                Array(changedDays, day => day.Facts.Latest));
            changedDays.Clear();
        }
    }
}
