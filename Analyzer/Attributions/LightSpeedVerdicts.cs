using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>Who is behind the answers of a window that came faster than light.</summary>
/// <param name="Probes">Probes that are not where their hosts say, by id.</param>
/// <param name="Pops">PoPs that are not where the configuration says, by code.</param>
/// <param name="Identities">Identities that name a PoP which did not answer, by identity.</param>
/// <param name="Undecided">Claims that cannot be true while nobody can say who errs, by probe.</param>
public sealed record LightSpeedVerdicts(
    IReadOnlyList<MisplacedProbe> Probes,
    IReadOnlyList<MisplacedPop> Pops,
    IReadOnlyList<LyingIdentity> Identities,
    IReadOnlyList<ImpossibleClaim> Undecided)
{
    private readonly HashSet<int> _probes = [.. Probes.Select(verdict => verdict.Probe)];
    private readonly HashSet<string> _pops = new(Pops.Select(verdict => verdict.Pop), StringComparer.Ordinal);

    private readonly HashSet<(int Probe, string Pop, string? Identity)> _lies =
        [.. Identities.SelectMany(verdict => verdict.Probes.Select(probe => (probe, verdict.Pop, verdict.Identity)))];

    private readonly HashSet<(int Probe, string Pop, string? Identity)> _undecided = [.. Undecided.Select(claim => (claim.Probe, claim.Pop, claim.Identity))];

    /// <summary>Nothing was impossible.</summary>
    public static LightSpeedVerdicts None { get; } = new([], [], [], []);

    /// <summary>Whether that probe is somewhere else.</summary>
    public bool IsMisplaced(int probe) => _probes.Contains(probe);

    /// <summary>Whether that PoP is somewhere else.</summary>
    public bool IsMisplaced(string pop) => _pops.Contains(pop);

    /// <summary>Who errs when this identity, which names this PoP, came to this probe faster than light.</summary>
    public Culprit CulpritOf(int probe, string pop, string? identity) =>
        IsMisplaced(probe) ? Culprit.Probe
        : _lies.Contains((probe, pop, identity)) ? Culprit.Identity
        : IsMisplaced(pop) && !_undecided.Contains((probe, pop, identity)) ? Culprit.Pop
        : Culprit.Unknown;
}

/// <summary>Who errs.</summary>
public enum Culprit
{
    /// <summary>Nobody can say.</summary>
    Unknown,

    /// <summary>The probe is elsewhere; the answer may well be genuine.</summary>
    Probe,

    /// <summary>The PoP is elsewhere; the answer may well be genuine.</summary>
    Pop,

    /// <summary>Somebody else answered with the PoP's name.</summary>
    Identity,
}

/// <summary>A probe that is not where its host says.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Stated">Where it is said to be.</param>
/// <param name="Near">A place from which its answers would be possible.</param>
/// <param name="WithinKm">How far from there it can be at the most: the reach of its fastest impossible answer.</param>
/// <param name="Against">PoPs that speak against the stated place and for the other.</param>
/// <param name="For">PoPs that speak for the stated place and against the other.</param>
public sealed record MisplacedProbe(int Probe, GeoPoint Stated, GeoPoint Near, double WithinKm, IReadOnlyList<string> Against, IReadOnlyList<string> For)
{
    /// <summary>Where a GeoIP database has its address, when that too speaks against the stated place and would explain its answers; null: it does not.</summary>
    public GeoPoint? GeoIp { get; init; }
}

/// <summary>A PoP that is not where the configuration says.</summary>
/// <param name="Pop">Its code.</param>
/// <param name="Stated">Where it is said to be.</param>
/// <param name="Near">A place where the answers would be possible.</param>
/// <param name="WithinKm">How far from there it can be at the most: the reach of the fastest impossible answer.</param>
/// <param name="Against">Probes that speak against the stated place and for the other.</param>
/// <param name="For">Probes that speak for the stated place and against the other.</param>
public sealed record MisplacedPop(string Pop, GeoPoint Stated, GeoPoint Near, double WithinKm, IReadOnlyList<int> Against, IReadOnlyList<int> For);

/// <summary>An identity that names a PoP which did not answer: an interceptor copied it, or a rule misreads it.</summary>
/// <param name="Identity">The identity; null for answers without one.</param>
/// <param name="Pop">The PoP it names.</param>
/// <param name="Probes">The probes that got it.</param>
public sealed record LyingIdentity(string? Identity, string Pop, IReadOnlyList<int> Probes);

/// <summary>A claim that cannot be true.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Pop">The PoP named.</param>
/// <param name="Identity">The identity; null when there is none.</param>
/// <param name="RttMs">Shortest round-trip time. Milliseconds.</param>
/// <param name="DistanceKm">How far apart the two are said to be.</param>
public sealed record ImpossibleClaim(int Probe, string Pop, string? Identity, double RttMs, double DistanceKm);
