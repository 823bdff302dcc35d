using System.Globalization;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Controls;
using Collector.Store;
using Microsoft.Extensions.Logging;
using Reports.Changes;
using Reports.Weekly;

namespace App.Jobs;

/// <summary><c>weekly-report</c>: writes the report of each complete week that has none, and again one that was written too early.</summary>
internal sealed partial class WeeklyReportJob(
    IObservationStore store, Settings settings, IControlReader controls, ReportFolder folder, TimeProvider time, ILogger<WeeklyReportJob> logger) : IServiceJob
{
    // Beyond ten years back nobody waits for a report; beyond so many weeks without results, there was nothing before.
    private const int MostWeeks = 520;
    private const int MostEmptyWeeks = 4;

    /// <inheritdoc/>
    public string Name => JobNames.WeeklyReport;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Missing() is not { Count: > 0 } weeks)
        {
            return;
        }

        var early = await WriteAsync(weeks, cancellationToken);

        // Reading weeks and drawing maps takes several times what the service needs for the rest of the time: give it back.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (early is { } incomplete && Lagging(incomplete) is var (measurement, mark))
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"the report of {incomplete} is written but not complete: measurement {measurement.Id} of {measurement.Target} is collected up to {mark:yyyy-MM-dd'T'HH:mm'Z'} only"));
        }
    }

    /// <returns>The last week whose report had to be written early; null: all are complete.</returns>
    private async Task<IsoWeek?> WriteAsync(List<IsoWeek> weeks, CancellationToken cancellationToken)
    {
        var reporter = new WeeklyReporter(new WeekReader(store, settings.Network, settings.Checks, controls, WithoutControls), settings.Network, folder,
            new WeekChangeReader(store, settings.Network, settings.Comparisons, (store as ObservationStore)?.Folder.Routing, time));
        IsoWeek? early = null;
        foreach (var week in weeks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isEarly = Lagging(week) is not null;
            if (await Task.Run(() => reporter.WriteAsync(week, isEarly, cancellationToken), CancellationToken.None) is { } page)
            {
                Written(week.ToString(), page);
                early = isEarly ? week : early;
            }
        }

        return early;
    }

    /// <summary>Complete weeks without a report, or with an early one; oldest first.</summary>
    private List<IsoWeek> Missing()
    {
        var week = IsoWeek.Of(time.GetUtcNow()).Previous;
        var known = Measurements();
        var facts = store.Facts().ToDictionary(fact => fact.Measurement);
        var starts = known
            .Select(measurement => measurement.Start
                ?? (facts.TryGetValue(measurement.Id, out var fact) ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(fact.Earliest, 0, int.MaxValue)) : null))
            .OfType<DateTimeOffset>()
            .ToList();
        var missing = new List<IsoWeek>();
        if (starts.Count == 0)
        {
            return missing;
        }

        var first = starts.Min();
        var kept = PruneJob.FirstWeek(settings.Storage.Retention, time.GetUtcNow());
        var ids = known.Select(measurement => measurement.Id).ToList();
        for (var (weeks, empty) = (0, 0); weeks < MostWeeks && empty < MostEmptyWeeks && week.End > first && !(week < kept); weeks++, week = week.Previous)
        {
            if (folder.IsComplete(week))
            {
                empty = 0;
            }
            else if (store.ReadByProbe(ids, week.Start.ToUnixTimeSeconds(), week.End.ToUnixTimeSeconds()).Any())
            {
                empty = 0;
                missing.Add(week);
            }
            else
            {
                empty++;
            }
        }

        missing.Reverse();
        return missing;
    }

    /// <summary>A measurement whose results of a week are not all there yet; null: they are.</summary>
    private (StoredMeasurement Measurement, DateTimeOffset Mark)? Lagging(IsoWeek week)
    {
        foreach (var measurement in Measurements())
        {
            // Imported ones have no watermark; nobody says when they are complete.
            if (store.Watermark(measurement.Id) is { } mark && mark < Math.Min(week.End.ToUnixTimeSeconds(), measurement.Stop?.ToUnixTimeSeconds() ?? long.MaxValue))
            {
                return (measurement, DateTimeOffset.FromUnixTimeSeconds(mark));
            }
        }

        return null;
    }

    private List<StoredMeasurement> Measurements()
    {
        var targets = settings.Network.Targets.Select(target => target.Name).ToHashSet(StringComparer.Ordinal);
        return [.. store.Measurements().Where(measurement => targets.Contains(measurement.Target))];
    }

    [LoggerMessage(LogLevel.Information, "Report of {Week} written: {Page}")]
    private partial void Written(string week, string page);

    [LoggerMessage(LogLevel.Warning, "The controls of suspected black holes cannot be read, so that in the report only our own targets are controls: {Reason}")]
    private partial void WithoutControls(string reason);
}
