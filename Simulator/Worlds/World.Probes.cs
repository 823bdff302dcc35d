using System.Globalization;
using System.Net;
using Collector.Geography;

namespace Simulator.Worlds;

/// <content>Who is there.</content>
public sealed partial class World
{
    // Made up in the shapes that real boxes answer with; the empty one answers without an identity.
    private static readonly string[] InterceptorNames =
    [
        "17m397", "dnsmasq-2.80", "gpdns-fra", "unbound 1.13.1", "42m118", "dnsmasq-2.85", "", "res100.fra.rrdns.pch.net", "gpdns-ams", "dnsmasq-2.76",
        "CleanBrowsing v1.6a - dns-edge-us-east", "5m12", "unbound 1.9.4", "",
    ];

    /// <summary>Whether a box's name gives it away.</summary>
    private static bool IsTelling(string name) => name.Length > 0 && !name.EndsWith(".example.net", StringComparison.Ordinal) && !name.EndsWith(".pch", StringComparison.Ordinal);

    /// <summary>Whether a box's answers are always there long before a ping can be back.</summary>
    private bool IsHasty(SimulatedProbe probe, int target) => Epochs.Select((_, epoch) => Route(probe.Node, target, 4, epoch)).All(route => route.Pop < 0 || RouteMicros(probe, route) >= 25_000);

    private static readonly (int Firmware, string? Model, int Weight)[] FirmwareRows =
    [
        (5120, "2.6.4", 30), (5110, "2.6.3", 18), (5100, "2.6.4", 12), (5080, "2.6.2", 12), (5040, "2.3.0", 8), (5020, "2.2.0", 6),
        (4990, null, 5), (4940, null, 3), (4790, null, 3), (4680, null, 2), (4570, null, 1),
    ];

    private (Topology Topology, List<SimulatedProbe> Probes) MakeProbes(int count)
    {
        var chance = new Chance(Mix.Of(Key, 0xA));
        var drafts = new List<(SimulatedCountry Country, int System, SimulatedCity City)>();
        var homes = new List<(SimulatedCountry Country, IReadOnlyList<GeoPoint> Places)>();
        foreach (var (country, inCountry) in Spread(count))
        {
            var networks = Math.Max(1, (int)Math.Round(Math.Pow(inCountry, 0.84)));
            var sizes = Sizes(inCountry, networks);
            foreach (var size in sizes)
            {
                var first = drafts.Count;
                var home = country.Cities[chance.Weighted([.. country.Cities.Select((_, rank) => 60 / (rank + 2))])];
                for (var index = 0; index < size; index++)
                {
                    var city = index == 0 || chance.Percent(size >= 4 ? 35 : 75)
                        ? home : country.Cities[chance.Weighted([.. country.Cities.Select((_, rank) => 60 / (rank + 2))])];
                    drafts.Add((country, homes.Count, city));
                }

                homes.Add((country, [.. drafts.Skip(first).Select(draft => draft.City.Position).Distinct().Take(4)]));
            }
        }

        var topology = TopologyBuilder.Build(Key, homes, out var edges);
        var shuffled = Enumerable.Range(0, drafts.Count).OrderBy(index => Mix.Of(Key, (ulong)index, 0xB)).ToList();
        var probes = new List<SimulatedProbe>(count);
        foreach (var draft in shuffled)
        {
            var (country, home, city) = drafts[draft];
            var system = edges[home];
            var place = Near(city.Position, chance);
            var probe = new SimulatedProbe(country)
            {
                Index = probes.Count,
                Id = ProbeId(probes.Count, count, chance),
                Position = place,
                RegisteredPosition = place,
                RegisteredCountry = country.Code,
                System = system.Index,
                Node = topology.Nearest(system, place),
                AsnV4 = system.Number,
                Key = Mix.Of(Key, (ulong)probes.Count, 0xC),
                LastMileMicros = chance.Percent(15) ? chance.Between(300, 1500) : 1500 + Mix.Tail(chance.Next(), 4000),
                JitterMicros = 120 + Mix.Tail(chance.Next(), 350),
                LossPerMillion = 800 + Mix.Tail(chance.Next(), 1200),
                FirstConnected = Start - (chance.Between(3, 3000) * 86400L) - chance.Below(86400),
                SourceV4 = chance.Percent(65) ? string.Create(CultureInfo.InvariantCulture, $"192.168.{chance.Below(3)}.{chance.Between(2, 250)}") : "",
                IsPublic = chance.Percent(96),
            };
            (probe.Firmware, probe.ModelVersion, _) = FirmwareRows[chance.Weighted([.. FirmwareRows.Select(row => row.Weight)])];
            probe.IsAnchor = probe.Id is >= 6000 and < 8000;
            probe.StripsNsid = chance.Percent(3);
            if (system.IPv6 && chance.Percent(62))
            {
                probe.AddressV6 = IPAddress.IPv6None; // filled below
                probe.BrokenIPv6 = chance.Percent(3);
            }

            system.Probes.Add(probe.Index);
            probes.Add(probe);
        }

        Number(edges, probes);
        return (topology, probes);
    }

