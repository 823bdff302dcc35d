namespace Analyzer.Attributions;

/// <summary>A CHAOS answer of a probe, as the pings around it need it.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Pop">The caller's number of the PoP; negative: an answer that names none (a stranger's, a conflict, unknown).</param>
public readonly record struct PopAnswer(long At, int Pop);

/// <summary>The PoP of a ping.</summary>
/// <param name="Pop">The caller's number of the PoP; −1: none.</param>
/// <param name="IsProvisional">Whether the next CHAOS answer may still say otherwise.</param>
public readonly record struct PingPop(int Pop, bool IsProvisional)
{
    /// <summary>No PoP.</summary>
    public static readonly PingPop None = new(-1, false);
}

/// <summary>Gives pings, which name no server, the PoP of the CHAOS answers around them: same probe, target and family.</summary>
/// <remarks>
/// An answer counts up to two CHAOS intervals away. Where answers on both sides count and differ, the probe changed PoP in
/// between and nobody knows when, so the ping has none. A ping newer than the last answer takes that answer's PoP for now, while the
/// answer is under one interval old. Answers without identifier are no answers here: leave them out.
/// </remarks>
public static class PingAttribution
{
    // RIPE Atlas repeats nothing faster than this; answers closer together belong to one round.
    private const long ShortestIntervalSeconds = 60;

    /// <summary>Attributes the pings of one probe, target and family.</summary>
    /// <param name="pings">When they were sent: Unix seconds, ascending.</param>
    /// <param name="answers">The answers, ascending by time.</param>
    /// <param name="intervalSeconds">Time between two CHAOS queries; see <see cref="IntervalSeconds"/>.</param>
    /// <param name="found">Receives one entry a ping.</param>
    public static void Join(ReadOnlySpan<long> pings, ReadOnlySpan<PopAnswer> answers, long intervalSeconds, Span<PingPop> found)
    {
        var next = 0;
        for (var index = 0; index < pings.Length; index++)
        {
            while (next < answers.Length && answers[next].At <= pings[index])
            {
                next++;
            }

            found[index] = Between(pings[index], answers, next, intervalSeconds);
        }
    }

    /// <summary>Attributes one ping.</summary>
    /// <param name="pingAt">When it was sent: Unix seconds.</param>
    /// <param name="answers">The answers, ascending by time.</param>
    /// <param name="intervalSeconds">Time between two CHAOS queries.</param>
    public static PingPop At(long pingAt, ReadOnlySpan<PopAnswer> answers, long intervalSeconds)
    {
        var (low, high) = (0, answers.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = answers[middle].At <= pingAt ? (middle + 1, high) : (low, middle);
        }

        return Between(pingAt, answers, low, intervalSeconds);
    }

    /// <summary>Time between two CHAOS queries of a probe: what the measurement says, else the median gap in the data, else the fallback.</summary>
    /// <param name="ofMeasurement">Seconds, as Atlas gives them; null: unknown.</param>
    /// <param name="times">When the probe asked in one measurement: Unix seconds, ascending.</param>
    /// <param name="fallbackSeconds">For a probe that asked once only; the target's interval.</param>
    public static long IntervalSeconds(int? ofMeasurement, ReadOnlySpan<long> times, long fallbackSeconds)
    {
        if (ofMeasurement is > 0)
        {
            return ofMeasurement.Value;
        }

        var gaps = new List<long>(times.Length);
        for (var index = 1; index < times.Length; index++)
        {
            var gap = times[index] - times[index - 1];
            if (gap >= ShortestIntervalSeconds)
            {
                gaps.Add(gap);
            }
        }

        gaps.Sort();

        // Of two middle ones the shorter: a lost round doubles a gap, nothing halves one.
        return gaps.Count == 0 ? fallbackSeconds : gaps[(gaps.Count - 1) / 2];
    }

    // The answers around a ping are those at next − 1, not after it, and at next.
    private static PingPop Between(long at, ReadOnlySpan<PopAnswer> answers, int next, long interval)
    {
        if (next == answers.Length)
        {
            return next > 0 && at - answers[next - 1].At < interval ? Of(answers[next - 1], isProvisional: true) : PingPop.None;
        }

        var after = answers[next];
        var isAfterNear = after.At - at <= 2 * interval;
        if (next == 0 || at - answers[next - 1].At > 2 * interval)
        {
            return isAfterNear ? Of(after, isProvisional: false) : PingPop.None;
        }

        // An answer of the very second stands on both sides.
        var before = answers[next - 1];
        return before.At < at && isAfterNear && before.Pop != after.Pop ? PingPop.None : Of(before, isProvisional: false);
    }

    private static PingPop Of(PopAnswer answer, bool isProvisional) => answer.Pop < 0 ? PingPop.None : new PingPop(answer.Pop, isProvisional);
}
