using App.Jobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace App.Web.Health;

/// <summary>Whether no job has failed for long. A failure or two is for the log: Atlas has its nights, and the next run catches up.</summary>
internal sealed class JobHealth(IJobBoard board, TimeProvider time) : IHealthCheck
{
    /// <summary>A job may fail for so long before the service counts as ill.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(6);

    /// <summary>The jobs that have failed for longer than that, by name.</summary>
    /// <param name="jobs">The board.</param>
    /// <param name="now">The present.</param>
    public static IReadOnlyList<string> FailingLong(IReadOnlyList<JobView> jobs, DateTimeOffset now) =>
    [
        .. jobs.Where(job => job is { Measurement: null, Error: not null } && (job.Succeeded is { } success ? now - success > Patience : job.Failures > MostFirstFailures))
            .Select(job => job.Name),
    ];

    // Of a job that never ended well nobody knows since when it has been tried.
    private const int MostFirstFailures = 3;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        FailingLong(await board.JobsAsync(cancellationToken), time.GetUtcNow()) is { Count: > 0 } failing
            ? HealthCheckResult.Unhealthy($"failing for long: {string.Join(", ", failing)}")
            : HealthCheckResult.Healthy();
}
