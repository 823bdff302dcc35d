using Collector.Geography;

namespace Collector.Geolocation;

/// <summary>What a database knows about an address. Every part may be missing.</summary>
public sealed record GeoRecord
{
    /// <summary>ISO 3166 alpha-2 code of the country where it is used, upper case.</summary>
    public string? Country { get; init; }

    /// <summary>The country where its holder is registered, upper case.</summary>
    public string? RegisteredCountry { get; init; }

    /// <summary>City, in English.</summary>
    public string? City { get; init; }

    /// <summary>The middle of where it probably is.</summary>
    public GeoPoint? Position { get; init; }

    /// <summary>How far from there it may be, in kilometres.</summary>
    public int? AccuracyRadiusKm { get; init; }

    /// <summary>Number of the AS that announces it.</summary>
    public uint? Asn { get; init; }

    /// <summary>Name of the organisation behind the AS.</summary>
    public string? Organisation { get; init; }

    /// <summary>Whether the address is known to be anycast, so that no place is its place.</summary>
    public bool IsAnycast { get; init; }
}
