using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Network;
using Collector.Results;
using Collector.Store;

namespace Analyzer.Hours;

/// <summary>Reads who reached which PoP, hour by hour, out of a store.</summary>
/// <remarks>
/// The rounds are judged as every catchment's are, and added up while they are read (<see cref="HourGatherer"/>). Rounds from before and after
/// the window are read too, for the pings at its ends and for changes of PoP, of which it takes several rounds to tell.
/// </remarks>
/// <param name="store">Where the observations are.</param>
/// <param name="catchments">Reads catchments of the same store.</param>
public sealed class HourReader(IObservationStore store, CatchmentReader catchments)
{
    /// <summary>Seconds of an hour.</summary>
    public const int Hour = 3600;

    // Followed measurements may say anything of their interval; the time read around a window stays bounded.
    private const long LongestIntervalSeconds = 86_400;

    /// <summary>The time between two CHAOS queries of a target, the longest of its measurements'; seconds, at most a day.</summary>
    /// <param name="target">The target.</param>
    /// <param name="measurements">Its measurements.</param>
    public static long IntervalSeconds(Target target, IEnumerable<StoredMeasurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Math.Clamp(
            measurements.Where(measurement => measurement.Kind == MeasurementKind.Dns && !measurement.IsFollowed)
                .Select(measurement => (long)(measurement.IntervalSeconds ?? 0))
                .Append((long)target.DnsInterval.TotalSeconds)
                .Max(),
            60,
            LongestIntervalSeconds);
    }

    /// <summary>Reads whole hours.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">From the beginning of an hour to the end of one.</param>
    /// <param name="keepRtts">Whether to keep each answer (<see cref="HourTable.Rtts"/>), which takes as long as all the rest.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern or template cannot be used.</exception>
    public HourTable Read(Target target, int family, Window window, bool keepRtts = true)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);
        var measurements = store.Measurements(target.Name).Where(measurement => measurement.Family == family).OrderBy(measurement => measurement.Kind).ToList();
        var gatherer = new HourGatherer(target, measurements, window, keepRtts);
        if (measurements.Count > 0)
        {
            var around = TimeSpan.FromSeconds((FlipDetector.RoundsToPersist + 1) * gatherer.Table.IntervalSeconds);
            catchments.Read(target, family, new Window(window.From - around, window.To + around), listener: gatherer);
        }

        return gatherer.Table;
    }
}
