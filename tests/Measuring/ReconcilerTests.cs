using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Tests.Store;
using Xunit;

namespace Tests.Measuring;

/// <summary>What goes on by itself once the operator has applied, against the simulator over HTTP.</summary>
public sealed class ReconcilerTests : IAsyncLifetime
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    private static readonly AnycastNetwork Network = World.Network();

    private static readonly ProbeSelectionOptions Twenty = new() { Count = 20 };

    private readonly TemporaryFolder folder = new();
    private SimulatorServer server = null!;
    private AtlasFixture fixture = null!;
    private SqliteStore store = null!;
    private MeasurementDeployer deployer = null!;
    private Reconciler reconciler = null!;
    private IReadOnlyList<Probe> probes = [];

    public async ValueTask InitializeAsync()
    {
        server = await SimulatorServer.StartAsync(Small.Value);
        var options = new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key };
        fixture = new AtlasFixture(options, realNetwork: true);
        store = SqliteStore.Open(folder.Root);
        deployer = new MeasurementDeployer(fixture.Atlas, options, fixture.Time, NullLogger<MeasurementDeployer>.Instance);
        reconciler = new Reconciler(deployer, fixture.Atlas, fixture.Time, NullLogger<Reconciler>.Instance);
        probes = await new ProbeList(fixture.Atlas, fixture.Time).FetchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Before_the_operator_has_applied_nothing_is_created()
    {
        var result = await ReconcileAsync();
        Assert.Equal("12 to create", result.Waiting);
        Assert.Empty(store.Measurements());
        Assert.Empty(await OwnAsync());
    }

    [Fact]
    public async Task What_an_apply_created_and_the_store_never_heard_of_is_adopted_with_its_start()
    {
        await ApplyAsync(Network);
        var result = await ReconcileAsync();
        Assert.Null(result.Waiting);
        Assert.Equal(12, store.Measurements().Count);
        Assert.Equal(result.Measurements, store.Measurements());
        Assert.All(store.Measurements(), measurement => Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start), measurement.Start));
    }

    [Fact]
    public async Task A_second_time_nothing_changes_neither_at_atlas_nor_in_the_store()
    {
        await ApplyAsync(Network);
        await ReconcileAsync();
        var before = (StoreDump.Of(store), await OwnAsync());
        var again = await ReconcileAsync();
        Assert.Equal(0, again.Changed);
        Assert.Equal(before.Item1, StoreDump.Of(store));
        Assert.Equal(before.Item2.Select(own => own.Id), (await OwnAsync()).Select(own => own.Id));
    }

    [Fact]
    public async Task A_probe_that_vanished_is_replaced_in_each_measurement_it_took_part_in()
    {
        var first = await ApplyAsync(Network);
        var gone = first.Wanted.First(wanted => wanted.Definition.Family == 4).Probes[0];
        probes = [.. probes.Where(probe => probe.Id != gone)];
        var touched = first.Wanted.Count(wanted => wanted.Probes.Contains(gone));

        var result = await ReconcileAsync();
        Assert.Equal(touched, result.Changed);
        Assert.Null(result.Waiting);
        foreach (var own in await OwnAsync())
        {
            var taking = (await fixture.Atlas.MeasurementAsync(own.Id, withProbes: true)).Probes!;
            Assert.Equal(20, taking.Count);
            Assert.DoesNotContain(gone, taking);
        }
    }

    [Theory]
    [InlineData(25)]
    [InlineData(15)]
    public async Task Another_number_of_probes_waits_for_the_operator(int count)
    {
        await ApplyAsync(Network);
        var result = await reconciler.RunAsync(Network, new ProbeSelectionOptions { Count = count }, probes, store);
        Assert.Equal("12 to get more or fewer probes", result.Waiting);
        Assert.All(await OwnAsync(), own => Assert.Equal(20, own.ParticipantCount));
    }

    [Fact]
    public async Task Another_interval_waits_for_the_operator_and_the_old_one_is_still_collected()
    {
        await ApplyAsync(Network);
        var result = await reconciler.RunAsync(World.Network(TimeSpan.FromHours(2)), Twenty, probes, store);
        Assert.Equal("6 to replace", result.Waiting);
        Assert.Equal(12, store.Measurements().Count(measurement => measurement.Stop is null));
        Assert.All(store.Measurements(), measurement => Assert.Equal(3600, measurement.IntervalSeconds));
    }

    [Fact]
    public async Task What_somebody_stopped_gets_its_end_and_is_not_created_again()
    {
        await ApplyAsync(Network);
        await ReconcileAsync();
        var stopped = store.Measurements()[3];
        await fixture.Atlas.StopAsync(stopped.Id);

        var result = await ReconcileAsync();
        Assert.Equal("1 to create", result.Waiting);
        Assert.NotNull(store.Measurements()[3].Stop);
        Assert.Equal([stopped.Id], store.Measurements().Where(measurement => measurement.Stop is not null).Select(measurement => measurement.Id));
    }

    [Fact]
    public async Task What_was_imported_from_files_is_none_of_its_business()
    {
        var imported = new StoredMeasurement(12_345, "elsewhere", MeasurementKind.Dns, 4, "id.server", null);
        store.SaveMeasurement(imported);
        await ReconcileAsync();
        Assert.Equal([imported], store.Measurements());
    }

    [Fact]
    public async Task Followed_measurements_need_neither_key_nor_apply_and_end_with_the_configuration()
    {
        var options = new AtlasOptions { BaseUrl = server.BaseUrl };
        var keyless = new AtlasFixture(options, realNetwork: true);
        var follower = new Reconciler(
            new MeasurementDeployer(keyless.Atlas, options, fixture.Time, NullLogger<MeasurementDeployer>.Instance), keyless.Atlas, fixture.Time, NullLogger<Reconciler>.Instance);
        var network = new AnycastNetwork([new Target("k-root") { Follow = new Follow([], [], [1001], [2001]) }], []);

        var result = await follower.RunAsync(network, Twenty, probes, store);
        Assert.Null(result.Waiting);
        Assert.Equal([(1001L, 4, 240), (2001L, 6, 240)], store.Measurements().Select(measurement => (measurement.Id, measurement.Family, measurement.IntervalSeconds!.Value)));
        Assert.All(store.Measurements(), measurement => Assert.True(measurement.IsFollowed && measurement.Stop is null && measurement.Start is not null));

        await follower.RunAsync(new AnycastNetwork([], []), Twenty, probes, store);
        Assert.All(store.Measurements(), measurement => Assert.NotNull(measurement.Stop));
    }

    private Task<Reconciliation> ReconcileAsync() => reconciler.RunAsync(Network, Twenty, probes, store);

    private async Task<MeasurementPlan> ApplyAsync(AnycastNetwork network)
    {
        var plan = await deployer.PlanAsync(network, Twenty, probes);
        await deployer.ApplyAsync(plan);
        return plan;
    }

    private async Task<List<AtlasMeasurement>> OwnAsync()
    {
        var own = new List<AtlasMeasurement>();
        await foreach (var measurement in fixture.Atlas.OwnMeasurementsAsync(new MeasurementFilter { Statuses = MeasurementFilter.Live }))
        {
            own.Add(measurement);
        }

        return own;
    }
}
