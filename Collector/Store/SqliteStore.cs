using System.Collections.Concurrent;

namespace Collector.Store;

/// <summary>The embedded store: one SQLite file, samples packed by measurement, day and probe.</summary>
/// <remarks>
/// One process writes; any number may read meanwhile, each query from its own snapshot. What a commit acknowledged survives a
/// power cut (write-ahead log, synchronous FULL).
/// </remarks>
public sealed class SqliteStore : ObservationStore
{
    private readonly StoreLock? writeLock;
    private readonly SqliteDatabase? writer;
    private readonly ConcurrentBag<SqliteDatabase> readers = [];

    private SqliteStore(DataFolder folder, StoreLock? writeLock, SqliteDatabase? writer)
        : base(folder, isReadOnly: writer is null)
    {
        this.writeLock = writeLock;
        this.writer = writer;
    }

    /// <summary>Opens the store of a data folder.</summary>
    /// <param name="dataFolder">The folder; made when it is not there and the store is opened for writing.</param>
    /// <param name="readOnly">Read while another process may be writing; else take the folder's write lock.</param>
    /// <exception cref="IOException">There is nothing to read, or another process writes: one line for the operator.</exception>
    public static SqliteStore Open(string dataFolder, bool readOnly = false)
    {
        var folder = new DataFolder(dataFolder);
        if (readOnly)
        {
            if (!File.Exists(folder.Database))
            {
                throw new FileNotFoundException($"{dataFolder} holds no store: nothing was imported or collected yet", folder.Database);
            }

            var store = new SqliteStore(folder, writeLock: null, writer: null);
            using var reader = store.Reader();
            SqliteSchema.Check(reader.Database);
            return store;
        }

        Directory.CreateDirectory(folder.Root);
        var held = StoreLock.Take(folder);
        try
        {
            return new SqliteStore(folder, held, OpenWriter(folder.Database));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens a store to be made, for one who has the folder's lock; not to last before <see cref="Settle"/>.</summary>
    internal static SqliteStore OpenUnlocked(DataFolder folder)
    {
        var writer = OpenWriter(folder.Database);
        writer.Execute("PRAGMA synchronous = OFF");
        return new SqliteStore(folder, writeLock: null, writer);
    }

    /// <summary>Asks SQLite to look through the whole file.</summary>
    /// <returns>What it found wrong, at most a few lines; empty when all is well.</returns>
    public IReadOnlyList<string> Problems()
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare("PRAGMA integrity_check(5)");
        var problems = new List<string>();
        while (query.Step())
        {
            if (query.Text(0) is { } line && line != "ok")
            {
                problems.Add(line);
            }
        }

        return problems;
    }

    /// <inheritdoc/>
    private protected override bool HasAddresses
    {
        get
        {
            using var reader = Reader();
            return reader.Database.Number("SELECT count(*) FROM sqlite_master WHERE name = 'addresses'") > 0;
        }
    }

    /// <inheritdoc/>
    internal override bool IsShared => false;

    /// <inheritdoc/>
    internal override void Each(string sql, object?[] values, Action<IRow> read)
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare(sql);
        query.Each(values, read);
    }

    /// <inheritdoc/>
    private protected override IBlocks Blocks(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes) =>
        new SqliteBlocks(Reader(), measurements, from, to, probes);

    /// <inheritdoc/>
    private protected override StoreTransaction Begin(bool archives, Action ended) => new SqliteTransaction(this, writer!, ended) { Archives = archives };

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        if (disposing && !IsDisposed)
        {
            while (readers.TryTake(out var reader))
            {
                reader.Dispose();
            }

            writer?.Dispose();
            writeLock?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Takes over from another store what results do not tell.</summary>
    /// <param name="database">Its file; it need not be there.</param>
    /// <param name="unreadable">Told when it cannot be read.</param>
    internal void CarryOver(string database, Action<string> unreadable)
    {
        if (!File.Exists(database))
        {
            return;
        }

        try
        {
            using (var old = SqliteDatabase.OpenToRead(database))
            {
                SqliteSchema.Check(old);
            }

            using var attach = writer!.Prepare("ATTACH ? AS old");
            attach.Bind(1, database).Run();
            writer.Execute("BEGIN IMMEDIATE");
            foreach (var table in SqliteSchema.Told.Where(table => writer.Number($"SELECT count(*) FROM old.sqlite_master WHERE name = '{table}'") > 0))
            {
                writer.Execute($"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old.{table}");
            }

            // The archive may begin later than the results did.
            if (writer.Number("SELECT count(*) FROM old.sqlite_master WHERE name = 'addresses'") > 0)
            {
                writer.Execute($"INSERT INTO addresses SELECT probe, family, at, address FROM old.addresses WHERE true {SqliteSchema.NewerAddress}");
            }

            writer.Execute("COMMIT");
            writer.Execute("DETACH old");
        }
        catch (Exception problem) when (problem is SqliteProblem { IsBusy: false } or InvalidDataException)
        {
            // Half of the old tables is worse than what the archive says of them.
            if (writer!.IsInTransaction)
            {
                writer!.Execute("ROLLBACK");
            }

            unreadable(problem.Message);
        }
    }

    /// <inheritdoc/>
    internal override void Settle()
    {
        base.Settle();

        // Everything into the one file, for good.
        writer!.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    internal static SqliteDatabase OpenWriter(string path)
    {
        var database = SqliteDatabase.OpenToWrite(path);
        try
        {
            SqliteSchema.Prepare(database);
            database.Execute("PRAGMA synchronous = FULL");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A connection to read with; give it back by disposing.</summary>
    internal RentedReader Reader()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new RentedReader(this, readers.TryTake(out var reader) ? reader : SqliteDatabase.OpenToRead(Folder.Database));
    }

    /// <summary>One of the store's reading connections, for as long as it is needed.</summary>
    internal readonly struct RentedReader(SqliteStore store, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database { get; } = database;

        public void Dispose()
        {
            if (store.IsDisposed)
            {
                Database.Dispose();
            }
            else
            {
                store.readers.Add(Database);
            }
        }
    }
}
