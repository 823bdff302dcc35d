namespace Simulator.Worlds;

/// <summary>A stretch of time in which routing does not change.</summary>
/// <param name="From">Its first second, Unix; the first epoch begins at 0.</param>
/// <param name="State">What is different from normal.</param>
internal sealed record Epoch(long From, RoutingState State);

/// <summary>A server that for some time does not answer as configured.</summary>
internal sealed record ServerIncident(int Target, int Pop, int Server, long From, long To, string? Identity, string? Nsid, int Rcode);

/// <content>What happens.</content>
public sealed partial class World
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    // Mondays of the story.
    private const long First = SimulatedNetwork.NewPops - SimulatedNetwork.Week;
    private const long Second = SimulatedNetwork.NewPops;
    private const long Third = SimulatedNetwork.Prepending;

    private const long End46 = SimulatedNetwork.End;

    private const string BlackHole = "black-hole";
    private const string LatencyShift = "latency-shift";

    private readonly List<TruthEvent> events = [];
    private readonly List<TruthEvent> nearMisses = [];
    private readonly List<(long From, long To, int Pop)> withdrawals =
    [
        (First + (3 * Day) + (10 * Hour), First + (3 * Day) + (16 * Hour), 4),
        (Second + (2 * Day) + (2 * Hour), Second + (2 * Day) + (8 * Hour), 6),
        (Third + Day + (12 * Hour), Third + Day + (18 * Hour), 1),
    ];

    private readonly List<(long From, long To, int Link, string Detail)> breaks = [];

    // Servers that were moved, or never installed: the PoP announces and carries the packets to another one. The last two are too near,
    // and too short, to be anybody's business.
    private readonly List<(long From, long To, int Target, int Families, int Pop, int Via)> tunnels =
    [
        (First + Day, First + (5 * Day), 1, 3, 6, 5),
        (First + (2 * Day) + (7 * Hour), First + (6 * Day), 2, 3, 3, 1),
        (Second + (12 * Hour), Second + (4 * Day), 0, 3, 3, 0),
        (Second + Day, Second + (5 * Day), 2, 3, 5, 6),
        (Third + (2 * Day), Third + (5 * Day), 1, 3, 4, 1),
        (Third + (3 * Day) + (4 * Hour), End46, 2, 3, 0, 1),
        (Second + (2 * Day), Second + (6 * Day), 1, 3, 3, 4),
        (Third + (4 * Day), Third + (4 * Day) + (3 * Hour), 0, 3, 6, 5),
    ];

    internal IReadOnlyList<Epoch> Epochs { get; }

    internal IReadOnlyList<ServerIncident> Incidents { get; } =
    [
        // Servers that no pattern knows.
        new(0, 6, 2, Second + (3 * Day), Second + (5 * Day), "canary-7", null, 0),
        new(1, 1, 1, Third + (2 * Day), Third + (4 * Day), "ip-10-3-0-17", null, 0),
        new(2, 3, 3, First + (4 * Day), Second + Day, "edge3.rtm1.c.example.net", null, 0),
        // Near misses: another case, padding, no CHAOS but NSID, an empty string.
        new(0, 0, 2, Second, Third, "NS2.FMT.EXAMPLE.NET", "fmt-2", 0),
        new(1, 4, 1, First, Second, " ns1.lju.example.net\0", "lju-1", 0),
        new(1, 5, 1, Third + (3 * Day), Third + (4 * Day), null, "sin-1", 5),
        new(0, 7, 2, Second + (4 * Day), Second + (4 * Day) + (6 * Hour), "", "syd-2", 0),
    ];

    private List<Epoch> MakeEpochs()
    {
        BreakLinks();
        var times = new SortedSet<long> { 0, Second, Third };
        foreach (var (from, to, _) in withdrawals)
        {
            times.Add(from);
            times.Add(to);
        }

        foreach (var (from, to) in breaks.Select(item => (item.From, item.To)).Concat(tunnels.Select(item => (item.From, item.To))))
        {
            times.Add(from);
            times.Add(to);
        }

        // What was over before the world began is not computed; what holds at its start is the first epoch.
        var last = times.Where(time => time <= Start).DefaultIfEmpty(0).Max();
        return [.. times.Where(time => time >= last && time < End).Select(time => new Epoch(time == last ? 0 : time, StateAt(time)))];
    }

    private RoutingState StateAt(long at)
    {
        var pops = SimulatedNetwork.PopCodes.Count;
        var prepends = new int[pops];
        prepends[8] = at >= Third ? 3 : 0;
        var withdrawn = new bool[pops];
        for (var pop = 0; pop < pops; pop++)
        {
            withdrawn[pop] = at < SimulatedNetwork.Since(pop) || withdrawals.Exists(item => item.Pop == pop && item.From <= at && at < item.To);
        }

        return new RoutingState(prepends, withdrawn, breaks.Where(item => item.From <= at && at < item.To).Select(item => item.Link).ToHashSet(), TunnelsAt(at));
    }

    private int[][] TunnelsAt(long at)
    {
        var km = Enumerable.Range(0, SimulatedNetwork.TargetNames.Count * 2).Select(_ => new int[SimulatedNetwork.PopCodes.Count]).ToArray();
        foreach (var tunnel in tunnels.Where(tunnel => tunnel.From <= at && at < tunnel.To))
        {
            for (var family = 0; family < 2; family++)
            {
                km[(tunnel.Target * 2) + family][tunnel.Pop] = (tunnel.Families & (1 << family)) != 0
                    ? Topology.Km(SimulatedNetwork.PopPositions[tunnel.Pop], SimulatedNetwork.PopPositions[tunnel.Via]) : 0;
            }
        }

        return km;
    }

    /// <summary>Links that fail for some days, so that catchments shift although the operator did nothing.</summary>
    private void BreakLinks()
    {
        void Break(AutonomousSystem system, long from, long to)
        {
            var link = system.Neighbours.Find(neighbour => neighbour.OtherIs == Relation.Provider);
            if (system.Neighbours.Count(neighbour => neighbour.OtherIs == Relation.Provider) > 1 && to > Start)
            {
                breaks.Add((from, to, link.Link, $"AS{system.Number} loses its link to AS{Topology.Systems[link.Other].Number}"));
            }
        }

        // National networks that serve many probes, themselves or through their customers, and the host of Singapore.
        var large = Topology.Systems.Where(system => system.Kind == SystemKind.National && system.Neighbours.Count(other => other.OtherIs == Relation.Provider) > 1)
            .OrderByDescending(system => system.Probes.Count + system.Neighbours.Where(other => other.OtherIs == Relation.Customer)
                .Sum(other => Topology.Systems[other.Other].Probes.Count)).ThenBy(system => system.Index).Take(6).ToList();
        (long From, long To)[] times =
        [
            (First + (2 * Day) + (9 * Hour), First + (5 * Day)), (Second + (3 * Day) + (14 * Hour), Third + Day),
            (Third + (13 * Hour), Third + (4 * Day)), (First + Day, First + (3 * Day)), (Second + Day, Second + (4 * Day) + Hour), (Third + (2 * Day), End),
        ];
        foreach (var (system, time) in large.Zip(times))
        {
            Break(system, time.From, time.To);
        }

        AutonomousSystem HostOf(int pop) => Topology.Systems[Topology.Sessions.First(session => session.Pop == pop && !session.Peer).System];
        Break(HostOf(5), Second + (4 * Day), Third - Hour);

        // Six hours in which a PoP loses one of its upstreams: fewer clients, but not silent.
        foreach (var (pop, from) in new[] { (0, First + (4 * Day) + (10 * Hour)), (3, Third + (3 * Day) + (12 * Hour)), (5, Third + (4 * Day) + (3 * Hour)) })
        {
            var before = breaks.Count;
            Break(HostOf(pop), from, from + (6 * Hour));
            foreach (var target in breaks.Count > before ? SimulatedNetwork.TargetNames : [])
            {
                foreach (var family in new[] { 4, 6 })
                {
                    nearMisses.Add(new TruthEvent("pop-silent", target, family, "pop", SimulatedNetwork.PopCodes[pop], from, from + (6 * Hour))
                    {
                        Detail = "loses one of its upstreams, not all",
                    });
                }
            }
        }
    }

    private RouteTable[][] ComputeRoutes()
    {
        var tables = new RouteTable[SimulatedNetwork.TargetNames.Count * 2][];
        Parallel.For(0, tables.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) }, index =>
        {
            // The coins are thrown anew for each family, not for each target: the three prefixes are announced alike, and their catchments
            // differ where the PoPs do.
            var key = Mix.Of(Key, (ulong)(index % 2), 0x20);
            tables[index] = new RouteTable[Epochs.Count];
            for (var epoch = 0; epoch < Epochs.Count; epoch++)
            {
                tables[index][epoch] = epoch > 0 && Epochs[epoch].State.RoutesLike(Epochs[epoch - 1].State)
                    ? tables[index][epoch - 1] : Routing.Compute(Topology, Epochs[epoch].State, index / 2, index % 2 == 1, key);
            }
        });
        return tables;
    }

    /// <summary>What befalls single networks and probes.</summary>
    private void HappenTo()
    {
        var chance = new Chance(Mix.Of(Key, 0x30));
        var free = Topology.Systems.Where(system => system.Kind is SystemKind.National or SystemKind.Edge && system.Probes.Count > 0
            && system.Probes.TrueForAll(index => IsPlain(Probes[index]) || system.Probes.Count > 4))
            .OrderBy(system => Mix.Of(Key, system.Number, 0x31)).ToList();

        AutonomousSystem? Take(int probes, int most = int.MaxValue, bool ipv6 = false)
        {
            var found = free.Find(system => Members(system).Count is var number && number >= probes && number <= most
                && (!ipv6 || Members(system).Count(probe => probe.AddressV6 is not null && !probe.BrokenIPv6) >= probes));
            if (found is not null)
            {
                free.Remove(found);
            }

            return found;
        }

        void Happen(AutonomousSystem? system, string check, bool real, OverlayKind kind, int targets, int families, long from, long to, string detail, int amount = 0,
            Func<SimulatedProbe, bool>? only = null)
        {
            from = Math.Max(from, Start);
            if (system is null || from >= to)
            {
                return;
            }

            foreach (var probe in system.Probes.Select(index => Probes[index]).Where(only ?? (_ => true)))
            {
                probe.Overlays.Add(new Overlay(kind, targets, families, from, to, amount));
            }

            if (kind == OverlayKind.Delay)
            {
                delays.Add((from, to));
            }

            // Whose way becomes longer by how much is derived later, with all else that makes it longer.
            for (var target = 0; !(real && check == LatencyShift) && target < SimulatedNetwork.TargetNames.Count; target++)
            {
                for (var family = 4; family <= 6; family += 2)
                {
                    var behind = Members(system).Where(probe => probe.Has(family) && !(family == 6 && probe.BrokenIPv6)
                        && !(kind == OverlayKind.DnsBlocked && IsIntercepted(probe, family)) && Reached(probe, target, family, from - 1) >= 0).Select(probe => probe.Id).ToList();
                    if ((targets & (1 << target)) != 0 && (families & (family == 4 ? 1 : 2)) != 0 && behind.Count > 0)
                    {
                        (real ? events : nearMisses).Add(new TruthEvent(check, SimulatedNetwork.TargetNames[target], family, "asn", Text(system.Number), from, to)
                        {
                            Probes = behind,
                            Detail = detail,
                        });
                    }
                }
            }
        }

        Happen(Take(4), BlackHole, true, OverlayKind.BlackHole, 7, 1, 0, End, "all three prefixes filtered in IPv4");
        Happen(Take(3), BlackHole, true, OverlayKind.BlackHole, 2, 3, Second + (2 * Day), Third + (3 * Day), "one prefix filtered");
        Happen(Take(3, ipv6: true), BlackHole, true, OverlayKind.BlackHole, 7, 2, Third + Day, End, "IPv6 leads nowhere");
        Happen(Take(3), BlackHole, true, OverlayKind.DnsBlocked, 7, 1, Third + Day, Third + (5 * Day), "port 53 filtered; ping works");
        Happen(Take(1, 1), BlackHole, true, OverlayKind.BlackHole, 7, 1, Second + Day, End, "a single vantage");
        Happen(Take(1, 2), BlackHole, true, OverlayKind.BlackHole, 7, 1, 0, End, "a single vantage");
        Happen(Take(1, 1), BlackHole, true, OverlayKind.BlackHole, 5, 1, Third + (12 * Hour), Third + (4 * Day), "a single vantage");

        var deaf = Take(4);
        Happen(deaf, BlackHole, false, OverlayKind.BlackHole, 7, 1, Second, Third, "one probe of several behind a firewall of its own", only: probe => probe.Index == deaf!.Probes[0]);
        Happen(Take(1, 1), BlackHole, false, OverlayKind.Outage, 7, 1, Second + Day, Second + (3 * Day), "nothing is reached, the controls neither");
        Happen(Take(3), BlackHole, false, OverlayKind.Loss, 7, 3, Third, Third + (5 * Day), "a third of the packets lost", 350_000);
        Happen(Take(3), BlackHole, false, OverlayKind.BlackHole, 7, 3, Third + (2 * Day), Third + (2 * Day) + (95 * 60), "an hour and a half only");

        Happen(Take(4), LatencyShift, true, OverlayKind.Delay, 7, 3, Second + Day, Second + (5 * Day), "a longer path in an upstream", 70_000);
        Happen(Take(3), LatencyShift, true, OverlayKind.Delay, 7, 3, Third + (2 * Day), End, "a longer path in an upstream", 45_000);
        Happen(Take(3), LatencyShift, true, OverlayKind.Delay, 7, 1, First + (3 * Day), First + (6 * Day), "a longer path in an upstream", 110_000);
        Happen(Take(3), LatencyShift, true, OverlayKind.Delay, 7, 3, Third + Day, Third + (4 * Day), "a longer path in an upstream", 60_000);
        Happen(Take(3), LatencyShift, false, OverlayKind.Delay, 7, 3, Second + Day, Third + Day, "a few milliseconds", 4_000);
        Happen(Take(3), LatencyShift, false, OverlayKind.Delay, 7, 3, Third + (2 * Day), Third + (2 * Day) + (2 * Hour), "two hours only", 80_000);
        Happen(Take(3), LatencyShift, false, OverlayKind.EveningDelay, 7, 3, 0, End, "slow every evening", 25_000);

        Flapping();
        Intercepting(Take(3));
        Impersonating();
        chance.Next();
    }

    /// <summary>The probes of a network that have no character of their own.</summary>
    private List<SimulatedProbe> Members(AutonomousSystem system) => [.. system.Probes.Select(index => Probes[index]).Where(IsPlain)];

    private static bool IsPlain(SimulatedProbe probe) =>
        !probe.IsMisplaced && !probe.IsLoadBalanced && !probe.IsHallucinating && probe.Interceptor is null && probe.ClockOffsetSeconds == 0;

    /// <summary>Probes that change their PoP for days at a time: flips, not load balancing.</summary>
    private void Flapping()
    {
        var number = 0;
        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.Overlays.Count == 0 && probe.Outages.Count == 0)
            .OrderBy(probe => Mix.Of(probe.Key, 0x41)).Take(120))
        {
            if (number == 3 || !FindOtherWay(probe))
            {
                continue;
            }

            number++;
            for (var from = Start + (number * Day); from < End; from += 4 * Day)
            {
                probe.Overlays.Add(new Overlay(OverlayKind.OtherWay, 7, 1, from, Math.Min(End, from + (2 * Day))));
            }

            foreach (var target in SimulatedNetwork.TargetNames)
            {
                nearMisses.Add(new TruthEvent("load-balanced", target, 4, "probe", Text(probe.Id), Start, End)
                {
                    Probes = [probe.Id],
                    Detail = "changes its way every second day",
                });
            }
        }
    }

    /// <summary>An access network that answers DNS for everybody.</summary>
    private void Intercepting(AutonomousSystem? system)
    {
        foreach (var probe in system is null ? [] : Members(system))
        {
            probe.Interceptor = "17m" + Text(300 + Mix.Below(Mix.Of(probe.Key, 0x51), 99));
        }
    }

    /// <summary>Boxes that answer with a name like ours, like another operator's, or with one of our own.</summary>
    /// <remarks>Their names say nothing, or the wrong thing. That they answer long before a ping to the same address is back tells of them.</remarks>
    private void Impersonating()
    {
        const int Far = 2500;
        const int Boxes = 6;
        if (Probes.Count < 200)
        {
            return;
        }

        var number = 0;
        foreach (var probe in Probes.Where(probe => IsPlain(probe) && probe.Overlays.Count == 0 && probe.Outages.Count == 0 && probe.LossPerMillion < 50_000
                && probe.RegisteredPosition == probe.Position && Topology.Systems[probe.System].Probes.Count == 1
                && Epochs.Select(epoch => Route(probe.Node, 0, 4, EpochAt(Math.Max(Start, epoch.From))).Pop).All(pop => pop >= 0 && Topology.Km(probe.Position, SimulatedNetwork.PopPositions[pop]) > Far))
            .OrderBy(probe => Mix.Of(probe.Key, 0x61)).Take(Boxes))
        {
            var code = SimulatedNetwork.PopCodes[Farthest(probe)].ToLowerInvariant();
            probe.Interceptor = (number++ % 3) switch
            {
                0 => "ns1.fra.example.net",
                1 => "1." + code + ".pch",
                _ => "ns2." + code + ".example.net",
            };
            foreach (var target in SimulatedNetwork.TargetNames)
            {
                nearMisses.Add(new TruthEvent("unknown-identity", target, 4, "target", target, Start, End)
                {
                    Probes = [probe.Id],
                    Detail = $"a box in the way of one probe calls itself {probe.Interceptor}: no server of ours",
                });
            }
        }
    }
}