    /// <summary>How many probes each country hosts: one each when there are enough, the rest by weight (largest remainder).</summary>
    private static IEnumerable<(SimulatedCountry Country, int Count)> Spread(int count)
    {
        var countries = CityTable.Countries.OrderByDescending(country => country.Weight).ThenBy(country => country.Code, StringComparer.Ordinal).ToList();
        var each = count >= countries.Count * 2 ? 1 : 0;
        var rest = count - (each * countries.Count);
        var total = countries.Sum(country => country.Weight);
        var numbers = countries.Select(country => each + (rest * country.Weight / total)).ToArray();
        var missing = count - numbers.Sum();
        foreach (var index in Enumerable.Range(0, countries.Count).OrderByDescending(index => rest * countries[index].Weight % total).ThenBy(index => index).Take(missing))
        {
            numbers[index]++;
        }

        return countries.Select((country, index) => (country, numbers[index])).Where(pair => pair.Item2 > 0);
    }

    /// <summary>Skewed sizes of networks, as Zipf found for words: the k-th gets 1/k of the surplus.</summary>
    private static int[] Sizes(int probes, int networks)
    {
        var sizes = Enumerable.Repeat(1, networks).ToArray();
        var surplus = probes - networks;
        var weights = Enumerable.Range(1, networks).Select(rank => 5040 / rank).ToArray();
        var total = weights.Sum();
        for (var rank = 0; rank < networks; rank++)
        {
            sizes[rank] += surplus * weights[rank] / total;
        }

        for (var rank = 0; sizes.Sum() < probes; rank = (rank + 1) % networks)
        {
            sizes[rank]++;
        }

        return sizes;
    }

    /// <summary>Ids in the ranges of Atlas' hardware generations, ascending.</summary>
    private static int ProbeId(int index, int count, Chance chance)
    {
        (int Percent, int From, int To)[] ranges = [(8, 6001, 7990), (40, 10001, 35990), (70, 50001, 64990), (100, 1_000_001, 1_013_900)];
        var lower = 0;
        foreach (var (percent, from, to) in ranges)
        {
            var upper = ((count * percent) + 99) / 100;
            if (index < upper)
            {
                var step = (to - from) / Math.Max(1, upper - lower);
                return from + ((index - lower) * step) + chance.Below(Math.Max(1, step));
            }

            lower = upper;
        }

        throw new InvalidOperationException("no range for the probe");
    }

    /// <summary>Up to 40 km away from a city's centre, on a plane, which is good enough at that size.</summary>
    private static GeoPoint Near(GeoPoint city, Chance chance)
    {
        var north = chance.Between(-28, 28);
        var east = chance.Between(-28, 28);
        var kmPerDegree = 111.2 * Math.Cos(city.LatitudeDegrees * Math.PI / 180);
        var longitude = city.LongitudeDegrees + (east / kmPerDegree);
        return new GeoPoint(
            Math.Round(city.LatitudeDegrees + (north / 111.2), 4),
            Math.Round(longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude, 4));
    }

