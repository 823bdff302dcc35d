using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Collector.Import;
using Collector.Rounds;
using Collector.Store;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>Puts the jobs among the services, and whatever keeps their schedule.</summary>
internal static class JobServices
{
    /// <summary>Adds the jobs alone, to be run by hand.</summary>
    public static IServiceCollection AddJobClasses(this IServiceCollection services)
    {
        services.AddSingleton<Importer>();
        services.AddSingleton<FollowPlans>();
        services.AddTransient<ResultCollector>();
        services.AddSingleton<JobStates>();
        services.AddSingleton<ToolKeeper>();
        services.AddSingleton<Analyst>();
        services.AddSingleton<ICurrentAnalysis>(provider => provider.GetRequiredService<Analyst>());
        Add<AnalyzeJob>();
        Add<CollectJob>();
        Add<ProbesJob>();
        Add<PruneJob>();
        Add<ReconcileJob>();
        Add<WeeklyReportJob>();
        return services;

        void Add<TJob>()
            where TJob : class, IServiceJob
        {
            services.AddSingleton<TJob>();
            services.AddSingleton<IServiceJob>(provider => provider.GetRequiredService<TJob>());
        }
    }

    /// <summary>Adds the jobs and their schedule.</summary>
    /// <exception cref="ConfigurationException">The schedule cannot be kept.</exception>
    public static IServiceCollection AddJobs(this IServiceCollection services, Settings settings)
    {
        var hasTimeSeries = settings.TimeSeries.Provider != TimeSeriesProvider.None;
        services.AddJobClasses();
        if (hasTimeSeries)
        {
            services.AddTimeSeries();
        }

        services.AddScheduling(JobSchedule.Of(settings.Schedule, hasTimeSeries), settings.Storage);
        services.AddHostedService<AnalysisKeeper>();
        if (HangfireStorage.IsShared(settings.Storage))
        {
            services.AddHostedService<PruneKeeper>();
        }

        return services;
    }

    /// <summary>Adds the time series database, and the job that writes to it.</summary>
    public static IServiceCollection AddTimeSeries(this IServiceCollection services)
    {
        services.AddSingleton<ITimeSeriesSink>(provider => TimeSeriesJob.Sink(
            provider.GetRequiredService<Settings>().TimeSeries,
            provider.GetRequiredService<ObservationStore>().Folder,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InfluxSink>>()));
        services.AddSingleton<TimeSeriesJob>();
        services.AddSingleton<IServiceJob>(provider => provider.GetRequiredService<TimeSeriesJob>());
        return services;
    }

    /// <summary>Adds what runs whichever jobs there are at their turns.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, JobSchedule schedule, StorageOptions storage)
    {
        services.AddSingleton(schedule);
        services.AddSingleton<JobRunner>();
        services.AddSingleton<IJobBoard, JobBoard>();
        services.AddSingleton(_ => new HangfireStorage(storage));
        services.AddSingleton<JobQueue>();
        services.AddSingleton<IJobLocks>(HangfireStorage.IsShared(storage) ? new PostgresJobLocks(storage.ConnectionString!) : new MemoryJobLocks());
        services.AddSingleton<HangfireAdapter>();
        services.AddSingleton<IRecurringJobManagerFactory, HandTriggers>();
        services.AddSingleton<JobScheduler>();
        services.AddHostedService(provider => provider.GetRequiredService<JobScheduler>());
        return services;
    }
}
