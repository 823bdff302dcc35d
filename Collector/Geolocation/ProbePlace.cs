using System.Net;
using Collector.Geography;

namespace Collector.Geolocation;

/// <summary>Where a probe is taken to be, and who says so.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Position">The position; null: unplaced.</param>
/// <param name="Origin">Whose position it is.</param>
public sealed record ProbePlace(int Probe, GeoPoint? Position, PlaceOrigin Origin)
{
    /// <summary>ISO alpha-2 code: Atlas', else the GeoIP database's; null when neither knows.</summary>
    public string? Country { get; init; }

    /// <summary>Where the two do not agree; null when they do, or when one of them says nothing.</summary>
    public PlaceDisagreement? Disagreement { get; init; }

    /// <summary>What was wrong with the GeoIP database at this probe's address; null when nothing was.</summary>
    public string? Problem { get; init; }
}

/// <summary>Who says where a probe is.</summary>
public enum PlaceOrigin
{
    /// <summary>Nobody does.</summary>
    None,

    /// <summary>Its host, through Atlas.</summary>
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
    /// <summary>Whether they are farther apart than a GeoIP database's usual error.</summary>
    public bool IsFar => DistanceKm > ProbePlacement.DisagreementKm;

    /// <summary>Whether they name different countries.</summary>
    public bool CountriesDiffer => AtlasCountry is not null && GeoIpCountry is not null && AtlasCountry != GeoIpCountry;
}
