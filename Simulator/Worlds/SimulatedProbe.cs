using System.Net;
using Collector.Geography;

namespace Simulator.Worlds;

/// <summary>A vantage point of the simulated Internet, as it really is.</summary>
public sealed class SimulatedProbe
{
    internal SimulatedProbe(SimulatedCountry home)
    {
        Home = home;
        Country = home.Code;
    }

    /// <summary>Atlas' probe id.</summary>
    public required int Id { get; init; }

    /// <summary>Where it really is.</summary>
    public required GeoPoint Position { get; init; }

    /// <summary>The country where it really is.</summary>
    public string Country { get; }

    /// <summary>Where its host says it is; null: nowhere.</summary>
    public GeoPoint? RegisteredPosition { get; internal set; }

    /// <summary>The country of the registered position.</summary>
    public string? RegisteredCountry { get; internal set; }

    /// <summary>Whether Atlas does not know its networks' AS numbers either.</summary>
    internal bool HidesAsn { get; set; }

    /// <summary>AS number of its IPv4 network.</summary>
    public uint AsnV4 { get; internal set; }

    /// <summary>AS number of its IPv6 network; null without IPv6.</summary>
    public uint? AsnV6 { get; internal set; }

    /// <summary>Public IPv4 address.</summary>
    public IPAddress AddressV4 { get; internal set; } = IPAddress.None;

    /// <summary>IPv6 address; null without IPv6.</summary>
    public IPAddress? AddressV6 { get; internal set; }

    /// <summary>Whether its registered position is far from the truth.</summary>
    public bool IsMisplaced { get; internal set; }

    /// <summary>Whether it invents answers of a PoP that it does not reach.</summary>
    public bool IsHallucinating { get; internal set; }

    /// <summary>Whether it has two ways out, taken in turn by chance.</summary>
    public bool IsLoadBalanced { get; internal set; }

    /// <summary>What a box in its path answers in place of our servers, over IPv4; empty: answers without an identity; null: no such box.</summary>
    public string? Interceptor { get; internal set; }

    /// <summary>What its clock is ahead of the truth. Seconds.</summary>
    public int ClockOffsetSeconds { get; internal set; }

    /// <summary>What the simulator calls it in the truth file.</summary>
    public IEnumerable<string> Flags
    {
        get
        {
            if (IsMisplaced)
            {
                yield return "misplaced";
            }

            if (IsHallucinating)
            {
                yield return "hallucinating";
            }

            if (IsLoadBalanced)
            {
                yield return "load-balanced";
            }

            if (Interceptor is not null)
            {
                yield return "intercepted";
            }

            if (ClockOffsetSeconds != 0)
            {
                yield return "wrong-clock";
            }

            if (Late)
            {
                yield return "late";
            }

            if (Outages.Count > 0)
            {
                yield return "disconnected";
            }

            if (LossPerMillion > 50_000)
            {
                yield return "lossy";
            }
        }
    }

    internal int Index { get; init; }

    internal SimulatedCountry Home { get; }

    /// <summary>Index of its network in the topology, and of the router it hangs on.</summary>
    internal int System { get; set; }

    internal int Node { get; set; }

    /// <summary>The other way out of a load-balanced probe; −1: none.</summary>
    internal int OtherNode { get; set; } = -1;

    internal string PrefixV4 { get; set; } = "";

    internal string? PrefixV6 { get; set; }

    /// <summary>What a private network shows as the source of its packets.</summary>
    internal string SourceV4 { get; set; } = "";

    internal int Firmware { get; set; }

    internal string? ModelVersion { get; set; }

    internal bool IsAnchor { get; set; }

    internal bool IsPublic { get; set; } = true;

    internal bool HasTags { get; set; } = true;

    /// <summary>Whether the IPv6 it claims to have works.</summary>
    internal bool BrokenIPv6 { get; set; }

    /// <summary>Whether its network drops EDNS options on the way back.</summary>
    internal bool StripsNsid { get; set; }

    /// <summary>1 connected; other values are list entries without results.</summary>
    internal int Status { get; set; } = 1;

    internal long FirstConnected { get; set; }

    internal int LastMileMicros { get; set; }

    internal int JitterMicros { get; set; }

    internal int LossPerMillion { get; set; }

    /// <summary>Whether its results always arrive hours late.</summary>
    internal bool Late { get; set; }

    /// <summary>When it was cut off. Its results of that time are lost, or arrive after the end.</summary>
    internal List<(long From, long To, bool Lost)> Outages { get; } = [];

    internal List<Overlay> Overlays { get; } = [];

    /// <summary>The PoP that a hallucinating probe tells of.</summary>
    internal int Hallucination { get; set; } = -1;

    internal ulong Key { get; set; }

    internal bool Has(int family) => family == 4 || AddressV6 is not null;
}

/// <summary>Something between a probe and its targets.</summary>
internal enum OverlayKind
{
    /// <summary>Packets to the targets vanish.</summary>
    BlackHole,

    /// <summary>DNS queries vanish; pings come back.</summary>
    DnsBlocked,

    /// <summary>Everything takes longer. Amount: microseconds.</summary>
    Delay,

    /// <summary>More in the evening. Amount: microseconds at the peak.</summary>
    EveningDelay,

    /// <summary>Packets are lost. Amount: parts of a million.</summary>
    Loss,

    /// <summary>Packets to every destination vanish, the controls included.</summary>
    Outage,

    /// <summary>The other way out is taken.</summary>
    OtherWay,
}

/// <summary>One such thing.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Targets">Bit mask of target indices.</param>
/// <param name="Families">1: IPv4, 2: IPv6, 3: both.</param>
/// <param name="From">Unix seconds.</param>
/// <param name="To">Unix seconds, not included.</param>
/// <param name="Amount">As the kind says.</param>
internal sealed record Overlay(OverlayKind Kind, int Targets, int Families, long From, long To, int Amount = 0)
{
    public bool Concerns(int target, int family) =>
        (Families & (family == 4 ? 1 : 2)) != 0 && (target < 0 ? Kind is OverlayKind.Outage or OverlayKind.Delay : (Targets & (1 << target)) != 0);

    public bool Holds(long at) => at >= From && at < To;
}
