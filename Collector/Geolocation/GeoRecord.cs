using Collector.Geography;

namespace Collector.Geolocation;

/// <summary>What a database knows about an address. Every part may be missing.</summary>
public sealed record GeoRecord
{
    /// <summary>Nothing is known.</summary>
    internal static readonly GeoRecord Nothing = new();

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

    /// <summary>Name of that AS, or of the organisation behind it. Text of others: encode it at every exit.</summary>
    public string? AsName { get; init; }

    /// <summary>Whether the address is known to be anycast, so that no place is its place.</summary>
    public bool IsAnycast { get; init; }

    /// <summary>What was wrong with a database where this address is, in one line; null when nothing was.</summary>
    public string? Problem { get; init; }

    /// <summary>This record, with what it lacks from another.</summary>
    internal GeoRecord With(GeoRecord other)
    {
        // A position belongs to its country, and a radius to its position: two databases may disagree.
        var takesPosition = Position is null && (Country is null || other.Country is null || Country == other.Country);
        return this with
        {
            Country = Country ?? other.Country,
            RegisteredCountry = RegisteredCountry ?? other.RegisteredCountry,
            City = City ?? (takesPosition ? other.City : null),
            Position = takesPosition ? other.Position : Position,
            AccuracyRadiusKm = takesPosition ? other.AccuracyRadiusKm : AccuracyRadiusKm,
            Asn = Asn ?? other.Asn,
            AsName = Asn is null || (AsName is null && Asn == other.Asn) ? other.AsName : AsName,
            IsAnycast = IsAnycast || other.IsAnycast,
            Problem = Problem ?? other.Problem,
        };
    }
}
