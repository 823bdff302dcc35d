using Collector.Probes;

namespace Analyzer.Catchments;

/// <summary>Whose word the places of probes are.</summary>
/// <param name="Atlas">Probes that stand where Atlas says.</param>
/// <param name="GeoIp">Probes that stand where the GeoIP database says, because Atlas has no place of theirs.</param>
/// <param name="Unplaced">Probes of which nobody knows where they stand.</param>
/// <param name="Disagree">Probes that Atlas and the database place in different countries, or far from each other.</param>
/// <param name="IsAsked">Whether a database was asked at all.</param>
public readonly record struct ProbePlaces(int Atlas, int GeoIp, int Unplaced, int Disagree, bool IsAsked)
{
    /// <summary>Counts the probes of a catchment.</summary>
    public static ProbePlaces Of(Catchment catchment)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        return Of(catchment.Probes.Select(probe => probe.Probe));
    }

    /// <summary>Counts probes; null stands for one that nobody describes.</summary>
    public static ProbePlaces Of(IEnumerable<Probe?> probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        var (atlas, geoIp, unplaced, disagree, isAsked) = (0, 0, 0, 0, false);
        foreach (var probe in probes)
        {
            _ = (probe?.PositionFrom ?? PlaceOrigin.None) switch
            {
                PlaceOrigin.Atlas => atlas++,
                PlaceOrigin.GeoIp => geoIp++,
                _ => unplaced++,
            };
            disagree += probe?.Placing?.Disagreement is null ? 0 : 1;
            isAsked |= probe?.Placing is not null;
        }

        return new ProbePlaces(atlas, geoIp, unplaced, disagree, isAsked);
    }
}
