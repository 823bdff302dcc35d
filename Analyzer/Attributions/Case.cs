using Analyzer.Statistics;
using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>What speaks against and for the stated place of a probe or a PoP, compared with the best other place for it.</summary>
internal sealed class Case
{
    // The fastest impossible claims say best where a suspect really is; more of them add little.
    private const int Candidates = 5;

    private readonly IReadOnlyList<Pair> _all;

    private Case(GeoPoint stated, GeoPoint near, double withinKm, IReadOnlyList<Pair> against, IReadOnlyList<Pair> speakingFor, IReadOnlyList<Pair> all) =>
        (Stated, Near, WithinKm, Against, For, _all) = (stated, near, withinKm, against, speakingFor, all);

    public GeoPoint Stated { get; }

    public GeoPoint Near { get; }

    public double WithinKm { get; }

    public IReadOnlyList<Pair> Against { get; }

    public IReadOnlyList<Pair> For { get; }

    /// <summary>Answers of all claims, also of those that say nothing.</summary>
    public int AllAnswers => _all.Sum(pair => pair.Answers);

    /// <summary>The claims that are impossible as things are stated, whether or not the other place would explain them.</summary>
    public IEnumerable<Pair> Impossible => _all.Where(pair => !pair.IsPossible);

    /// <summary>Whether all of its claims could be true where a GeoIP database has the probe.</summary>
    public bool IsPossibleElsewhere => _all.All(pair => pair.IsPossibleElsewhere);

    public double Share => (double)Against.Count / (Against.Count + For.Count);

    public double AnswerShare
    {
        get
        {
            double against = Against.Sum(pair => (long)pair.Answers);
            return against / (against + For.Sum(pair => (long)pair.Answers));
        }
    }

    /// <summary>Lower end of Wilson's interval of the share: 3 of 3 is less sure than 30 of 31.</summary>
    public double Sureness => SurenessOf(Against.Count, For.Count);

    /// <summary>The case against a suspect; null when nothing is impossible.</summary>
    /// <param name="all">The suspect's claims that still count.</param>
    /// <param name="isPop">Whether the suspect is the PoP of these claims; else it is their probe.</param>
    public static Case? Of(IReadOnlyList<Pair> all, bool isPop)
    {
        var nearest = all.Where(pair => !pair.IsPossible).OrderBy(pair => pair.ReachKm).Take(Candidates).ToList();
        if (nearest.Count == 0)
        {
            return null;
        }

        // The other side's places, and the points between two of them where both reaches may meet.
        var places = nearest.Select(Witness).ToList();
        for (var first = 0; first < nearest.Count; first++)
        {
            for (var second = first + 1; second < nearest.Count; second++)
            {
                places.Add(Witness(nearest[first]).Towards(Witness(nearest[second]), nearest[first].ReachKm / (nearest[first].ReachKm + nearest[second].ReachKm)));
            }
        }

        (Direction Place, double Sureness) best = (default, -1);
        foreach (var place in places)
        {
            var (against, speakingFor) = (0, 0);
            foreach (var pair in all)
            {
                var isPossibleThere = IsPossibleAt(place, pair);
                against += isPossibleThere && !pair.IsPossible ? 1 : 0;
                speakingFor += pair.IsPossible && !isPossibleThere ? 1 : 0;
            }

            if (against > 0 && SurenessOf(against, speakingFor) is var sureness && sureness > best.Sureness)
            {
                best = (place, sureness);
            }
        }

        return best.Sureness < 0 ? null : new Case(
            isPop ? nearest[0].PopPlace : nearest[0].ProbePlace,
            best.Place.ToPlace(),
            nearest[0].ReachKm,
            [.. all.Where(pair => !pair.IsPossible && IsPossibleAt(best.Place, pair))],
            [.. all.Where(pair => pair.IsPossible && !IsPossibleAt(best.Place, pair))],
            all);

        Direction Witness(Pair pair) => isPop ? pair.ProbeDirection : pair.PopDirection;

        bool IsPossibleAt(Direction place, Pair pair) => place.Cosine(Witness(pair)) >= pair.ReachCosine;
    }

    private static double SurenessOf(int against, int speakingFor) => WilsonInterval.Of((double)against / (against + speakingFor), against + speakingFor).Low;
}
