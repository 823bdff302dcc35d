using System.Collections.Concurrent;
using Collector.Probes;
using Collector.Results;

namespace Collector.Store;

/// <summary>The embedded store: one SQLite file, samples packed by measurement, day and probe.</summary>
/// <remarks>
/// One process writes; any number may read meanwhile, each query from its own snapshot. What a commit acknowledged survives a
/// power cut (write-ahead log, synchronous FULL).
/// </remarks>
public sealed partial class SqliteStore : IObservationStore
{
    private readonly StoreLock? writeLock;
    private readonly SqliteDatabase? writer;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly ConcurrentBag<SqliteDatabase> readers = [];
    private readonly TextCache texts = new();
    private bool isDisposed;

    private SqliteStore(DataFolder folder, StoreLock? writeLock, SqliteDatabase? writer)
    {
        Folder = folder;
        this.writeLock = writeLock;
        this.writer = writer;
    }

    /// <summary>The data folder.</summary>
    public DataFolder Folder { get; }

    /// <summary>Whether it was opened without the right to write.</summary>
    public bool IsReadOnly => writer is null;

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

    /// <inheritdoc/>
    public IReadOnlyList<StoredMeasurement> Measurements(string? target = null)
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare(
            "SELECT id, target, kind, family, query, interval_seconds, start, stop, followed FROM measurements WHERE ?1 IS NULL OR target = ?1 ORDER BY id");
        query.Bind(1, target);
        var measurements = new List<StoredMeasurement>();
        while (query.Step())
        {
            measurements.Add(new StoredMeasurement(
                query.Long(0),
                query.Text(1)!,
                (MeasurementKind)query.Int(2),
                query.Int(3),
                query.Text(4),
                query.IsNull(5) ? null : query.Int(5))
            {
                Start = query.Instant(6),
                Stop = query.Instant(7),
                IsFollowed = query.Int(8) != 0,
            });
        }

        return measurements;
    }

    /// <inheritdoc/>
    public void SaveMeasurement(StoredMeasurement measurement)
    {
        using var transaction = BeginWrite();
        transaction.SaveMeasurement(measurement, derived: false);
        transaction.Commit();
    }

    /// <summary>Merges observations straight into the store, past the archive: for data that is not Atlas'.</summary>
    public void Save(IEnumerable<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var batch = new SampleBatch();
        foreach (var observation in observations)
        {
            batch.Add(observation, line: 0);
        }

        using var transaction = BeginWrite();
        batch.MergeInto(transaction, (_, _) => { });
        transaction.Commit();
    }

    /// <inheritdoc/>
    public string? Text(int id)
    {
        if (id == 0)
        {
            return null;
        }

        if (texts.Text(id) is { } known)
        {
            return known;
        }

        using var reader = Reader();
        using var query = reader.Database.Prepare("SELECT text FROM texts WHERE id = ?");
        if (!query.Bind(1, id).Step())
        {
            return null;
        }

        var text = query.Text(0)!;
        texts.Add(id, text);
        return text;
    }

    /// <inheritdoc/>
    public void SaveProbes(DateTimeOffset at, IEnumerable<Probe> probes)
    {
        using var transaction = BeginWrite();
        transaction.SaveProbes(at.ToUnixTimeSeconds(), probes);
        transaction.Commit();
    }

    /// <inheritdoc/>
    /// <remarks>A probe that no snapshot by then knew has its first version: a later word on where it is beats none. When it
    /// last connected is by the last snapshot of the version.</remarks>
    public IReadOnlyDictionary<int, Probe> Probes(DateTimeOffset at)
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare("SELECT probe, since, connected, description FROM probes ORDER BY probe, since");
        var instant = at.ToUnixTimeSeconds();
        var versions = new SortedDictionary<int, (string Description, long? Connected)>();
        while (query.Step())
        {
            var probe = query.Int(0);
            if (query.Long(1) <= instant || !versions.ContainsKey(probe))
            {
                versions[probe] = (query.Text(3)!, query.IsNull(2) ? null : query.Long(2));
            }
        }

        return versions.ToDictionary(version => version.Key, version => ProbeText.Read(version.Key, version.Value.Description, version.Value.Connected));
    }

    /// <inheritdoc/>
    public long? Watermark(long measurement)
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare("SELECT at FROM watermarks WHERE measurement = ?");
        return query.Bind(1, measurement).Step() ? query.Long(0) : null;
    }

    /// <inheritdoc/>
    public void SetWatermark(long measurement, long at)
    {
        using var transaction = BeginWrite();
        transaction.SetWatermark(measurement, at);
        transaction.Commit();
    }

    /// <inheritdoc/>
    public IReadOnlyList<MeasurementFacts> Facts()
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare("""
            SELECT measurement, count(*), sum(probes), sum(samples), min(earliest), max(latest)
            FROM days GROUP BY measurement ORDER BY measurement
            """);
        var facts = new List<MeasurementFacts>();
        while (query.Step())
        {
            facts.Add(new(query.Long(0), query.Long(1), query.Long(2), query.Long(3), query.Long(4), query.Long(5)));
        }

        return facts;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredJob> Jobs()
    {
        using var reader = Reader();
        using var query = reader.Database.Prepare(
            "SELECT name, measurement, started, ended, succeeded, error, runs, failures, instance FROM jobs ORDER BY name, measurement");
        var jobs = new List<StoredJob>();
        while (query.Step())
        {
            jobs.Add(new StoredJob(query.Text(0)!, query.Long(1))
            {
                Started = query.Instant(2),
                Ended = query.Instant(3),
                Succeeded = query.Instant(4),
                Error = query.Text(5),
                Runs = query.Long(6),
                Failures = query.Long(7),
                Instance = query.Text(8),
            });
        }

        return jobs;
    }

    /// <inheritdoc/>
    public void SaveJob(StoredJob job)
    {
        using var transaction = BeginWrite(archives: false);
        transaction.SaveJob(job);
        transaction.Commit();
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
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        writer?.Dispose();
        writeLock?.Dispose();
        writing.Dispose();
    }

    /// <summary>Called at each stage of each commit; what it throws is taken to be the end of the process.</summary>
    internal Action<CommitStage>? OnStage { get; set; }

    /// <summary>Begins a change of the store; others wait until it ends.</summary>
    /// <param name="archives">Whether what changes is archived too.</param>
    internal StoreTransaction BeginWrite(bool archives = true)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (writer is null)
        {
            throw new InvalidOperationException($"{Folder.Root} was opened for reading only");
        }

        writing.Wait();
        try
        {
            return new StoreTransaction(writer, texts, Folder.Archive, OnStage, () => writing.Release()) { Archives = archives };
        }
        catch
        {
            writing.Release();
            throw;
        }
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
            foreach (var table in SqliteSchema.Told)
            {
                writer.Execute($"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old.{table}");
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

    /// <summary>Works out anew what results tell of measurements, and puts everything into the one file, for good.</summary>
    internal void Settle()
    {
        foreach (var measurement in Measurements())
        {
            using var transaction = BeginWrite(archives: false);
            transaction.Register(measurement.Id, measurement.Target);
            transaction.Commit();
        }

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
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return new RentedReader(this, readers.TryTake(out var reader) ? reader : SqliteDatabase.OpenToRead(Folder.Database));
    }

    /// <summary>One of the store's reading connections, for as long as it is needed.</summary>
    internal readonly struct RentedReader(SqliteStore store, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database { get; } = database;

        public void Dispose()
        {
            if (store.isDisposed)
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
