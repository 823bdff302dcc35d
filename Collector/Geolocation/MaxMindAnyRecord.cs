using MaxMind.Db;

namespace Collector.Geolocation;

/// <summary>A record of any layout: where one has a map and another a text, either is taken. Several times as slow where maps are large.</summary>
internal sealed class MaxMindAnyRecord : MaxMindRecord
{
    [MapKey("country")]
    public object? Country { get; init; }

    [MapKey("registered_country")]
    public object? RegisteredCountry { get; init; }

    [MapKey("city")]
    public object? City { get; init; }

    [MapKey("location")]
    public object? Location { get; init; }

    [MapKey("traits")]
    public object? Traits { get; init; }

    [MapKey("country_code")]
    public object? CountryCode { get; init; }

    [MapKey("latitude")]
    public object? Latitude { get; init; }

    [MapKey("longitude")]
    public object? Longitude { get; init; }

    [MapKey("lat")]
    public object? Lat { get; init; }

    [MapKey("lng")]
    public object? Lng { get; init; }

    [MapKey("lon")]
    public object? Lon { get; init; }

    /// <summary>"52.2,5.9".</summary>
    [MapKey("loc")]
    public object? Loc { get; init; }

    [MapKey("accuracy_radius")]
    public object? AccuracyRadius { get; init; }

    [MapKey("radius")]
    public object? Radius { get; init; }

    [MapKey("autonomous_system_number")]
    public object? AutonomousSystemNumber { get; init; }

    [MapKey("autonomous_system_organization")]
    public object? AutonomousSystemOrganization { get; init; }

    /// <summary>"AS64500", or the number.</summary>
    [MapKey("asn")]
    public object? Asn { get; init; }

    [MapKey("as_name")]
    public object? AsName { get; init; }

    [MapKey("as_domain")]
    public object? AsDomain { get; init; }

    /// <summary>The AS's, in files that have nothing but the AS.</summary>
    [MapKey("name")]
    public object? Name { get; init; }

    /// <summary>The AS's organisation, likewise.</summary>
    [MapKey("org")]
    public object? Org { get; init; }

    [MapKey("is_anycast")]
    public object? IsAnycast { get; init; }

    /// <inheritdoc/>
    public override GeoRecord? ToRecord()
    {
        var position = Position(Of(Location, "latitude"), Of(Location, "longitude")) ?? Position(Latitude, Longitude) ?? Position(Lat, Lng ?? Lon) ?? Pair(Loc);
        var asn = AsNumber(AutonomousSystemNumber) ?? AsNumber(Asn) ?? AsNumber(Of(Traits, "autonomous_system_number"));
        var name = Text(AsName) ?? Text(AutonomousSystemOrganization) ?? Text(Of(Traits, "autonomous_system_organization"));
        var record = new GeoRecord
        {
            // "country" is a name in some flat layouts, and then no code.
            Country = Code(CountryCode) ?? Code(Of(Country, "iso_code")) ?? Code(Country),
            RegisteredCountry = Code(Of(RegisteredCountry, "iso_code")) ?? Code(RegisteredCountry),
            City = Text(Of(Of(City, "names"), "en")) ?? Text(City),
            Position = position,
            AccuracyRadiusKm = position is null ? null : Kilometres(Of(Location, "accuracy_radius")) ?? Kilometres(AccuracyRadius) ?? Kilometres(Radius),
            Asn = asn,
            AsName = name ?? (asn is null ? null : Text(Name) ?? Text(Org) ?? Text(AsDomain)),
            IsAnycast = Truth(IsAnycast) || Truth(Of(Traits, "is_anycast")),
        };
        return record == GeoRecord.Nothing ? null : record;
    }

    /// <summary>A record that is decoded already.</summary>
    public static MaxMindAnyRecord From(IReadOnlyDictionary<string, object?> map) => new()
    {
        Country = Of(map, "country"),
        RegisteredCountry = Of(map, "registered_country"),
        City = Of(map, "city"),
        Location = Of(map, "location"),
        Traits = Of(map, "traits"),
        CountryCode = Of(map, "country_code"),
        Latitude = Of(map, "latitude"),
        Longitude = Of(map, "longitude"),
        Lat = Of(map, "lat"),
        Lng = Of(map, "lng"),
        Lon = Of(map, "lon"),
        Loc = Of(map, "loc"),
        AccuracyRadius = Of(map, "accuracy_radius"),
        Radius = Of(map, "radius"),
        AutonomousSystemNumber = Of(map, "autonomous_system_number"),
        AutonomousSystemOrganization = Of(map, "autonomous_system_organization"),
        Asn = Of(map, "asn"),
        AsName = Of(map, "as_name"),
        AsDomain = Of(map, "as_domain"),
        Name = Of(map, "name"),
        Org = Of(map, "org"),
        IsAnycast = Of(map, "is_anycast"),
    };

    private static object? Of(object? map, string key) => map is IReadOnlyDictionary<string, object?> members ? members.GetValueOrDefault(key) : null;
}
