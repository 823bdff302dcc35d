using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Probes;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Networks, countries and PoPs whose round trips to the same PoP became longer than on the day before.</summary>
/// <remarks>
/// Each probe is compared with itself, on the PoP that it had: its ping less the median of that day's. The median of these differences over the
/// group tells, so that half of the probes may be odd; and it must be beyond what these probes do on an ordinary day, so that
/// full lines in the evening are no news. What half a PoP's probes have in common is told of the PoP, not of each network.
/// </remarks>
public sealed class LatencyShift(LatencyShiftOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "latency-shift";

    // A probe's ordinary day takes so many pings to know.
    private const int FewestPings = 4;

    // A PoP is named when many probes of several countries agree, each a small part of the Internet.
    private const int OfPop = 3;

    // When so much of it is explained by one country or network, that is named instead.
    private const double Explained = 2.0 / 3;

    // The median difference must exceed the ordinary day's spread (median to 90th percentile) so many times.
    private const double Spreads = 2;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.SelectMany(service => Find(input, service));
    }

    private List<Finding> Find(CheckInput input, ServiceSeries service)
    {
        var end = Before.End(service);
        var panel = service.Tracks.Where(track => !track.Probe.IsLoadBalanced).Select(track => Compared(service, track, end)).OfType<Member>().ToList();
        var rises = new List<Rise>();
        void Look(ScopeKind kind, int least, Func<Member, string?> of, Func<Member, string>? narrower)
        {
            // What was said of something wider is not said again of its parts, as long as it lasted.
            var told = rises.SelectMany(rise => rise.Risen.Select(member => (member.Track.Probe.Id, rise.Time))).ToLookup(pair => pair.Id, pair => pair.Time);
            rises.AddRange(panel
                .Select(member => told.Contains(member.Track.Probe.Id)
                    ? member with { Pings = [.. member.Pings.Where(ping => !told[member.Track.Probe.Id].Any(time => ping.At >= time.From && ping.At < time.To))] } : member)
                .GroupBy(of).Where(group => group.Key is not null && group.Count() >= least)
                .SelectMany(group => Rises(input, service, [.. group], new Scope(kind, group.Key!), least, narrower)).ToList());
        }

        Look(ScopeKind.Pop, OfPop * options.Probes, member => service.Pop(member.Pop).Code, member => member.Track.Probe.Country ?? "");
        Look(ScopeKind.Country, options.Probes, member => member.Track.Probe.Country, member => Invariant($"{member.Track.Probe.Asn}"));
        Look(ScopeKind.Asn, options.Probes, member => member.Track.Probe.Asn is { } asn ? Number(asn) : null, null);
        return rises.ConvertAll(rise => Of(service, rise));
    }

    /// <summary>A probe's pings on the PoP that it had the day before, less what they took then; null: too few to compare.</summary>
    private static Member? Compared(ServiceSeries service, ProbeTrack track, long end)
    {
        var home = track.Pings.Count == 0 ? -1 : Before.HomeOf(track, end);
        if (home < 0)
        {
            return null;
        }

        var before = new List<double>();
        var after = new List<(long At, double Ms)>();
        foreach (var ping in track.Pings.Where(ping => ping.IsAnswered && track.PopAt(ping.At, 2 * service.DnsInterval) == home))
        {
            if (ping.At < end)
            {
                before.Add(ping.RttMs);
            }
            else
            {
                after.Add((ping.At, ping.RttMs));
            }
        }

        before.Sort();
        return before.Count >= FewestPings && after.Count > 0 && Quantiles.OfSorted([.. before]) is { } usual
            ? new Member(track, home, usual.P50, usual.P90 - usual.P50, after.ConvertAll(ping => (ping.At, ping.Ms - usual.P50))) : null;
    }

    private IEnumerable<Rise> Rises(CheckInput input, ServiceSeries service, List<Member> members, Scope scope, int least, Func<Member, string>? narrower)
    {
        var leastMs = Math.Max(options.ExtraMs, Spreads * DetourFinder.Median(members.Select(member => member.SpreadMs)));
        var rounds = new SortedDictionary<long, (long At, List<double> Ms)>();
        foreach (var (at, ms) in members.SelectMany(member => member.Pings))
        {
            if (!rounds.TryGetValue(at / service.PingInterval, out var round))
            {
                round = (at, []);
            }

            round.Ms.Add(ms);
            rounds[at / service.PingInterval] = (Math.Min(round.At, at), round.Ms);
        }

        foreach (var episode in Episode.Of(
            rounds.Values.Where(round => round.Ms.Count >= least).Select(round => (round.At, DetourFinder.Median(round.Ms) >= leastMs)),
            options.RoundsToRaise, options.RoundsToClear, service.PingInterval))
        {
            if (episode.Within(input.Window) is not { } time)
            {
                continue;
            }

            var present = members.Select(member => (Member: member, Ms: member.Pings.Where(ping => ping.At >= episode.From && ping.At < episode.To).Select(ping => ping.Ms).ToList()))
                .Where(member => member.Ms.Count > 0).Select(member => (member.Member, Ms: DetourFinder.Median(member.Ms))).ToList();
            var risen = present.Where(member => member.Ms >= leastMs).ToList();
            var isWide = narrower is null || risen.CountBy(member => narrower(member.Member)).All(part => part.Value < Explained * risen.Count);
            if (present.Count >= least && risen.Count * 2 >= present.Count && isWide)
            {
                yield return new Rise(scope, time, [.. risen.Select(member => member.Member)], present.Count, DetourFinder.Median(present.Select(member => member.Ms)));
            }
        }
    }

    private Finding Of(ServiceSeries service, Rise rise)
    {
        var beforeMs = DetourFinder.Median(rise.Risen.Select(member => member.UsualMs));
        var pops = rise.Risen.CountBy(member => service.Pop(member.Pop).Code).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key).ToList();
        var networks = rise.Risen.Where(member => member.Track.Probe.Asn is not null).CountBy(member => (Asn: member.Track.Probe.Asn!.Value, member.Track.Probe.AsName)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Asn)
            .Select(pair => AsText.Of(pair.Key.Asn, pair.Key.AsName)).ToList();
        var countries = rise.Risen.Select(member => member.Track.Probe.Country).Distinct().ToList();
        var who = rise.Scope.Kind switch
        {
            ScopeKind.Pop => Place(service.Pop(rise.Risen[0].Pop)),
            ScopeKind.Country => Invariant($"{Capital(Land(rise.Scope.Value))} ({List(networks, 3)})"),
            _ => Network(rise.Risen[0].Track.Probe.Asn, rise.Risen[0].Track.Probe.AsName, countries is [var one] ? one : null),
        };
        var advice = rise.Scope.Kind switch
        {
            ScopeKind.Pop => $"So many networks at once: look at {rise.Scope.Value} itself first, its servers, upstreams and links: a tunnel or a backhaul to another site, a full link, a lost upstream.",
            ScopeKind.Country => $"Several networks of {Land(rise.Scope.Value)} at once: a carrier that they share, an exchange or a cable. Compare traceroutes from two of them to {Address(service)}.",
            _ => $"The PoP is the same: the way to it changed, or a link on it is full. Compare traceroutes to {Address(service)} before and now, and ask {who} or its upstream.",
        };
        return new Finding(
            Name,
            Severity.Warning,
            service.Target.Name,
            service.Family,
            rise.Scope,
            Instant(rise.Time.From),
            Instant(rise.Time.To),
            beforeMs + rise.MedianMs,
            beforeMs,
            rise.Present,
            [.. rise.Risen.Select(member => member.Track.Probe.Id).Order()],
            Invariant($"{who}: round trips to {Service(service)} take {rise.MedianMs:0} ms longer than the day before, {beforeMs + rise.MedianMs:0} ms instead of {beforeMs:0} ms, for {rise.Risen.Count} of {Probes(rise.Present)} that stayed on {List(pops, 3)}."),
            advice);
    }

    private sealed record Member(ProbeTrack Track, int Pop, double UsualMs, double SpreadMs, List<(long At, double Ms)> Pings);

    private sealed record Rise(Scope Scope, Episode Time, List<Member> Risen, int Present, double MedianMs);
}
