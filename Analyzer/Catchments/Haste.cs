namespace Analyzer.Catchments;

/// <summary>Tells answers that cannot have come from the address that was asked, because pings to it take far longer.</summary>
/// <remarks>
/// L. Wei and J. Heidemann, "Whac-A-Mole: Six Years of DNS Spoofing" (2020), tell boxes on the way by just that. Pings and queries may take different ways
/// to different PoPs, so haste says nothing against an answer that is otherwise credible.
/// </remarks>
internal static class Haste
{
    // Less may be a busy router that takes its time with pings; and half, because where pings take long they also vary more.
    private const double LeastMs = 10;
    private const double Share = 0.5;

    /// <summary>Whether an answer came so much earlier than the fastest ping.</summary>
    /// <param name="rttMs">The answer's round-trip time; NaN: unknown.</param>
    /// <param name="fastestPingMs">The fastest ping's; NaN: none came back.</param>
    public static bool IsHasty(double rttMs, double fastestPingMs) => rttMs <= fastestPingMs - LeastMs && rttMs <= fastestPingMs * Share;
}
