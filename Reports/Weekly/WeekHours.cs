using Analyzer.Catchments;
using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace Reports.Weekly;

/// <summary>Adds up the hours of a target and family while its week is read for everything else, and keeps of them what charts need.</summary>
/// <param name="target">The target.</param>
/// <param name="measurements">Its measurements of the family.</param>
/// <param name="window">The week.</param>
internal sealed class WeekHours(Target target, IEnumerable<StoredMeasurement> measurements, Window window) : IProbeListener
{
    private HourGatherer? gatherer = new(target, measurements, window);

    /// <summary>The hours, one after the other, those without any probe too; empty before the end.</summary>
    public IReadOnlyList<HourRollup> Hours { get; private set; } = [];

    /// <inheritdoc/>
    public void Hear(ProbeRounds rounds) => gatherer!.Hear(rounds);

    /// <inheritdoc/>
    public void End(Catchment catchment)
    {
        gatherer!.End(catchment);
        var table = gatherer.Table;
        Hours = [.. Enumerable.Range(0, table.Probes.Count).Select(index => HourRollup.Of(table, index, target, isWhole: false, isWeighted: false))];

        // Probe by probe it is the largest thing in memory but for the rounds themselves.
        gatherer = null;
    }
}
