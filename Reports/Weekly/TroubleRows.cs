namespace Reports.Weekly;

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
public sealed record DetourRow(
    IReadOnlyList<string> Targets, uint? Asn, string? Country, int Probes, string Pop, string NearestPop, double ExtraKm, double? RttMs, double ExtraMs)
{
    /// <summary>The AS's name; null: unknown.</summary>
    public string? AsName { get; init; }
}

/// <summary>A network that reaches others but not us.</summary>
/// <param name="Targets">The targets and families that do not answer it, <c>ns-a IPv4</c>.</param>
/// <param name="Asn">The network's AS number; null when unknown.</param>
/// <param name="Country">The probes' country, two letters; null when unknown.</param>
/// <param name="Probes">How many probes.</param>
/// <param name="From">First round without an answer, Unix seconds.</param>
/// <param name="To">First round with one again, or the week's end, Unix seconds.</param>
/// <param name="IsSingleVantage">Whether too few probes bear witness to be sure that it is not their own line.</param>
public sealed record BlackHoleRow(
    IReadOnlyList<string> Targets, uint? Asn, string? Country, int Probes, long From, long To, bool IsSingleVantage)
{
    /// <summary>The AS's name; null: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>Whether the targets answered nobody, so that no network is to blame.</summary>
    public bool IsEverywhere { get; init; }
}

/// <summary>A PoP that fell silent: who took its probes, and how long they were dark.</summary>
/// <param name="Target">The target.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Pop">The PoP.</param>
/// <param name="City">Where it is; null: unknown.</param>
/// <param name="From">First round without an answer of it, Unix seconds.</param>
/// <param name="To">First round with one again, or the week's end, Unix seconds.</param>
/// <param name="RoundSeconds">Time between two rounds; gaps are known to within one.</param>
/// <param name="Probes">Its former probes that another PoP answered.</param>
/// <param name="StillDark">Its former probes that nobody answered.</param>
/// <param name="MedianSeconds">Half of the gaps are no longer.</param>
/// <param name="P90Seconds">Nine in ten of the gaps are no longer.</param>
/// <param name="LongestSeconds">The longest gap.</param>
/// <param name="By">Who took how many, most first.</param>
/// <param name="Gaps">How many probes were dark for how long, by the PoP that ended it: shortest first.</param>
public sealed record SilentPopRow(
    string Target, int Family, string Pop, string? City, long From, long To, long RoundSeconds, int Probes, int StillDark,
    long MedianSeconds, long P90Seconds, long LongestSeconds, IReadOnlyList<TakerRow> By, IReadOnlyList<GapRow> Gaps);

/// <summary>A PoP that took probes of a silent one.</summary>
public sealed record TakerRow(string Pop, int Probes);

/// <summary>Probes that were dark for as many rounds until the same PoP answered.</summary>
/// <param name="Rounds">How many rounds; 0: the next round was answered.</param>
/// <param name="Pop">The PoP that answered.</param>
/// <param name="Probes">How many probes.</param>
public sealed record GapRow(int Rounds, string Pop, int Probes);
