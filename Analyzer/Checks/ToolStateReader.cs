using Collector.Measuring;
using Collector.Network;
using Collector.Store;

namespace Analyzer.Checks;

/// <summary>Reads how the tool stands, as far as the store knows.</summary>
public static class ToolStateReader
{
    // Where nothing is newer, day by day back to here.
    private const int MostDays = 14;

    private static readonly TimeSpan Recent = TimeSpan.FromHours(2);

    /// <summary>The state at an instant.</summary>
    /// <param name="store">The store.</param>
    /// <param name="network">What is configured.</param>
    /// <param name="now">The present.</param>
    public static ToolState Read(IObservationStore store, AnycastNetwork network, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(network);
        var ends = AccountMemory.Ends(store);
        return new ToolState(now)
        {
            Credits = AccountMemory.Outlook(store),
            Measurements =
            [
                .. store.Measurements()
                    .Select(measurement => Wanted(measurement, network))
                    .OfType<ToolMeasurement>()
                    .Select(measurement => measurement.Stop <= now
                        ? measurement with { Ending = ends.TryGetValue(measurement.Stored.Id, out var status) ? status : null }
                        : Delivered(store, measurement, now)),
            ],
        };
    }

    /// <summary>The measurement, if the configuration wants such a one.</summary>
    private static ToolMeasurement? Wanted(StoredMeasurement measurement, AnycastNetwork network)
    {
        if (network.Targets.FirstOrDefault(target => target.Name == measurement.Target) is { } target)
        {
            var isDns = measurement.Kind == Collector.Results.MeasurementKind.Dns;
            var interval = (long)(isDns ? target.DnsInterval : target.PingInterval).TotalSeconds;
            var isWanted = target.Follow is { } follow
                ? (isDns ? measurement.Family == 4 ? follow.Dns4 : follow.Dns6 : measurement.Family == 4 ? follow.Ping4 : follow.Ping6).Contains(measurement.Id)
                : !measurement.IsFollowed && (measurement.Family == 4 ? target.IPv4 : target.IPv6) is not null
                    && (!isDns || target.Identity.Contains(measurement.Query ?? "", StringComparer.OrdinalIgnoreCase));
            return isWanted ? new ToolMeasurement(measurement, measurement.IsFollowed ? interval : measurement.IntervalSeconds ?? interval) { Target = target.Name } : null;
        }

        return network.Pops.FirstOrDefault(pop => pop.Unicast.Count > 0 && UnicastTarget.Of(pop) == measurement.Target) is { } pop
            && measurement.IntervalSeconds is { } seconds
            ? new ToolMeasurement(measurement, seconds) { Pop = pop.Code }
            : null;
    }

    /// <summary>The measurement with when its last result was, by the probes' clocks.</summary>
    private static ToolMeasurement Delivered(IObservationStore store, ToolMeasurement measurement, DateTimeOffset now)
    {
        var known = measurement with { FetchedTo = store.Watermark(measurement.Stored.Id) is { } mark ? DateTimeOffset.FromUnixTimeSeconds(mark) : null };
        var to = now;
        for (var days = 0; days <= MostDays; days++)
        {
            var from = days == 0 ? now - Recent : to - TimeSpan.FromDays(1);
            var (last, probes) = (0L, 0);
            foreach (var samples in store.ReadByProbe([measurement.Stored.Id], from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()))
            {
                if (samples.Of(0) is { Count: > 0 } list)
                {
                    last = Math.Max(last, list[^1].At);
                    probes++;
                }
            }

            if (probes > 0)
            {
                return known with { LastResult = DateTimeOffset.FromUnixTimeSeconds(last), Probes = probes };
            }

            to = from;
        }

        return known;
    }
}
