using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Probes;
using Collector.Results;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Xunit;
using AtlasProbeSet = Collector.Atlas.ProbeSet;

namespace Tests.Simulator;

/// <summary>The client that talks to RIPE Atlas talks to the simulator, over a socket, when all is well and when it is not.</summary>
public sealed class OverTheWireTests
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    [Fact]
    public async Task The_client_lists_creates_reads_and_stops()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        var atlas = Client(server).Atlas;

        var probes = await All(atlas.ProbesAsync(new ProbeFilter { Status = ProbeStatus.Connected }));
        Assert.True(probes.Count > 50);
        foreach (var probe in probes)
        {
            var truth = Small.Value.Probe(probe.Id)!;
            Assert.Equal((truth.HidesAsn ? null : (uint?)truth.AsnV4, truth.HidesAsn ? null : truth.AsnV6, truth.RegisteredCountry, truth.RegisteredPosition), (probe.AsnV4, probe.AsnV6, probe.Country, probe.Position));
        }

        Assert.True((await atlas.CheckKeyAsync()).Accepted);
        var ids = await atlas.CreateAsync(Request(probes));
        var chaos = await atlas.MeasurementAsync(ids[0]);
        Assert.Equal((MeasurementKind.Dns, 4, 3600), (chaos.Kind, chaos.Family, chaos.IntervalSeconds));
        Assert.Equal(ids, (await All(atlas.OwnMeasurementsAsync(new MeasurementFilter { Tag = "anycast-measurement" }))).Select(own => own.Id));

        await atlas.StopAsync(ids[1]);
        Assert.Equal(ids.Take(1), (await All(atlas.OwnMeasurementsAsync(new MeasurementFilter { Tag = "anycast-measurement", Statuses = MeasurementFilter.Live }))).Select(own => own.Id));
        Assert.True((await atlas.CreditsAsync()).Balance > 0);
    }

    [Fact]
    public async Task A_download_through_all_kinds_of_trouble_brings_every_result()
    {
        await using var calm = await SimulatorServer.StartAsync(Small.Value);
        await using var stormy = await SimulatorServer.StartAsync(Small.Value);
        var expected = await Download(calm, () => { });
        var got = await Download(stormy, () => stormy.Faults.Script(
            SimulatorFault.TooManyRequests, SimulatorFault.None, SimulatorFault.ServerError, SimulatorFault.CutBody, SimulatorFault.None, SimulatorFault.CutBody));
        Assert.True(expected.Count > 2000);
        Assert.Equal(expected, got);
        Assert.Equal(2, stormy.Faults.Counts[SimulatorFault.CutBody]);
    }

    private static async Task<HashSet<(int Probe, long At, string? Identity)>> Download(SimulatorServer server, Action then)
    {
        var fixture = Client(server);
        var probes = await All(fixture.Atlas.ProbesAsync(new ProbeFilter { Status = ProbeStatus.Connected }));
        var ids = await fixture.Atlas.CreateAsync(Request(probes));
        then();
        var handler = new Keys();
        await fixture.Fetcher.FetchAsync(
            new FetchRequest(ids[0], DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start), DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start + (3 * 86400))),
            async (_, body, cancellation) => await ResultReader.ReadAsync(body, handler, cancellation));
        return handler.Seen;
    }

    private static AtlasFixture Client(SimulatorServer server) =>
        new(new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key }, realNetwork: true);

    private static CreationRequest Request(IReadOnlyCollection<Probe> probes) => new(
        [
            new ChaosDefinition(IPAddress.Parse("192.0.2.53"), "anycast-measurement ns-a who", TimeSpan.FromHours(1)) { Tags = ["anycast-measurement"] },
            new PingDefinition(IPAddress.Parse("192.0.2.53"), "anycast-measurement ns-a how far", TimeSpan.FromHours(2)) { Tags = ["anycast-measurement"] },
        ],
        [AtlasProbeSet.Of([.. probes.Select(probe => probe.Id)])]);

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    private sealed class Keys : IResultHandler
    {
        public HashSet<(int Probe, long At, string? Identity)> Seen { get; } = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => Seen.Add((observation.Probe, observation.At, observation.Identity));

        public void Reject(string reason, ReadOnlySpan<byte> result)
        {
            // The last line of a body that was cut off.
        }
    }
}
