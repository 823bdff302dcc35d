using Analyzer.Statistics;

namespace Analyzer.Catchments;

/// <summary>How clearly one PoP leads.</summary>
public enum Verdict
{
    /// <summary>It has at least half of the weight.</summary>
    Clear,

    /// <summary>It leads with less than half.</summary>
    Contested,

    /// <summary>Fewer than three probes: too few to say.</summary>
    TooFew,
}

/// <summary>The PoP with the largest weighted share of a country, a continent or an AS.</summary>
/// <param name="Pop">Its code.</param>
/// <param name="Share">Its weighted share, 0 to 1.</param>
/// <param name="Interval">Where that share lies with 95 % confidence.</param>
/// <param name="Verdict">How clearly it leads.</param>
public sealed record Dominance(string Pop, double Share, WilsonInterval Interval, Verdict Verdict)
{
    /// <summary>Below so many probes nothing is said.</summary>
    public const int FewestProbes = 3;

    /// <summary>Below this share the lead is contested.</summary>
    public const double ContestedBelow = 0.5;

    /// <summary>The leader among attributed probes; null when there are none. Ties: more probes, then the code first in the alphabet.</summary>
    /// <param name="probes">Each probe's PoP and weight. Where no weight is known at all, every probe counts the same.</param>
    public static Dominance? Of(IReadOnlyCollection<(string Pop, double Weight)> probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        if (probes.Count == 0)
        {
            return null;
        }

        var isWeighted = probes.Any(probe => probe.Weight > 0);
        var total = 0.0;
        var squares = 0.0;
        var byPop = new SortedDictionary<string, (double Weight, int Probes)>(StringComparer.Ordinal);
        foreach (var (pop, given) in probes)
        {
            var weight = isWeighted ? given : 1;
            total += weight;
            squares += weight * weight;
            var (sum, count) = byPop.GetValueOrDefault(pop);
            byPop[pop] = (sum + weight, count + 1);
        }

        // OrderBy is stable, so the alphabet decides what weight and count leave open.
        var (leader, (leading, _)) = byPop.OrderByDescending(pair => Math.Round(pair.Value.Weight / total, 12)).ThenByDescending(pair => pair.Value.Probes).First();
        var share = leading / total;
        return new Dominance(
            leader,
            share,
            WilsonInterval.Of(share, total * total / squares),
            probes.Count < FewestProbes ? Verdict.TooFew : share < ContestedBelow ? Verdict.Contested : Verdict.Clear);
    }
}
