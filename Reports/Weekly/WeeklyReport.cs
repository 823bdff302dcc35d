namespace Reports.Weekly;

/// <summary>What one week's report says; <c>report.json</c> is this, and the page is drawn from this alone.</summary>
/// <param name="Week">The ISO week, <c>2026-W46</c>.</param>
/// <param name="From">Its first instant, Unix seconds.</param>
/// <param name="To">The first instant after it, Unix seconds.</param>
/// <param name="ComparedWith">The week before, when there is data of it.</param>
/// <param name="Sentences">The three sentences that a manager reads.</param>
/// <param name="Detours">The worst detours over continents, worst first.</param>
/// <param name="Silences">Networks that get no answer, those that reach another target first, then largest.</param>
/// <param name="Targets">One entry a target and family.</param>
public sealed record WeeklyReport(
    string Week,
    long From,
    long To,
    string? ComparedWith,
    IReadOnlyList<string> Sentences,
    IReadOnlyList<DetourRow> Detours,
    IReadOnlyList<SilenceRow> Silences,
    IReadOnlyList<TargetReport> Targets)
{
    /// <summary>Whether it was written before all results of the week were there; it is written again then. Null: no.</summary>
    public bool? IsEarly { get; init; }
}

/// <summary>A network whose probes are served on another continent although a PoP meant for them is far nearer on their own.</summary>
/// <param name="Targets">The targets and families it is seen on, <c>ns-a IPv4</c>.</param>
/// <param name="Asn">The network's AS number; null when unknown.</param>
/// <param name="Country">The probes' country, two letters; null when unknown.</param>
/// <param name="Probes">How many probes.</param>
/// <param name="Pop">The PoP that serves them.</param>
/// <param name="NearestPop">The PoP that should.</param>
/// <param name="ExtraKm">Median extra distance, kilometres.</param>
/// <param name="RttMs">Median round-trip time now, milliseconds; null when unknown.</param>
/// <param name="ExtraMs">What the extra distance costs at least: its round trip in fibre, milliseconds.</param>
/// <param name="ProbeIds">The probes, as evidence.</param>
public sealed record DetourRow(
    IReadOnlyList<string> Targets,
    uint? Asn,
    string? Country,
    int Probes,
    string Pop,
    string NearestPop,
    double ExtraKm,
    double? RttMs,
    double ExtraMs,
    IReadOnlyList<int> ProbeIds);

/// <summary>A network all of whose probes got no answer all week.</summary>
/// <param name="Targets">The targets and families that did not answer, <c>ns-a IPv4</c>.</param>
/// <param name="Asn">The network's AS number; null when unknown.</param>
/// <param name="Country">The probes' country, two letters; null when unknown.</param>
/// <param name="Probes">How many probes.</param>
/// <param name="Reached">The other targets that these probes reached; none: nothing of ours, and nothing tells whose fault it is.</param>
/// <param name="ProbeIds">The probes, as evidence.</param>
public sealed record SilenceRow(
    IReadOnlyList<string> Targets, uint? Asn, string? Country, int Probes, IReadOnlyList<string> Reached, IReadOnlyList<int> ProbeIds);

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
    IReadOnlyList<MapFile> Maps);

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

/// <summary>One drawn map.</summary>
/// <param name="Kind"><c>catchment</c>, <c>dominant</c>, <c>change</c> or <c>rtt</c>.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Pop">The PoP it is about; null: all.</param>
/// <param name="Png">Path from the report's folder.</param>
/// <param name="Svg">Path from the report's folder.</param>
public sealed record MapFile(string Kind, string Title, string? Pop, string Png, string Svg);
