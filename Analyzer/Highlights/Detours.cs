using Analyzer.Catchments;
using Collector.Network;

namespace Analyzer.Highlights;

/// <summary>A network whose probes are served on another continent although a PoP that is meant for them stands far nearer on their own.</summary>
/// <param name="Catchment">Where it was seen: target, family, window.</param>
/// <param name="Asn">The network's AS number; null: unknown.</param>
/// <param name="Country">The probes' country; null: unknown.</param>
/// <param name="Served">The PoP that serves them.</param>
/// <param name="Better">The PoP that should.</param>
/// <param name="ExtraKm">Median over the probes of how much farther the serving PoP is, kilometres.</param>
/// <param name="RttMs">Median over the probes of the round-trip time, milliseconds; null: unknown.</param>
/// <param name="Probes">The probes, ascending by id.</param>
public sealed record Detour(
    Catchment Catchment, uint? Asn, string? Country, Pop Served, Pop Better, double ExtraKm, double? RttMs, IReadOnlyList<ProbeCatchment> Probes);

/// <summary>Finds traffic that leaves its continent for no good reason.</summary>
public static class Detours
{
    /// <summary>How much nearer the better PoP has to be, kilometres: less may be the geography of cables.</summary>
    public const double LeastExtraKm = 1000;

    /// <summary>The detours of a catchment: most kilometres in all first, then by network and PoP.</summary>
    /// <param name="catchment">The catchment.</param>
    /// <param name="continentOf">The continent of a country; null: unknown.</param>
    /// <param name="countryOf">The country of a PoP; null: unknown.</param>
    public static IReadOnlyList<Detour> Of(Catchment catchment, Func<string, string?> continentOf, Func<Pop, string?> countryOf)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        var continentOfPop = catchment.Target.Pops.ToDictionary(
            pop => pop.Code, pop => countryOf(pop) is { } country ? continentOf(country) : null, StringComparer.OrdinalIgnoreCase);
        var nearestOn = catchment.Target.Pops
            .Where(pop => continentOfPop[pop.Code] is not null)
            .GroupBy(pop => continentOfPop[pop.Code]!)
            .ToDictionary(group => group.Key, group => new NearestPop(group, catchment.Window));

        var found = new List<(ProbeCatchment Probe, Pop Better, double ExtraKm)>();
        foreach (var probe in catchment.Probes)
        {
            if (probe is { IsMisplaced: false, Pop: { } served, Position: { } position, Country: { } country, DistanceKm: { } distanceKm }
                && continentOf(country) is { } home
                && continentOfPop.GetValueOrDefault(served.Code) is { } abroad && abroad != home
                && nearestOn.TryGetValue(home, out var nearest)
                && nearest.To(position, country, probe.Asn) is { } better
                && distanceKm - better.DistanceKm >= LeastExtraKm)
            {
                found.Add((probe, better.Pop, distanceKm - better.DistanceKm));
            }
        }

        return
        [
            .. found
                .GroupBy(one => (one.Probe.Asn, one.Probe.Country, Served: one.Probe.Pop!.Code))
                .OrderByDescending(group => Math.Round(group.Sum(one => one.ExtraKm)))
                .ThenBy(group => group.Key.Asn)
                .ThenBy(group => group.Key.Country, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Served, StringComparer.Ordinal)
                .Select(group =>
                {
                    var members = group.ToList();
                    var middle = members.OrderBy(one => one.ExtraKm).ThenBy(one => one.Probe.Id).ElementAt(members.Count / 2);
                    return new Detour(
                        catchment, group.Key.Asn, group.Key.Country, middle.Probe.Pop!, middle.Better,
                        Median(members.Select(one => one.ExtraKm))!.Value,
                        Median(members.Where(one => one.Probe.RttMs is not null).Select(one => one.Probe.RttMs!.Value.P50)),
                        [.. members.Select(one => one.Probe)]);
                }),
        ];
    }

    private static double? Median(IEnumerable<double> values) => Quantiles.OfSorted([.. values.Order()])?.P50;
}
