using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace App.Web.Health;

/// <summary>Answers for a check that may hang, with a database that does: within its time, or that it does not.</summary>
/// <remarks>A database that is stopped answers nothing, and no token ends a read that waits for it. So it waits on a thread of its own, one at a
/// time however often health is asked for, and whoever asks is told after a moment.</remarks>
/// <param name="check">The check.</param>
/// <param name="patience">How long it may take.</param>
internal sealed class PromptCheck(IHealthCheck check, TimeSpan patience) : IHealthCheck
{
    /// <summary>How long one may take. Load balancers ask for an answer within two seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.2);

    private readonly Lock gate = new();
    private Task<HealthCheckResult>? running;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<HealthCheckResult> asked;
        lock (gate)
        {
            if (running is not { IsCompleted: false })
            {
                // Not a thread of the pool: those may all wait for the same database.
                running = Task.Factory.StartNew(
                    () => check.CheckHealthAsync(context, CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            }

            asked = running;
        }

        try
        {
            return await asked.WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It is nobody's any more, and its failure is told by the one who asks next.
            _ = asked.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return HealthCheckResult.Unhealthy($"no answer within {patience.TotalSeconds:0.#} s");
        }
    }
}
