using Analyzer.Hours;
using Analyzer.Time;
using Collector.Network;

namespace App.Series;

/// <summary>Answers how the PoPs of a target did over time.</summary>
public interface ITimeSeriesQuery
{
    /// <summary>The hours of a window.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">From the beginning of an hour to the end of one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Ascending; an hour without results is absent. PoPs without probes, countries and flips are left out.</returns>
    /// <exception cref="IOException">The database does not answer, or with an error: one line for the operator.</exception>
    Task<IReadOnlyList<HourRollup>> HoursAsync(Target target, int family, Window window, CancellationToken cancellationToken);
}
