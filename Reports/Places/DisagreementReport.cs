using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Geography;
using Collector.Probes;
using Reports.Words;

namespace Reports.Places;

/// <summary>Where Atlas and the GeoIP database place one probe, as JSON has it. The address is not in it: not every host wants it shown.</summary>
internal sealed record DisagreementReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>How far apart, less the database's accuracy radius; absent when one has no position.</summary>
    public double? DistanceKm { get; init; }

    /// <summary>Where Atlas has the probe.</summary>
    public required StatedPlace Atlas { get; init; }

    /// <summary>Where the database has its address.</summary>
    public required StatedPlace Geoip { get; init; }

    /// <summary>Makes it.</summary>
    public static DisagreementReport Of(PlaceDisagreement disagreement)
    {
        ArgumentNullException.ThrowIfNull(disagreement);
        return new()
        {
            DistanceKm = disagreement.DistanceKm is { } km ? Rounded.Kilometres(km) : null,
            Atlas = StatedPlace.Of(disagreement.AtlasCountry, null, disagreement.AtlasPosition),
            Geoip = StatedPlace.Of(disagreement.GeoIpCountry, disagreement.GeoIpCity, disagreement.GeoIpPosition),
        };
    }

    /// <summary>Writes it as a member.</summary>
    public static void Write(Utf8JsonWriter json, PlaceDisagreement disagreement)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WritePropertyName("disagreement");
        JsonSerializer.Serialize(json, Of(disagreement), Json);
    }
}

/// <summary>A place as one of them has it.</summary>
internal sealed record StatedPlace
{
    /// <summary>The country's two letters; absent: unknown.</summary>
    public string? Country { get; init; }

    /// <summary>The city; absent: unknown.</summary>
    public string? City { get; init; }

    /// <summary>Degrees north; absent: unknown.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees east; absent: unknown.</summary>
    public double? Longitude { get; init; }

    /// <summary>Makes it.</summary>
    public static StatedPlace Of(string? country, string? city, GeoPoint? position) =>
        new() { Country = country, City = city, Latitude = position?.LatitudeDegrees, Longitude = position?.LongitudeDegrees };
}
