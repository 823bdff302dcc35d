namespace Collector.Configuration;

/// <summary>Paths of MaxMind databases; both optional.</summary>
public sealed record GeoIpOptions
{
    /// <summary>A City or Country database.</summary>
    public string? City { get; init; }

    /// <summary>An ASN database.</summary>
    public string? Asn { get; init; }
}
