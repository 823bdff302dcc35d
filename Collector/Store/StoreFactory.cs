using Collector.Configuration;
using Collector.Geolocation;
using Microsoft.Extensions.Logging;

namespace Collector.Store;

/// <summary>Opens the store that the settings name.</summary>
public static class StoreFactory
{
    /// <summary>Opens a store.</summary>
    /// <param name="options">Which.</param>
    /// <param name="dataFolder">The folder of the archive, and of the embedded store.</param>
    /// <param name="readOnly">Read while others may be writing; else take the folder's write lock.</param>
    /// <exception cref="ConfigurationException">The options do not say enough.</exception>
    /// <exception cref="IOException">It cannot be opened: one line for the operator.</exception>
    public static ObservationStore Open(StorageOptions options, string dataFolder, bool readOnly = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Provider switch
        {
            StorageProvider.Sqlite => SqliteStore.Open(dataFolder, readOnly),
            _ => PostgresStore.Open(options.ConnectionString, dataFolder, readOnly),
        };
    }

    /// <summary>Opens the store of the settings, with their GeoIP databases to place probes by.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="dataFolder">The folder of the archive, and of the embedded store.</param>
    /// <param name="log">Told of a GeoIP database that cannot be used.</param>
    /// <param name="readOnly">Read while others may be writing; else take the folder's write lock.</param>
    /// <exception cref="ConfigurationException">The settings do not say enough.</exception>
    /// <exception cref="IOException">It cannot be opened: one line for the operator.</exception>
    public static ObservationStore Open(Settings settings, string dataFolder, ILogger log, bool readOnly = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var store = Open(settings.Storage, dataFolder, readOnly);
        store.Placer = new ProbePlacer(GeoDatabases.Open(settings.GeoIp, log: log));
        return store;
    }
}
