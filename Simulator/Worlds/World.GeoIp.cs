using System.Globalization;
using System.Net;
using System.Text.Json;
using Collector.Geography;
using Collector.Geolocation;

namespace Simulator.Worlds;

/// <summary>What the simulated Internet's GeoIP database has of a probe's addresses.</summary>
public enum GeoIpTruth
{
    /// <summary>The city that it is in or near.</summary>
    Right,

    /// <summary>A city in another country.</summary>
    Wrong,

    /// <summary>Nothing.</summary>
    Missing,
}

/// <content>The GeoIP databases of the simulated Internet, as good and as bad as real ones.</content>
public sealed partial class World
{
    /// <summary>Name of the database of places, in a folder or below the simulator's address.</summary>
    public const string CityDatabaseName = "city.mmdb";

    /// <summary>Name of the database of networks.</summary>
    public const string AsnDatabaseName = "asn.mmdb";

    // Of a hundred addresses. Real databases have more countries right, and fewer cities.
    private const int WrongPercent = 2;
    private const int MissingPercent = 4;

    // As real databases have it for a city.
    private const int AccuracyKm = 50;

    private static readonly string[] KindsOfNames = ["Telecom", "Broadband", "Fibre", "Research Network", "Hosting", "Mobile", "Cable", "Exchange Services"];

    /// <summary>What the database of places has of a probe.</summary>
    public static GeoIpTruth GeoIpOf(SimulatedProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);

        // Of the few without a place at Atlas, for whom it counts, some of each kind.
        var kind = (int)(Mix.Of(probe.Key, 0x6E0) % 100);
        var (wrong, missing) = probe.RegisteredPosition is null ? (15, 15) : (WrongPercent, MissingPercent);

        // A probe has one character, so that one does not hide another.
        return probe.RegisteredPosition is not null && probe.Flags.Any() ? GeoIpTruth.Right
            : kind < wrong ? GeoIpTruth.Wrong
            : kind < wrong + missing ? GeoIpTruth.Missing
            : GeoIpTruth.Right;
    }

    /// <summary>The database of places: a City database in MaxMind's layout, some of it wrong and some missing.</summary>
    public MaxMindWriter CityDatabase()
    {
        var writer = new MaxMindWriter("Simulated-City", DateTimeOffset.FromUnixTimeSeconds(End)) { Description = "Places of the simulated Internet" };
        foreach (var probe in Probes)
        {
            var truth = GeoIpOf(probe);
            if (truth == GeoIpTruth.Missing)
            {
                continue;
            }

            var record = MaxMindWriter.City(truth == GeoIpTruth.Right ? PlaceOf(probe) : OtherPlace(probe));
            foreach (var address in AddressesOf(probe))
            {
                writer.Add(address, record);
            }
        }

        return writer;
    }

    /// <summary>The database of networks: an ASN database in MaxMind's layout.</summary>
    public MaxMindWriter AsnDatabase()
    {
        var writer = new MaxMindWriter("Simulated-ASN", DateTimeOffset.FromUnixTimeSeconds(End)) { Description = "Networks of the simulated Internet" };
        foreach (var probe in Probes)
        {
            var record = MaxMindWriter.Asn(new GeoRecord { Asn = probe.AsnV4, AsName = AsName(probe) });
            foreach (var prefix in new[] { probe.PrefixV4, probe.PrefixV6 })
            {
                if (IPNetwork.TryParse(prefix, out var network))
                {
                    writer.Add(network, record);
                }
            }
        }

        return writer;
    }

    /// <summary>Writes both into a folder.</summary>
    public void WriteGeoIp(string folder)
    {
        Directory.CreateDirectory(folder);
        CityDatabase().Save(Path.Combine(folder, CityDatabaseName));
        AsnDatabase().Save(Path.Combine(folder, AsnDatabaseName));
    }

    private static string AsName(SimulatedProbe probe) => string.Create(
        CultureInfo.InvariantCulture, $"{Countries.Find(probe.Country)?.Name ?? probe.Country} {KindsOfNames[probe.AsnV4 % (uint)KindsOfNames.Length]} {probe.AsnV4}");

    private static IEnumerable<IPNetwork> AddressesOf(SimulatedProbe probe)
    {
        yield return new IPNetwork(probe.AddressV4, 32);
        if (probe.AddressV6 is { } address)
        {
            yield return new IPNetwork(address, 128);
        }
    }

    private static GeoRecord PlaceOf(SimulatedProbe probe)
    {
        var (name, position) = probe.Home.Cities.Select(city => (city.Name, city.Position)).MinBy(city => Topology.Km(city.Position, probe.Position));
        return Record(probe.Country, name, position);
    }

    /// <summary>A city of the same continent in another country, so that a probe of whom nothing else is known still belongs there.</summary>
    private static GeoRecord OtherPlace(SimulatedProbe probe)
    {
        var others = CityTable.Countries.Where(country => country.Code != probe.Country && country.Continent == probe.Home.Continent).ToList();
        var other = others.Count > 0 ? others[Mix.Below(Mix.Of(probe.Key, 0x6E1), others.Count)] : CityTable.Countries.First(country => country.Code != probe.Country);
        return Record(other.Code, other.Cities[0].Name, other.Cities[0].Position);
    }

    private static GeoRecord Record(string country, string city, GeoPoint position) =>
        new() { Country = country, RegisteredCountry = country, City = city, Position = position, AccuracyRadiusKm = AccuracyKm };

    private static void WriteGeoIpTruth(Utf8JsonWriter json, SimulatedProbe probe)
    {
        if (probe.RegisteredPosition is null)
        {
            json.WriteBoolean("unplaced", true);
        }

        if (GeoIpOf(probe) is var truth and not GeoIpTruth.Right)
        {
            json.WriteString("geoip", truth == GeoIpTruth.Wrong ? "wrong" : "missing");
        }
    }
}
