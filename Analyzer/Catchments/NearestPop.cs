using System.Globalization;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;

namespace Analyzer.Catchments;

/// <summary>Finds the PoP a probe should be near to: one configured for the target, in service at some time of the window, whose
/// audience includes the probe's country or AS.</summary>
public sealed class NearestPop
{
    private readonly (Pop Pop, HashSet<string>? Audience)[] candidates;

    /// <summary>Of these PoPs, in that window.</summary>
    public NearestPop(IEnumerable<Pop> pops, Window window)
    {
        ArgumentNullException.ThrowIfNull(pops);
        ArgumentNullException.ThrowIfNull(window);
        candidates =
        [
            .. pops
                .Where(pop => pop.IsActive(window.From, window.To))
                .OrderBy(pop => pop.Code, StringComparer.Ordinal)
                .Select(pop => (pop, AudienceOf(pop))),
        ];
    }

    /// <summary>Whether a PoP is meant for such a probe. A PoP without an audience is meant for everyone.</summary>
    public static bool IsMeantFor(Pop pop, string? country, uint? asn)
    {
        ArgumentNullException.ThrowIfNull(pop);
        return Includes(AudienceOf(pop), country, asn);
    }

    /// <summary>The nearest one and how far it is in kilometres; null when none is meant for the probe. Ties: the code first in the alphabet.</summary>
    public (Pop Pop, double DistanceKm)? To(GeoPoint position, string? country, uint? asn)
    {
        (Pop Pop, double DistanceKm)? nearest = null;
        foreach (var (pop, audience) in candidates)
        {
            if (!Includes(audience, country, asn))
            {
                continue;
            }

            var distanceKm = GreatCircle.DistanceKm(position, pop.Position);
            if (nearest is null || distanceKm < nearest.Value.DistanceKm)
            {
                nearest = (pop, distanceKm);
            }
        }

        return nearest;
    }

    private static HashSet<string>? AudienceOf(Pop pop) =>
        pop.Audience.Count == 0 ? null : new HashSet<string>(pop.Audience, StringComparer.OrdinalIgnoreCase);

    private static bool Includes(HashSet<string>? audience, string? country, uint? asn) =>
        audience is null
        || (country is not null && audience.Contains(country))
        || (asn is { } number && audience.Contains(string.Create(CultureInfo.InvariantCulture, $"AS{number}")));
}
