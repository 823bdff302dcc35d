using System.Runtime.InteropServices;

namespace Simulator.Worlds;

/// <summary>What is different from the normal state of the network while it holds.</summary>
/// <param name="Prepends">Extra lengths by PoP, on upstream sessions.</param>
/// <param name="Withdrawn">PoPs that do not announce.</param>
/// <param name="BrokenLinks">Links between networks that carry nothing.</param>
/// <param name="TunnelKm">Kilometres from a PoP to where its servers really are, by [target * 2 + (IPv6 ? 1 : 0)][PoP].</param>
internal sealed record RoutingState(int[] Prepends, bool[] Withdrawn, IReadOnlySet<int> BrokenLinks, int[][] TunnelKm)
{
    /// <summary>Whether routes are the same; tunnels begin behind them.</summary>
    public bool RoutesLike(RoutingState other) =>
        Prepends.SequenceEqual(other.Prepends) && Withdrawn.SequenceEqual(other.Withdrawn) && BrokenLinks.SetEquals(other.BrokenLinks);
}

/// <summary>Where every router sends the packets for one prefix.</summary>
/// <param name="Pops">Index of the PoP reached, by router; −1: no route.</param>
/// <param name="Km">Kilometres to it along the route.</param>
/// <param name="Hops">Networks crossed.</param>
internal sealed record RouteTable(sbyte[] Pops, int[] Km, byte[] Hops);

/// <summary>Interdomain routing after Gao and Rexford (2001): routes of customers before those of peers before those of providers,
/// then the shorter AS path, then inside a network the nearest exit (hot potato), then a fixed coin.</summary>
internal static class Routing
{
    private const int MaximumLength = 40;

    /// <summary>Routes of one prefix.</summary>
    /// <param name="topology">The Internet.</param>
    /// <param name="state">The state of the network.</param>
    /// <param name="target">Index of the target: PoPs that do not serve it do not announce it.</param>
    /// <param name="ipv6">Family.</param>
    /// <param name="key">Key of the coins.</param>
    public static RouteTable Compute(Topology topology, RoutingState state, int target, bool ipv6, ulong key)
    {
        var systems = topology.Systems;
        var classes = new byte[systems.Count]; // 0 none, else 3 − relation: 3 customer, 2 peer, 1 provider
        var lengths = new int[systems.Count];
        var sessions = topology.Sessions.Where(session => (ipv6 ? session.IPv6 : session.IPv4) && !state.Withdrawn[session.Pop]
            && SimulatedNetwork.Serves(session.Pop, target)).ToList();
        int Length(Session session) => 1 + (session.Peer ? 0 : state.Prepends[session.Pop]);
        bool Usable(Adjacency adjacency) => (!ipv6 || topology.Links[adjacency.Link].IPv6) && !state.BrokenLinks.Contains(adjacency.Link);

        var order = new List<int>(systems.Count);
        Spread(3, sessions.Where(session => !session.Peer).Select(session => (session.System, Length(session))), Relation.Provider);

        // A peer route is not passed on to peers, so one step suffices.
        var peers = new List<(int System, int Length)>(sessions.Where(session => session.Peer).Select(session => (session.System, Length(session))));
        foreach (var system in systems.Where(system => classes[system.Index] == 3))
        {
            peers.AddRange(system.Neighbours.Where(other => other.OtherIs == Relation.Peer && Usable(other))
                .Select(other => (other.Other, lengths[system.Index] + 1)));
        }

        foreach (var (system, length) in peers.OrderBy(peer => peer.Length).ThenBy(peer => peer.System))
        {
            if (classes[system] == 0)
            {
                classes[system] = 2;
                lengths[system] = length;
                order.Add(system);
            }
        }

        var sellers = order.ToList();
        Spread(1, sellers.SelectMany(system => systems[system].Neighbours.Where(other => other.OtherIs == Relation.Customer && Usable(other))
            .Select(other => (other.Other, lengths[system] + 1))), Relation.Customer);
        return Choose();

        // Breadth first over lengths: from the seeds to all providers (or all customers), and on from there.
        void Spread(byte routeClass, IEnumerable<(int System, int Length)> seeds, Relation direction)
        {
            var buckets = new List<int>[MaximumLength];
            foreach (var (system, length) in seeds)
            {
                (buckets[length] ??= []).Add(system);
            }

            for (var length = 1; length < MaximumLength; length++)
            {
                foreach (var system in CollectionsMarshal.AsSpan(buckets[length]))
                {
                    if (classes[system] != 0)
                    {
                        continue;
                    }

                    classes[system] = routeClass;
                    lengths[system] = length;
                    order.Add(system);
                    foreach (var other in systems[system].Neighbours)
                    {
                        if (other.OtherIs == direction && length + 1 < MaximumLength && Usable(other))
                        {
                            (buckets[length + 1] ??= []).Add(other.Other);
                        }
                    }
                }
            }
        }

        RouteTable Choose()
        {
            var pops = new sbyte[topology.Nodes.Count];
            var km = new int[topology.Nodes.Count];
            var hops = new byte[topology.Nodes.Count];
            Array.Fill(pops, (sbyte)-1);
            var sessionsOf = sessions.ToLookup(session => session.System);
            var exits = new List<(int Own, int Next, int Pop, ulong Coin)>();

            // In this order every neighbour that a network may choose has chosen before.
            foreach (var index in order)
            {
                var system = systems[index];
                exits.Clear();
                foreach (var session in sessionsOf[index])
                {
                    if ((session.Peer ? 2 : 3) == classes[index] && Length(session) == lengths[index])
                    {
                        exits.Add((session.Node, -1, session.Pop, Mix.Of(key, (ulong)index, (ulong)session.Pop)));
                    }
                }

                foreach (var other in system.Neighbours)
                {
                    if (classes[other.Other] == 0 || 3 - (int)other.OtherIs != classes[index] || lengths[other.Other] + 1 != lengths[index]
                        || (other.OtherIs != Relation.Provider && classes[other.Other] != 3) || !Usable(other))
                    {
                        continue;
                    }

                    var link = topology.Links[other.Link];
                    foreach (var (ofA, ofB) in link.Attachments)
                    {
                        var (own, next) = link.A == index ? (ofA, ofB) : (ofB, ofA);
                        exits.Add((own, next, -1, Mix.Of(key, (ulong)index, (ulong)other.Other + 1000)));
                    }
                }

                var within = topology.KmWithin(system);
                var first = system.Nodes[0]; // a network's routers are numbered in a row
                foreach (var node in system.Nodes)
                {
                    var best = -1;
                    var bestKm = int.MaxValue;
                    for (var exit = 0; exit < exits.Count; exit++)
                    {
                        var cost = within[node - first, exits[exit].Own - first];
                        if (cost < bestKm || (cost == bestKm && exits[exit].Coin < exits[best].Coin))
                        {
                            (best, bestKm) = (exit, cost);
                        }
                    }

                    if (best < 0)
                    {
                        continue;
                    }

                    var (own, next, pop, _) = exits[best];
                    if (pop >= 0)
                    {
                        pops[node] = (sbyte)pop;
                        km[node] = bestKm + Topology.Km(topology.Nodes[own], SimulatedNetwork.PopPositions[pop]);
                        hops[node] = 1;
                    }
                    else if (pops[next] >= 0)
                    {
                        pops[node] = pops[next];
                        km[node] = bestKm + topology.Km(own, next) + km[next];
                        hops[node] = (byte)(hops[next] + 1);
                    }
                }
            }

            return new RouteTable(pops, km, hops);
        }
    }
}
