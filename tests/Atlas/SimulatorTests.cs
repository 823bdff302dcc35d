using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Import;
using Collector.Measuring;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Xunit;

namespace Tests.Atlas;

/// <summary>The client against the simulator: another implementation of the same API, in good weather and bad.</summary>
public sealed class SimulatorTests
{
    private static readonly Lazy<World> Shared = new(() => World.Create(seed: 8038, probes: 600, weeks: 1));

    [Fact]
    public async Task The_whole_way_from_an_empty_account_to_results_and_back()
    {
        await using var server = await SimulatorServer.StartAsync(Shared.Value);
        var client = Client(server);
        var network = SimulatedNetwork.Create();
        var probes = await ProbesAsync(client);

        // The world's probes, and some that Atlas lists and that do not measure: more than one page.
        Assert.Superset(Shared.Value.Probes.Select(probe => probe.Id).ToHashSet(), probes.Select(probe => probe.Id).ToHashSet());
        Assert.True(probes.Count > 600);

        var deployer = Deployer(client, new AtlasOptions());
        var plan = await deployer.PlanAsync(network, new ProbeSelectionOptions { Count = 100 }, probes);
        Assert.Equal(12, plan.Create.Count);
        var stored = await deployer.ApplyAsync(plan);
        Assert.Equal(12, stored.Select(measurement => measurement.Id).Distinct().Count());
        Assert.Equal(6, stored.Count(measurement => measurement.Kind == MeasurementKind.Dns));

        var again = await deployer.PlanAsync(network, new ProbeSelectionOptions { Count = 100 }, probes);
        Assert.True(again.IsDone);
        Assert.Equal(stored, await deployer.ApplyAsync(again));

        var measurement = await client.Atlas.MeasurementAsync(stored[0].Id, withProbes: true);
        Assert.Equal(plan.Create[0].Probes, measurement.Probes!.Order());
        Assert.Equal(plan.Create[0].ResultsPerDay, (long)measurement.EstimatedResultsPerDay!.Value);
        Assert.Equal(plan.Create[0].Definition.CreditsPerResult, (int)measurement.CreditsPerResult!.Value);
        Assert.True((await client.Atlas.CreditsAsync()).DailyExpenditure > 0);
        Assert.Contains("measurements.create_measurement", (await client.Atlas.CheckKeyAsync()).Grants!);
        using (var latest = new StreamReader(await client.Atlas.LatestAsync(stored[0].Id, plan.Create[0].Probes)))
        {
            Assert.InRange((await latest.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 80, 100);
        }

        await deployer.ApplyAsync(await deployer.PlanDestructionAsync());
        Assert.Equal(MeasurementStatus.Stopped, (await client.Atlas.MeasurementAsync(stored[0].Id)).Status);
        Assert.Empty((await deployer.PlanDestructionAsync()).Stop);
    }

    [Fact]
    public async Task A_probe_that_leaves_is_replaced_in_what_runs()
    {
        await using var server = await SimulatorServer.StartAsync(Shared.Value);
        var client = Client(server);
        var probes = await ProbesAsync(client);
        var deployer = Deployer(client, new AtlasOptions());
        var selection = new ProbeSelectionOptions { Count = 50 };
        var plan = await deployer.PlanAsync(SimulatedNetwork.Create(), selection, probes);
        var stored = await deployer.ApplyAsync(plan);
        var gone = plan.Create[0].Probes[7];

        var change = await deployer.PlanAsync(SimulatedNetwork.Create(), selection, [.. probes.Where(probe => probe.Id != gone)]);
        Assert.Empty(change.Create);
        Assert.NotEmpty(change.Change);
        await deployer.ApplyAsync(change);

        var now = (await client.Atlas.MeasurementAsync(stored[0].Id, withProbes: true)).Probes!;
        Assert.DoesNotContain(gone, now);
        Assert.Equal(50, now.Count);
        Assert.True((await deployer.PlanAsync(SimulatedNetwork.Create(), selection, [.. probes.Where(probe => probe.Id != gone)])).IsDone);
    }

    [Theory]
    [InlineData(SimulatorFault.TooManyRequests)]
    [InlineData(SimulatorFault.ServerError)]
    [InlineData(SimulatorFault.Timeout)]
    [InlineData(SimulatorFault.CutBody)]
    [InlineData(SimulatorFault.SlowBody)]
    [InlineData(SimulatorFault.WrongJson)]
    public async Task Every_fault_passes_when_reading(SimulatorFault fault)
    {
        var faults = Faults(0);
        await using var server = await SimulatorServer.StartAsync(Shared.Value, new SimulatorOptions { Faults = faults });
        var client = Client(server);

        faults.Script(fault, fault);
        var probes = await ProbesAsync(client);
        Assert.True(probes.Count > 600);
        Assert.Equal(2, faults.Counts[fault]);
        if (fault == SimulatorFault.TooManyRequests)
        {
            Assert.Equal([7.0, 7.0], client.Time.Waits.Select(wait => wait.TotalSeconds));
        }
    }

    /// <summary>Creation is refused, lost on its way, or lost on its way back; in no case do measurements run twice.</summary>
    [Theory]
    [InlineData(SimulatorFault.TooManyRequests, 12)]
    [InlineData(SimulatorFault.SlowBody, 12)]
    [InlineData(SimulatorFault.CutBody, 12)]
    [InlineData(SimulatorFault.ServerError, 10)]
    [InlineData(SimulatorFault.Timeout, 10)]
    [InlineData(SimulatorFault.WrongJson, 10)]
    public async Task No_fault_creates_twice(SimulatorFault fault, int createdAtOnce)
    {
        var faults = Faults(0);
        await using var server = await SimulatorServer.StartAsync(Shared.Value, new SimulatorOptions { Faults = faults });
        var client = Client(server);
        var deployer = Deployer(client, new AtlasOptions());
        var probes = await ProbesAsync(client);
        var plan = await deployer.PlanAsync(SimulatedNetwork.Create(), new ProbeSelectionOptions { Count = 20 }, probes);

        // The sixth and last creation meets the fault; where it is lost for good, an operator runs the command again.
        faults.Script(SimulatorFault.None, SimulatorFault.None, SimulatorFault.None, SimulatorFault.None, SimulatorFault.None, fault);
        var failed = await Record.ExceptionAsync(() => deployer.ApplyAsync(plan));
        Assert.Equal(createdAtOnce == 12, failed is null);
        var again = await deployer.PlanAsync(SimulatedNetwork.Create(), new ProbeSelectionOptions { Count = 20 }, probes);
        Assert.Equal(createdAtOnce, again.Unchanged.Count);
        Assert.Empty(again.Stop);

        Assert.Equal(12, (await deployer.ApplyAsync(again)).Count);
        var own = new List<AtlasMeasurement>();
        await foreach (var measurement in client.Atlas.OwnMeasurementsAsync(new MeasurementFilter()))
        {
            own.Add(measurement);
        }

        Assert.Equal(12, own.Count);
    }

    [Fact]
    public async Task Bad_weather_brings_the_same_observations_as_good()
    {
        var good = await CollectAsync(Faults(0));

        // Two of three requests go wrong in one way or the other.
        var weather = Faults(0.66);
        var bad = await CollectAsync(weather);

        Assert.All(Enum.GetValues<SimulatorFault>(), fault => Assert.True(weather.Counts.GetValueOrDefault(fault) > 0, $"{fault} was not met"));
        Assert.True(good.Count > 1500, $"{good.Count} observations");
        Assert.Equal(good, bad);
    }

    [Fact]
    public async Task A_wrong_key_is_told_in_atlas_words()
    {
        await using var server = await SimulatorServer.StartAsync(Shared.Value);
        var client = new AtlasFixture(new AtlasOptions { BaseUrl = server.BaseUrl, Key = "wrong" }, realNetwork: true);
        Assert.Contains("The provided API key does not exist", (await client.Atlas.CheckKeyAsync()).Problem, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<AtlasException>(() => client.Atlas.CreditsAsync())).Status);
    }

