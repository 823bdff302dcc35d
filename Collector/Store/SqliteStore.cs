using System.Collections.Concurrent;
using Collector.Archive;

namespace Collector.Store;

/// <summary>The embedded store: one SQLite file, samples packed by measurement, day and probe.</summary>
/// <remarks>
/// One process writes; any number may read meanwhile, each query from its own snapshot. What a commit acknowledged survives a
/// power cut (write-ahead log, synchronous FULL).
/// </remarks>
public sealed class SqliteStore : ObservationStore
{
    private const string OwnCommits = "commits";

    private readonly StoreLock? writeLock;
    private readonly ConcurrentBag<SqliteDatabase> readers = [];
    private SqliteDatabase? writer;
    private int opened;

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

    /// <summary>Asks SQLite to look through the whole file: its pages, its indices, not what is in the blocks.</summary>
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
    public override IReadOnlyDictionary<string, long>? ArchiveLengths() =>
        List("SELECT path, length FROM archive", [], row => (Path: row.Text(0)!, Length: row.Long(1))).ToDictionary(file => file.Path, file => file.Length);

    /// <inheritdoc/>
    internal override bool IsShared => false;

    /// <inheritdoc/>
    internal override string CommitsName => OwnCommits;

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
    private protected override StoreTransaction Begin(bool archives, Action ended)
    {
        if (writer!.HasMoved)
        {
            PutBack();
        }

        return new SqliteTransaction(this, writer, ended) { Archives = archives };
    }

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

    /// <summary>What a store knows of its archive.</summary>
    /// <param name="database">Its file; it need not be there.</param>
    /// <returns>The number of its last commit, and the lengths of the archive's files; null when it cannot be read.</returns>
    internal static (long LastCommit, IReadOnlyDictionary<string, long> Lengths)? Known(string database)
    {
        if (!File.Exists(database))
        {
            return null;
        }

        try
        {
            using var old = SqliteDatabase.OpenToRead(database);
            var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
            using (var rows = old.Prepare("SELECT path, length FROM archive"))
            {
                rows.Each([], row => lengths.Add(row.Text(0)!, row.Long(1)));
            }

            return (old.Number($"SELECT CAST(text AS INTEGER) FROM documents WHERE kind = '{CommitsKind}' AND name = '{OwnCommits}'") ?? 0, lengths);
        }
        catch (SqliteProblem)
        {
            return null;
        }
    }

    /// <summary>Tells a store which lengths the archive's files have now. What it is not told, it finds out.</summary>
    internal static void SetKnown(string database, IEnumerable<(string Path, long Length)> lengths)
    {
        try
        {
            using var old = SqliteDatabase.OpenToWrite(database);
            foreach (var (path, length) in lengths)
            {
                using var set = old.Prepare(length == 0 ? "DELETE FROM archive WHERE path = ?" : "UPDATE archive SET length = ?2 WHERE path = ?1");
                set.Bind(1, path);
                (length == 0 ? set : set.Bind(2, length)).Run();
            }
        }
        catch (SqliteProblem)
        {
            // It reads the files anew when it is opened next.
        }
    }

    /// <summary>Compares what this store holds with another one, by measurement and day.</summary>
    /// <param name="database">The other's file; it need not be there.</param>
    /// <returns>Null when it cannot be read.</returns>
    internal StoreComparison? Compare(string database)
    {
        if (!File.Exists(database))
        {
            return null;
        }

        try
        {
            using (var attach = writer!.Prepare("ATTACH ? AS old"))
            {
                attach.Bind(1, database).Run();
            }

            try
            {
                using var query = writer.Prepare("""
                    SELECT coalesce(sum(old.samples), 0), coalesce(sum(max(old.samples - coalesce(made.samples, 0), 0)), 0),
                        coalesce(sum(old.samples > coalesce(made.samples, 0)), 0), (SELECT coalesce(sum(samples), 0) FROM main.days)
                    FROM old.days AS old LEFT JOIN main.days AS made USING (measurement, day)
                    """);
                return query.Step() ? new StoreComparison(query.Long(0), query.Long(3), query.Long(1), query.Long(2)) : null;
            }
            finally
            {
                writer.Execute("DETACH old");
            }
        }
        catch (SqliteProblem problem) when (!problem.IsBusy)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    internal override void Settle()
    {
        base.Settle();

        // Everything into the one file, for good.
        writer!.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Puts the file back that somebody removed while it was open: all of it is still here, and nowhere else.</summary>
    /// <exception cref="IOException">Always: what was begun is not done, and somebody should know why.</exception>
    private void PutBack()
    {
        var path = Folder.Database;
        if (File.Exists(path) || !File.Exists(Folder.Lock))
        {
            throw new IOException(File.Exists(path)
                ? $"{path} was replaced by another file while it was in use: nothing more is stored until this process is started again"
                : $"{Folder.Root} was removed while it was in use: nothing more is stored until this process is started again");
        }

        var whole = path + ".new";
        File.Delete(whole);
        using (var copy = writer!.Prepare("VACUUM INTO ?"))
        {
            copy.Bind(1, whole).Run();
        }

        using (var made = SqliteDatabase.OpenToWrite(whole))
        {
            made.Execute("PRAGMA journal_mode = WAL");
        }

        // Whoever reads goes on with what was removed, and lets go of it at the end.
        opened++;
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        writer.Dispose();
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        DurableFile.Replace(path, whole);
        writer = OpenWriter(path);
        throw new IOException($"{path} was removed while it was in use; it is put back with all that it held, and the next turn goes on");
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
        return new RentedReader(this, opened, readers.TryTake(out var reader) ? reader : SqliteDatabase.OpenToRead(Folder.Database));
    }

    /// <summary>One of the store's reading connections, for as long as it is needed.</summary>
    internal readonly struct RentedReader(SqliteStore store, int opened, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database { get; } = database;

        public void Dispose()
        {
            if (store.IsDisposed || opened != store.opened)
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

/// <summary>How much two stores hold.</summary>
/// <param name="Other">Observations in the other one.</param>
/// <param name="This">Observations in this one.</param>
/// <param name="Lacking">How many this one lacks, counted by measurement and day.</param>
/// <param name="Days">Days of measurements on which it lacks any.</param>
internal readonly record struct StoreComparison(long Other, long This, long Lacking, long Days);
