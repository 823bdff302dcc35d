using Analyzer.Time;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Worlds;
using Tests.Store;

namespace Tests.Series;

/// <summary>A store that fills as the simulator's results arrive: late ones, double ones, wrong clocks and all.</summary>
internal sealed class SimulatedWeek : IDisposable
{
    private static readonly Lazy<World> Small = new(() => World.Create(5, 40, 1));

    private readonly World world;
    private readonly TemporaryFolder folder = new();
    private readonly List<(SimulatedMeasurement Measurement, string Target, ResultGenerator Generator)> measurements = [];
    private readonly Importer importer;
    private long stored = long.MinValue;

    /// <summary>Makes an empty one.</summary>
    /// <param name="world">Whose results arrive; null: those of a small world of one week.</param>
    public SimulatedWeek(World? world = null)
    {
        this.world = world ?? Small.Value;
        Store = SqliteStore.Open(folder["data"]);
        importer = new Importer(Store, NullLogger<Importer>.Instance);
        Network = World.Network(TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        foreach (var family in new[] { 4, 6 })
        {
            foreach (var kind in new[] { MeasurementKind.Dns, MeasurementKind.Ping })
            {
                Add(kind, target: 0, family);
            }
        }

        Store.SaveProbes(Whole.From, this.world.Probes.Select(probe => new Probe(probe.Id)
        {
            Country = probe.RegisteredCountry,
            AsnV4 = probe.AsnV4,
            AsnV6 = probe.AsnV6,
            Position = probe.RegisteredPosition,
        }));
    }

    public static DateTimeOffset Start => DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start);

    public static DateTimeOffset End => DateTimeOffset.FromUnixTimeSeconds(Small.Value.End);

    public static Window Window => new(Start, End);

    public Window Whole => new(DateTimeOffset.FromUnixTimeSeconds(world.Start), DateTimeOffset.FromUnixTimeSeconds(world.End));

    public ObservationStore Store { get; }

    public AnycastNetwork Network { get; }

    public Target Target => Network.Targets[0];

    public string this[string name] => folder[name];

    /// <summary>Stores what Atlas has stored by then and had not before.</summary>
    public async Task ArriveAsync(DateTimeOffset now)
    {
        foreach (var (measurement, target, generator) in measurements)
        {
            var text = new ByteText();
            foreach (var participant in measurement.Participants)
            {
                generator.Write(text, participant, measurement.Start, world.End - 1, now.ToUnixTimeSeconds(), (byte)'\n', stored);
            }

            using var results = new MemoryStream(text.Written.ToArray());
            await importer.ImportAsync(results, new ImportRequest { Target = target });
        }

        stored = now.ToUnixTimeSeconds();
    }

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }

    private void Add(MeasurementKind kind, int target, int family)
    {
        var address = SimulatedNetwork.TargetAddresses[target][family == 6 ? 1 : 0];
        var measurement = new SimulatedMeasurement
        {
            Id = 100_000_001 + measurements.Count,
            Kind = kind,
            Family = family,
            Target = address.ToString(),
            Address = address,
            IntervalSeconds = kind == MeasurementKind.Dns ? 3600 : 7200,
            Created = world.Start,
            Start = world.Start,
            Query = "id.server",
            Nsid = true,
        };
        measurement.Participants.AddRange(world.Probes.Where(probe => probe.Has(family)).Select(probe => (probe.Index, long.MinValue, long.MaxValue)));
        measurements.Add((measurement, Network.Targets[target].Name, new ResultGenerator(world, measurement)));
        Store.SaveMeasurement(new StoredMeasurement(
            measurement.Id, Network.Targets[target].Name, kind, family, kind == MeasurementKind.Dns ? "id.server" : null, measurement.IntervalSeconds));
    }
}
