using Collector.Geography;

namespace Analyzer.Catchments;

/// <summary>What the best round-trip time was taken from.</summary>
public enum BestRttSource
{
    /// <summary>The probe's own round-trip time to a PoP's unicast address.</summary>
    Unicast,

    /// <summary>Light in fibre to the nearest PoP, times 1.5.</summary>
    Fibre,
}

/// <summary>How much longer a probe's packets travel than they would have to.</summary>
/// <param name="GeographicMs">Light in fibre there and back over the extra distance; milliseconds. Null without places.</param>
/// <param name="LatencyMs">Round-trip time less the best known; milliseconds. Null when either is unknown.</param>
/// <param name="Best">What the best known is.</param>
/// <remarks>T. Koch et al., "Anycast in Context: A Tale of Two Systems" (ACM SIGCOMM 2021) tells the two kinds apart; the
/// factor stands for fibre that does not follow the great circle.</remarks>
public sealed record Inflation(double? GeographicMs, double? LatencyMs, BestRttSource? Best)
{
    /// <summary>Real fibre over light on the great circle.</summary>
    public const double FibreDetour = 1.5;

    /// <summary>The inflation of one probe.</summary>
    /// <param name="rttMs">Its round-trip time to the service; null: unknown.</param>
    /// <param name="extraKm">Distance to the served PoP less that to the nearest; null: unknown.</param>
    /// <param name="nearestKm">Distance to the nearest PoP; null: unknown.</param>
    /// <param name="bestUnicastMs">Its best round-trip time to any PoP's unicast address; null: not measured.</param>
    public static Inflation Of(double? rttMs, double? extraKm, double? nearestKm, double? bestUnicastMs)
    {
        var best = bestUnicastMs ?? (nearestKm is { } km ? GreatCircle.FibreRttMs(km) * FibreDetour : null);
        return new Inflation(
            extraKm is { } extra ? GreatCircle.FibreRttMs(extra) : null,
            rttMs - best,
            rttMs is null || best is null ? null : bestUnicastMs is null ? BestRttSource.Fibre : BestRttSource.Unicast);
    }
}
