using Reports.Places;

namespace App.Web.Api;

/// <summary>What <see cref="Reports.Lookups.LookupJson"/> writes, for the description of the API.</summary>
internal sealed record LookupShape
{
    public required string Query { get; init; }

    public required string Target { get; init; }

    public required IReadOnlyList<LookupFamilyShape> Families { get; init; }

    /// <summary>The probe that was asked about; absent when another thing was.</summary>
    public LookupProbeShape? Probe { get; init; }

    public required string Text { get; init; }
}

/// <summary>The answer over one family.</summary>
internal sealed record LookupFamilyShape
{
    public required int Family { get; init; }

    public string? Pop { get; init; }

    public double? Share { get; init; }

    public long? Since { get; init; }

    public double? RttMs { get; init; }

    public string? NearestPop { get; init; }

    public double? ExtraKm { get; init; }

    public double? ExtraMs { get; init; }

    public long? LastChange { get; init; }

    public string? Confidence { get; init; }

    public required IReadOnlyList<int> Probes { get; init; }

    public required int Asked { get; init; }

    public required int Answered { get; init; }

    public required int Attributed { get; init; }

    public long? KnownFrom { get; init; }

    public required IReadOnlyDictionary<string, int> Pops { get; init; }

    /// <summary>The networks of the probes, most probes first; at most 20.</summary>
    public required IReadOnlyList<LookupNetworkShape> Networks { get; init; }

    public PlacesShape? Places { get; init; }
}

/// <summary>A network and country of probes.</summary>
internal sealed record LookupNetworkShape
{
    public long? Asn { get; init; }

    public string? AsName { get; init; }

    public string? Country { get; init; }
}

/// <summary>What is known of one probe, and whose word it is: <c>atlas</c> or <c>geoip</c>.</summary>
internal sealed record LookupProbeShape
{
    public required int Id { get; init; }

    public string? Country { get; init; }

    public string? CountryFrom { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public string? PlaceFrom { get; init; }

    public string? City { get; init; }

    public long? AsnV4 { get; init; }

    public string? AsNameV4 { get; init; }

    public string? AsnV4From { get; init; }

    public long? AsnV6 { get; init; }

    public string? AsNameV6 { get; init; }

    public string? AsnV6From { get; init; }

    public DisagreementReport? Disagreement { get; init; }
}

/// <summary>Whose word the places of probes are; absent where no GeoIP database is asked.</summary>
internal sealed record PlacesShape
{
    public required int Atlas { get; init; }

    public required int Geoip { get; init; }

    public required int Unplaced { get; init; }

    /// <summary>Probes that the two place in different countries, or far from each other.</summary>
    public required int Disagree { get; init; }
}

/// <summary>What <see cref="Reports.Findings.FindingJson"/> writes, for the description of the API.</summary>
internal sealed record FindingShape
{
    public required string Check { get; init; }

    public required string Severity { get; init; }

    public string? Target { get; init; }

    public int? Family { get; init; }

    public required ScopeShape Scope { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    public double? Observed { get; init; }

    public double? Expected { get; init; }

    public required int SampleSize { get; init; }

    public required IReadOnlyList<int> Probes { get; init; }

    public required string Message { get; init; }

    public required string Advice { get; init; }
}

/// <summary>What a finding is about.</summary>
internal sealed record ScopeShape
{
    public required string Kind { get; init; }

    public required string Value { get; init; }

    /// <summary>The name of an AS, where a GeoIP database has it.</summary>
    public string? Name { get; init; }
}

/// <summary>A job, or one measurement's share in <c>collect</c>. Times are Unix seconds.</summary>
internal sealed record JobShape
{
    public required string Name { get; init; }

    public long? Measurement { get; init; }

    public string? Target { get; init; }

    public required string State { get; init; }

    public long? Started { get; init; }

    public long? Ended { get; init; }

    public long? Succeeded { get; init; }

    public long? Next { get; init; }

    public string? Error { get; init; }

    public required long Runs { get; init; }

    public required long Failures { get; init; }

    public string? Instance { get; init; }
}

/// <summary>A job that was told to run.</summary>
internal sealed record JobStartedShape
{
    public required string Name { get; init; }

    public required string State { get; init; }
}

/// <summary>PoPs over time.</summary>
internal sealed record SeriesShape
{
    public required string Target { get; init; }

    public required int Family { get; init; }

    public required string Step { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    /// <summary>One a step with results, by time; a step without is absent.</summary>
    public required IReadOnlyList<SeriesPointShape> Points { get; init; }
}

/// <summary>One step.</summary>
internal sealed record SeriesPointShape
{
    /// <summary>Its first instant, Unix seconds.</summary>
    public required long At { get; init; }

    public required CoverageShape Probes { get; init; }

    public required IReadOnlyList<SeriesPopShape> Pops { get; init; }
}

/// <summary>One PoP in one step.</summary>
internal sealed record SeriesPopShape
{
    public required string Pop { get; init; }

    public required int Probes { get; init; }

    public double? Share { get; init; }

    public double? WeightedShare { get; init; }

    public QuantilesShape? RttMs { get; init; }
}
