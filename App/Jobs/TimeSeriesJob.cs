using System.Globalization;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary><c>timeseries</c>: writes what is new to the time series database.</summary>
/// <remarks>A database that is away does not keep it from going on: points wait on disk. The job counts as failed all the same, so that
/// somebody looks.</remarks>
internal sealed partial class TimeSeriesJob : IServiceJob
{
    private readonly SeriesUpdate update;
    private readonly ITimeSeriesSink sink;
    private readonly ICurrentAnalysis analysis;
    private readonly JobStates states;
    private readonly ILogger<TimeSeriesJob> logger;

    public TimeSeriesJob(
        ObservationStore store, Settings settings, ITimeSeriesSink sink, ICurrentAnalysis analysis, JobStates states, TimeProvider time, ILogger<TimeSeriesJob> logger)
    {
        var marks = WrittenMarks.Open(Path.Combine(Folder(store.Folder), "written"), out var problem);
        if (problem is not null)
        {
            MarksLost(logger, problem);
        }

        update = new SeriesUpdate(store, settings.Network, sink, marks, settings.TimeSeries.LargestAsns, time);
        (this.sink, this.analysis, this.states, this.logger) = (sink, analysis, states, logger);
    }

    /// <inheritdoc/>
    public string Name => JobNames.TimeSeries;

    /// <summary>The sink of a service: what the database does not take waits in the data folder.</summary>
    public static InfluxSink Sink(TimeSeriesOptions options, DataFolder folder, TimeProvider time, ILogger<InfluxSink> logger) =>
        new(options, Path.Combine(Folder(folder), "spool"), time, logger);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Reading takes its time and is no waiting: not on a thread that others wait for.
        var points = await Task.Run(() => update.RunAsync(cancellationToken), cancellationToken);
        if (analysis.Last is { } last)
        {
            await update.WriteAsync(last.Findings, last.At, cancellationToken);
        }

        await update.WriteAsync(states.All().Select(one => one.Job), cancellationToken);
        Updated(points);
        if (sink.State is { Problem: { } problem } state)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"{problem}; {state.WaitingPoints:N0} points wait on disk ({state.WaitingBytes / 1048576.0:0.#} MiB) and follow when it is back"));
        }
    }

    private static string Folder(DataFolder folder) => Path.Combine(folder.Root, "timeseries");

    [LoggerMessage(LogLevel.Warning, "What was written to the time series database is not known any more, and the last three days are written again: {Problem}")]
    private static partial void MarksLost(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Debug, "Handed {Points} points to the time series database")]
    private partial void Updated(long points);
}
