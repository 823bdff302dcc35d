using Analyzer.Catchments;
using Collector.Geography;
using Collector.Network;

namespace Analyzer.Lookups;

/// <summary>Answers a question about one family of a target from its catchment. Pure.</summary>
public static class LookupBuilder
{
    /// <summary>The answer; null when no probe speaks for what is asked.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="now">The catchment.</param>
    /// <param name="historyOf">The same probes over a longer time, by their ids.</param>
    public static LookupFamily? Build(LookupQuery query, Catchment now, Func<IReadOnlyList<int>, IReadOnlyList<ProbeCatchment>> historyOf)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(historyOf);
        var probes = LookupProbes.Of(query, now);
        if (probes.Count == 0)
        {
            return null;
        }

        IReadOnlyList<int> ids = [.. probes.Select(probe => probe.Id)];
        var attributed = probes.Where(probe => probe.Pop is not null).Select(probe => (Probe: probe, Pop: PopAtEnd(probe, now.Target))).ToList();
        var weightOf = Weights(query, now);
        var dominant = Dominance.Of([.. attributed.Select(one => (one.Pop.Code, weightOf(one.Probe.Id)))]);
        var past = historyOf(ids);
        var history = dominant is null ? null : LookupHistory.Of(past, dominant.Pop, weightOf);
        var last = dominant is null ? past.SelectMany(probe => probe.Stays).MaxBy(stay => (stay.To, stay.Pop)) : null;
        var extraKm = Median(attributed.Select(one => one.Probe.Position is { } here ? GreatCircle.DistanceKm(here, one.Pop.Position) - one.Probe.NearestKm : null));
        return new LookupFamily(now.Family)
        {
            Pop = dominant is null ? null : attributed.First(one => one.Pop.Code == dominant.Pop).Pop,
            Share = dominant?.Share,
            Since = history?.Since,
            KnownFrom = history?.KnownFrom,
            RttMs = Median(attributed.Select(one => one.Probe.RttMs?.P50)),
            Nearest = MostFrequent(probes.Select(probe => probe.Nearest).OfType<Pop>()),
            ExtraKm = extraKm,
            ExtraMs = extraKm is { } km ? GreatCircle.FibreRttMs(km) : null,
            LastChange = history?.LastChange,
            Confidence = attributed.Where(one => one.Pop.Code == dominant?.Pop && one.Probe.Confidence is not null)
                .CountBy(one => one.Probe.Confidence!.Value)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)
                .Select(pair => (Identities.Confidence?)pair.Key).FirstOrDefault(),
            Probes = ids,
            Networks =
            [
                .. probes.CountBy(probe => (probe.Asn, probe.AsName, probe.Country))
                    .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Asn).ThenBy(pair => pair.Key.Country, StringComparer.Ordinal)
                    .Select(pair => pair.Key),
            ],
            Places = ProbePlaces.Of(probes.Select(probe => probe.Probe)),
            Probe = query is LookupQuery.OneProbe ? probes[0].Probe : null,
            Answered = probes.Count(probe => probe.Answered),
            LastAnswer = last is null ? null : (last.Pop, DateTimeOffset.FromUnixTimeSeconds(last.To)),
            WithoutDns = probes.Count(probe => probe is { DnsAsked: > 0, DnsAnswered: 0 }),
            Attributed = attributed.Count,
            Pops =
            [
                .. attributed.CountBy(one => one.Pop.Code)
                    .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => (pair.Key, pair.Value)),
            ],
        };
    }

    /// <summary>Where its last change that persisted led a probe; without one, where most of its rounds went.</summary>
    private static Pop PopAtEnd(ProbeCatchment probe, Target target) =>
        probe.Flips is [.., var last] && target.Pops.FirstOrDefault(pop => pop.Code.Equals(last.To, StringComparison.OrdinalIgnoreCase)) is { } pop ? pop : probe.Pop!;

    /// <summary>How much each probe counts: as in the rows of the catchment for a country or network, the same for all elsewhere.</summary>
    private static Func<int, double> Weights(LookupQuery query, Catchment now)
    {
        if (query is not (LookupQuery.InCountry or LookupQuery.Network))
        {
            return _ => 1;
        }

        var attributed = now.Probes.Where(probe => probe.Pop is not null).ToList();
        var strata = PostStratification.Of([.. attributed.Select(probe => (probe.Country, probe.Asn))], InternetPopulation.Shipped);
        var weights = query is LookupQuery.InCountry ? strata.WithinCountry : strata.Weights;
        var byProbe = attributed.Select((probe, index) => (probe.Id, Weight: weights[index])).ToDictionary(pair => pair.Id, pair => pair.Weight);
        return probe => byProbe.GetValueOrDefault(probe);
    }

    private static Pop? MostFrequent(IEnumerable<Pop> pops) =>
        pops.GroupBy(pop => pop.Code).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault()?.First();

    private static double? Median(IEnumerable<double?> values) =>
        Quantiles.OfSorted([.. values.OfType<double>().Order()])?.P50;
}
