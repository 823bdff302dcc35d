using Collector.Geography;

namespace Simulator.Worlds;

/// <summary>Builds the core of the simulated Internet, hangs the PoPs on it, and connects access networks.</summary>
/// <remarks>
/// Eight tier-1 networks in a clique; 3 to 8 regional transit networks a region, customers of some of them; national access
/// networks; edges. Every old PoP reaches the tier-1s through two networks (hosting, regional), so that equal path lengths let
/// nearness (hot potato) decide and catchments are sane. Fremont and Miami also buy from tier-1 0 directly, which its few
/// customers elsewhere pay with a trip to America. Johannesburg's upstream is a direct customer of tier-1s 1 to 5: one hop
/// shorter than everybody else, hence "too well connected".
/// </remarks>
internal sealed class TopologyBuilder
{
    private const int TierOnes = 8;

    private static readonly (Region Region, int Count, string Hubs)[] RegionalRows =
    [
        (Region.NorthAmerica, 5, "New York,Ashburn,Chicago,Dallas,Los Angeles,San Jose,Seattle,Miami,Atlanta"),
        (Region.CentralAmerica, 3, "Miami,Mexico City,Panama City"),
        (Region.SouthAmerica, 4, "Sao Paulo,Buenos Aires,Santiago,Bogota,Miami"),
        (Region.WestEurope, 8, "London,Amsterdam,Frankfurt,Paris,Milan,Madrid,Stockholm,Vienna,Zurich"),
        (Region.EastEurope, 6, "Vienna,Warsaw,Prague,Budapest,Bucharest,Moscow,Sofia,Frankfurt"),
        (Region.MiddleEast, 4, "Dubai,Istanbul,Tel Aviv,Marseille,Cairo,Frankfurt"),
        (Region.Africa, 4, "Johannesburg,Nairobi,Lagos,Cape Town,London"),
        (Region.SouthAsia, 3, "Mumbai,Delhi,Chennai,Singapore"),
        (Region.SoutheastAsia, 4, "Singapore,Kuala Lumpur,Jakarta,Bangkok,Hong Kong"),
        (Region.EastAsia, 5, "Tokyo,Osaka,Hong Kong,Seoul,Taipei,Los Angeles"),
        (Region.Oceania, 3, "Sydney,Melbourne,Auckland,Perth,Los Angeles"),
    ];

    private static readonly string[] TierOneHubs =
    [
        "New York", "Ashburn", "Chicago", "Dallas", "Los Angeles", "San Jose", "Miami", "Atlanta", "London", "Amsterdam", "Frankfurt",
        "Paris", "Milan", "Madrid", "Stockholm", "Warsaw", "Vienna", "Singapore", "Hong Kong", "Tokyo",
    ];

    private static readonly string[] WellConnectedHubs = ["Johannesburg", "Cape Town", "London", "Frankfurt", "Singapore"];

    private static readonly Dictionary<string, GeoPoint> Places =
        CityTable.Countries.SelectMany(country => country.Cities).ToDictionary(city => city.Name, city => city.Position);

    private readonly Topology topology = new();
    private readonly Chance chance;
    private readonly Dictionary<Region, List<AutonomousSystem>> regionals = [];
    private readonly List<AutonomousSystem> tierOnes = [];
    private uint nextDocumentation = 64496;
    private uint nextPrivate = 64512;

    private TopologyBuilder(ulong seed) => chance = new Chance(Mix.Of(seed, 0x70));

    /// <summary>Networks for the given access networks, and all that lies between them and the PoPs.</summary>
    /// <param name="seed">The world's seed.</param>
    /// <param name="homes">Access networks by country, the largest first; for each the cities where it has probes.</param>
    /// <param name="edges">The networks made of <paramref name="homes"/>, in the same order.</param>
    public static Topology Build(ulong seed, IReadOnlyList<(SimulatedCountry Country, IReadOnlyList<GeoPoint> Places)> homes, out List<AutonomousSystem> edges)
    {
        var builder = new TopologyBuilder(seed);
        builder.Core();
        edges = builder.Edges(homes);
        builder.Pops();
        return builder.topology;
    }