    /// <summary>Addresses: blocks of 32 from 198.18.0.0/15 (benchmarking, RFC 2544), a /48 each from 2001:db8::/32 (RFC 3849).</summary>
    private static void Number(List<AutonomousSystem> edges, List<SimulatedProbe> probes)
    {
        var block = 0;
        var network = 0x1000;
        foreach (var system in edges)
        {
            var prefixV6 = string.Create(CultureInfo.InvariantCulture, $"2001:db8:{network++:x}::/48");
            var used = 0;
            foreach (var probe in system.Probes.Select(index => probes[index]))
            {
                var offset = ((block + (used / 30)) * 32) + 1 + (used % 30);
                var start = (block + (used / 30)) * 32;
                probe.AddressV4 = new IPAddress([198, (byte)(18 + (offset >> 16)), (byte)(offset >> 8), (byte)offset]);
                probe.PrefixV4 = string.Create(CultureInfo.InvariantCulture, $"198.{18 + (start >> 16)}.{(start >> 8) & 255}.{start & 255}/27");
                if (probe.AddressV6 is not null)
                {
                    probe.AddressV6 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{prefixV6[..^4]}:{probe.Id & 0xFFFF:x}:{0xa000 + used:x}"));
                    probe.PrefixV6 = prefixV6;
                    probe.AsnV6 = system.Number;
                }

                used++;
            }

            block += (used + 29) / 30;
        }
    }

    /// <summary>Probes with a character of their own. Each has at most one, so that one does not hide another.</summary>
    private void GiveCharacters()
    {
        var chance = new Chance(Mix.Of(Key, 0xD));
        var left = new Queue<SimulatedProbe>(Probes.Where(probe => Topology.Systems[probe.System].Probes.Count <= 2 || Probes.Count < 60)
            .Concat(Probes.Where(probe => Topology.Systems[probe.System].Probes.Count > 2 && Probes.Count >= 60))
            .OrderBy(probe => Topology.Systems[probe.System].Probes.Count > 3 ? 1 : 0).ThenBy(probe => Mix.Of(probe.Key, 0xE)));
        int Number(int perThousand, int least) => Probes.Count < 20 ? 0 : Math.Max(least, Probes.Count * perThousand / 1000);

        IEnumerable<SimulatedProbe> Take(int number, Func<SimulatedProbe, bool> fits)
        {
            for (var tries = left.Count; tries > 0 && number > 0; tries--)
            {
                var probe = left.Dequeue();
                if (fits(probe))
                {
                    number--;
                    yield return probe;
                }
                else
                {
                    left.Enqueue(probe);
                }
            }
        }

        foreach (var probe in Take(Number(8, 3), Misplace))
        {
            probe.IsMisplaced = true;
        }

        foreach (var probe in Take(Number(12, 3), FindOtherWay))
        {
            probe.IsLoadBalanced = true;
        }

        foreach (var probe in Take(Number(3, 2), _ => true))
        {
            probe.IsHallucinating = true;
            probe.Hallucination = Farthest(probe);
        }

        var name = 0;
        foreach (var probe in Take(Number(13, 3), _ => true))
        {
            probe.Interceptor = InterceptorNames[name++ % InterceptorNames.Length];
        }

        int[] offsets = [-2700, 420, 7200, -63_072_000, -18_000, 5400];
        var clock = 0;
        foreach (var probe in Take(Number(6, 2), _ => true))
        {
            probe.ClockOffsetSeconds = offsets[clock++ % offsets.Length];
        }

        foreach (var probe in Take(Number(8, 2), _ => true))
        {
            probe.Late = true;
        }

        foreach (var probe in Take(Number(25, 2), _ => true))
        {
            probe.LossPerMillion = chance.Between(100_000, 400_000);
        }

        foreach (var probe in Take(Number(110, 3), _ => true))
        {
            for (var outages = chance.Between(1, 3); outages > 0; outages--)
            {
                var from = Start + chance.Below((int)(End - Start));
                probe.Outages.Add((from, from + (chance.Between(20, 2800) * 60L), chance.Percent(50)));
            }

            probe.Outages.Sort();
        }

        // Places that say nothing, or not quite the truth: near misses of a wrong place.
        var unplaced = false;
        foreach (var probe in Take(Number(10, 6), _ => true))
        {
            unplaced = !unplaced;
            if (unplaced)
            {
                probe.RegisteredPosition = null;
                probe.RegisteredCountry = null;
                probe.HidesAsn = (probe.Key & 1) == 0;
            }
            else
            {
                probe.RegisteredPosition = new GeoPoint(probe.Position.LatitudeDegrees, Math.Round(probe.Position.LongitudeDegrees + (probe.Position.LongitudeDegrees > 0 ? -1 : 1), 4));
                nearMisses.Add(new TruthEvent("misplaced-probe", null, null, "probe", Text(probe.Id), Start, End)
                {
                    Probes = [probe.Id],
                    Detail = "one degree off, which no light can prove",
                });
            }
        }

        foreach (var probe in Take(Number(10, 1), _ => true))
        {
            probe.HasTags = false;
        }
    }

