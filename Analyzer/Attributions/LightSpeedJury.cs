using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>Decides who errs where answers came faster than light: the probe's place, the PoP's place, or the identity.</summary>
/// <remarks>
/// <para>A claim is impossible when probe and PoP are farther apart than light in fibre gets in the round-trip time, plus 50 km
/// (<see cref="GreatCircle.IsPossible"/>). One impossible claim says that one of three errs, not which. The others of the same probe and of
/// the same PoP vote:</para>
/// <list type="bullet">
/// <item>A suspect is moved, in thought, to the place where most of its claims become possible. What the move makes possible speaks
/// against the stated place, what it makes impossible speaks for it; what is possible in both says nothing.</item>
/// <item>A PoP is misplaced when at least three probes speak against its place, and two thirds of all who speak.</item>
/// <item>A probe is misplaced when at least two PoPs speak against its place, and most of those who speak, by PoPs and by answers; or when
/// one does that many others trust, none speaks for it, and a tenth of the probe's answers at least came from there, of quick ones a third, of answers in under 5 ms a half.</item>
/// <item>One PoP against a probe is enough, too, where a GeoIP database has its address far from its stated place, and everything that it
/// answered is possible from there: two witnesses that know nothing of each other. It is enough as well where the stated place is but such a
/// database's, and nobody speaks for it.</item>
/// <item>The surest suspect goes first (Wilson's lower bound of its votes, so that many votes weigh more than few), and what a misplaced
/// probe says no longer counts, and a misplaced PoP is a witness from where it seems to be.</item>
/// <item>What then remains impossible is laid to the identity, when another PoP speaks for the probe's place, or when the identity is
/// impossible for three probes and for more than it is credible for. Else it stays undecided.</item>
/// </list>
/// </remarks>
public static class LightSpeedJury
{
    /// <summary>Answers within this time come from nearby, wherever they are; they are what trust in a PoP's place rests on.</summary>
    public const double QuickRttMs = 20;

    /// <summary>How many probes it takes to doubt a PoP's place or an identity, or to trust a PoP.</summary>
    public const int FewestProbes = 3;

    // Fewer of a probe's answers than this, from one PoP only, may be a slip of its clock.
    private const double FewestAnswers = 0.1;

    // The nearer a probe is to a PoP that answers it, the more often it reaches it; who only now and then names a neighbour invents it.
    // 5 ms are 500 km at the most.
    private const double NextDoorMs = 5;
    private const double FewestNextDoor = 0.5;
    private const double FewestQuick = 1.0 / 3;

    private const double PopMajority = 2.0 / 3;
    private const double ProbeMajority = 0.5;

