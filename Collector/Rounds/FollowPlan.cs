using Collector.Atlas;
using Collector.Results;

namespace Collector.Rounds;

/// <summary>What is read of a followed measurement: some probes, and one result of each a round of ours.</summary>
/// <remarks>
/// The built-in measurements ask every few minutes; we want a result an interval of the target. Time is cut into slots of that interval,
/// aligned to the clock (Unix time divided by it), and of each slot its beginning is read, for as long as the measurement's own
/// interval. A probe keeps its phase from round to round, so exactly one of its results falls there. Whether a result is wanted depends
/// on nothing but its own time: windows that overlap, an import done again and results that come late all take the same ones. A probe
/// that was away at the beginning of a slot has no result of that slot.
/// </remarks>
public sealed class FollowPlan
{
    private readonly long slotSeconds;
    private readonly long openSeconds;

    /// <summary>Plans.</summary>
    /// <param name="probes">Who is read, ascending.</param>
    /// <param name="interval">Time between two results of a probe that are wanted; whole seconds.</param>
    /// <param name="ownInterval">Time between two results of a probe that there are.</param>
    public FollowPlan(IReadOnlyList<int> probes, TimeSpan interval, TimeSpan ownInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(ownInterval, TimeSpan.FromSeconds(1));
        Probes = probes;
        slotSeconds = (long)interval.TotalSeconds;
        openSeconds = (long)ownInterval.TotalSeconds;
    }

    /// <summary>Who is read, ascending: for <see cref="FetchRequest.Probes"/>.</summary>
    public IReadOnlyList<int> Probes { get; }

    /// <summary>The parts of [from, to) in which something is wanted, oldest first.</summary>
    public IEnumerable<FetchWindow> Open(DateTimeOffset from, DateTimeOffset to)
    {
        if (openSeconds >= slotSeconds)
        {
            yield return new FetchWindow(from, to);
            yield break;
        }

        var slot = TimeSpan.FromSeconds(slotSeconds);
        for (var start = DateTimeOffset.FromUnixTimeSeconds(from.ToUnixTimeSeconds() / slotSeconds * slotSeconds); start < to; start += slot)
        {
            var end = start.AddSeconds(openSeconds);
            if (end > from)
            {
                yield return new FetchWindow(start > from ? start : from, end < to ? end : to);
            }
        }
    }

    /// <summary>Whether an observation is wanted: for <see cref="Import.ImportRequest.Filter"/>.</summary>
    public bool Wants(Observation observation) => Wants(observation.At);

    /// <summary>Whether a result of this time is wanted.</summary>
    /// <param name="at">Unix seconds.</param>
    public bool Wants(long at) => at % slotSeconds < openSeconds;
}
