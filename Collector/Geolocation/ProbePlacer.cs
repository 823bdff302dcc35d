using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Collector.Probes;

namespace Collector.Geolocation;

/// <summary>Places probes as they are read, by whatever the database says at that time: nothing of it is kept in the store, so that a newer
/// database places history anew.</summary>
/// <remarks>Safe for many threads. An address is looked up once for as long as the database stays the same.</remarks>
public sealed class ProbePlacer : IDisposable
{
    // All probes that ever were have fewer addresses. An answer takes some hundred bytes.
    private const int MostKept = 200_000;

    private readonly IGeoDatabase database;
    private volatile Answers? answers;

    /// <summary>Places by a database, which it owns from then on.</summary>
    public ProbePlacer(IGeoDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        this.database = database;
    }

    /// <summary>The databases that are asked; empty: none can be.</summary>
    public IReadOnlyList<GeoDatabaseInfo> Sources => database.Sources;

    /// <summary>Another number whenever another database answers: what was made of places before is out of date then.</summary>
    public int Version => database.Version;

    /// <summary>Says which databases answer, over processes and restarts: other words, other places. Empty: none does.</summary>
    public string Fingerprint => string.Join(' ', database.Sources.Select(source => string.Create(
        CultureInfo.InvariantCulture, $"{source.Type} {source.BuiltAt?.ToUnixTimeSeconds()} {Stamp(source.Name)}")));

    /// <summary>Places probes.</summary>
    /// <param name="probes">The probes as Atlas describes them.</param>
    /// <param name="seen">Where their newest results came from, for those whose address Atlas does not show.</param>
    /// <returns>In the same order; behind them those that Atlas did not describe, but of whose results' addresses the database knows something.</returns>
    public IReadOnlyList<Probe> Place(IReadOnlyCollection<Probe> probes, IEnumerable<ProbeAddress> seen)
    {
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentNullException.ThrowIfNull(seen);
        if (database.Sources.Count == 0)
        {
            return [.. probes];
        }

        var seenV4 = new Dictionary<int, IPAddress>();
        var seenV6 = new Dictionary<int, IPAddress>();
        foreach (var one in seen)
        {
            if (ProbeAddress.Public(one.Address) is { } address)
            {
                (one.Family == 6 ? seenV6 : seenV4)[one.Probe] = address;
            }
        }

        var current = Current();
        var placed = new List<Probe>(probes.Count);
        var described = new HashSet<int>(probes.Count);
        foreach (var probe in probes)
        {
            described.Add(probe.Id);
            placed.Add(PlaceOne(probe));
        }

        foreach (var id in seenV4.Keys.Concat(seenV6.Keys).Distinct().Where(id => !described.Contains(id)).Order())
        {
            if (PlaceOne(new Probe(id)) is { } probe && (probe.Position is not null || probe.Country is not null || probe.AsnV4 is not null || probe.AsnV6 is not null))
            {
                placed.Add(probe);
            }
        }

        return Named(placed);

        Probe PlaceOne(Probe probe) => ProbePlacement.Place(probe, current.Find, seenV4.GetValueOrDefault(probe.Id), seenV6.GetValueOrDefault(probe.Id));
    }

    /// <inheritdoc/>
    public void Dispose() => database.Dispose();

    /// <summary>Gives an AS the name that it has at another probe, where the database does not know this one's address or has it in another AS.</summary>
    private static List<Probe> Named(List<Probe> probes)
    {
        var names = new Dictionary<uint, string>();
        foreach (var probe in probes)
        {
            Learn(probe.AsnV4, probe.Placing!.AsNameV4);
            Learn(probe.AsnV6, probe.Placing.AsNameV6);
        }

        for (var index = 0; index < probes.Count; index++)
        {
            var probe = probes[index];
            var (nameV4, nameV6) = (NameOf(probe.AsnV4), NameOf(probe.AsnV6));
            if (!ReferenceEquals(nameV4, probe.Placing!.AsNameV4) || !ReferenceEquals(nameV6, probe.Placing.AsNameV6))
            {
                probes[index] = probe with { Placing = probe.Placing with { AsNameV4 = nameV4, AsNameV6 = nameV6 } };
            }
        }

        return probes;

        void Learn(uint? asn, string? name)
        {
            if (asn is { } number && name is not null)
            {
                names.TryAdd(number, name);
            }
        }

        string? NameOf(uint? asn) => asn is { } number ? names.GetValueOrDefault(number) : null;
    }

    /// <summary>A file of the same build may have been made anew by hand.</summary>
    private static string Stamp(string path) => path.Length > 0 && new FileInfo(path) is { Exists: true } file
        ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")
        : "";

    private Answers Current()
    {
        // The version first: what is asked of a newer database than it says is thrown away once more, and nothing else.
        var version = database.Version;
        var current = answers;
        if (current?.Version != version)
        {
            answers = current = new Answers(version, database);
        }

        return current;
    }

    /// <summary>What one state of the database said.</summary>
    private sealed class Answers(int version, IGeoDatabase database)
    {
        private readonly ConcurrentDictionary<IPAddress, GeoRecord?> known = new();
        private int kept;

        public int Version { get; } = version;

        public GeoRecord? Find(IPAddress address)
        {
            if (!known.TryGetValue(address, out var record))
            {
                record = database.Find(address);
                if (kept < MostKept && known.TryAdd(address, record))
                {
                    Interlocked.Increment(ref kept);
                }
            }

            return record;
        }
    }
}
