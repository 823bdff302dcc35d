namespace Collector.Configuration;

/// <summary>Where data is kept.</summary>
public sealed record StorageOptions
{
    /// <summary>The kind of store. Default: SQLite.</summary>
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Folder of the archive, and of the embedded store. Default: <c>data</c> in the working directory.</summary>
    public string Path { get; init; } = "data";

    /// <summary>How to reach PostgreSQL, <c>Host=…;Database=…;Username=…;Password=…</c>; a secret, from environment or user secrets.
    /// Needed with that provider, unused with the other. Default: none.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>How long data is kept. Default: for ever.</summary>
    public RetentionOptions Retention { get; init; } = new();
}

/// <summary>Kinds of store.</summary>
public enum StorageProvider
{
    /// <summary>One SQLite file, for one process that writes.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database, shared by several instances.</summary>
    PostgreSql,
}
