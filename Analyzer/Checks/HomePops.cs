using Analyzer.Catchments;
using Collector.Network;

namespace Analyzer.Checks;

/// <summary>Where the probes of a catchment could be served without leaving their continent.</summary>
public sealed class HomePops
{
    private readonly Dictionary<string, string?> continentOfPop;
    private readonly Dictionary<string, NearestPop> nearestOn;

    /// <summary>Sorts the target's PoPs by continent.</summary>
    /// <param name="catchment">The catchment; only PoPs in service in its window count.</param>
    public HomePops(Catchment catchment)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        var pops = catchment.Target.Pops;
        continentOfPop = pops.ToDictionary(pop => pop.Code, pop => DetourFinder.ContinentOf(pop.Country), StringComparer.OrdinalIgnoreCase);
        nearestOn = pops
            .Where(pop => continentOfPop[pop.Code] is not null)
            .GroupBy(pop => continentOfPop[pop.Code]!)
            .ToDictionary(group => group.Key, group => new NearestPop(group, catchment.Window));
    }

    /// <summary>The nearest PoP meant for a probe on its own continent, and how many kilometres nearer it is than the one that serves it.</summary>
    /// <returns>Null: nobody serves it, it is served on its own continent, no PoP there is meant for it, or its place is unknown.</returns>
    public (Pop Better, double ExtraKm)? Instead(ProbeCatchment probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return probe is { Pop: { } served, Position: { } position, Country: { } country, DistanceKm: { } distanceKm }
            && DetourFinder.ContinentOf(country) is { } home
            && continentOfPop.GetValueOrDefault(served.Code) is { } abroad && abroad != home
            && nearestOn.TryGetValue(home, out var nearest)
            && nearest.To(position, country, probe.Asn) is { } better
            ? (better.Pop, distanceKm - better.DistanceKm)
            : null;
    }
}
