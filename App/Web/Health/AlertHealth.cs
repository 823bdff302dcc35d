using App.Alerts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace App.Web.Health;

/// <summary>Whether every receiver of alerts was told something within the last hours, if there was something to tell: an alert that reaches
/// nobody is none.</summary>
internal sealed class AlertHealth(AlertBoard board) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var failing = board.Routes().Where(route => board.Now - route.FailingSince > JobHealth.Patience).Select(route => route.Route).ToList();
            return Task.FromResult(failing.Count > 0 ? HealthCheckResult.Unhealthy($"failing for long: {string.Join(", ", failing)}") : HealthCheckResult.Healthy());
        }
        catch (IOException)
        {
            // That the store cannot be read is the business of another check.
            return Task.FromResult(HealthCheckResult.Healthy());
        }
    }
}
