using Collector.Atlas;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Reports.Jobs;

/// <summary><c>reconcile</c>: learns from Atlas which of the known measurements have ended.</summary>
internal sealed partial class ReconcileJob(IAtlasApi atlas, IObservationStore store, Settings settings, TimeProvider time, ILogger<ReconcileJob> logger) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Reconcile;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var targets = settings.Network.Targets.Select(target => target.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var known in store.Measurements().Where(measurement => targets.Contains(measurement.Target) && measurement.Stop is null))
        {
            var measurement = await atlas.MeasurementAsync(known.Id, cancellationToken: cancellationToken);
            if (!measurement.IsLive && measurement.Status != MeasurementStatus.Other)
            {
                store.SaveMeasurement(known with { Stop = measurement.Stop ?? time.GetUtcNow() });
                HasEnded(known.Id, known.Target, measurement.StatusName ?? measurement.Status.ToString());
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Measurement {Measurement} of {Target} has ended on Atlas: {Status}")]
    private partial void HasEnded(long measurement, string target, string status);
}
