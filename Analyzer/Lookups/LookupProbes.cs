using System.Net;
using Analyzer.Catchments;
using Collector.Geography;
using Collector.Probes;

namespace Analyzer.Lookups;

/// <summary>Which probes of a catchment speak for what is asked.</summary>
public static class LookupProbes
{
    /// <summary>Probes up to here speak for a city. Kilometres.</summary>
    public const double CityRadiusKm = 100;

    /// <summary>Where there is none so near, the nearest up to here do. Kilometres.</summary>
    public const double FarCityRadiusKm = 500;

    /// <summary>So many of those.</summary>
    public const int FarCityProbes = 3;

    /// <summary>The probes, ascending by id; empty: none speaks for it.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="catchment">The catchment.</param>
    public static IReadOnlyList<ProbeCatchment> Of(LookupQuery query, Catchment catchment)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        var probes = catchment.Probes;
        return query switch
        {
            LookupQuery.Network network => [.. probes.Where(probe => probe.Asn == network.Number)],
            LookupQuery.InCountry there => [.. probes.Where(probe => probe.Country == there.Country.Alpha2)],
            LookupQuery.OneProbe one => [.. probes.Where(probe => probe.Id == one.Id)],
            LookupQuery.Prefix prefix => InPrefix(prefix, probes),
            LookupQuery.AroundCity city => Around(city.Place.Position, probes),
            LookupQuery.AroundPoint point => Around(point.Position, probes),
            _ => throw new ArgumentOutOfRangeException(nameof(query), query, null),
        };
    }

    /// <summary>Those with their address in it; else those whose announced prefix lies in it, or is the longest around it.</summary>
    private static List<ProbeCatchment> InPrefix(LookupQuery.Prefix prefix, IReadOnlyList<ProbeCatchment> probes)
    {
        var inside = new List<ProbeCatchment>();
        var around = new List<(ProbeCatchment Probe, int Length)>();
        foreach (var probe in probes)
        {
            if (AddressOf(probe.Probe, prefix.Family) is { } address && prefix.Block.Contains(address))
            {
                inside.Add(probe);
            }
            else if (AnnouncedOf(probe.Probe, prefix.Family) is { } announced)
            {
                if (announced.PrefixLength >= prefix.Block.PrefixLength && prefix.Block.Contains(announced.BaseAddress))
                {
                    inside.Add(probe);
                }
                else if (announced.Contains(prefix.Block.BaseAddress))
                {
                    around.Add((probe, announced.PrefixLength));
                }
            }
        }

        return inside.Count > 0 || around.Count == 0 ? inside
            : [.. around.Where(pair => pair.Length == around.Max(other => other.Length)).Select(pair => pair.Probe)];
    }

    private static IPAddress? AddressOf(Probe? probe, int family) => family == 4 ? probe?.AddressV4 : probe?.AddressV6;

    private static IPNetwork? AnnouncedOf(Probe? probe, int family) =>
        IPNetwork.TryParse(family == 4 ? probe?.PrefixV4 : probe?.PrefixV6, out var announced) ? announced : null;

    private static List<ProbeCatchment> Around(GeoPoint city, IReadOnlyList<ProbeCatchment> probes)
    {
        var near = probes
            .Where(probe => probe is { Position: not null, IsMisplaced: false })
            .Select(probe => (Probe: probe, Km: GreatCircle.DistanceKm(city, probe.Position!.Value)))
            .Where(pair => pair.Km <= FarCityRadiusKm)
            .OrderBy(pair => pair.Km)
            .ToList();
        var count = near.Count(pair => pair.Km <= CityRadiusKm);
        return [.. near.Take(count > 0 ? count : FarCityProbes).Select(pair => pair.Probe).OrderBy(probe => probe.Id)];
    }
}
