using Collector.Configuration;
using Collector.Measuring;
using Collector.Store;

namespace App.Jobs;

/// <summary><c>reconcile</c>: holds the measurements on Atlas against the configuration. What the operator has to decide waits for
/// <c>apply</c>.</summary>
internal sealed class ReconcileJob(Reconciler reconciler, ProbeList probes, IObservationStore store, Settings settings) : IServiceJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Reconcile;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken) =>
        await reconciler.RunAsync(
            settings.Network, settings.Probes, probes.Kept(store) ?? await probes.FetchAsync(cancellationToken), store, cancellationToken);
}
