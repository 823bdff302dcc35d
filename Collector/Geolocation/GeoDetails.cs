using System.Net;
using MaxMind.Db;
using MaxMind.GeoIP2;
using MaxMind.GeoIP2.Model;
using MaxMind.GeoIP2.Responses;

namespace Collector.Geolocation;

/// <summary>What one of MaxMind's own kinds of database, or one made like them, tells a person about an address. Every part may be missing, and
/// is text of others: encode it at every exit.</summary>
public sealed record GeoDetails
{
    /// <summary>The network that the database holds it in.</summary>
    public string? Network { get; init; }

    /// <summary>City, in English.</summary>
    public string? City { get; init; }

    /// <summary>Province or state, in English.</summary>
    public string? Subdivision { get; init; }

    /// <summary>Country, in English.</summary>
    public string? Country { get; init; }

    /// <summary>Continent, in English.</summary>
    public string? Continent { get; init; }

    /// <summary>Country where its holder is registered, in English.</summary>
    public string? RegisteredCountry { get; init; }

    /// <summary>How far from its place it may be, in kilometres.</summary>
    public int? AccuracyRadiusKm { get; init; }

    /// <summary>AS number.</summary>
    public long? Asn { get; init; }

    /// <summary>Organisation of the AS.</summary>
    public string? AsName { get; init; }

    /// <summary>Internet provider.</summary>
    public string? Isp { get; init; }

    /// <summary>Whose the address is.</summary>
    public string? Organization { get; init; }

    /// <summary>Asks a database by its kind.</summary>
    internal static GeoDetails? Of(DatabaseReader reader, IPAddress address)
    {
        var type = reader.Metadata.DatabaseType ?? "";
        try
        {
            if (Is("Enterprise"))
            {
                return reader.TryEnterprise(address, out var enterprise) ? Place(enterprise, enterprise.City, enterprise.MostSpecificSubdivision, enterprise.Location) : null;
            }

            if (Is("City"))
            {
                return reader.TryCity(address, out var city) ? Place(city, city.City, city.MostSpecificSubdivision, city.Location) : null;
            }

            if (Is("Country"))
            {
                return reader.TryCountry(address, out var country) ? Place(country, null, null, null) : null;
            }

            if (Is("ISP"))
            {
                return reader.TryIsp(address, out var isp) ? Provider(isp) : null;
            }

            return Is("ASN") && reader.TryAsn(address, out var asn) ? AutonomousSystem(asn) : null;
        }
        catch (Exception problem) when (problem is InvalidOperationException or DeserializationException)
        {
            // Its name sounds like one of MaxMind's, and it is none.
            return null;
        }

        bool Is(string kind) => type.Contains(kind, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", new[]
    {
        City,
        Subdivision == City ? null : Subdivision,
        Country,
        Continent,
        Asn is null ? null : FormattableString.Invariant($"AS{Asn} {AsName}").TrimEnd(),
        Isp == AsName ? null : Isp,
        Organization == Isp || Organization == AsName ? null : Organization,
    }.Where(part => !string.IsNullOrEmpty(part)));

    private static GeoDetails Place(AbstractCountryResponse response, City? city, Subdivision? subdivision, Location? location) => new()
    {
        Network = response.Traits.Network?.ToString(),
        City = city?.Name,
        Subdivision = subdivision?.Name,
        Country = response.Country.Name,
        Continent = response.Continent.Name,
        RegisteredCountry = response.RegisteredCountry.Name,
        AccuracyRadiusKm = location?.AccuracyRadius,
        Asn = response.Traits.AutonomousSystemNumber,
        AsName = response.Traits.AutonomousSystemOrganization,
        Isp = response.Traits.Isp,
        Organization = response.Traits.Organization,
    };

    private static GeoDetails AutonomousSystem(AsnResponse response) => new()
    {
        Network = response.Network?.ToString(),
        Asn = response.AutonomousSystemNumber,
        AsName = response.AutonomousSystemOrganization,
    };

    private static GeoDetails Provider(IspResponse response) => new()
    {
        Network = response.Network?.ToString(),
        Asn = response.AutonomousSystemNumber,
        AsName = response.AutonomousSystemOrganization,
        Isp = response.Isp,
        Organization = response.Organization,
    };
}