    [Fact]
    public async Task A_quota_is_refused_in_atlas_words()
    {
        await using var server = await SimulatorServer.StartAsync(Shared.Value, new SimulatorOptions { MaximumResultsPerDay = 1000 });
        var client = Client(server);
        var deployer = Deployer(client, new AtlasOptions());
        var plan = await deployer.PlanAsync(SimulatedNetwork.Create(), new ProbeSelectionOptions { Count = 100 }, await ProbesAsync(client));
        var problem = await Assert.ThrowsAsync<AtlasException>(() => deployer.ApplyAsync(plan));
        Assert.Equal(HttpStatusCode.BadRequest, problem.Status);
        Assert.Contains("higher than your maximum daily results limit 1000", problem.Message, StringComparison.Ordinal);
    }

    private static SimulatorFaults Faults(double rate)
    {
        var each = rate / 6;
        return new SimulatorFaults
        {
            Seed = 3,
            Probabilities = Enum.GetValues<SimulatorFault>().Where(fault => fault != SimulatorFault.None).ToDictionary(fault => fault, _ => each),
            RetryAfter = TimeSpan.FromSeconds(7),

            // The simulator's own clock is the real one: no test may wait for it.
            GiveUpAfter = TimeSpan.Zero,
            Pause = TimeSpan.FromTicks(1),
        };
    }