    /// <summary>Judges the claims of a window.</summary>
    /// <param name="claims">All of them, in any order, the possible ones too: they are the witnesses. Times that are no times are left out.</param>
    public static LightSpeedVerdicts Judge(IEnumerable<Claim> claims)
    {
        var pairs = Pair.Gather(claims);
        if (!pairs.Exists(pair => !pair.IsPossible))
        {
            return LightSpeedVerdicts.None;
        }

        var pops = pairs.GroupBy(pair => pair.Pop, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var probes = pairs.GroupBy(pair => pair.Probe).Where(group => group.Any(pair => !pair.IsPossible)).ToDictionary(group => group.Key, group => group.ToList());
        var misplacedPops = new SortedDictionary<string, MisplacedPop>(StringComparer.Ordinal);
        var misplacedProbes = new SortedDictionary<int, MisplacedProbe>();
        while (Convict(pops, probes, misplacedPops, misplacedProbes))
        {
            // Each conviction changes what the witnesses in the other cases are worth.
        }

        var (identities, undecided) = JudgeIdentities([.. pops.Values.SelectMany(all => all).OrderBy(pair => pair.Probe)], probes);
        return new LightSpeedVerdicts([.. misplacedProbes.Values], [.. misplacedPops.Values], identities, undecided);
    }

    /// <summary>One round: every suspect that is surer than all suspects it shares an impossible claim with.</summary>
    private static bool Convict(
        Dictionary<string, List<Pair>> pops,
        Dictionary<int, List<Pair>> probes,
        SortedDictionary<string, MisplacedPop> misplacedPops,
        SortedDictionary<int, MisplacedProbe> misplacedProbes)
    {
        var popCases = new Dictionary<string, Case>(StringComparer.Ordinal);
        foreach (var (pop, all) in pops)
        {
            if (!misplacedPops.ContainsKey(pop)
                && Case.Of(all, isPop: true) is { } found
                && found.Against.Count >= FewestProbes && found.Share >= PopMajority)
            {
                popCases.Add(pop, found);
            }
        }

        var probeCases = new Dictionary<int, Case>();
        foreach (var (probe, all) in probes)
        {
            if (!misplacedProbes.ContainsKey(probe)
                && Case.Of(all, isPop: false) is { } found
                && (found.Against.Count > 1 ? found.Share > ProbeMajority && found.AnswerShare > ProbeMajority : IsLonelyButSure(found, pops)))
            {
                probeCases.Add(probe, found);
            }
        }

        // On a tie the probe goes: places that its operator configured are better known than those that hosts typed in once.
        var guiltyProbes = probeCases.Where(suspect => suspect.Value.Impossible.All(pair => !popCases.TryGetValue(pair.Pop, out var other) || suspect.Value.Sureness >= other.Sureness)).ToList();
        var guiltyPops = popCases.Where(suspect => suspect.Value.Impossible.All(pair => !probeCases.TryGetValue(pair.Probe, out var other) || suspect.Value.Sureness > other.Sureness)).ToList();
        foreach (var (probe, found) in guiltyProbes)
        {
            misplacedProbes.Add(probe, new MisplacedProbe(
                probe, found.Stated, found.Near, found.WithinKm, [.. found.Against.Select(pair => pair.Pop).Order(StringComparer.Ordinal)], [.. found.For.Select(pair => pair.Pop).Order(StringComparer.Ordinal)])
            {
                GeoIp = found.Against.All(pair => pair.IsPossibleElsewhere) ? found.Against[0].Elsewhere : null,
            });
        }

        foreach (var all in pops.Values)
        {
            all.RemoveAll(pair => misplacedProbes.ContainsKey(pair.Probe));
        }

        foreach (var (pop, found) in guiltyPops)
        {
            var misplaced = new MisplacedPop(
                pop, found.Stated, found.Near, found.WithinKm, [.. found.Against.Select(pair => pair.Probe).Order()], [.. found.For.Select(pair => pair.Probe).Order()]);
            misplacedPops.Add(pop, misplaced);
            pops[pop] = [.. pops[pop].Select(pair => pair.Moved(misplaced))];
            foreach (var claims in pops[pop].Select(pair => probes.GetValueOrDefault(pair.Probe)).OfType<List<Pair>>())
            {
                var index = claims.FindIndex(pair => pair.Pop == pop);
                claims[index] = claims[index].Moved(misplaced);
            }
        }

        return guiltyProbes.Count + guiltyPops.Count > 0;
    }

    /// <summary>Only one PoP speaks against a probe: that is enough when a GeoIP database says the same, or when many trust the PoP, nobody speaks for the probe, and it did not
    /// happen just now and then.</summary>
    private static bool IsLonelyButSure(Case found, Dictionary<string, List<Pair>> pops)
    {
        if (found.Against is not [var only])
        {
            return false;
        }

        // The place is but a guess, or there is another that explains everything.
        if ((found.IsPossibleElsewhere || (only.IsPlaceGuessed && found.For.Count == 0)) && only.Answers >= found.AllAnswers * FewestAnswers)
        {
            return true;
        }

        if (found.For.Count > 0 || only.Answers < found.AllAnswers * (only.RttMs < NextDoorMs ? FewestNextDoor : only.RttMs < QuickRttMs ? FewestQuick : FewestAnswers))
        {
            return false;
        }

        var witnesses = pops[only.Pop];
        var trusting = witnesses.Count(pair => pair.IsPossible && pair.RttMs <= QuickRttMs);
        return trusting >= FewestProbes && trusting > witnesses.Count(pair => !pair.IsPossible);
    }

    private static (IReadOnlyList<LyingIdentity> Lying, IReadOnlyList<ImpossibleClaim> Undecided) JudgeIdentities(
        List<Pair> pairs, Dictionary<int, List<Pair>> probes)
    {
        // How often each identity is believed: by probes for whom it is possible and quick.
        var credible = pairs.Where(pair => pair.IsPossible && pair.RttMs <= QuickRttMs)
            .SelectMany(pair => pair.Identities.Keys.Select(identity => (identity, pair.Pop))).CountBy(key => key).ToDictionary();
        var open = pairs.Where(pair => !pair.IsPossible).ToList();
        var impossible = open.SelectMany(pair => pair.ImpossibleIdentities.Select(identity => (identity, pair.Pop))).CountBy(key => key).ToDictionary();
        var lying = new Dictionary<(string Identity, string Pop), List<int>>();
        var undecided = new List<ImpossibleClaim>();
        foreach (var pair in open)
        {
            var speaksForPlace = probes[pair.Probe].Exists(other =>
                other.IsPossible && GreatCircle.DistanceKm(pair.PopPlace, other.PopPlace) > other.ReachKm);
            foreach (var identity in pair.ImpossibleIdentities)
            {
                var key = (identity, pair.Pop);
                var isShared = impossible[key] >= FewestProbes && impossible[key] > credible.GetValueOrDefault(key);
                if (speaksForPlace || isShared)
                {
                    if (!lying.TryGetValue(key, out var got))
                    {
                        lying.Add(key, got = []);
                    }

                    got.Add(pair.Probe);
                }
                else
                {
                    undecided.Add(new ImpossibleClaim(pair.Probe, pair.Pop, Text(identity), pair.Identities[identity].RttMs, pair.DistanceKm));
                }
            }
        }

        return (
            [.. lying.OrderBy(entry => entry.Key.Identity, StringComparer.Ordinal).ThenBy(entry => entry.Key.Pop, StringComparer.Ordinal)
                .Select(entry => new LyingIdentity(Text(entry.Key.Identity), entry.Key.Pop, [.. entry.Value.Order()]))],
            [.. undecided.OrderBy(claim => claim.Probe).ThenBy(claim => claim.Pop, StringComparer.Ordinal).ThenBy(claim => claim.Identity, StringComparer.Ordinal)]);

        static string? Text(string identity) => identity.Length == 0 ? null : identity;
    }
}
