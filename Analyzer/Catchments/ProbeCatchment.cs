using Analyzer.Identities;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;

namespace Analyzer.Catchments;

/// <summary>What a probe's round-trip time was measured with.</summary>
public enum RttSource
{
    /// <summary>The fastest packet of each ping.</summary>
    Ping,

    /// <summary>The DNS answers, because no ping was answered.</summary>
    Dns,
}

/// <summary>A stretch of rounds in which a probe reached one PoP.</summary>
/// <param name="Pop">The PoP's code.</param>
/// <param name="From">First round, Unix seconds.</param>
/// <param name="To">Last round, Unix seconds.</param>
/// <param name="Rounds">How many rounds.</param>
public sealed record Stay(string Pop, long From, long To, int Rounds);

/// <summary>A change of PoP that persisted.</summary>
/// <param name="At">First round with the new PoP, Unix seconds.</param>
/// <param name="From">The code of the PoP before.</param>
/// <param name="To">The code of the PoP after.</param>
public sealed record Flip(long At, string From, string To);

/// <summary>How many rounds of a window reached one PoP.</summary>
/// <param name="Pop">The PoP.</param>
/// <param name="Rounds">Rounds.</param>
public sealed record PopRounds(Pop Pop, int Rounds);

/// <summary>DNS rounds by what their identities turned out to be.</summary>
public readonly record struct ClassRounds
{
    /// <summary>Rounds that reached a PoP.</summary>
    public int Pop { get; init; }

    /// <summary>Rounds a middlebox or resolver answered.</summary>
    public int Interceptor { get; init; }

    /// <summary>Rounds with an identity nobody knows.</summary>
    public int Unknown { get; init; }

    /// <summary>Rounds in which CHAOS and NSID name different PoPs.</summary>
    public int Conflict { get; init; }

    /// <summary>Rounds answered faster than light from where the PoP stands.</summary>
    public int Impossible { get; init; }

    /// <summary>Rounds that were answered without any identity: REFUSED, SERVFAIL, an empty answer.</summary>
    public int Nameless { get; init; }

    /// <summary>All answered rounds.</summary>
    public int Total => Pop + Interceptor + Unknown + Conflict + Impossible + Nameless;

    /// <summary>The rounds of two together.</summary>
    public static ClassRounds operator +(ClassRounds left, ClassRounds right) => new()
    {
        Pop = left.Pop + right.Pop,
        Interceptor = left.Interceptor + right.Interceptor,
        Unknown = left.Unknown + right.Unknown,
        Conflict = left.Conflict + right.Conflict,
        Impossible = left.Impossible + right.Impossible,
        Nameless = left.Nameless + right.Nameless,
    };

    /// <summary>The rounds of two together.</summary>
    public static ClassRounds Add(ClassRounds left, ClassRounds right) => left + right;
}

/// <summary>One probe in a catchment. It asked: at least one DNS query or ping left it.</summary>
/// <param name="Id">Atlas' probe id.</param>
public sealed record ProbeCatchment(int Id)
{
    /// <summary>What Atlas, and where that says nothing the GeoIP database, says of it; null when it is not among the probes known at the end of the window.</summary>
    public Probe? Probe { get; init; }

    /// <summary>ISO 3166 alpha-2; null: unknown.</summary>
    public string? Country => Probe?.Country;

    /// <summary>The AS of the catchment's family; null: unknown.</summary>
    public uint? Asn { get; init; }

    /// <summary>The name of that AS; null: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>Whose word <see cref="Asn"/> is.</summary>
    public PlaceOrigin AsnFrom { get; init; }

    /// <summary>Whether anything answered, DNS or ping. If not, the probe is silent.</summary>
    public bool Answered { get; init; }

    /// <summary>The served PoP: that of most rounds, or of the latest of equals; null: not attributed.</summary>
    public Pop? Pop { get; init; }

    /// <summary>The server inside the served PoP that most rounds reached; null: unknown.</summary>
    public string? Server { get; init; }

    /// <summary>How sure most of the served PoP's rounds were, the lesser of equals; null: not attributed.</summary>
    public Confidence? Confidence { get; init; }

    /// <summary>The attributed rounds by PoP: most rounds first, equals by code.</summary>
    public IReadOnlyList<PopRounds> Pops { get; init; } = [];

