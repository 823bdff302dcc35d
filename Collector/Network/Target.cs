using System.Net;

namespace Collector.Network;

/// <summary>One anycast service that we watch: an IPv4 address, an IPv6 address, or both.</summary>
/// <param name="Name">Its name, unique, as it appears everywhere.</param>
public sealed record Target(string Name)
{
    /// <summary>The service's IPv4 address.</summary>
    public IPAddress? IPv4 { get; init; }

    /// <summary>The service's IPv6 address.</summary>
    public IPAddress? IPv6 { get; init; }

    /// <summary>The CHAOS names that are asked; NSID is always asked with them.</summary>
    public IReadOnlyList<string> Identity { get; init; } = ["id.server"];

    /// <summary>Whether its servers never say who they are, so that whoever does is a stranger.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Time between two CHAOS queries of one probe.</summary>
    public TimeSpan DnsInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time between two pings of one probe.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Round-trip times below this are green on the maps, from it on red. Milliseconds.</summary>
    public double GreenBelowMs { get; init; } = 200;

    /// <summary>The PoPs that serve it, in the order of the configuration.</summary>
    public IReadOnlyList<Pop> Pops { get; init; } = [];

    /// <summary>Existing measurements to read instead of creating our own; null: create.</summary>
    public Follow? Follow { get; init; }

    /// <summary>The preset this target was filled from, such as <c>k-root</c>; null: none.</summary>
    public string? Preset { get; init; }
}

/// <summary>Ids of existing measurements, by kind and family.</summary>
/// <param name="Dns4">CHAOS over IPv4.</param>
/// <param name="Dns6">CHAOS over IPv6.</param>
/// <param name="Ping4">Ping over IPv4.</param>
/// <param name="Ping6">Ping over IPv6.</param>
public sealed record Follow(IReadOnlyList<long> Dns4, IReadOnlyList<long> Dns6, IReadOnlyList<long> Ping4, IReadOnlyList<long> Ping6);
