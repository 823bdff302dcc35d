using Npgsql;

namespace Collector.Store;

/// <summary>The shared store: a PostgreSQL database, for several instances at once.</summary>
/// <remarks>
/// Each instance has a data folder, and in it an archive, of its own: the archives together are what Atlas returned. One process writes
/// to a folder. When the database is away each operation fails with one line, and the next one connects again.
/// </remarks>
public sealed class PostgresStore : ObservationStore
{
    private readonly PostgresDatabase database;
    private readonly StoreLock? writeLock;

    private PostgresStore(DataFolder folder, PostgresDatabase database, StoreLock? writeLock, string? instance)
        : base(folder, isReadOnly: writeLock is null)
    {
        this.database = database;
        this.writeLock = writeLock;
        Instance = instance;
    }

    /// <summary>What this instance is called among those that share the store, in the store itself and to people; null when it only reads.</summary>
    internal string? Instance { get; }

    /// <summary>Opens the store.</summary>
    /// <param name="connectionString">How to reach the database, in Npgsql's words.</param>
    /// <param name="dataFolder">The folder of the archive; made when it is not there and the store is opened for writing.</param>
    /// <param name="readOnly">Read only; else take the folder's write lock, and make the tables where there are none.</param>
    /// <exception cref="Configuration.ConfigurationException">The connection string cannot be read.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses, or another process writes to the folder: one line for the operator.</exception>
    public static PostgresStore Open(string? connectionString, string dataFolder, bool readOnly = false)
    {
        var folder = new DataFolder(dataFolder);
        var database = PostgresDatabase.Create(connectionString);
        StoreLock? held = null;
        try
        {
            if (readOnly)
            {
                PostgresSchema.Check(database);
                return new PostgresStore(folder, database, writeLock: null, instance: null);
            }

            Directory.CreateDirectory(folder.Root);
            held = StoreLock.Take(folder);
            var instance = InstanceName.Of(folder);
            PostgresSchema.Prepare(database);
            return new PostgresStore(folder, database, held, instance);
        }
        catch
        {
            held?.Dispose();
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    private protected override bool HasAddresses =>
        List("SELECT count(*) FROM pg_class WHERE relname = 'addresses' AND pg_table_is_visible(oid)", [], row => row.Long(0)) is [> 0];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, long>? ArchiveLengths() => (Instance ?? InstanceName.Find(Folder)) is { } instance
        ? List("SELECT path, length FROM archive WHERE instance = $1", [instance], row => (Path: row.Text(0)!, Length: row.Long(1)))
            .ToDictionary(file => file.Path, file => file.Length)
        : null;

    /// <inheritdoc/>
    internal override bool IsShared => true;

    /// <inheritdoc/>
    internal override string CommitsName => Instance ?? throw new InvalidOperationException("a store that is only read has no archive");

    /// <inheritdoc/>
    internal override void Each(string sql, object?[] values, Action<IRow> read)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var (connection, command, reader) = database.Begin(connection =>
        {
            var command = new NpgsqlCommand(sql, connection);
            PostgresDatabase.Bind(command.Parameters, values);
            return (connection, command, command.ExecuteReader());
        });
        using (connection)
        using (command)
        using (reader)
        {
            var row = new PostgresRow(reader);
            while (database.Guard(reader.Read))
            {
                read(row);
            }
        }
    }

    /// <inheritdoc/>
    private protected override IBlocks Blocks(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes) =>
        new PostgresBlocks(database, measurements, from, to, probes);

    /// <inheritdoc/>
    private protected override StoreTransaction Begin(bool archives, Action ended) =>
        new PostgresTransaction(this, database, Instance!, ended) { Archives = archives };

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        if (disposing && !IsDisposed)
        {
            database.Dispose();
            writeLock?.Dispose();
        }

        base.Dispose(disposing);
    }
}
