using MaxMind.Db;

namespace Collector.Geolocation;

/// <summary>A record of MaxMind's own layout: City, Country, ASN, ISP, Enterprise; DB-IP's is the same.</summary>
internal sealed class MaxMindNestedRecord : MaxMindRecord
{
    [MapKey("country")]
    public PlaceMap? Country { get; init; }

    [MapKey("registered_country")]
    public PlaceMap? RegisteredCountry { get; init; }

    [MapKey("city")]
    public CityMap? City { get; init; }

    [MapKey("location")]
    public LocationMap? Location { get; init; }

    [MapKey("traits")]
    public TraitsMap? Traits { get; init; }

    [MapKey("autonomous_system_number")]
    public object? Number { get; init; }

    [MapKey("autonomous_system_organization")]
    public object? Organization { get; init; }

    /// <inheritdoc/>
    public override GeoRecord? ToRecord()
    {
        var country = Code(Country?.IsoCode);
        var registered = Code(RegisteredCountry?.IsoCode);
        var city = Text(City?.Names?.En);
        var position = Location is null ? null : Position(Location.Latitude, Location.Longitude);
        var asn = AsNumber(Number) ?? AsNumber(Traits?.Number);
        var name = Text(Organization) ?? Text(Traits?.Organization);
        var isAnycast = Traits is not null && Truth(Traits.IsAnycast);
        return (country ?? registered ?? city ?? name) is null && position is null && asn is null && !isAnycast ? null : new GeoRecord
        {
            Country = country,
            RegisteredCountry = registered,
            City = city,
            Position = position,
            AccuracyRadiusKm = position is null ? null : Kilometres(Location!.AccuracyRadius),
            Asn = asn,
            AsName = name,
            IsAnycast = isAnycast,
        };
    }

    internal sealed class PlaceMap
    {
        [MapKey("iso_code")]
        public object? IsoCode { get; init; }
    }

    internal sealed class CityMap
    {
        [MapKey("names")]
        public NamesMap? Names { get; init; }
    }

    internal sealed class NamesMap
    {
        [MapKey("en")]
        public object? En { get; init; }
    }

    internal sealed class LocationMap
    {
        [MapKey("latitude")]
        public object? Latitude { get; init; }

        [MapKey("longitude")]
        public object? Longitude { get; init; }

        [MapKey("accuracy_radius")]
        public object? AccuracyRadius { get; init; }
    }

    internal sealed class TraitsMap
    {
        [MapKey("is_anycast")]
        public object? IsAnycast { get; init; }

        [MapKey("autonomous_system_number")]
        public object? Number { get; init; }

        [MapKey("autonomous_system_organization")]
        public object? Organization { get; init; }
    }
}
