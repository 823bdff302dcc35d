using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Network;

namespace Analyzer.Checks;

/// <summary>A probe served by a PoP although another that is meant for it is far nearer.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Served">The PoP that serves it.</param>
/// <param name="Better">The nearer PoP: of a continental detour, the nearest on its own continent.</param>
/// <param name="ExtraKm">How much nearer that one is.</param>
internal sealed record ProbeDetour(ProbeCatchment Probe, Pop Served, Pop Better, double ExtraKm);

/// <summary>Finds them: what continental-detour, far-pop and over-reach have in common.</summary>
internal static class DetourFinder
{
    /// <summary>So many probes make it more than one host's odd uplink.</summary>
    public const int Several = 3;

    /// <param name="input">Everything.</param>
    /// <param name="service">Where.</param>
    /// <param name="leastExtraKm">How much nearer the better PoP must be.</param>
    /// <param name="rounds">Rounds that the served PoP must have answered.</param>
    public static List<ProbeDetour> Find(CheckInput input, ServiceSeries service, double leastExtraKm, int rounds)
    {
        var homes = new HomePops(service.Now);
        var found = new List<ProbeDetour>();
        foreach (var probe in service.Now.Probes)
        {
            if (probe.Pop is { } served
                && probe.Pops[0].Rounds >= rounds
                && homes.Instead(probe) is var (better, extraKm)
                && extraKm >= leastExtraKm
                && !input.IsMisplaced(probe))
            {
                found.Add(new ProbeDetour(probe, served, better, extraKm));
            }
        }

        return found;
    }

    /// <summary>The networks of which enough probes are on a detour; who has neither AS nor country is in none.</summary>
    /// <param name="detours">Of one target and family.</param>
    /// <param name="leastProbes">How many are enough.</param>
    public static IEnumerable<IGrouping<Scope, ProbeDetour>> ByNetwork(IEnumerable<ProbeDetour> detours, int leastProbes) => detours
        .Select(detour => (Scope: CheckText.ScopeOf(detour.Probe.Asn, detour.Probe.Country), Detour: detour))
        .Where(pair => pair.Scope is not null)
        .GroupBy(pair => pair.Scope!, pair => pair.Detour)
        .Where(network => network.Count() >= leastProbes);

    /// <summary>One country of a network on one PoP is one sentence: that of most kilometres.</summary>
    public static List<ProbeDetour> Worst(IEnumerable<ProbeDetour> detours) => detours.GroupBy(detour => (detour.Probe.Country, Served: detour.Served.Code))
        .OrderByDescending(group => Math.Round(group.Sum(detour => detour.ExtraKm))).ThenBy(group => group.Key.Served, StringComparer.Ordinal)
        .ThenBy(group => group.Key.Country, StringComparer.Ordinal).First().ToList();

    public static string? ContinentOf(string? country) => Countries.Find(country)?.Continent.DisplayName();

    /// <summary>From the first to one round after the last round in which these probes reached the PoP that serves them.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Time(ServiceSeries service, IReadOnlyCollection<ProbeCatchment> probes)
    {
        var stays = probes.SelectMany(probe => probe.Stays.Where(stay => stay.Pop == probe.Pop!.Code)).ToList();
        return stays.Count == 0
            ? (service.Now.Window.From, service.Now.Window.To)
            : (CheckText.Instant(stays.Min(stay => stay.From)), CheckText.Instant(Math.Min(service.Now.Window.ToUnixSeconds, stays.Max(stay => stay.To) + service.DnsInterval)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return Quantiles.OfSorted(sorted)?.P50 ?? 0;
    }
}
