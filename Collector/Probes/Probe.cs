using System.Net;
using Collector.Geography;

namespace Collector.Probes;

/// <summary>A vantage point, as Atlas describes it.</summary>
/// <param name="Id">Atlas' probe id.</param>
public sealed record Probe(int Id)
{
    /// <summary>Public IPv4 address; null when none or not shown.</summary>
    public IPAddress? AddressV4 { get; init; }

    /// <summary>Public IPv6 address; null when none or not shown.</summary>
    public IPAddress? AddressV6 { get; init; }

    /// <summary>AS number of its IPv4 network.</summary>
    public uint? AsnV4 { get; init; }

    /// <summary>AS number of its IPv6 network.</summary>
    public uint? AsnV6 { get; init; }

    /// <summary>The announced IPv4 prefix it is in.</summary>
    public string? PrefixV4 { get; init; }

    /// <summary>The announced IPv6 prefix it is in.</summary>
    public string? PrefixV6 { get; init; }

    /// <summary>ISO 3166 alpha-2 code, upper case; null when unknown.</summary>
    public string? Country { get; init; }

    /// <summary>Where its host says it is; null: unplaced.</summary>
    public GeoPoint? Position { get; init; }

    /// <summary>Connected, disconnected and so on.</summary>
    public ProbeStatus Status { get; init; }

    /// <summary>Whether it is an anchor.</summary>
    public bool IsAnchor { get; init; }

    /// <summary>Whether its details are public.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Slugs of its tags, in Atlas' order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When it first connected.</summary>
    public DateTimeOffset? FirstConnected { get; init; }

    /// <summary>When it last connected.</summary>
    public DateTimeOffset? LastConnected { get; init; }

    /// <summary>Who said what, where a database of addresses was asked beside Atlas: then place, country, addresses and ASes above are Atlas', and
    /// where Atlas has none, the database's. Null: all of it is Atlas'.</summary>
    public ProbePlacing? Placing { get; init; }

    /// <summary>Whose <see cref="Position"/> it is.</summary>
    public PlaceOrigin PositionFrom => Placing?.Position ?? (Position is null ? PlaceOrigin.None : PlaceOrigin.Atlas);

    /// <summary>Whose <see cref="Country"/> it is.</summary>
    public PlaceOrigin CountryFrom => Placing?.Country ?? (Country is null ? PlaceOrigin.None : PlaceOrigin.Atlas);

    /// <summary>The AS of a family; null when unknown.</summary>
    /// <param name="family">4 or 6.</param>
    public uint? Asn(int family) => family == 6 ? AsnV6 : AsnV4;

    /// <summary>Whose AS of a family it is.</summary>
    /// <param name="family">4 or 6.</param>
    public PlaceOrigin AsnFrom(int family) => Placing?.Asn(family) ?? (Asn(family) is null ? PlaceOrigin.None : PlaceOrigin.Atlas);

    /// <summary>The name of a family's AS; null: unknown.</summary>
    /// <param name="family">4 or 6.</param>
    public string? AsName(int family) => Placing?.AsName(family);
}

/// <summary>Atlas' states of a probe.</summary>
public enum ProbeStatus
{
    /// <summary>Never connected.</summary>
    NeverConnected = 0,

    /// <summary>Connected.</summary>
    Connected = 1,

    /// <summary>Disconnected.</summary>
    Disconnected = 2,

    /// <summary>Abandoned.</summary>
    Abandoned = 3,

    /// <summary>Written off.</summary>
    WrittenOff = 4,

    /// <summary>A state this version does not know.</summary>
    Other = 99,
}
