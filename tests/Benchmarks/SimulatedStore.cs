using System.Globalization;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Simulator.Worlds;

namespace Benchmarks;

/// <summary>A store with weeks of the simulator's Internet: CHAOS and pings, both families, late and double results, wrong clocks.</summary>
internal static class SimulatedStore
{
    // So many probes' results are held in memory at a time.
    private const int AtATime = 500;

    /// <summary>Opens a store, and fills it first where it is empty.</summary>
    /// <param name="folder">Its data folder.</param>
    /// <param name="probes">How many probes measure.</param>
    /// <param name="targets">How many of the network's targets they measure.</param>
    /// <param name="weeks">For how long.</param>
    public static async Task<(SqliteStore Store, AnycastNetwork Network, World World)> OpenAsync(string folder, int probes, int targets, int weeks = 1)
    {
        var world = World.Create(8038, probes, weeks);
        var network = World.Network(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var store = SqliteStore.Open(folder);
        network = network with { Targets = [.. network.Targets.Take(targets)] };
        if (store.Measurements().Count > 0)
        {
            return (store, network, world);
        }

        store.SaveProbes(DateTimeOffset.FromUnixTimeSeconds(world.Start), world.Probes.Select(probe => new Probe(probe.Id)
        {
            Country = probe.RegisteredCountry,
            AsnV4 = probe.AsnV4,
            AsnV6 = probe.AsnV6,
            Position = probe.RegisteredPosition,
        }));
        var importer = new Importer(store);
        var id = 100_000_000L;
        foreach (var (target, index) in network.Targets.Select((target, index) => (target, index)))
        {
            foreach (var family in new[] { 4, 6 })
            {
                foreach (var kind in new[] { MeasurementKind.Dns, MeasurementKind.Ping })
                {
                    var measurement = Measurement(world, ++id, kind, index, family);
                    store.SaveMeasurement(new StoredMeasurement(id, target.Name, kind, family, kind == MeasurementKind.Dns ? "id.server" : null, measurement.IntervalSeconds));
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name} IPv{family} {kind}: {measurement.Participants.Count} probes"));
                    await FillAsync(world, importer, measurement, target.Name);
                }
            }
        }

        return (store, network, world);
    }

    private static async Task FillAsync(World world, Importer importer, SimulatedMeasurement measurement, string target)
    {
        var generator = new ResultGenerator(world, measurement);
        foreach (var some in measurement.Participants.Chunk(AtATime))
        {
            var text = new ByteText();
            foreach (var participant in some)
            {
                generator.Write(text, participant, measurement.Start, world.End - 1, world.End + 86_400, (byte)'\n');
            }

            using var results = new MemoryStream(text.Written.ToArray());
            await importer.ImportAsync(results, new ImportRequest { Target = target });
        }
    }

    private static SimulatedMeasurement Measurement(World world, long id, MeasurementKind kind, int target, int family)
    {
        var address = SimulatedNetwork.TargetAddresses[target][family == 6 ? 1 : 0];
        var measurement = new SimulatedMeasurement
        {
            Id = id,
            Kind = kind,
            Family = family,
            Target = address.ToString(),
            Address = address,
            IntervalSeconds = 3600,
            Created = world.Start,
            Start = world.Start,
            Query = "id.server",
            Nsid = true,
        };
        measurement.Participants.AddRange(world.Probes.Where(probe => probe.Has(family)).Select(probe => (probe.Index, long.MinValue, long.MaxValue)));
        return measurement;
    }
}
