using Analyzer.Catchments;

namespace Analyzer.Checks;

/// <summary>What one probe saw of one service, from some time before the window to its end.</summary>
/// <param name="Probe">What it adds up to in the window.</param>
/// <param name="Dns">Its DNS rounds, ascending by time.</param>
/// <param name="Pings">Its pings, ascending by time.</param>
public sealed record ProbeTrack(ProbeCatchment Probe, IReadOnlyList<DnsRound> Dns, IReadOnlyList<PingRound> Pings)
{
    /// <summary>The PoP it reached at a time: that of the rounds around it when they agree and are no farther away than allowed.</summary>
    /// <param name="at">Unix seconds.</param>
    /// <param name="withinSeconds">How far a round may be away.</param>
    /// <returns>The PoP's number; −1: unknown.</returns>
    public int PopAt(long at, long withinSeconds)
    {
        var next = FirstFrom(at);
        var before = next > 0 && at - Dns[next - 1].At <= withinSeconds ? Dns[next - 1].Pop : -2;
        var after = next < Dns.Count && Dns[next].At - at <= withinSeconds ? Dns[next].Pop : -2;
        return before == -2 ? Math.Max(after, (short)-1) : after == -2 || after == before ? before : -1;
    }

    /// <summary>The first of the DNS rounds that is not before a time; their number when all are.</summary>
    public int FirstFrom(long at)
    {
        var (low, high) = (0, Dns.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Dns[middle].At < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
