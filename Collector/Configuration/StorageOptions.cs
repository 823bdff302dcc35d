namespace Collector.Configuration;

/// <summary>Where data is kept.</summary>
public sealed record StorageOptions
{
    /// <summary>The kind of store. Default: SQLite, the only one in this version.</summary>
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Folder of the archive and of the embedded store. Default: <c>data</c> in the working directory.</summary>
    public string Path { get; init; } = "data";

    /// <summary>How long data is kept. Default: for ever.</summary>
    public RetentionOptions Retention { get; init; } = new();
}

/// <summary>Kinds of store.</summary>
public enum StorageProvider
{
    /// <summary>One SQLite file.</summary>
    Sqlite,
}
