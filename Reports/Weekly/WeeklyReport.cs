using Analyzer.Catchments;
using Analyzer.Findings;
using Reports.Changes;
using Reports.Maps;

namespace Reports.Weekly;

/// <summary>What one week's report says; <c>report.json</c> is this, and the page is drawn from this alone.</summary>
/// <param name="Week">The ISO week, <c>2026-W46</c>.</param>
/// <param name="From">Its first instant, Unix seconds.</param>
/// <param name="To">The first instant after it, Unix seconds.</param>
/// <param name="ComparedWith">The week before, when there is data of it.</param>
/// <param name="Sentences">The three sentences that a manager reads.</param>
/// <param name="Targets">One entry a target and family.</param>
public sealed record WeeklyReport(
    string Week, long From, long To, string? ComparedWith, IReadOnlyList<string> Sentences, IReadOnlyList<TargetReport> Targets)
{
    /// <summary>Whether it was written before all results of the week were there; it is written again then. Null: no.</summary>
    public bool? IsEarly { get; init; }

    /// <summary>The detours over continents, worst first.</summary>
    public IReadOnlyList<DetourRow> Detours { get; init; } = [];

    /// <summary>The networks that get no answer, worst first.</summary>
    public IReadOnlyList<BlackHoleRow> BlackHoles { get; init; } = [];

    /// <summary>Whether K-root and L-root were asked about networks under suspicion; else only our own targets were.</summary>
    public bool HasRootControls { get; init; }

    /// <summary>The PoPs that fell silent, by time.</summary>
    public IReadOnlyList<SilentPopRow> SilentPops { get; init; } = [];

    /// <summary>What the checks noticed, as <c>findings</c> tells it.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What is new and what is over since the week before; null: there is nothing to compare with.</summary>
    public FindingChange? FindingChange { get; init; }

    /// <summary>How the routing has been, and whether it was like this before; one each target and family.</summary>
    public IReadOnlyList<RoutingReport> Routing { get; init; } = [];

    /// <summary>What became of the operator's own changes.</summary>
    public IReadOnlyList<AnnotationReport> Annotations { get; init; } = [];
}

/// <summary>The findings of two weeks against each other, by check and scope: a network that is cut off from one more target is no new trouble.</summary>
/// <param name="Week">The week before.</param>
/// <param name="New">Of what only this week has findings.</param>
/// <param name="Over">The findings of the week before to which none of this week corresponds.</param>
public sealed record FindingChange(string Week, IReadOnlyList<ProblemKey> New, IReadOnlyList<Finding> Over);

/// <summary>What a finding is about, on whatever target.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Kind">Kind of scope: <c>asn</c>, <c>pop</c>, …</param>
/// <param name="Value">Which one.</param>
public sealed record ProblemKey(string Check, string Kind, string Value);

/// <summary>One target over one family.</summary>
public sealed record TargetReport(
    string Target,
    int Family,
    double GreenBelowMs,
    Coverage Probes,
    Quantiles? RttMs,
    string? RttSource,
    IReadOnlyList<PopRow> Pops,
    IReadOnlyList<PlaceRow> Continents,
    IReadOnlyList<PlaceRow> Countries,
    IReadOnlyList<PlaceRow> Networks,
    ChangeReport? Change,
    IReadOnlyDictionary<string, int> NotAttributed,
    IReadOnlyList<UnknownRow> UnknownIdentities,
    IReadOnlyList<MapFile> Maps)
{
    /// <summary>The charts of the week's hours.</summary>
    public IReadOnlyList<ChartFile> Charts { get; init; } = [];

    /// <summary>Whose word the places of the probes that asked are; null: no GeoIP database was asked, and all are Atlas'.</summary>
    public PlacesReport? Places { get; init; }
}

/// <summary>Whose word the places of probes are.</summary>
/// <param name="Atlas">Those of Atlas.</param>
/// <param name="GeoIp">Those of the GeoIP database, where Atlas has none.</param>
/// <param name="Unplaced">Those of whom nobody knows where they are.</param>
/// <param name="Disagree">Those whom the two place in different countries, or far from each other.</param>
public sealed record PlacesReport(int Atlas, int GeoIp, int Unplaced, int Disagree)
{
    internal static PlacesReport? Of(ProbePlaces places) => places.IsAsked ? new(places.Atlas, places.GeoIp, places.Unplaced, places.Disagree) : null;
}

/// <summary>Probes asked, answered, attributed to a PoP: the three always travel together.</summary>
public sealed record Coverage(int Asked, int Answered, int Attributed);

/// <summary>Deciles and median, milliseconds.</summary>
public sealed record Quantiles(double P10, double P50, double P90);

/// <summary>One PoP's catchment.</summary>
public sealed record PopRow(
    string Pop, string? City, string? Country, int Probes, double Share, double? WeightedShare, Quantiles? RttMs, int Green, int Red, int Silent,
    double? LossPercent);

/// <summary>A country's, continent's or network's row.</summary>
public sealed record PlaceRow(
    string Key, string Name, int Probes, Quantiles? RttMs, int Green, int Red, int Silent, string? DominantPop, double? DominantShare, string Verdict);

/// <summary>What is different from the week before, on the probes that both weeks have.</summary>
public sealed record ChangeReport(
    string Week, int Panel, double Similarity, int Flips, IReadOnlyList<FlowRow> Flows, IReadOnlyList<CountryChange> Countries);

/// <summary>Probes that went from one PoP to another.</summary>
public sealed record FlowRow(string From, string To, int Probes);

/// <summary>A country whose dominant PoP is another one now.</summary>
public sealed record CountryChange(string Country, string Name, string From, string To);

/// <summary>An identity that no rule knows.</summary>
public sealed record UnknownRow(string Identity, int Probes, string? SuggestedRule);

/// <summary>One drawn chart.</summary>
/// <param name="Kind"><c>share</c> or <c>rtt</c>.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Text">What it says, for those who cannot see it.</param>
/// <param name="Png">Path from the report's folder.</param>
/// <param name="Svg">Path from the report's folder.</param>
public sealed record ChartFile(string Kind, string Title, string Text, string Png, string Svg);
