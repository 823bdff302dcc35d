using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Simulator.Worlds;
using Tests.Catchments;

namespace Tests.Checks;

/// <summary>Fills a store with what the simulator's probes would have seen, without a server between.</summary>
internal static class SimulatedStore
{
    public static void Fill(MemoryStore store, global::Simulator.Worlds.World world, Target target, int family, long from, long to, int intervalSeconds = 3600, Func<SimulatedProbe, bool>? only = null)
    {
        var measurement = new SimulatedMeasurement
        {
            Id = 100_000_001,
            Kind = MeasurementKind.Dns,
            Family = family,
            Target = target.IPv4!.ToString(),
            Address = family == 4 ? target.IPv4 : target.IPv6,
            IntervalSeconds = intervalSeconds,
            Created = world.Start,
            Start = world.Start,
            Query = "id.server",
            Nsid = true,
        };
        store.SaveMeasurement(new StoredMeasurement(measurement.Id, target.Name, MeasurementKind.Dns, family, "id.server", intervalSeconds));
        store.SaveProbes(DateTimeOffset.UnixEpoch, [.. world.Probes.Select(probe => new Probe(probe.Id)
        {
            Country = probe.RegisteredCountry, AsnV4 = probe.AsnV4, AsnV6 = probe.AsnV6, Position = probe.RegisteredPosition,
        })]);
        var generator = new ResultGenerator(world, measurement);
        var text = new ByteText();
        foreach (var probe in world.Probes.Where(only ?? (_ => true)))
        {
            generator.Write(text, (probe.Index, world.Start, long.MaxValue), from, to - 1, long.MaxValue, (byte)'\n');
        }

        ResultReader.Read(text.Written.ToArray(), new Handler(store, measurement.Id));
    }

    private sealed class Handler(MemoryStore store, long measurement) : IResultHandler
    {
        private readonly HashSet<(int, long)> seen = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result)
        {
            if (seen.Add((observation.Probe, observation.At)))
            {
                store.Add(measurement, observation.Probe, new Sample
                {
                    At = observation.At,
                    Outcome = observation.Outcome,
                    RttMicroseconds = double.IsFinite(observation.RttMs) ? (int)(observation.RttMs * 1000) : -1,
                    Identity = store.Intern(observation.Identity),
                    Nsid = store.Intern(observation.Nsid),
                    Rcode = observation.Rcode,
                });
            }
        }

        public void Reject(string reason, ReadOnlySpan<byte> result)
        {
        }
    }
}
