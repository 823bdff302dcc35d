using Reports.Places;

namespace App.Web.Api;

/// <summary>A target as the API tells of it.</summary>
internal sealed record TargetShape
{
    public required string Name { get; init; }

    public string? Ipv4 { get; init; }

    public string? Ipv6 { get; init; }

    public required IReadOnlyList<string> Identity { get; init; }

    public required double DnsIntervalSeconds { get; init; }

    public required double PingIntervalSeconds { get; init; }

    public required double GreenBelowMs { get; init; }

    public required IReadOnlyList<string> Pops { get; init; }

    public string? Preset { get; init; }

    public required IReadOnlyList<MeasurementShape> Measurements { get; init; }
}

/// <summary>A measurement of a target, and up to when its results have been fetched.</summary>
internal sealed record MeasurementShape
{
    public required long Id { get; init; }

    public required string Kind { get; init; }

    public required int Family { get; init; }

    public string? Query { get; init; }

    public int? IntervalSeconds { get; init; }

    public required bool Followed { get; init; }

    public long? FetchedUntil { get; init; }
}

/// <summary>A PoP as the API tells of it.</summary>
internal sealed record PopShape
{
    public required string Code { get; init; }

    public string? City { get; init; }

    public string? Country { get; init; }

    public required double Latitude { get; init; }

    public required double Longitude { get; init; }

    public required IReadOnlyList<string> Audience { get; init; }

    public long? Since { get; init; }

    public long? Until { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }
}

/// <summary>Some of the probes.</summary>
internal sealed record ProbesShape
{
    /// <summary>How many there are of this kind.</summary>
    public required int Total { get; init; }

    public required IReadOnlyList<ProbeShape> Probes { get; init; }

    /// <summary>Ask with this as <c>after</c> for the next ones; absent: that was all.</summary>
    public int? Next { get; init; }
}

/// <summary>A probe as Atlas describes it and, where Atlas says nothing, the GeoIP database; <c>…From</c> says who did. Its addresses are left out: nothing here needs them.</summary>
internal sealed record ProbeShape
{
    public required int Id { get; init; }

    public string? Country { get; init; }

    public long? AsnV4 { get; init; }

    public long? AsnV6 { get; init; }

    public string? PrefixV4 { get; init; }

    public string? PrefixV6 { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>Whose word the place is: <c>atlas</c> or <c>geoip</c>; absent: it has none.</summary>
    public string? PlaceFrom { get; init; }

    public string? CountryFrom { get; init; }

    public string? AsnV4From { get; init; }

    public string? AsnV6From { get; init; }

    public string? AsNameV4 { get; init; }

    public string? AsNameV6 { get; init; }

    /// <summary>The database's city, where the place is the database's.</summary>
    public string? City { get; init; }

    /// <summary>Where the two do not agree; absent: they do, or one says nothing.</summary>
    public DisagreementReport? Disagreement { get; init; }

    public required string Status { get; init; }

    public required bool Anchor { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }
}
