using Collector.Configuration;
using Collector.Measuring;
using Collector.Network;
using Collector.Results;
using Collector.Store;

namespace Collector.Rounds;

/// <summary>Says what is read of each followed measurement. Hand one to <see cref="ResultCollector"/>, which then does the rest.</summary>
/// <remarks>
/// The probes come from the store's last snapshot by the same selection as those of measurements of our own, and whoever was read lately
/// stays while it can, so that all targets of a family are seen by the same probes. The selection is made once in a few hours and kept.
/// Safe for many threads.
/// </remarks>
/// <param name="store">Knows the probes, and who was read lately.</param>
/// <param name="network">The targets and their intervals.</param>
/// <param name="selection">How many probes, and which.</param>
/// <param name="time">The clock.</param>
public sealed class FollowPlans(IObservationStore store, AnycastNetwork network, ProbeSelectionOptions selection, TimeProvider time)
{
    // Where Atlas does not say how often a measurement asks: what the built-in ones do at most.
    private static readonly TimeSpan PingsOwnInterval = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan QuestionsOwnInterval = TimeSpan.FromMinutes(30);

    // The snapshot changes once a day.
    private static readonly TimeSpan Lasting = TimeSpan.FromHours(6);

    private static readonly TimeSpan Lately = TimeSpan.FromDays(2);

    private readonly Lock gate = new();
    private readonly Dictionary<int, (DateTimeOffset At, IReadOnlyList<int> Probes)> selected = [];

    /// <summary>What is to be read of a measurement.</summary>
    /// <param name="measurement">A followed one.</param>
    /// <exception cref="IOException">The store knows no probe that could be read: one line for the operator.</exception>
    public FollowPlan For(StoredMeasurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        var isPing = measurement.Kind == MeasurementKind.Ping;

        // A target that left the configuration is read as one with the default intervals.
        var target = network.Targets.FirstOrDefault(target => target.Name == measurement.Target) ?? new Target(measurement.Target);
        return new FollowPlan(
            ProbesOf(measurement.Family),
            isPing ? target.PingInterval : target.DnsInterval,
            measurement.IntervalSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : isPing ? PingsOwnInterval : QuestionsOwnInterval);
    }

    private IReadOnlyList<int> ProbesOf(int family)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (!selected.TryGetValue(family, out var last) || now - last.At >= Lasting || now < last.At)
            {
                last = (now, Select(family, now));
                selected[family] = last;
            }

            return last.Probes;
        }
    }

    private IReadOnlyList<int> Select(int family, DateTimeOffset now)
    {
        var probes = ProbeSelection.Select(store.Probes(now).Values, family, selection, ReadLately(family, now), now);
        return probes.Count > 0
            ? [.. probes.Select(probe => probe.Id)]
            : throw new IOException($"no probe with IPv{family} is known yet: run apply, or wait for the job that lists the probes");
    }

    private HashSet<int> ReadLately(int family, DateTimeOffset now)
    {
        var targets = network.Targets.Select(target => target.Name).ToHashSet(StringComparer.Ordinal);
        var measurements = store.Measurements()
            .Where(measurement => measurement.Family == family && targets.Contains(measurement.Target))
            .Select(measurement => measurement.Id)
            .ToList();
        return measurements.Count == 0
            ? []
            : [.. store.ReadByProbe(measurements, (now - Lately).ToUnixTimeSeconds(), now.ToUnixTimeSeconds()).Select(samples => samples.Probe)];
    }
}
