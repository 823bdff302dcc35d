using App.Series.Influx;
using Collector.Configuration;

namespace App.Inspection;

/// <summary>Looks whether the time series database would take points; without one there is nothing to look at.</summary>
internal static class TimeSeriesInspector
{
    /// <summary>Looks.</summary>
    public static async Task<IReadOnlyList<Inspected>> InspectAsync(TimeSeriesOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Provider == TimeSeriesProvider.None)
        {
            return [];
        }

        var found = await InfluxConnection.TryAsync(options, time, cancellationToken);
        return
        [
            found switch
            {
                { Problem: null } => Inspected.Ok("time series", $"{found.Server} takes points for {options.Database}"),
                { IsMissing: true } when options.Create => Inspected.Ok("time series", $"{found.Server} has no {options.Database} yet; the first write creates it"),
                _ => Inspected.Failed("time series", $"{found.Server}: {found.Problem}", "docs/timeseries.md says what to do; until then points wait on disk"),
            },
        ];
    }
}
