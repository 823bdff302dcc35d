using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Controls;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Networks whose probes reach controls but not the target.</summary>
/// <remarks>
/// A round of a network is dark when most of its probes that asked got no answer to DNS (to pings, where nothing else is measured). Rounds
/// in a row make a suspicion. It becomes a finding when the same probes reached somebody else in the same time - other targets of ours,
/// K-root, L-root - and when their ordinary packet loss cannot explain it.
/// </remarks>
public sealed class BlackHole(BlackHoleOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "black-hole";

    // One lost round in so many is what a probe without history is taken to have.
    private const double OrdinaryLoss = 0.02;

    private const double History = 50;

    // A probe answered now and then in the dark (an invented answer, a round at the edge) is dark all the same.
    private const double DarkShare = 0.8;

    // So many networks, and such a share of all probes, make it the service's own silence.
    private const int EveryNetwork = 5;
    private const double EveryShare = 0.9;

    // The controls of so many tell whether it is.
    private const int EnoughProbes = 50;

    // What a day shows of a suspect's controls, a week would not show better.
    private const long ControlSeconds = 86400;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <summary>Whose controls are needed beyond our own targets, and of when.</summary>
    public IReadOnlyList<ControlRequest> Suspects(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var wanted = new SortedDictionary<(int Family, long Day), (long From, long To, SortedSet<int> Probes)>();
        foreach (var suspicion in Suspicions(input))
        {
            var (from, to) = (suspicion.Episode.From, Math.Min(suspicion.Episode.To, suspicion.Episode.From + ControlSeconds));
            var some = suspicion.Scope.Kind == ScopeKind.Target ? suspicion.Dark.Take(EnoughProbes) : suspicion.Dark;
            foreach (var probe in some.Where(probe => OwnControls(input, suspicion, probe).Count() < options.Controls))
            {
                var key = (suspicion.Service.Family, from / ControlSeconds);
                var known = wanted.TryGetValue(key, out var request) ? request : (From: from, To: to, Probes: []);
                known.Probes.Add(probe.Probe.Id);
                wanted[key] = (Math.Min(known.From, from), Math.Max(known.To, to), known.Probes);
            }
        }

        return [.. wanted.Select(pair => new ControlRequest(pair.Key.Family, pair.Value.From, pair.Value.To, [.. pair.Value.Probes]))];
    }

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var suspicion in Suspicions(input))
        {
            var controls = suspicion.Dark.Select(probe => OwnControls(input, suspicion, probe).Concat(RootControls(input, suspicion, probe)).ToList()).ToList();
            Severity? severity = controls.Count(reached => reached.Count > 0) >= options.Probes ? Severity.Critical
                : suspicion.Scope.Kind != ScopeKind.Target && suspicion.Dark.Count == suspicion.Members && controls.TrueForAll(reached => reached.Count >= options.Controls) ? Severity.Warning
                : null;
            if (severity is { } known && suspicion.Episode.Within(input.Window) is { } time)
            {
                yield return Of(suspicion, time, known, [.. controls.SelectMany(reached => reached).Distinct().Order(StringComparer.Ordinal)]);
            }
        }
    }

    private Finding Of(Suspicion suspicion, Episode time, Severity severity, List<string> reached)
    {
        var service = suspicion.Service;
        var first = suspicion.Dark[0].Probe;
        var network = Network(first);
        var pings = suspicion.Dark.SelectMany(track => Between(track.Pings, time)).ToList();

        // A network that never lets pings through says nothing by not letting them through now.
        var ever = suspicion.Dark.Any(track => track.Pings.Any(ping => ping.IsAnswered)) || suspicion.Dark.All(track => track.Pings.All(ping => ping.At >= time.From));
        var what = suspicion.HasDns ? pings.Count == 0 || !ever || pings.Count(ping => ping.IsAnswered) * 2 >= pings.Count ? "DNS" : "DNS and ping" : "ping";
        var works = suspicion.HasDns && what == "DNS" && pings.Count(ping => ping.IsAnswered) * 2 >= pings.Count && pings.Count > 0 ? "; pings come back" : "";
        var single = severity == Severity.Warning ? " Single vantage: it may be the host's own line." : "";
        var filter = works.Length > 0 ? "Something on the way filters port 53. " : "";
        var isOutage = suspicion.Scope.Kind == ScopeKind.Target;
        var silence = Invariant($"no answer to {what} from {Service(service)} for {suspicion.Dark.Count} of {Probes(suspicion.Members)}");
        var rest = Invariant($"over {Duration(time.To - time.From)}, although they reach {List(reached)}{works}.{single}");
        return new Finding(
            Name,
            severity,
            service.Target.Name,
            service.Family,
            suspicion.Scope,
            Instant(time.From),
            Instant(time.To),
            0,
            1,
            suspicion.Members,
            [.. suspicion.Dark.Select(track => track.Probe.Id).Order()],
            isOutage ? Invariant($"Everywhere: {silence} in {suspicion.Dark.DistinctBy(track => track.Probe.Asn).Count()} networks {rest}") : $"{Capital(network)}: {silence} {rest}",
            isOutage ? $"So many networks at once are not to blame: see whether {Address(service)} is announced, and its servers answer, at every PoP." : Invariant($"{filter}Call {network}: traceroutes to {Address(service)} from inside it show where packets end. Compare how its prefix and those that are reached are announced to it: filters, RPKI, a stale route."));
    }

    private IEnumerable<Suspicion> Suspicions(CheckInput input) => input.Services.SelectMany(service =>
    {
        var hasDns = service.Now.Probes.Any(probe => probe.DnsAsked > 0);
        if (service.Tracks.Where(track => (hasDns ? track.Dns.Count : track.Pings.Count) > 0).DistinctBy(track => track.Probe.Asn).Count() >= EveryNetwork
            && Suspicions(input, service, new Scope(ScopeKind.Target, service.Target.Name), [.. service.Tracks], hasDns, EveryShare).ToList() is { Count: > 0 } outages)
        {
            // A service that answers nobody is no matter of each network.
            return outages.Concat(Networks(input, service, hasDns).Where(network => !outages.Exists(outage => Overlap(outage.Episode, network.Episode) * 2 >= network.Episode.To - network.Episode.From)));
        }

        return Networks(input, service, hasDns);
    });

    private static long Overlap(Episode one, Episode other) => Math.Min(one.To, other.To) - Math.Max(one.From, other.From);

    private IEnumerable<Suspicion> Networks(CheckInput input, ServiceSeries service, bool hasDns) =>
        service.Tracks
            .Where(track => (hasDns ? track.Dns.Count : track.Pings.Count) > 0)
            .GroupBy(track => ScopeOf(track.Probe.Asn, track.Probe.Country))
            .Where(network => network.Key is not null)
            .SelectMany(network => Suspicions(input, service, network.Key!, [.. network], hasDns, options.Share));

    private IEnumerable<Suspicion> Suspicions(CheckInput input, ServiceSeries service, Scope scope, List<ProbeTrack> members, bool hasDns, double share)
    {
        var interval = hasDns ? service.DnsInterval : service.PingInterval;
        var rounds = new SortedDictionary<long, (long At, int Asked, int Dark)>();
        foreach (var track in members)
        {
            foreach (var (at, isDark) in Rounds(track, hasDns))
            {
                var known = rounds.TryGetValue(at / interval, out var round) ? round : (At: at, Asked: 0, Dark: 0);
                rounds[at / interval] = (Math.Min(known.At, at), known.Asked + 1, known.Dark + (isDark ? 1 : 0));
            }
        }

        bool IsDark((long At, int Asked, int Dark) round) => round.Asked < options.Probes ? round.Dark == round.Asked : round.Dark >= share * round.Asked;
        foreach (var episode in Episode.Of(rounds.Values.Select(round => (round.At, IsDark(round))), service.Rounds(options.RoundsToRaise), options.RoundsToClear, interval))
        {
            if (episode.Within(input.Window) is null)
            {
                continue;
            }

            // Who brought too few rounds meanwhile is no witness for either side.
            var present = members.Select(track => (Track: track, Rounds: Rounds(track, hasDns).Where(round => round.At >= episode.From && round.At < episode.To).ToList()))
                .Where(member => member.Rounds.Count >= service.Rounds(options.RoundsToRaise)).ToList();
            var dark = present.Where(member => member.Rounds.Count(round => round.IsDark) >= DarkShare * member.Rounds.Count).ToList();
            var isMost = present.Count < options.Probes ? dark.Count == present.Count : dark.Count >= share * present.Count;
            if (dark.Count > 0 && isMost && dark.Aggregate(1.0, (chance, member) => chance * ChanceOf(member.Track, member.Rounds, episode, hasDns)) < options.Chance)
            {
                yield return new Suspicion(service, scope, episode, [.. dark.Select(member => member.Track)], present.Count, hasDns);
            }
        }
    }

    /// <summary>How probable it is that ordinary loss ate these rounds, by what the probe loses at other times.</summary>
    private static double ChanceOf(ProbeTrack track, List<(long At, bool IsDark)> rounds, Episode episode, bool hasDns)
    {
        var outside = Rounds(track, hasDns).Where(round => round.At < episode.From || round.At >= episode.To).ToList();
        var loss = (outside.Count(round => round.IsDark) + (OrdinaryLoss * History)) / (outside.Count + History);
        return AtLeast(rounds.Count(round => round.IsDark), rounds.Count, loss);
    }

    /// <summary>How likely at least so many of the tries succeed: the upper tail of the binomial distribution.</summary>
    /// <param name="successes">0 to <paramref name="tries"/>.</param>
    /// <param name="tries">How many there are.</param>
    /// <param name="share">How likely one succeeds; above 0 and below 1.</param>
    internal static double AtLeast(int successes, int tries, double share)
    {
        // In logarithms: after some hundred tries the first terms are too small for a number, and all others are made from them.
        var odds = Math.Log(share) - Math.Log(1 - share);
        var (term, sum) = (tries * Math.Log(1 - share), 0.0);
        for (var number = 0; number <= tries; number++)
        {
            sum += number >= successes ? Math.Exp(term) : 0;
            term += Math.Log((double)(tries - number) / (number + 1)) + odds;
        }

        return Math.Min(1, sum);
    }

    private static IEnumerable<(long At, bool IsDark)> Rounds(ProbeTrack track, bool hasDns) => hasDns
        ? track.Dns.Select(round => (round.At, round.Kind == RoundKind.Silent))
        : track.Pings.Select(ping => (ping.At, !ping.IsAnswered));

    /// <summary>Other targets of ours that the probe mostly reached in that time.</summary>
    private static IEnumerable<string> OwnControls(CheckInput input, Suspicion suspicion, ProbeTrack suspect) => input.Services
        .Where(other => other.Family == suspicion.Service.Family && other.Target.Name != suspicion.Service.Target.Name)
        .Where(other => other.TrackOf(suspect.Probe.Id) is { } track
            // Who filters pings and lets DNS through is not silent to pings alone.
            && ((suspicion.HasDns && IsMostly(Between(track.Dns, suspicion.Episode), round => round.Kind is RoundKind.Pop or RoundKind.Unknown or RoundKind.Nameless))
                || IsMostly(Between(track.Pings, suspicion.Episode), ping => ping.IsAnswered)))
        .Select(other => other.Target.Name);

    private static IEnumerable<string> RootControls(CheckInput input, Suspicion suspicion, ProbeTrack suspect) => input.Controls(suspect.Probe.Id, suspicion.Service.Family)
        .Where(ping => ping.At >= suspicion.Episode.From && ping.At < suspicion.Episode.To)
        .GroupBy(ping => ping.Control)
        .Where(control => control.Count(ping => ping.IsAnswered) * 2 > control.Count())
        .Select(control => control.Key);

    private static bool IsMostly<T>(IEnumerable<T> rounds, Func<T, bool> isReached)
    {
        var (all, reached) = (0, 0);
        foreach (var round in rounds)
        {
            all++;
            reached += isReached(round) ? 1 : 0;
        }

        return reached * 2 > all;
    }

    private static IEnumerable<DnsRound> Between(IReadOnlyList<DnsRound> rounds, Episode time) => rounds.Where(round => round.At >= time.From && round.At < time.To);

    private static IEnumerable<PingRound> Between(IReadOnlyList<PingRound> rounds, Episode time) => rounds.Where(round => round.At >= time.From && round.At < time.To);

    /// <summary>A network in the dark, before anybody asked about controls.</summary>
    private sealed record Suspicion(ServiceSeries Service, Scope Scope, Episode Episode, IReadOnlyList<ProbeTrack> Dark, int Members, bool HasDns);
}