    /// <summary>Registers a probe where it cannot be, if light can prove it: it must answer fast from a PoP that is far from there.</summary>
    private bool Misplace(SimulatedProbe probe)
    {
        var route = Route(probe.Node, 0, 4, EpochAt(End - 1));
        if (route.Pop < 0)
        {
            return false;
        }

        var reachKm = (RouteMicros(probe, route) + probe.LastMileMicros + (probe.JitterMicros * 4)) / 1000.0 * GreatCircle.FibreKmPerRttMs;
        var pop = SimulatedNetwork.PopPositions[route.Pop];
        var candidates = CityTable.Countries.SelectMany(country => country.Cities)
            .Where(city => Topology.Km(city.Position, pop) > reachKm + 400 && Topology.Km(city.Position, probe.Position) > 2000).ToList();
        if (candidates.Count == 0 || reachKm > 4000)
        {
            return false;
        }

        var lie = candidates[Mix.Below(Mix.Of(probe.Key, 0xF), candidates.Count)];
        probe.RegisteredPosition = lie.Position;
        probe.RegisteredCountry = lie.Country;
        return true;
    }

    /// <summary>Finds a second way out, through another network of the country or region, that leads to another PoP.</summary>
    private bool FindOtherWay(SimulatedProbe probe)
    {
        var last = EpochAt(End - 1);
        int Differences(int node) => Enumerable.Range(0, SimulatedNetwork.TargetNames.Count)
            .Count(target => Route(node, target, 4, last).Pop is var pop && pop >= 0 && pop != Route(probe.Node, target, 4, last).Pop);
        if (probe.AddressV6 is not null || Route(probe.Node, 0, 4, last).Pop < 0)
        {
            return false;
        }

        var other = Topology.Systems
            .Where(system => system.Kind is SystemKind.National or SystemKind.Regional && system.Index != probe.System && system.Region == probe.Home.Region)
            .Select(system => Topology.Nearest(system, probe.Position))
            .OrderByDescending(Differences).ThenBy(node => Topology.Km(Topology.Nodes[node], probe.Position)).FirstOrDefault(-1);
        if (other < 0 || Differences(other) < 2)
        {
            return false;
        }

        probe.OtherNode = other;
        return true;
    }

    private static int Farthest(SimulatedProbe probe) => Enumerable.Range(0, SimulatedNetwork.PopPositions.Count)
        .Where(pop => SimulatedNetwork.Since(pop) == 0).MaxBy(pop => Topology.Km(probe.Position, SimulatedNetwork.PopPositions[pop]));

    private List<SimulatedProbe> MakeDormant(int count)
    {
        var chance = new Chance(Mix.Of(Key, 0x10));
        var taken = Probes.Select(probe => probe.Id).ToHashSet();
        var dormant = new List<SimulatedProbe>();
        while (dormant.Count < count)
        {
            var id = chance.Between(8001, 62_000);
            if (!taken.Add(id))
            {
                continue;
            }

            var country = CityTable.Countries[chance.Below(CityTable.Countries.Count)];
            var place = Near(country.Cities[0].Position, chance);
            var status = chance.Weighted([3, 0, 4, 8, 2]);
            dormant.Add(new SimulatedProbe(country)
            {
                Index = -1,
                Id = id,
                Position = place,
                RegisteredPosition = status is 0 or 4 ? null : place,
                RegisteredCountry = status == 0 ? null : status == 4 ? "" : country.Code,
                Status = status,
                IsPublic = chance.Percent(80),
                FirstConnected = Start - (chance.Between(400, 3000) * 86400L),
            });
        }

        return dormant;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
