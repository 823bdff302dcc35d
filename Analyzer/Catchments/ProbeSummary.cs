using System.Runtime.InteropServices;
using Analyzer.Attributions;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;

namespace Analyzer.Catchments;

/// <summary>Adds up what was read of one probe after the other, and decides which of its rounds to believe.</summary>
/// <remarks>Everything is counted in arrays by the numbers of <see cref="RoundJudge"/>, emptied for the next probe.</remarks>
internal sealed class ProbeSummary(
    Target target, int family, Window window, RoundJudge judge, IReadOnlyDictionary<int, Probe> probes, Action<JudgedRound>? tell, bool keepSeries,
    IReadOnlyList<string> questions, IProbeListener? listener)
{
    private const int Confidences = 3;

    private readonly NearestPop nearest = new(target.Pops, window);
    private readonly List<PopRound> popRounds = [];
    private readonly List<DnsRound> seen = [];
    private readonly List<JudgedRound> judgedRounds = [];
    private readonly List<long> nameless = [];
    private readonly List<int> popsMet = [];
    private readonly List<int> serversMet = [];
    private readonly List<double> answersMs = [];
    private readonly List<double> doubtedMs = [];
    private readonly List<(int Combination, int Pop, double RttMs, int Answers)> claimed = [];
    private PopCount[] ofPop = [];
    private ServerCount[] ofServer = [];
    private int[] ofConfidence = [];

    /// <summary>What the probe's answers claim about where it and the PoPs stand.</summary>
    /// <param name="state">The probe.</param>
    /// <param name="claims">Receives the claims: one a PoP and combination of identities.</param>
    /// <returns>Whether one of them is faster than light, so that it takes the others' word to say who errs.</returns>
    public bool Claim(ProbeState state, List<Claim> claims)
    {
        if (probes.GetValueOrDefault(state.Probe) is not { Position: { } position } probe)
        {
            return false;
        }

        var elsewhere = probe.Placing?.Disagreement is { IsFar: true, GeoIpPosition: not null } disagreement ? disagreement : null;

        claimed.Clear();
        var fastestPingMs = state.PingsMs.Count == 0 ? double.NaN : state.PingsMs.Min();
        foreach (ref readonly var round in CollectionsMarshal.AsSpan(state.Rounds))
        {
            // Who answers long before a ping is back is not at that address: it says nothing about where probe and PoP are.
            if (round.Judged.Class == RoundClass.Pop && round.Microseconds > 0 && !Haste.IsHasty(round.RttMs, fastestPingMs))
            {
                AddClaim(in round);
            }
        }

        var isImpossible = false;
        foreach (var (combination, number, rttMs, answers) in claimed)
        {
            var pop = judge.Pops[number];
            claims.Add(new Claim(state.Probe, position, pop.Code, pop.Position, rttMs, judge.NameOf(combination), answers)
            {
                Elsewhere = elsewhere?.GeoIpPosition,
                ElsewhereKm = elsewhere?.GeoIpRadiusKm ?? 0,
                IsPlaceGuessed = probe.PositionFrom == PlaceOrigin.GeoIp,
            });
            isImpossible |= !GreatCircle.IsPossible(position, pop.Position, rttMs);
        }

        return isImpossible;
    }

    /// <summary>What the probe adds up to.</summary>
    /// <param name="state">The probe, which has asked.</param>
    /// <param name="verdicts">Who errs where answers came faster than light.</param>
    public ProbeCatchment Sum(ProbeState state, LightSpeedVerdicts verdicts)
    {
        var probe = probes.GetValueOrDefault(state.Probe);
        var asn = probe?.Asn(family);
        Clear();
        CountRounds(state, probe?.Position, verdicts);
        var classes = Believe(state, asn, verdicts);
        listener?.Hear(new ProbeRounds(
            state.Probe, CollectionsMarshal.AsSpan(judgedRounds), CollectionsMarshal.AsSpan(nameless), CollectionsMarshal.AsSpan(state.Unanswered),
            CollectionsMarshal.AsSpan(state.Pings)));
        var served = Served();
        var near = probe?.Position is { } here ? nearest.To(here, probe.Country, asn) : null;
        var runs = FlipDetector.Runs(CollectionsMarshal.AsSpan(popRounds));
        var isLoadBalanced = FlipDetector.IsLoadBalanced(runs);
        var timesMs = CollectionsMarshal.AsSpan(state.PingsMs.Count > 0 ? state.PingsMs : answersMs);
        timesMs.Sort();
        return new ProbeCatchment(state.Probe)
        {
            Probe = probe,
            Asn = asn,
            AsName = probe?.AsName(family),
            AsnFrom = probe?.AsnFrom(family) ?? PlaceOrigin.None,
            Answered = state.Rounds.Count + state.PingsAnswered > 0,
            Pop = served < 0 ? null : judge.Pops[served],
            Server = served < 0 ? null : ServerOf(served),
            Confidence = served < 0 ? null : ConfidenceOf(served),
            Pops =
            [
                .. popsMet
                    .Where(pop => ofPop[pop].Rounds > 0)
                    .Select(pop => new PopRounds(judge.Pops[pop], ofPop[pop].Rounds))
                    .OrderByDescending(pop => pop.Rounds)
                    .ThenBy(pop => pop.Pop.Code, StringComparer.Ordinal),
            ],
            Stays = runs.ConvertAll(run => new Stay(judge.Pops[run.Pop].Code, run.From, run.To, run.Rounds)),
            Flips = isLoadBalanced
                ? []
                : FlipDetector.Flips(runs).ConvertAll(flip => new Flip(flip.At, judge.Pops[flip.From].Code, judge.Pops[flip.To].Code)),
            IsLoadBalanced = isLoadBalanced,
            IsMisplaced = verdicts.IsMisplaced(state.Probe),
            Classes = classes,
            DnsAsked = state.DnsAsked,
            DnsAnswered = state.Rounds.Count,
            PingsAsked = state.PingsAsked,
            PingsAnswered = state.PingsAnswered,
            RttMs = Quantiles.OfSorted(timesMs),
            RttSource = state.PingsMs.Count > 0 ? RttSource.Ping : answersMs.Count > 0 ? RttSource.Dns : null,
            DoubtedRttMs = MedianOf(doubtedMs),
            FastestPingMs = state.PingsMs.Count == 0 ? null : state.PingsMs[0],
            LossPercent = LossPercent(state),
            DistanceKm = served < 0 || probe?.Position is null ? null : ofPop[served].DistanceKm,
            Nearest = near?.Pop,
            NearestKm = near?.DistanceKm,
            Series = keepSeries ? SeriesOf(state) : null,
        };
    }

    private void AddClaim(in AnsweredRound round)
    {
        foreach (ref var claim in CollectionsMarshal.AsSpan(claimed))
        {
            if (claim.Combination == round.Combination && claim.Pop == round.Judged.Pop)
            {
                claim = (claim.Combination, claim.Pop, Math.Min(claim.RttMs, round.RttMs), claim.Answers + 1);
                return;
            }
        }

        claimed.Add((round.Combination, round.Judged.Pop, round.RttMs, 1));
    }

    private void Clear()
    {
        foreach (var pop in popsMet)
        {
            ofPop[pop] = default;
            Array.Clear(ofConfidence, pop * Confidences, Confidences);
        }

        foreach (var server in serversMet)
        {
            ofServer[server] = default;
        }

        popsMet.Clear();
        serversMet.Clear();
        popRounds.Clear();
        seen.Clear();
        judgedRounds.Clear();
        nameless.Clear();
        answersMs.Clear();
        doubtedMs.Clear();
    }

    /// <summary>Counts for each PoP the rounds that name it, and those that nobody's wrong place excuses for being faster than light.</summary>
    private void CountRounds(ProbeState state, GeoPoint? position, LightSpeedVerdicts verdicts)
    {
        foreach (ref readonly var round in CollectionsMarshal.AsSpan(state.Rounds))
        {
            if (round.Judged.Class != RoundClass.Pop)
            {
                continue;
            }

            ref var count = ref CountOf(round.Judged.Pop, position);
            count.Claims++;
            count.Impossible += IsImpossible(state.Probe, in round, in count, verdicts) ? 1 : 0;
        }
    }

    /// <summary>Adds up the rounds that are to be believed, and all of them by class.</summary>
    private ClassRounds Believe(ProbeState state, uint? asn, LightSpeedVerdicts verdicts)
    {
        var (pop, interceptor, unknown, conflict, impossible, nameless) = (0, 0, 0, 0, 0, 0);
        foreach (ref readonly var round in CollectionsMarshal.AsSpan(state.Rounds))
        {
            var verdict = round.Judged.Class == RoundClass.Pop && !IsBelieved(state.Probe, in round, verdicts) ? RoundClass.Impossible : round.Judged.Class;
            switch (verdict)
            {
                case RoundClass.Pop:
                    pop++;
                    AddPop(in round);
                    break;
                case RoundClass.Interceptor:
                    interceptor++;
                    break;
                case RoundClass.Impossible:
                    impossible++;
                    break;
                case RoundClass.Conflict:
                    conflict++;
                    break;
                case RoundClass.Unknown:
                    unknown++;
                    judge.CountUnknown(in round, state.Probe, asn);
                    break;
                default:
                    nameless++;
                    break;
            }

            if (keepSeries)
            {
                seen.Add(new DnsRound((uint)round.At, KindOf(verdict), (short)(verdict == RoundClass.Pop ? round.Judged.Pop : -1)));
            }

            if (round.Microseconds >= 0 && verdict is (RoundClass.Unknown or RoundClass.Impossible or RoundClass.Nameless))
            {
                doubtedMs.Add(round.RttMs);
            }

            // Neither an interceptor's time nor an invented one is our service's.
            if (round.Microseconds >= 0 && verdict is not (RoundClass.Interceptor or RoundClass.Impossible))
            {
                answersMs.Add(round.RttMs);
            }

            if (tell is not null || listener is not null)
            {
                Tell(state.Probe, in round, verdict);
            }
        }

        return new ClassRounds
        {
            Pop = pop,
            Interceptor = interceptor,
            Unknown = unknown,
            Conflict = conflict,
            Impossible = impossible,
            Nameless = nameless,
        };
    }

    private void Tell(int probe, in AnsweredRound round, RoundClass verdict)
    {
        if (verdict == RoundClass.Nameless)
        {
            nameless.Add(round.At);
            return;
        }

        var judged = new JudgedRound(probe, round.At, ClassOf(verdict), verdict == RoundClass.Pop ? judge.Pops[round.Judged.Pop] : null, round.Microseconds);
        judgedRounds.Add(judged);
        tell?.Invoke(judged);
    }

    /// <summary>Where half of the rounds that name a PoP or more came faster than light, the others were only slower, not truer.</summary>
    private bool IsBelieved(int probe, in AnsweredRound round, LightSpeedVerdicts verdicts)
    {
        ref readonly var count = ref ofPop[round.Judged.Pop];
        return count.Impossible == 0 || (count.Impossible * 2 < count.Claims && !IsImpossible(probe, in round, in count, verdicts));
    }

    /// <summary>Whether it came faster than light, and not because probe or PoP are elsewhere.</summary>
    private bool IsImpossible(int probe, in AnsweredRound round, in PopCount count, LightSpeedVerdicts verdicts) =>
        // A comparison with NaN is false: without a place, or without a time, nothing is impossible.
        count.DistanceKm > (round.RttMs * GreatCircle.FibreKmPerRttMs) + GreatCircle.SlackKm
        && verdicts.CulpritOf(probe, judge.Pops[round.Judged.Pop].Code, judge.NameOf(round.Combination)) is not (Culprit.Probe or Culprit.Pop);

    private ref PopCount CountOf(int pop, GeoPoint? position)
    {
        if (pop >= ofPop.Length)
        {
            Array.Resize(ref ofPop, Math.Max(pop + 1, ofPop.Length * 2));
            Array.Resize(ref ofConfidence, ofPop.Length * Confidences);
        }

        ref var count = ref ofPop[pop];
        if (count.Claims == 0)
        {
            popsMet.Add(pop);
            count.DistanceKm = position is { } here ? GreatCircle.DistanceKm(here, judge.Pops[pop].Position) : double.NaN;
        }

        return ref count;
    }

    private void AddPop(in AnsweredRound round)
    {
        var judged = round.Judged;
        ref var count = ref ofPop[judged.Pop];
        count.Rounds++;
        count.LastAt = round.At;
        ofConfidence[(judged.Pop * Confidences) + (int)judged.Confidence]++;
        popRounds.Add(new PopRound(round.At, judged.Pop));
        if (judged.Server >= 0)
        {
            AddServer(round.At, judged.Pop, judged.Server);
        }
    }

    private void AddServer(long at, int pop, int server)
    {
        if (server >= ofServer.Length)
        {
            Array.Resize(ref ofServer, Math.Max(server + 1, ofServer.Length * 2));
        }

        ref var count = ref ofServer[server];
        if (count.Rounds++ == 0)
        {
            count.Pop = pop;
            serversMet.Add(server);
        }

        count.LastAt = at;
    }

    /// <summary>The PoP of most rounds, of equals that of the latest round; −1: none.</summary>
    private int Served()
    {
        var served = -1;
        foreach (var pop in popsMet)
        {
            ref readonly var count = ref ofPop[pop];
            if (count.Rounds > 0
                && (served < 0 || (count.Rounds, count.LastAt).CompareTo((ofPop[served].Rounds, ofPop[served].LastAt)) > 0))
            {
                served = pop;
            }
        }

        return served;
    }

    private string? ServerOf(int pop)
    {
        var served = -1;
        foreach (var server in serversMet)
        {
            ref readonly var count = ref ofServer[server];
            if (count.Pop == pop
                && (served < 0 || (count.Rounds, count.LastAt).CompareTo((ofServer[served].Rounds, ofServer[served].LastAt)) > 0))
            {
                served = server;
            }
        }

        return served < 0 ? null : judge.Servers[served];
    }

    private Confidence ConfidenceOf(int pop)
    {
        var most = 0;
        for (var confidence = 1; confidence < Confidences; confidence++)
        {
            if (ofConfidence[(pop * Confidences) + confidence] > ofConfidence[(pop * Confidences) + most])
            {
                most = confidence;
            }
        }

        return (Confidence)most;
    }

    private ProbeSeries SeriesOf(ProbeState state)
    {
        var dns = new DnsRound[seen.Count + state.Unanswered.Count];
        seen.CopyTo(dns);
        for (var index = 0; index < state.Unanswered.Count; index++)
        {
            dns[seen.Count + index] = new DnsRound((uint)state.Unanswered[index], RoundKind.Silent, -1);
        }

        Array.Sort(dns, static (left, right) => left.Seconds.CompareTo(right.Seconds));

        // Pings of several measurements follow one another in the store.
        var pings = state.Pings.ToArray();
        Array.Sort(pings, static (left, right) => left.Seconds.CompareTo(right.Seconds));
        var stranger = state.Rounds.FindIndex(round => round.Judged.Class == RoundClass.Interceptor);
        return new ProbeSeries(dns, pings)
        {
            Stranger = stranger < 0 ? null : judge.StrangerOf(state.Rounds[stranger].Combination),
            Manners =
            [
                .. state.Manners.Select(manner => new AnswerManner(
                    questions[manner.Measurement], manner.Rcode, manner.HasText, judge.TextOf(manner.Text), manner.Answers, manner.FirstAt, manner.LastAt)),
            ],
        };
    }

    private static double? MedianOf(List<double> values)
    {
        values.Sort();
        return Quantiles.OfSorted(CollectionsMarshal.AsSpan(values))?.P50;
    }

    private static double? LossPercent(ProbeState state) => state.PacketsSent > 0 ? Percent(state.PacketsSent - state.PacketsReceived, state.PacketsSent)
        : state.PingsAsked > 0 ? Percent(state.PingsAsked - state.PingsAnswered, state.PingsAsked)
        : state.DnsAsked > 0 ? Percent(state.DnsAsked - state.Rounds.Count, state.DnsAsked)
        : null;

    private static double Percent(long part, long whole) => 100.0 * part / whole;

    private static IdentityClass ClassOf(RoundClass verdict) => verdict switch
    {
        RoundClass.Pop => IdentityClass.Pop,
        RoundClass.Interceptor => IdentityClass.Interceptor,
        RoundClass.Conflict => IdentityClass.Conflict,
        RoundClass.Impossible => IdentityClass.Impossible,
        _ => IdentityClass.Unknown,
    };

    private static RoundKind KindOf(RoundClass verdict) => verdict switch
    {
        RoundClass.Pop => RoundKind.Pop,
        RoundClass.Interceptor => RoundKind.Interceptor,
        RoundClass.Conflict => RoundKind.Conflict,
        RoundClass.Impossible => RoundKind.Impossible,
        RoundClass.Unknown => RoundKind.Unknown,
        _ => RoundKind.Nameless,
    };

    private struct PopCount
    {
        public int Claims;
        public int Impossible;
        public int Rounds;
        public long LastAt;
        public double DistanceKm;
    }

    private struct ServerCount
    {
        public int Pop;
        public int Rounds;
        public long LastAt;
    }
}