    private static AtlasFixture Client(SimulatorServer server) =>
        new(new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key, Retries = 12 }, realNetwork: true);

    private static MeasurementDeployer Deployer(AtlasFixture client, AtlasOptions options) =>
        new(client.Atlas, options, client.Time, NullLogger<MeasurementDeployer>.Instance);

    private static async Task<List<Probe>> ProbesAsync(AtlasFixture client)
    {
        var probes = new List<Probe>();
        await foreach (var probe in client.Atlas.ProbesAsync(new ProbeFilter()))
        {
            probes.Add(probe);
        }

        return probes;
    }

    /// <summary>Deploys in good weather, then collects two days of one target in the weather given; the store's content as text.</summary>
    private static async Task<List<string>> CollectAsync(SimulatorFaults weather)
    {
        var folder = Directory.CreateTempSubdirectory("atlas-simulator-");
        try
        {
            long[] ids;
            await using var server = await SimulatorServer.StartAsync(Shared.Value, new SimulatorOptions { Faults = weather });
            var client = Client(server);
            var from = DateTimeOffset.FromUnixTimeSeconds(Shared.Value.Start + 86_400);
            var participants = Shared.Value.Probes.Take(40).Select(probe => probe.Id).ToList();
            using (var store = SqliteStore.Open(folder.FullName))
            {
                var importer = new Importer(store);
                weather.Script(SimulatorFault.None);
                ids = [.. await CreateAsync(client, participants)];
                foreach (var id in ids)
                {
                    await client.Fetcher.FetchAsync(
                        new FetchRequest(id, from, from.AddDays(2)) { Window = TimeSpan.FromHours(6), Probes = participants },
                        async (_, body, token) => await importer.ImportAsync(body, new ImportRequest { IsSlow = true }, token));
                }
            }

            using var readBack = SqliteStore.Open(folder.FullName, readOnly: true);
            var lines = new List<string>();
            foreach (var samples in readBack.ReadByProbe(ids, 0, long.MaxValue))
            {
                for (var index = 0; index < ids.Length; index++)
                {
                    lines.AddRange(samples.Of(index).Select(sample =>
                        $"{samples.Probe} {index} {sample.At} {sample.Outcome} {sample.RttMicroseconds} {readBack.Text(sample.Identity)} {readBack.Text(sample.Nsid)} {sample.Received}"));
                }
            }

            return lines;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<IReadOnlyList<long>> CreateAsync(AtlasFixture client, List<int> probes)
    {
        var address = IPAddress.Parse("192.0.2.53");
        return client.Atlas.CreateAsync(new CreationRequest(
            [new ChaosDefinition(address, "x dns", TimeSpan.FromHours(2)), new PingDefinition(address, "x ping", TimeSpan.FromHours(2))],
            [Collector.Atlas.ProbeSet.Of(probes)]));
    }
}
