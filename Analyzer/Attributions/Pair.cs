using System.Runtime.InteropServices;
using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>All claims of a window that bind one probe to one PoP. The fastest answer is what counts; the slower ones are implied by it.</summary>
internal sealed class Pair
{
    // How far the PoP may be from its place, once it has been moved.
    private readonly double _popWithinKm;

    private Pair(int probe, GeoPoint probePlace, string pop, GeoPoint popPlace, double popWithinKm)
    {
        (Probe, ProbePlace, Pop, PopPlace, _popWithinKm) = (probe, probePlace, pop, popPlace, popWithinKm);
        (ProbeDirection, PopDirection) = (Direction.Of(probePlace), Direction.Of(popPlace));
        DistanceKm = GreatCircle.DistanceKm(ProbePlace, PopPlace);
    }

    public int Probe { get; }

    public GeoPoint ProbePlace { get; }

    public string Pop { get; }

    public GeoPoint PopPlace { get; }

    public double DistanceKm { get; }

    /// <summary>Where a GeoIP database has the probe instead; null: nowhere, or there too.</summary>
    public GeoPoint? Elsewhere { get; private init; }

    /// <summary>How far from there it may be.</summary>
    public double ElsewhereKm { get; private init; }

    /// <summary>Whether nobody but a GeoIP database says where the probe is.</summary>
    public bool IsPlaceGuessed { get; private init; }

    /// <summary>Whether the claim could be true if the probe were where the GeoIP database has it.</summary>
    public bool IsPossibleElsewhere => Elsewhere is { } place && GreatCircle.DistanceKm(place, PopPlace) <= ReachKm + ElsewhereKm;

    public Direction ProbeDirection { get; }

    public Direction PopDirection { get; }

    /// <summary>The fastest answer's time.</summary>
    public double RttMs { get; private set; } = double.PositiveInfinity;

    public int Answers { get; private set; }

    /// <summary>Fastest time and number of answers of each identity; the empty one for answers without.</summary>
    public Dictionary<string, (double RttMs, int Answers)> Identities { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>How far apart the two can be at the most.</summary>
    public double ReachKm { get; private set; }

    /// <summary>The same as the cosine of an angle, to compare directions with.</summary>
    public double ReachCosine { get; private set; }

    public bool IsPossible => DistanceKm <= ReachKm;

    /// <summary>The identities whose own fastest answer is impossible.</summary>
    public IEnumerable<string> ImpossibleIdentities => Identities.Where(entry => DistanceKm > Reach(entry.Value.RttMs)).Select(entry => entry.Key).Order(StringComparer.Ordinal);

    /// <summary>Brings claims together by probe and PoP, ordered, so that the same claims in any order give the same verdicts.</summary>
    public static List<Pair> Gather(IEnumerable<Claim> claims)
    {
        var pairs = new Dictionary<(int, string), Pair>();
        foreach (var claim in claims)
        {
            // NaN, and clocks that ran backwards.
            if (!(claim.RttMs > 0) || claim.Answers < 1)
            {
                continue;
            }

            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (claim.Probe, claim.Pop), out _);
            pair ??= new Pair(claim.Probe, claim.ProbePlace, claim.Pop, claim.PopPlace, popWithinKm: 0) { Elsewhere = claim.Elsewhere, ElsewhereKm = claim.ElsewhereKm, IsPlaceGuessed = claim.IsPlaceGuessed };
            pair.Add(claim);
        }

        foreach (var pair in pairs.Values)
        {
            pair.Settle();
        }

        return [.. pairs.Values.OrderBy(pair => pair.Probe).ThenBy(pair => pair.Pop, StringComparer.Ordinal)];
    }

    /// <summary>The same claims with the PoP where it seems to be: less exact a witness than before, but one again.</summary>
    public Pair Moved(MisplacedPop pop)
    {
        var moved = new Pair(Probe, ProbePlace, Pop, pop.Near, pop.WithinKm) { RttMs = RttMs, Answers = Answers, Identities = Identities, Elsewhere = Elsewhere, ElsewhereKm = ElsewhereKm, IsPlaceGuessed = IsPlaceGuessed };
        moved.Settle();
        return moved;
    }

    private double Reach(double rttMs) => (rttMs * GreatCircle.FibreKmPerRttMs) + GreatCircle.SlackKm + _popWithinKm;

    private void Settle()
    {
        ReachKm = Reach(RttMs);
        ReachCosine = Direction.CosineAt(ReachKm);
    }

    private void Add(Claim claim)
    {
        RttMs = Math.Min(RttMs, claim.RttMs);
        Answers += claim.Answers;
        ref var identity = ref CollectionsMarshal.GetValueRefOrAddDefault(Identities, claim.Identity ?? "", out var known);
        identity = (known ? Math.Min(identity.RttMs, claim.RttMs) : claim.RttMs, identity.Answers + claim.Answers);
    }
}
