using Collector.Configuration;
using Collector.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace Reports.Jobs;

/// <summary>Where Quartz keeps its turns: in memory beside the embedded store, in the database where several instances share one.</summary>
internal static class JobStoreSetup
{
    /// <summary>How often an instance says that it lives.</summary>
    private static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(5);

    /// <summary>How long an instance may say nothing more before others take over what it was at. Longer than any pause of a healthy one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Whether the turns survive the process, and are shared.</summary>
    public static bool IsPersistent(StorageOptions options) => options.Provider != StorageProvider.Sqlite;

    /// <summary>Chooses.</summary>
    public static void UseJobStore(this IQuartzBuilder quartz, StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!IsPersistent(options))
        {
            quartz.UseInMemoryStore();
            return;
        }

        // Instances are members of one cluster by this name and the database.
        quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "measurement");
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, options.ConnectionString!);
            store.UseSystemTextJsonSerializer();
            store.UseClustering();
            store.ConfigureStore(jobs =>
            {
                jobs.SchemaProvisioning = SchemaProvisioning.CreateIfMissing;
                jobs.StoreJobDataAsStrings = true;
            });
        });
        quartz.Services.AddOptions<ClusteringOptions>().Configure<TimeProvider>((cluster, time) =>
        {
            // Quartz measures them by the clock it is given, and a process dies in real time.
            var speed = (time as ScaledClock)?.Speed ?? 1;
            cluster.CheckinInterval = CheckIn * speed;
            cluster.CheckinMisfireThreshold = Patience * speed;
        });
    }
}
