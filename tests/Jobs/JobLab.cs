using App.Hosting;
using App.Jobs;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Reports.Weekly;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Store;

namespace Tests.Jobs;

/// <summary>The jobs on a store of their own, against the simulator, with a clock that stands still until it is set.</summary>
internal sealed class JobLab : IAsyncDisposable
{
    private static readonly Lazy<World> Small = new(() => World.Create(5, 40, 2));

    private readonly ServiceProvider services;

    private JobLab(SimulatorServer server, ServiceProvider services, ObservationStore store, TemporaryFolder folder)
    {
        this.services = services;
        Server = server;
        Store = store;
        Folder = folder;
    }

    /// <summary>The Monday on which the world begins.</summary>
    public static DateTimeOffset Start => DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start);

    public SimulatorServer Server { get; }

    public ObservationStore Store { get; }

    public TemporaryFolder Folder { get; }

    public JobStates States => Get<JobStates>();

    /// <summary>The present, for service and simulator alike.</summary>
    public DateTimeOffset Now
    {
        get => Server.Clock.Now;
        set => Server.Clock.Now = value;
    }

    public static async Task<JobLab> StartAsync(Func<Settings, Settings>? change = null, string key = SimulatedNetwork.Key, string? data = null)
    {
        var clock = new SimulatorClock(Start);
        var server = await SimulatorServer.StartAsync(Small.Value, new SimulatorOptions { Time = clock });
        var folder = new TemporaryFolder();
        var network = SimulatedNetwork.Create();
        var settings = new Settings
        {
            Network = network with { Targets = [network.Targets[0]] },
            Probes = new ProbeSelectionOptions { Count = 40 },
            Atlas = new AtlasOptions { BaseUrl = server.BaseUrl, Key = key, Retries = 0 },
        };
        settings = change?.Invoke(settings) ?? settings;
        var store = SqliteStore.Open(data ?? folder["data"]);
        var services = (settings.TimeSeries.Provider == TimeSeriesProvider.None ? new ServiceCollection() : new ServiceCollection().AddTimeSeries())
            .AddLogging()
            .AddCore(settings, store, clock)
            .AddSingleton(new ReportFolder(folder["reports"]))
            .AddJobClasses()
            .AddSingleton<JobRunner>()
            .BuildServiceProvider();
        return new JobLab(server, services, store, folder);
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Runs a job as its turn would.</summary>
    public Task<bool> RunAsync(string job, CancellationToken cancellationToken = default) => Get<JobRunner>().RunAsync(job, cancellationToken);

    /// <summary>A measurement of our own on the simulator, known to the store.</summary>
    public async Task<StoredMeasurement> MeasureAsync(int family = 4)
    {
        var target = Get<AnycastNetwork>().Targets[0];
        var address = (family == 6 ? target.IPv6 : target.IPv4)!;
        var definition = new PingDefinition(address, $"test {family}", TimeSpan.FromHours(1)) { Tags = ["anycast-measurement"] };
        var ids = await Get<IAtlasApi>().CreateAsync(new CreationRequest([definition], [Collector.Atlas.ProbeSet.Of([.. Small.Value.Probes.Select(probe => probe.Id)])]) { Start = Start });
        var measurement = new StoredMeasurement(ids[0], target.Name, MeasurementKind.Ping, family, null, 3600) { Start = Start };
        Store.SaveMeasurement(measurement);
        return measurement;
    }

    /// <summary>Runs collect every so often until a time.</summary>
    public async Task CollectUntilAsync(DateTimeOffset end, TimeSpan step)
    {
        for (; Now < end; Now += step)
        {
            await RunAsync(JobNames.Collect);
        }

        await RunAsync(JobNames.Collect);
    }

    public long Samples() => Store.Facts().Sum(facts => facts.Samples);

    /// <summary>All samples, as text.</summary>
    public IReadOnlyList<string> Dump() => [.. StoreDump.Of(Store).TakeWhile(line => !line.StartsWith("SELECT", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await services.DisposeAsync();
        Store.Dispose();
        Folder.Dispose();
    }
}
