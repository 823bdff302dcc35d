using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Network;

namespace Reports.Weekly;

/// <summary>The probes of a finding of <c>continental-detour</c> that go the same way.</summary>
/// <param name="Catchment">Where it was seen: target, family, window.</param>
/// <param name="Asn">The network's AS number; null: unknown.</param>
/// <param name="Country">The probes' country; null: unknown.</param>
/// <param name="Served">The PoP that serves them.</param>
/// <param name="Better">The PoP on their own continent that should.</param>
/// <param name="ExtraKm">Median over the probes of how much farther the serving PoP is, kilometres.</param>
/// <param name="RttMs">Median over the probes of the round-trip time, milliseconds; null: unknown.</param>
/// <param name="Probes">The probes, ascending by id.</param>
internal sealed record NetworkDetour(
    Catchment Catchment, uint? Asn, string? Country, Pop Served, Pop Better, double ExtraKm, double? RttMs, IReadOnlyList<ProbeCatchment> Probes)
{
    /// <summary>The AS's name; null: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>The detours of a catchment: most kilometres in all first, then by network and PoP.</summary>
    public static IReadOnlyList<NetworkDetour> Of(Catchment catchment, IEnumerable<Finding> findings)
    {
        var homes = new HomePops(catchment);
        var probes = catchment.Probes.ToDictionary(probe => probe.Id);
        return
        [
            .. findings.Where(finding => finding.Check == ContinentalDetour.CheckName)
                .SelectMany(finding => finding.Probes)
                .Select(id => probes.GetValueOrDefault(id))
                .Select(probe => (Probe: probe, Instead: probe is null ? null : homes.Instead(probe)))
                .Where(one => one.Instead is not null)
                .Select(one => (Probe: one.Probe!, one.Instead!.Value.Better, one.Instead.Value.ExtraKm))
                .GroupBy(one => (one.Probe.Asn, one.Probe.Country, Served: one.Probe.Pop!.Code))
                .OrderByDescending(group => Math.Round(group.Sum(one => one.ExtraKm)))
                .ThenBy(group => group.Key.Asn)
                .ThenBy(group => group.Key.Country, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Served, StringComparer.Ordinal)
                .Select(group =>
                {
                    var members = group.ToList();
                    var middle = members.OrderBy(one => one.ExtraKm).ThenBy(one => one.Probe.Id).ElementAt(members.Count / 2);
                    return new NetworkDetour(
                        catchment, group.Key.Asn, group.Key.Country, middle.Probe.Pop!, middle.Better,
                        Median(members.Select(one => one.ExtraKm))!.Value,
                        Median(members.Where(one => one.Probe.RttMs is not null).Select(one => one.Probe.RttMs!.Value.P50)),
                        [.. members.Select(one => one.Probe)])
                    {
                        AsName = middle.Probe.AsName,
                    };
                }),
        ];
    }

    private static double? Median(IEnumerable<double> values) => Analyzer.Catchments.Quantiles.OfSorted([.. values.Order()])?.P50;
}
