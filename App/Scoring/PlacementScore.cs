using Collector.Geography;
using Collector.Probes;
using Simulator.Worlds;

namespace App.Scoring;

/// <summary>How many probes of the simulated Internet are taken to be where they are.</summary>
/// <param name="Probes">Probes that measure.</param>
/// <param name="Placed">Those with a place.</param>
/// <param name="Right">Those placed in the right country, and no farther from the truth than <see cref="NearKm"/>.</param>
/// <param name="ByGeoIp">Those whose place is the GeoIP database's, since Atlas has none.</param>
/// <param name="RightByGeoIp">Those of them placed right.</param>
/// <param name="Unplaced">Those without a place.</param>
/// <param name="Disagree">Those that Atlas and the database place apart.</param>
/// <param name="RightlyDoubted">Those of them that are not where Atlas says.</param>
internal sealed record PlacementScore(int Probes, int Placed, int Right, int ByGeoIp, int RightByGeoIp, int Unplaced, int Disagree, int RightlyDoubted)
{
    /// <summary>Hosts and databases mean a city; a degree, which some are wrong by, still is about right.</summary>
    public const double NearKm = 150;

    /// <summary>Right ÷ placed; null before anything was placed.</summary>
    public double? Accuracy => Placed == 0 ? null : (double)Right / Placed;

    /// <summary>Compares.</summary>
    /// <param name="world">What is true.</param>
    /// <param name="probes">What the store says of its probes.</param>
    public static PlacementScore Of(World world, IReadOnlyDictionary<int, Probe> probes)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(probes);
        var pairs = world.Probes.Select(truth => (Truth: truth, Probe: probes.GetValueOrDefault(truth.Id))).ToList();
        var placed = pairs.Where(pair => pair.Probe?.Position is not null).ToList();
        var geoIp = placed.Where(pair => pair.Probe!.PositionFrom == PlaceOrigin.GeoIp).ToList();
        var doubted = pairs.Where(pair => pair.Probe?.Placing?.Disagreement is not null).ToList();
        return new PlacementScore(
            pairs.Count, placed.Count, placed.Count(IsRight), geoIp.Count, geoIp.Count(IsRight), pairs.Count - placed.Count, doubted.Count, doubted.Count(pair => !IsRight(pair)));

        static bool IsRight((SimulatedProbe Truth, Probe? Probe) pair) =>
            pair.Probe is { Position: { } position } probe && probe.Country == pair.Truth.Country && GreatCircle.DistanceKm(position, pair.Truth.Position) <= NearKm;
    }
}
