using System.Net;
using Collector.Geography;

namespace Collector.Probes;

/// <summary>Who said what of a probe's place and networks, where a database of addresses was asked beside Atlas. Made when a probe is read,
/// never stored.</summary>
/// <param name="Atlas">The probe as Atlas alone describes it.</param>
public sealed record ProbePlacing(Probe Atlas)
{
    /// <summary>Whose position it is.</summary>
    public PlaceOrigin Position { get; init; }

    /// <summary>Whose country it is.</summary>
    public PlaceOrigin Country { get; init; }

    /// <summary>Whose AS of the IPv4 network it is.</summary>
    public PlaceOrigin AsnV4 { get; init; }

    /// <summary>Whose AS of the IPv6 network it is.</summary>
    public PlaceOrigin AsnV6 { get; init; }

    /// <summary>Name of the IPv4 network's AS; null: unknown. Whatever a file said, shortened and escaped as identities are.</summary>
    public string? AsNameV4 { get; init; }

    /// <summary>Name of the IPv6 network's AS; null: unknown. Whatever a file said, shortened and escaped as identities are.</summary>
    public string? AsNameV6 { get; init; }

    /// <summary>The database's city of the address, in English, where the position is the database's; null: unknown.</summary>
    public string? City { get; init; }

    /// <summary>Where the database places its address, whosever position counts; null: nowhere.</summary>
    public GeoPoint? GeoIpPosition { get; init; }

    /// <summary>Where the two do not agree; null when they do, or when one of them says nothing.</summary>
    public PlaceDisagreement? Disagreement { get; init; }

    /// <summary>What was wrong with the database at this probe's address; null when nothing was.</summary>
    public string? Problem { get; init; }

    /// <summary>Whose AS of a family it is.</summary>
    /// <param name="family">4 or 6.</param>
    public PlaceOrigin Asn(int family) => family == 6 ? AsnV6 : AsnV4;

    /// <summary>Name of a family's AS; null: unknown.</summary>
    /// <param name="family">4 or 6.</param>
    public string? AsName(int family) => family == 6 ? AsNameV6 : AsNameV4;
}

/// <summary>Who says where a probe is, or whose network it is in.</summary>
public enum PlaceOrigin
{
    /// <summary>Nobody does.</summary>
    None,

    /// <summary>Atlas; of the place, its host through Atlas.</summary>
    Atlas,

    /// <summary>The GeoIP database, for its public address.</summary>
    GeoIp,
}

/// <summary>Atlas and the GeoIP database name different places. Which of them is right is not decided here.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Address">The public address that was looked up.</param>
/// <param name="AtlasPosition">Where its host says it is; null when only a country is given.</param>
/// <param name="AtlasCountry">The country Atlas has; may be missing.</param>
/// <param name="GeoIpPosition">Where the database has the address; the nearest city of its country when it knows the country only.</param>
/// <param name="GeoIpCountry">The country the database has.</param>
/// <param name="GeoIpCity">The city the database has, in English.</param>
/// <param name="DistanceKm">How far apart they are, less the database's own accuracy radius; null when one has no position.</param>
public sealed record PlaceDisagreement(
    int Probe,
    IPAddress Address,
    GeoPoint? AtlasPosition,
    string? AtlasCountry,
    GeoPoint? GeoIpPosition,
    string? GeoIpCountry,
    string? GeoIpCity,
    double? DistanceKm)
{
    /// <summary>How far from its position the database says that the address may be. Kilometres.</summary>
    public double GeoIpRadiusKm { get; init; }

    /// <summary>From here on a disagreement is no longer a GeoIP database's usual error. Kilometres.</summary>
    public const double FarKm = 500;

    /// <summary>Whether they are farther apart than a GeoIP database's usual error.</summary>
    public bool IsFar => DistanceKm > FarKm;

    /// <summary>Whether they name different countries.</summary>
    public bool CountriesDiffer => AtlasCountry is not null && GeoIpCountry is not null && AtlasCountry != GeoIpCountry;
}
