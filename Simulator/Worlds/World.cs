using Collector.Network;

namespace Simulator.Worlds;

/// <summary>What a probe's packets to a target met at an instant.</summary>
public enum TrueAnswer
{
    /// <summary>Nothing: no route, a black hole, no IPv6, a withdrawal in progress.</summary>
    Nobody,

    /// <summary>A PoP.</summary>
    Pop,

    /// <summary>A box on the way that answers DNS itself.</summary>
    Interceptor,
}

/// <summary>A made-up Internet in which everything is known. Pure: the same seed, size and length give the same world on every
/// machine, and every question to it is a function of its arguments.</summary>
/// <remarks>
/// The story is told in the last three weeks: in 2026-W44 São Paulo, Sydney and Johannesburg do not exist yet; in W45 they do, and
/// Johannesburg's upstream is too well connected; in W46 its announcement is prepended. A longer world puts quiet weeks like W44 before
/// them; a shorter one tells the end of the story only.
/// </remarks>
public sealed partial class World
{
    private readonly RouteTable[][] routes; // [target * 2 + (IPv6 ? 1 : 0)][epoch]
    private readonly Dictionary<int, SimulatedProbe> byId;

    private World(int seed, int probes, int weeks)
    {
        Seed = seed;
        Weeks = weeks;
        Start = SimulatedNetwork.End - (weeks * SimulatedNetwork.Week);
        Key = Mix.Of((ulong)seed, 0x5EED);
        (Topology, Probes) = MakeProbes(probes);
        byId = Probes.ToDictionary(probe => probe.Id);
        Epochs = MakeEpochs();
        routes = ComputeRoutes();
        GiveCharacters();
        HappenTo();
        Dormant = MakeDormant(probes / 16);
        Derive();
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>How many ISO weeks it lasts; the last is 2026-W46.</summary>
    public int Weeks { get; }

    /// <summary>Its first second: Monday 00:00 UTC of the first week. Unix seconds.</summary>
    public long Start { get; }

    /// <summary>The first second after it. Unix seconds.</summary>
    public long End { get; } = SimulatedNetwork.End;

    /// <summary>The probes that measure, ascending by id.</summary>
    public IReadOnlyList<SimulatedProbe> Probes { get; }

    /// <summary>What the checks should find.</summary>
    public IReadOnlyList<TruthEvent> Events => events;

    /// <summary>What the checks should not find although it looks similar.</summary>
    public IReadOnlyList<TruthEvent> NearMisses => nearMisses;

    internal Topology Topology { get; }

    internal ulong Key { get; }

    /// <summary>Probes that Atlas lists but that do not measure: never connected, abandoned, written off.</summary>
    internal IReadOnlyList<SimulatedProbe> Dormant { get; }

    /// <summary>Makes a world.</summary>
    /// <param name="seed">Any number; another seed gives another Internet.</param>
    /// <param name="probes">1 to 12,000.</param>
    /// <param name="weeks">1 to 104.</param>
    public static World Create(int seed = 8038, int probes = 1000, int weeks = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probes, 12_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(weeks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weeks, 104);
        return new World(seed, probes, weeks);
    }

    /// <summary>The probe of an id; null when there is none.</summary>
    public SimulatedProbe? Probe(int id) => byId.GetValueOrDefault(id);

    /// <summary>The instant at which a probe's clock showed a time.</summary>
    public long TrueTime(int probe, long shown) => shown - (Probe(probe)?.ClockOffsetSeconds ?? 0);

    /// <summary>The code of the PoP that a probe's packets really reached; null when none, or when a box answered in its place.</summary>
    /// <param name="probe">Probe id.</param>
    /// <param name="target">Name of the target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="at">True time, Unix seconds; see <see cref="TrueTime"/>.</param>
    public string? TruePop(int probe, string target, int family, long at) =>
        Truth(probe, target, family, at, out var pop) == TrueAnswer.Pop ? pop : null;

    /// <summary>Who really answered.</summary>
    public TrueAnswer Truth(int probe, string target, int family, long at, out string? pop)
    {
        pop = null;
        var index = SimulatedNetwork.TargetIndex(target);
        if (index < 0 || Probe(probe) is not { } vantage)
        {
            return TrueAnswer.Nobody;
        }

        var reached = Reached(vantage, index, family, at);
        if (reached < 0)
        {
            return TrueAnswer.Nobody;
        }

        if (IsIntercepted(vantage, family))
        {
            return TrueAnswer.Interceptor;
        }

        pop = SimulatedNetwork.PopCodes[reached];
        return TrueAnswer.Pop;
    }

    /// <summary>The network as an operator would configure it; see <see cref="SimulatedNetwork.Create"/>.</summary>
    public static AnycastNetwork Network(TimeSpan? dnsInterval = null, TimeSpan? pingInterval = null) =>
        SimulatedNetwork.Create(dnsInterval, pingInterval);

    internal static bool IsIntercepted(SimulatedProbe probe, int family) => family == 4 && probe.Interceptor is not null;

    /// <summary>The PoP whose servers a probe's pings reach, boxes that answer DNS aside; −1: none.</summary>
    internal int Reached(SimulatedProbe probe, int target, int family, long at)
    {
        if (!probe.Has(family) || (family == 6 && probe.BrokenIPv6))
        {
            return -1;
        }

        foreach (var overlay in probe.Overlays)
        {
            if (overlay.Kind is OverlayKind.BlackHole or OverlayKind.Outage && overlay.Concerns(target, family) && overlay.Holds(at))
            {
                return -1;
            }
        }

        var epoch = EpochAt(at);
        return IsConverging(probe, target, family, epoch, at) ? -1 : RouteAt(probe, target, family, epoch, at).Pop;
    }

    /// <summary>The route of a probe at an instant, load balancing and detours of its own included.</summary>
    internal (int Pop, int Km, int Hops, int Node) RouteAt(SimulatedProbe probe, int target, int family, int epoch, long at)
    {
        var node = TakesOtherWay(probe, target, family, at) ? probe.OtherNode : probe.Node;
        return Route(node, target, family, epoch);
    }

    internal (int Pop, int Km, int Hops, int Node) Route(int node, int target, int family, int epoch)
    {
        var service = (target * 2) + (family == 6 ? 1 : 0);
        var table = routes[service][epoch];
        var pop = table.Pops[node];
        return (pop, pop < 0 ? table.Km[node] : table.Km[node] + Epochs[epoch].State.TunnelKm[service][pop], table.Hops[node], node);
    }

    /// <summary>Load balancers choose anew for each flow: every ten minutes, by chance.</summary>
    internal static bool TakesOtherWay(SimulatedProbe probe, int target, int family, long at)
    {
        if (probe.OtherNode < 0)
        {
            return false;
        }

        if (probe.IsLoadBalanced)
        {
            return (Mix.Of(probe.Key, (ulong)((target * 2) + family), (ulong)(at / 600)) & 1) != 0;
        }

        foreach (var overlay in probe.Overlays)
        {
            if (overlay.Kind == OverlayKind.OtherWay && overlay.Concerns(target, family) && overlay.Holds(at))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the probe's network still follows a route that was just withdrawn: half a minute to three minutes of darkness.</summary>
    internal bool IsConverging(SimulatedProbe probe, int target, int family, int epoch, long at)
    {
        if (epoch == 0 || at - Epochs[epoch].From >= 180 || at - Epochs[epoch].From >= ConvergenceSeconds(probe))
        {
            return false;
        }

        var before = Route(probe.Node, target, family, epoch - 1).Pop;
        return before >= 0 && Epochs[epoch].State.Withdrawn[before] && !Epochs[epoch - 1].State.Withdrawn[before];
    }

    internal int ConvergenceSeconds(SimulatedProbe probe) => 30 + Mix.Below(Mix.Of(Key, (ulong)probe.System, 0xC0), 150);

    /// <summary>The round trip along a route, without the last mile: fibre with its detours, and what routers add. Microseconds.</summary>
    internal int RouteMicros(SimulatedProbe probe, (int Pop, int Km, int Hops, int Node) route)
    {
        var km = route.Km + AccessKm(probe, route.Node);
        var inflation = 1120 + Mix.Below(Mix.Of(Key, (ulong)route.Node, (ulong)route.Pop, 0x1F), 380);
        return (int)(((long)km * inflation * 10142) / 1_000_000) + (route.Hops * 350) + 200;
    }

    internal int AccessKm(SimulatedProbe probe, int node) => Topology.Km(probe.Position, Topology.Nodes[node]) + 1;

    internal int EpochAt(long at)
    {
        var low = 0;
        var high = Epochs.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Epochs[middle].From <= at)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
