using Collector.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace App.Web.Health;

/// <summary>Whether the store can be read.</summary>
internal sealed class StoreHealth(IObservationStore store) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        store.Measurements();
        return Task.FromResult(HealthCheckResult.Healthy());
    }
}
