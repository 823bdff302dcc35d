using Reports.Places;

namespace App.Web.Api;

/// <summary>What <see cref="Reports.Catchments.CatchmentJson"/> writes, for the description of the API; a test holds the two together.</summary>
internal sealed record CatchmentShape
{
    public required string Target { get; init; }

    public required int Family { get; init; }

    public string? Week { get; init; }

    public required CoverageShape Probes { get; init; }

    public required IReadOnlyList<CatchmentRowShape> Rows { get; init; }

    public ComparisonShape? Compare { get; init; }

    public required string By { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    public required double GreenBelowMs { get; init; }

    public required int CouldNotAsk { get; init; }

    public string? RttSource { get; init; }

    public double? EffectiveSampleSize { get; init; }

    public required string WeightedBy { get; init; }

    public required int LoadBalanced { get; init; }

    public required int Misplaced { get; init; }

    public PlacesShape? Places { get; init; }

    public required IReadOnlyList<string> EmptyPops { get; init; }

    public required ClassesShape Classes { get; init; }

    public required int UnknownIdentityCount { get; init; }

    public required IReadOnlyList<UnknownIdentityShape> UnknownIdentities { get; init; }
}

/// <summary>The three denominators.</summary>
internal sealed record CoverageShape
{
    public required int Asked { get; init; }

    public required int Answered { get; init; }

    public required int Attributed { get; init; }
}

/// <summary>One row; what belongs to probes, and to countries, continents and networks, is absent in the others.</summary>
internal sealed record CatchmentRowShape
{
    public required string Key { get; init; }

    public required int Probes { get; init; }

    public double? Share { get; init; }

    public double? WeightedShare { get; init; }

    public QuantilesShape? RttMs { get; init; }

    public required int Green { get; init; }

    public required int Red { get; init; }

    public required int Silent { get; init; }

    public double? LossPercent { get; init; }

    public string? Pop { get; init; }

    public string? Country { get; init; }

    public long? Asn { get; init; }

    public double? DistanceKm { get; init; }

    public string? NearestPop { get; init; }

    public double? NearestKm { get; init; }

    public double? ExtraKm { get; init; }

    public double? ExtraMs { get; init; }

    public double? LatencyInflationMs { get; init; }

    public string? BestRtt { get; init; }

    public string? State { get; init; }

    public string? Server { get; init; }

    public string? FormerPop { get; init; }

    public bool? Misplaced { get; init; }

    /// <summary>The name of a probe's AS, or of the row's; absent: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>Whose word a probe's place is: <c>atlas</c> or <c>geoip</c>; absent: it has none.</summary>
    public string? PlaceFrom { get; init; }

    public string? CountryFrom { get; init; }

    public string? AsnFrom { get; init; }

    public DisagreementReport? Disagreement { get; init; }

    public IReadOnlyList<PopRoundsShape>? Pops { get; init; }

    public IReadOnlyList<FlipShape>? Flips { get; init; }

    public int? DnsAsked { get; init; }

    public int? DnsAnswered { get; init; }

    public int? PingsAsked { get; init; }

    public int? PingsAnswered { get; init; }

    public RoundsShape? Rounds { get; init; }

    public DominantShape? Dominant { get; init; }

    public int? Asked { get; init; }

    public int? Answered { get; init; }

    public string? RttSource { get; init; }

    public double? EffectiveSampleSize { get; init; }

    /// <summary>How many probes alternate between PoPs; of one probe, whether it does.</summary>
    public object? LoadBalanced { get; init; }

    /// <summary>Probes by how sure their PoP is; of one probe, how sure.</summary>
    public object? Confidence { get; init; }
}

/// <summary>Milliseconds.</summary>
internal sealed record QuantilesShape
{
    public required double P10 { get; init; }

    public required double P50 { get; init; }

    public required double P90 { get; init; }
}

/// <summary>How many rounds reached one PoP.</summary>
internal sealed record PopRoundsShape
{
    public required string Pop { get; init; }

    public required int Rounds { get; init; }
}

/// <summary>A change of PoP that persisted.</summary>
internal sealed record FlipShape
{
    public required long At { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }
}

/// <summary>Rounds, or probes, by what their identities turned out to be.</summary>
internal sealed record RoundsShape
{
    public required int Pop { get; init; }

    public required int Interceptor { get; init; }

    public required int Unknown { get; init; }

    public required int Conflict { get; init; }

    public required int Impossible { get; init; }

    public required int Nameless { get; init; }
}

/// <summary>Rounds and probes by class.</summary>
internal sealed record ClassesShape
{
    public required RoundsShape Rounds { get; init; }

    public required RoundsShape Probes { get; init; }
}

/// <summary>The PoP that leads; where nothing was attributed, only the verdict.</summary>
internal sealed record DominantShape
{
    public string? Pop { get; init; }

    public double? Share { get; init; }

    public double? Low { get; init; }

    public double? High { get; init; }

    public required string Verdict { get; init; }
}

/// <summary>An identity that no rule knows.</summary>
internal sealed record UnknownIdentityShape
{
    public required string Identity { get; init; }

    public required string Source { get; init; }

    public required int Rounds { get; init; }

    public required int Probes { get; init; }
}

/// <summary>Another week against this one.</summary>
internal sealed record ComparisonShape
{
    public string? Week { get; init; }

    public required int Panel { get; init; }

    public double? Similarity { get; init; }

    public required int Flips { get; init; }

    public required IReadOnlyList<FlowShape> Flows { get; init; }

    public required IReadOnlyList<CountryChangeShape> Changed { get; init; }

    public required IReadOnlyDictionary<string, int> Stayed { get; init; }

    public required int LoadBalanced { get; init; }

    public required int Unsettled { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }
}

/// <summary>Probes that went from one PoP to another.</summary>
internal sealed record FlowShape
{
    public required string From { get; init; }

    public required string To { get; init; }

    public required int Probes { get; init; }
}

/// <summary>A country whose dominant PoP is another one now.</summary>
internal sealed record CountryChangeShape
{
    public required string Country { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }
}