    private void Core()
    {
        for (var index = 0; index < TierOnes; index++)
        {
            var hubs = TierOneHubs.Where(_ => chance.Percent(85)).ToList();
            hubs.AddRange(new[] { ("Sydney", 60), ("Sao Paulo", 50), ("Johannesburg", 35), ("Dubai", 35), ("Mumbai", 35) }
                .Where(hub => chance.Percent(hub.Item2)).Select(hub => hub.Item1));
            tierOnes.Add(topology.AddSystem(Documentation(), SystemKind.TierOne, Region.NorthAmerica, "", hubs.Select(hub => Places[hub])));
        }

        for (var a = 0; a < TierOnes; a++)
        {
            for (var b = a + 1; b < TierOnes; b++)
            {
                // Two tier-1s that do not peer in IPv6, as has been the case for years.
                topology.Connect(tierOnes[a], tierOnes[b], Relation.Peer, ipv6: (a, b) != (3, 5));
            }
        }

        foreach (var (region, count, hubs) in RegionalRows)
        {
            var names = hubs.Split(',');
            regionals[region] = [];
            for (var index = 0; index < count; index++)
            {
                // The first two stand at the region's main hubs, where the PoPs are hosted; others choose.
                var places = names.Where((_, number) => number < (index < 2 ? 3 : 1) || chance.Percent(45)).Select(name => Places[name]);
                var system = topology.AddSystem(Documentation(), SystemKind.Regional, region, "", places);
                regionals[region].Add(system);
                int[] providers = index switch
                {
                    0 => [1, 2, 3, 6],
                    1 => [1, 4, 5, 7],
                    _ => [TierOneFor(region), TierOneFor(region)],
                };
                foreach (var provider in providers)
                {
                    topology.Connect(system, tierOnes[provider], Relation.Provider);
                }
            }
        }

        foreach (var a in regionals.Values.SelectMany(list => list))
        {
            foreach (var b in regionals.Values.SelectMany(list => list).Where(b => b.Index > a.Index))
            {
                var percent = a.Region == b.Region ? 40 : 3;
                if (chance.Percent(percent))
                {
                    topology.Connect(a, b, Relation.Peer, ipv6: chance.Percent(85));
                }
            }
        }

        var wellConnected = topology.AddSystem(64511, SystemKind.Regional, Region.Africa, "ZA", WellConnectedHubs.Select(name => Places[name]));
        topology.WellConnected = wellConnected.Index;
        for (var index = 1; index <= 5; index++)
        {
            topology.Connect(wellConnected, tierOnes[index], Relation.Provider);
        }

        foreach (var (region, list) in regionals)
        {
            foreach (var other in list.Skip(2))
            {
                if (chance.Percent(region switch { Region.Africa => 60, Region.WestEurope or Region.EastEurope => 15, Region.SouthAsia => 30, Region.MiddleEast => 20, _ => 0 }))
                {
                    topology.Connect(wellConnected, other, Relation.Peer, ipv6: chance.Percent(70));
                }
            }
        }
    }

    private List<AutonomousSystem> Edges(IReadOnlyList<(SimulatedCountry Country, IReadOnlyList<GeoPoint> Places)> homes)
    {
        var made = new List<AutonomousSystem>();
        var nationals = new Dictionary<string, List<AutonomousSystem>>();
        var numberOf = homes.CountBy(home => home.Country.Code).ToDictionary();
        foreach (var (country, places) in homes)
        {
            if (!nationals.TryGetValue(country.Code, out var big))
            {
                nationals[country.Code] = big = [];
            }

            var national = big.Count < (numberOf[country.Code] >= 12 ? 3 : numberOf[country.Code] >= 4 ? 2 : 1);
            var system = topology.AddSystem(Private(), national ? SystemKind.National : SystemKind.Edge, country.Region, country.Code, places);
            system.IPv6 = national || chance.Percent(70);
            made.Add(system);
            if (national)
            {
                ConnectNational(system, country, big);
                big.Add(system);
            }
            else
            {
                ConnectEdge(system, country, big);
            }
        }

        return made;
    }

    private void ConnectNational(AutonomousSystem system, SimulatedCountry country, List<AutonomousSystem> neighbours)
    {
        var transits = regionals[country.Region];
        topology.Connect(system, transits[chance.Below(transits.Count)], Relation.Provider);
        if (chance.Percent(60))
        {
            topology.Connect(system, transits[chance.Below(transits.Count)], Relation.Provider, ipv6: chance.Percent(80));
        }

        if (chance.Percent(45))
        {
            topology.Connect(system, tierOnes[TierOneFor(country.Region)], Relation.Provider, ipv6: chance.Percent(80));
        }

        foreach (var neighbour in neighbours.Where(_ => chance.Percent(70)))
        {
            topology.Connect(system, neighbour, Relation.Peer, ipv6: chance.Percent(80));
        }

        if (country.Code == "ZA" || (country.Region == Region.Africa && chance.Percent(30)))
        {
            topology.Connect(system, topology.Systems[topology.WellConnected], Relation.Provider);
        }
        else if (country.Region is Region.WestEurope or Region.EastEurope or Region.MiddleEast or Region.SouthAsia && chance.Percent(4))
        {
            topology.Connect(system, topology.Systems[topology.WellConnected], Relation.Peer, ipv6: chance.Percent(60));
        }
    }

