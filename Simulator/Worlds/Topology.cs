using Collector.Geography;

namespace Simulator.Worlds;

/// <summary>What a neighbour is to a network.</summary>
internal enum Relation : byte
{
    Customer,
    Peer,
    Provider,
}

/// <summary>Kinds of network.</summary>
internal enum SystemKind : byte
{
    /// <summary>Member of the clique that needs no provider.</summary>
    TierOne,

    /// <summary>Sells transit in one region.</summary>
    Regional,

    /// <summary>Hosts one PoP of the operator.</summary>
    Hosting,

    /// <summary>A large access network, which also sells transit in its country.</summary>
    National,

    /// <summary>An access or office network.</summary>
    Edge,
}

/// <summary>A network (autonomous system).</summary>
internal sealed class AutonomousSystem
{
    public required int Index { get; init; }

    public required uint Number { get; init; }

    public required SystemKind Kind { get; init; }

    public required Region Region { get; init; }

    /// <summary>ISO code; empty for networks without a home.</summary>
    public string Country { get; init; } = "";

    /// <summary>Its routers, ids of <see cref="Topology.Nodes"/>.</summary>
    public List<int> Nodes { get; } = [];

    public List<Adjacency> Neighbours { get; } = [];

    /// <summary>Indices of its probes in the world.</summary>
    public List<int> Probes { get; } = [];

    /// <summary>Distances between its routers, once measured.</summary>
    public int[,]? KmWithin { get; set; }

    /// <summary>Whether it is present in the IPv6 Internet.</summary>
    public bool IPv6 { get; set; } = true;
}

/// <summary>One end of a link.</summary>
/// <param name="Other">Index of the neighbour.</param>
/// <param name="OtherIs">What the neighbour is to this network.</param>
/// <param name="Link">Index of the link.</param>
internal readonly record struct Adjacency(int Other, Relation OtherIs, int Link);

/// <summary>Two networks that exchange routes, at one or several places.</summary>
internal sealed class Link
{
    public required int A { get; init; }

    public required int B { get; init; }

    public required bool IPv6 { get; init; }

    /// <summary>Pairs of routers, that of A first.</summary>
    public required (int OfA, int OfB)[] Attachments { get; init; }
}

/// <summary>A BGP session of the operator at a PoP.</summary>
/// <param name="Pop">Index of the PoP.</param>
/// <param name="System">The neighbour.</param>
/// <param name="Node">Its router.</param>
/// <param name="Peer">Whether it is a peer; else it is an upstream that we pay.</param>
/// <param name="IPv4">Whether IPv4 prefixes are announced to it.</param>
/// <param name="IPv6">Whether IPv6 prefixes are announced to it.</param>
internal sealed record Session(int Pop, int System, int Node, bool Peer, bool IPv4, bool IPv6);

/// <summary>The simulated Internet: networks, their routers and how they are connected.</summary>
internal sealed class Topology
{
    public List<AutonomousSystem> Systems { get; } = [];

    /// <summary>Places of the routers.</summary>
    public List<GeoPoint> Nodes { get; } = [];

    /// <summary>The network of each router.</summary>
    public List<int> SystemOfNode { get; } = [];

    public List<Link> Links { get; } = [];

    public List<Session> Sessions { get; } = [];

    /// <summary>The network that drags traffic to Johannesburg.</summary>
    public int WellConnected { get; set; }

    /// <summary>Whole kilometres between two places. Whole, so that the last bit of a platform's sine decides nothing.</summary>
    public static int Km(GeoPoint from, GeoPoint to) => (int)Math.Round(GreatCircle.DistanceKm(from, to));

    /// <summary>Whole kilometres between two routers.</summary>
    public int Km(int from, int to) => from == to || Nodes[from] == Nodes[to] ? 0 : Km(Nodes[from], Nodes[to]);

    /// <summary>Whole kilometres between each two routers of one network, which hot potatoes ask for again and again. Complete networks only.</summary>
    public int[,] KmWithin(AutonomousSystem system) => system.KmWithin ??= Measure(system);

    private int[,] Measure(AutonomousSystem system)
    {
        var km = new int[system.Nodes.Count, system.Nodes.Count];
        for (var a = 0; a < system.Nodes.Count; a++)
        {
            for (var b = 0; b < a; b++)
            {
                km[a, b] = km[b, a] = Km(system.Nodes[a], system.Nodes[b]);
            }
        }

        return km;
    }

    public AutonomousSystem AddSystem(uint number, SystemKind kind, Region region, string country, IEnumerable<GeoPoint> places)
    {
        var system = new AutonomousSystem { Index = Systems.Count, Number = number, Kind = kind, Region = region, Country = country };
        Systems.Add(system);
        foreach (var place in places)
        {
            AddNode(system, place);
        }

        return system;
    }

    public int AddNode(AutonomousSystem system, GeoPoint place)
    {
        system.Nodes.Add(Nodes.Count);
        Nodes.Add(place);
        SystemOfNode.Add(system.Index);
        return Nodes.Count - 1;
    }

    /// <summary>Connects two networks unless they already are.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="otherIs">What <paramref name="b"/> is to <paramref name="a"/>.</param>
    /// <param name="ipv6">Whether they exchange IPv6 routes too.</param>
    public void Connect(AutonomousSystem a, AutonomousSystem b, Relation otherIs, bool ipv6 = true)
    {
        if (a == b || a.Neighbours.Exists(neighbour => neighbour.Other == b.Index))
        {
            return;
        }

        var swap = a.Nodes.Count > b.Nodes.Count;
        var (few, many) = swap ? (b, a) : (a, b);
        var attachments = few.Nodes.Select(node => (node, Nearest(many, Nodes[node]))).Distinct();
        if (few.Nodes.Count > 1)
        {
            // Large networks meet where both are; a far pair would make hot potatoes fly over oceans between them.
            var near = attachments.Where(pair => Km(pair.node, pair.Item2) < 600).ToList();
            attachments = near.Count > 0 ? near : attachments.OrderBy(pair => Km(pair.node, pair.Item2)).Take(1);
        }

        Links.Add(new Link
        {
            A = a.Index,
            B = b.Index,
            IPv6 = ipv6 && a.IPv6 && b.IPv6,
            Attachments = [.. attachments.Select(pair => swap ? (pair.Item2, pair.node) : pair)],
        });
        a.Neighbours.Add(new Adjacency(b.Index, otherIs, Links.Count - 1));
        b.Neighbours.Add(new Adjacency(a.Index, (Relation)(2 - (int)otherIs), Links.Count - 1));
    }

    /// <summary>The network's router nearest to a place.</summary>
    public int Nearest(AutonomousSystem system, GeoPoint place)
    {
        var best = system.Nodes[0];
        var bestKm = int.MaxValue;
        foreach (var node in system.Nodes)
        {
            var km = Km(Nodes[node], place);
            if (km < bestKm)
            {
                (best, bestKm) = (node, km);
            }
        }

        return best;
    }
}