    /// <summary>The attributed rounds in a row, by time.</summary>
    public IReadOnlyList<Stay> Stays { get; init; } = [];

    /// <summary>The changes of PoP that persisted; of a load-balanced probe, none.</summary>
    public IReadOnlyList<Flip> Flips { get; init; } = [];

    /// <summary>Whether it keeps alternating between PoPs.</summary>
    public bool IsLoadBalanced { get; init; }

    /// <summary>Whether it stands somewhere else than its host says, by the speed of light and the word of several PoPs: its served PoP holds,
    /// its distances do not.</summary>
    public bool IsMisplaced { get; init; }

    /// <summary>The answered DNS rounds by class.</summary>
    public ClassRounds Classes { get; init; }

    /// <summary>DNS rounds that left the probe.</summary>
    public int DnsAsked { get; init; }

    /// <summary>DNS rounds that were answered, whatever the answer said.</summary>
    public int DnsAnswered { get; init; }

    /// <summary>Pings that left the probe.</summary>
    public int PingsAsked { get; init; }

    /// <summary>Pings of which a packet came back.</summary>
    public int PingsAnswered { get; init; }

    /// <summary>The round-trip time over the window, in milliseconds: of each ping's fastest packet, else of the DNS answers; null: none.</summary>
    public Quantiles? RttMs { get; init; }

    /// <summary>What the round-trip time was measured with; null: there is none.</summary>
    public RttSource? RttSource { get; init; }

    /// <summary>The median time of DNS answers that no PoP of ours explains: unknown, impossible, nameless; milliseconds. Null: none.</summary>
    public double? DoubtedRttMs { get; init; }

    /// <summary>The fastest packet of all pings, milliseconds; null: none came back.</summary>
    public double? FastestPingMs { get; init; }

    /// <summary>Packets, or DNS queries where no ping was sent, that never came back, in percent; null: unknown.</summary>
    public double? LossPercent { get; init; }

    /// <summary>From the probe to the served PoP; kilometres. Null: unknown.</summary>
    public double? DistanceKm { get; init; }

    /// <summary>The nearest PoP that is meant for it; null: unknown, or none is.</summary>
    public Pop? Nearest { get; init; }

    /// <summary>From the probe to the nearest PoP; kilometres. Null: unknown.</summary>
    public double? NearestKm { get; init; }

    /// <summary>How much farther the served PoP is than the nearest; kilometres. Negative where the served one is nearer but not meant
    /// for the probe. Null: unknown.</summary>
    public double? ExtraKm => DistanceKm - NearestKm;

    /// <summary>Of a silent probe, the PoP that served it in the window before; null: unknown.</summary>
    public Pop? FormerPop { get; init; }

    /// <summary>Of a silent probe, the server that served it in the window before; null: unknown.</summary>
    public string? FormerServer { get; init; }

    /// <summary>What it saw round by round; null unless the catchment was read with series.</summary>
    public ProbeSeries? Series { get; init; }

    /// <summary>Where the probe stands; null: unplaced.</summary>
    public GeoPoint? Position => Probe?.Position;

    /// <summary>Whose word that is.</summary>
    public PlaceOrigin PositionFrom => Probe?.PositionFrom ?? PlaceOrigin.None;

    /// <summary>Whose word <see cref="Country"/> is.</summary>
    public PlaceOrigin CountryFrom => Probe?.CountryFrom ?? PlaceOrigin.None;

    /// <summary>Where Atlas and the GeoIP database do not agree on its place; null: they do, or one says nothing.</summary>
    public PlaceDisagreement? Disagreement => Probe?.Placing?.Disagreement;

    /// <summary>Whether it asked and nothing answered.</summary>
    public bool IsSilent => !Answered;

    /// <summary>How much longer its packets travel than they would have to.</summary>
    /// <param name="bestUnicastMs">Its best round-trip time to any PoP's unicast address; null: not measured.</param>
    public Inflation Inflation(double? bestUnicastMs = null) => Catchments.Inflation.Of(RttMs?.P50, ExtraKm, NearestKm, bestUnicastMs);

    /// <summary>Whether its round-trip time is below a threshold; null when it has none.</summary>
    public bool? IsGreen(double greenBelowMs) => RttMs is { } rtt ? rtt.P50 < greenBelowMs : null;
}
