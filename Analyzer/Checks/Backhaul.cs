using Analyzer.Attributions;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Geography;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>PoPs that answer although nobody near them is near them: the announcement is there, the servers are behind a tunnel.</summary>
public sealed class Backhaul(BackhaulOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "backhaul";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.SelectMany(service => Enumerable.Range(0, service.PopCount).SelectMany(pop => Find(input, service, pop)))
            .Concat(input.LightSpeed.Pops.Select(verdict => Elsewhere(input, verdict)));
    }

    /// <summary>A PoP from which answers come faster than light would bring them: its servers are near those probes.</summary>
    private Finding Elsewhere(CheckInput input, MisplacedPop verdict)
    {
        var away = GreatCircle.DistanceKm(verdict.Stated, verdict.Near);
        return new Finding(
            Name,
            Severity.Warning,
            null,
            null,
            new Scope(ScopeKind.Pop, verdict.Pop),
            input.Window.From,
            input.Window.To,
            away,
            verdict.WithinKm,
            verdict.Against.Count + verdict.For.Count,
            verdict.Against,
            Invariant($"{verdict.Pop} is not where Pops says: {Probes(verdict.Against.Count)} get its answers faster than light comes from there. It must be within {verdict.WithinKm:N0} km of {(Places.NearestCity(verdict.Near)?.Name ?? "a place")}, {away:N0} km away."),
            $"See where the servers of {verdict.Pop} stand, and whether its identities are those of another site. Until Latitude and Longitude are right, its distances are wrong everywhere.");
    }

    private IEnumerable<Finding> Find(CheckInput input, ServiceSeries service, int number)
    {
        var pop = service.Pop(number);
        var rounds = new SortedDictionary<long, (long At, int Probes, double LeastMs)>();
        var near = new List<int>();
        var excess = new List<(int Probe, long At, double Ms)>();
        foreach (var track in service.Tracks)
        {
            if (track.Probe.Position is not { } here || GreatCircle.DistanceKm(here, pop.Position) is var km && km > options.NearKm || input.IsMisplaced(track.Probe))
            {
                continue;
            }

            foreach (var ping in track.Pings.Where(ping => ping.IsAnswered))
            {
                if (track.PopAt(ping.At, 2 * service.DnsInterval) != number)
                {
                    continue;
                }

                var ms = ping.RttMs - (GreatCircle.FibreRttMs(km) * Catchments.Inflation.FibreDetour);
                var key = ping.At / service.PingInterval;
                var known = rounds.TryGetValue(key, out var round) ? round : (At: ping.At, Probes: 0, LeastMs: double.PositiveInfinity);
                rounds[key] = (Math.Min(known.At, ping.At), known.Probes + 1, Math.Min(known.LeastMs, ms));
                excess.Add((track.Probe.Id, ping.At, ms));
            }
        }

        foreach (var episode in Episode.Of(
            rounds.Values.Select(round => (round.At, round.Probes >= options.Probes && round.LeastMs >= options.ExtraMs)),
            service.Rounds(options.RoundsToRaise), options.RoundsToClear, service.PingInterval))
        {
            if (episode.Within(input.Window) is not { } time)
            {
                continue;
            }

            var inside = excess.Where(ping => ping.At >= time.From && ping.At < time.To).ToList();
            near = [.. inside.Select(ping => ping.Probe).Distinct().Order()];
            if (near.Count < options.Probes)
            {
                continue;
            }

            // Networks reach a PoP next door over another country; several of them hardly all at once.
            var isOneNetwork = near.Select(probe => service.TrackOf(probe)?.Probe.Asn).Distinct().Count() == 1;
            var leastMs = inside.GroupBy(ping => ping.Probe).Min(probe => DetourFinder.Median(probe.Select(ping => ping.Ms)));
            yield return new Finding(
                Name,
                isOneNetwork ? Severity.Info : Severity.Warning,
                service.Target.Name,
                service.Family,
                new Scope(ScopeKind.Pop, pop.Code),
                Instant(time.From),
                Instant(time.To),
                leastMs,
                options.ExtraMs,
                near.Count,
                near,
                Invariant($"{Place(pop)} answers {Service(service)}, but none of the {Probes(near.Count)} within {options.NearKm:N0} km is near it: the fastest takes {leastMs:0} ms more than the distance needs, as if the servers were up to {leastMs * GreatCircle.FibreKmPerRttMs:N0} km farther away.{(isOneNetwork ? " All of them are in one network: it may be its way there." : "")}"),
                $"See whether the service at {pop.Code} runs there: a tunnel or a backhaul to another site, a failed-over load balancer, or servers that were never installed. If the place is wrong in Pops, correct it.");
        }
    }
}
