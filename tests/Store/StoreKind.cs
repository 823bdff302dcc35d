using Collector.Configuration;
using Collector.Store;
using Tests.Servers;

namespace Tests.Store;

/// <summary>A kind of store to be tested, with a temporary folder: every data folder's name in it stands for a store of its own.</summary>
public abstract class StoreKind : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>The temporary folder.</summary>
    public string Root => folder.Root;

    /// <summary>A path in the temporary folder.</summary>
    public string this[string name] => folder[name];

    /// <summary>What an operator would configure.</summary>
    public abstract StorageOptions Options(string data);

    /// <summary>Opens a store, making it at first.</summary>
    public ObservationStore Open(string data = "data", bool readOnly = false) => StoreFactory.Open(Options(data), folder[data], readOnly);

    /// <summary>Loses a store, but not its archive.</summary>
    public abstract void Lose(string data = "data");

    /// <summary>Changes a store behind its back, while it is closed.</summary>
    public abstract void Execute(string sql, string data = "data");

    /// <summary>All that a store says.</summary>
    public List<string> Dump(string data = "data")
    {
        using var store = Open(data, readOnly: true);
        return [.. StoreDump.Of(store)];
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The embedded store.</summary>
public sealed class SqliteKind : StoreKind
{
    /// <inheritdoc/>
    public override StorageOptions Options(string data) => new();

    /// <inheritdoc/>
    public override void Lose(string data = "data") => File.Delete(new DataFolder(this[data]).Database);

    /// <inheritdoc/>
    public override void Execute(string sql, string data = "data")
    {
        using var database = SqliteStore.OpenWriter(new DataFolder(this[data]).Database);
        database.Execute(sql);
    }
}

/// <summary>The shared store, in a real PostgreSQL.</summary>
public sealed class PostgresKind(PostgresServer server) : StoreKind
{
    private readonly Dictionary<string, string> schemas = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override StorageOptions Options(string data) => new() { Provider = StorageProvider.PostgreSql, ConnectionString = ConnectionString(data) };

    /// <inheritdoc/>
    public override void Lose(string data = "data") => schemas.Remove(data);

    /// <inheritdoc/>
    public override void Execute(string sql, string data = "data") => PostgresServer.Execute(ConnectionString(data), sql);

    /// <summary>Lets a data folder share the store of another.</summary>
    public void Share(string data, string with) => schemas[data] = ConnectionString(with);

    /// <summary>How to reach a store's tables.</summary>
    public string ConnectionString(string data = "data")
    {
        if (!schemas.TryGetValue(data, out var schema))
        {
            schemas.Add(data, schema = server.NewSchema());
        }

        return schema;
    }
}
