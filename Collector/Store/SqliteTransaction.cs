using Collector.Probes;

namespace Collector.Store;

/// <summary>A change of the embedded store, on the one connection that writes.</summary>
internal sealed class SqliteTransaction : StoreTransaction
{
    private readonly SqliteDatabase database;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);

    public SqliteTransaction(SqliteStore store, SqliteDatabase database, Action ended)
        : base(store, ended)
    {
        this.database = database;
        database.Execute("BEGIN IMMEDIATE");
    }

    public override DayFacts? Day(long measurement, long day)
    {
        var find = Statement("SELECT probes, samples, earliest, latest FROM days WHERE measurement = ? AND day = ?")
            .Bind(1, measurement).Bind(2, day);
        DayFacts? facts = find.Step() ? new(find.Long(0), find.Long(1), find.Long(2), find.Long(3)) : null;
        find.Reset();
        return facts;
    }

    public override void SaveDay(long measurement, long day, DayFacts facts) =>
        Statement("INSERT OR REPLACE INTO days (measurement, day, probes, samples, earliest, latest) VALUES (?, ?, ?, ?, ?, ?)")
            .Bind(1, measurement).Bind(2, day).Bind(3, facts.Probes).Bind(4, facts.Samples).Bind(5, facts.Earliest).Bind(6, facts.Latest)
            .Run();

    public override bool ReadBlock(long measurement, long day, int probe, List<Sample> samples)
    {
        var find = Statement("SELECT block FROM samples WHERE measurement = ? AND day = ? AND probe = ?")
            .Bind(1, measurement).Bind(2, day).Bind(3, probe);
        var isThere = find.Step();
        if (isThere)
        {
            BlockCodec.Decode(find.Blob(0), UnixDay.Start(day), samples);
        }

        find.Reset();
        return isThere;
    }

    public override void SaveBlock(long measurement, long day, int probe, ReadOnlySpan<byte> block) =>
        Statement("INSERT OR REPLACE INTO samples (measurement, day, probe, block) VALUES (?, ?, ?, ?)")
            .Bind(1, measurement).Bind(2, day).Bind(3, probe).Bind(4, block)
            .Run();

    public override void SaveAddresses(IReadOnlyList<ProbeAddress> addresses)
    {
        var save = Statement($"INSERT INTO addresses (probe, family, at, address) VALUES (?, ?, ?, ?) {SqliteSchema.NewerAddress}");
        foreach (var one in addresses)
        {
            save.Bind(1, one.Probe).Bind(2, one.Family).Bind(3, one.At).Bind(4, one.Address).Run();
        }
    }

    public override IReadOnlyDictionary<string, long> ArchiveLengths()
    {
        var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        Each("SELECT path, length FROM archive", [], row => lengths.Add(row.Text(0)!, row.Long(1)));
        return lengths;
    }

    public override void SetArchiveLength(string path, long length) =>
        Run("INSERT OR REPLACE INTO archive (path, length) VALUES ($1, $2)", path, length);

    public override void ForgetArchive(string path) => Run("DELETE FROM archive WHERE path = $1", path);

    public override bool[] AddRejected(IReadOnlyList<RejectedResult> results)
    {
        var add = Statement("INSERT INTO rejected (hash, length, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1");
        var isNew = new bool[results.Count];
        for (var index = 0; index < isNew.Length; index++)
        {
            isNew[index] = add.Bind(1, results[index].Hash).Bind(2, results[index].Length).Bind(3, results[index].Reason).Step();
            add.Reset();
        }

        return isNew;
    }

    protected override int[] Intern(IReadOnlyList<string> texts)
    {
        var find = Statement("SELECT id FROM texts WHERE text = ?");
        var add = Statement("INSERT INTO texts (text) VALUES (?) RETURNING id");
        var ids = new int[texts.Count];
        for (var index = 0; index < ids.Length; index++)
        {
            var isThere = find.Bind(1, texts[index]).Step();
            ids[index] = isThere ? find.Int(0) : 0;
            find.Reset();
            if (!isThere)
            {
                add.Bind(1, texts[index]).Step();
                ids[index] = add.Int(0);
                add.Reset();
            }
        }

        return ids;
    }

    protected override long ArchiveLength(string path)
    {
        long length = 0;
        Each("SELECT length FROM archive WHERE path = $1", [path], row => length = row.Long(0));
        return length;
    }

    protected override void Each(string sql, object?[] values, Action<IRow> read) => Statement(sql).Each(values, read);

    protected override void Run(string sql, params object?[] values) => Statement(sql).Bind(values).Run();

    protected override void CommitDatabase() => database.Execute("COMMIT");

    protected override void Rollback()
    {
        Release();

        // Ids given in this transaction are free again, and so are not to be remembered.
        Store.Texts.Clear();
        try
        {
            database.Execute("ROLLBACK");
        }
        catch (SqliteProblem)
        {
            // After a full disk or a failed write SQLite may have rolled back by itself, and says there is nothing to do.
        }
    }

    protected override void Release()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        statements.Clear();
    }

    private SqliteStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statement = database.Prepare(sql);
            statements.Add(sql, statement);
        }

        return statement;
    }
}