    private void ConnectEdge(AutonomousSystem system, SimulatedCountry country, List<AutonomousSystem> nationals)
    {
        var transits = regionals[country.Region];
        var providers = chance.Percent(45) ? 2 : 1;
        for (var count = 0; count < providers; count++)
        {
            var roll = chance.Below(100);
            var provider = roll < 35 ? nationals[chance.Below(nationals.Count)]
                : roll < 72 ? transits[chance.Below(transits.Count)]
                : tierOnes[TierOneFor(country.Region)];
            topology.Connect(system, provider, Relation.Provider, ipv6: count == 0 || chance.Percent(70));
        }
    }

    private void Pops()
    {
        // Hosting networks and their upstreams; Johannesburg has none: its upstream is the well-connected network itself.
        Host(0, Region.NorthAmerica, 0, 1);
        Host(1, Region.NorthAmerica, 1, 0, Region.CentralAmerica);
        Host(2, Region.SouthAmerica, 0, 1);
        Host(3, Region.WestEurope, 0, 1);
        Host(4, Region.EastEurope, 0, 1, ipv6: false);
        Host(5, Region.SoutheastAsia, 0, 1);
        Host(6, Region.EastAsia, 0, 1);
        Host(7, Region.Oceania, 0, 1);
        AddSession(8, topology.Systems[topology.WellConnected], peer: false);
        AddSession(0, tierOnes[0], peer: false);
        AddSession(1, tierOnes[0], peer: false, ipv6: false);

        // Exchange points: whoever is near peers, and some come from afar.
        foreach (var (pop, radiusKm, percent, remotePercent) in new[]
        {
            (0, 900, 35, 0), (1, 1500, 25, 0), (2, 1200, 45, 0), (3, 600, 40, 4), (4, 250, 60, 0), (5, 1500, 25, 0), (6, 700, 40, 0), (7, 1000, 45, 0), (8, 700, 40, 0),
        })
        {
            var place = SimulatedNetwork.PopPositions[pop];
            foreach (var system in topology.Systems.Where(system => system.Kind is SystemKind.Regional or SystemKind.National or SystemKind.Edge).ToList())
            {
                var km = Topology.Km(topology.Nodes[topology.Nearest(system, place)], place);
                var sameContinent = remotePercent > 0 && system.Region is Region.WestEurope or Region.EastEurope;
                var chanceHere = km < radiusKm ? (system.Kind == SystemKind.Edge ? percent / 2 : percent) : sameContinent ? remotePercent : 0;
                if (chance.Percent(chanceHere) && system.Index != topology.WellConnected)
                {
                    AddSession(pop, system, peer: true, ipv6: system.IPv6 && chance.Percent(75));
                }
            }
        }
    }

    private void Host(int pop, Region region, int first, int second, Region? third = null, bool ipv6 = true)
    {
        var system = topology.AddSystem(Private(), SystemKind.Hosting, region, "", [SimulatedNetwork.PopPositions[pop]]);
        topology.Connect(system, regionals[region][first], Relation.Provider, ipv6);
        topology.Connect(system, regionals[region][second], Relation.Provider);
        if (third is { } more)
        {
            topology.Connect(system, regionals[more][0], Relation.Provider);
        }

        AddSession(pop, system, peer: false);
    }

    private void AddSession(int pop, AutonomousSystem system, bool peer, bool ipv6 = true) =>
        topology.Sessions.Add(new Session(pop, system.Index, topology.Nearest(system, SimulatedNetwork.PopPositions[pop]), peer, IPv4: true, ipv6));

    private int TierOneFor(Region region) => chance.Weighted(region switch
    {
        Region.NorthAmerica => [7, 1, 1, 1, 1, 1, 4, 4],
        Region.CentralAmerica or Region.SouthAmerica => [5, 1, 1, 1, 1, 1, 2, 2],
        Region.WestEurope or Region.EastEurope or Region.SouthAsia or Region.SoutheastAsia => [1, 5, 5, 5, 4, 4, 3, 3],
        _ => [1, 3, 3, 3, 2, 2, 3, 3],
    });

    private uint Documentation()
    {
        var number = nextDocumentation;
        nextDocumentation = number switch { 64510 => 65536, 65551 => 4210000000, _ => number + 1 };
        return number;
    }

    private uint Private()
    {
        var number = nextPrivate;
        nextPrivate = number == 65534 ? 4200000000 : number + 1;
        return number;
    }
}
