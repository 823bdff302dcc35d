using System.Diagnostics;
using System.Diagnostics.Metrics;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;
using Reports.Errors;

namespace App.Jobs;

/// <summary>Runs a job once: its state before and after, and one line in the log when it fails. A job never brings the service down.</summary>
internal sealed partial class JobRunner(IEnumerable<IServiceJob> jobs, JobStates states, ILogger<JobRunner> logger)
{
    private static readonly ActivitySource Activities = new("Measurement.Jobs");

    // A meter of its own: /metrics has no histograms, and says when each job last ran and how long that took.
    private static readonly Histogram<double> Durations = new Meter(MeasurementMeter.Name).CreateHistogram<double>("measurement.job.duration", "s", "How long runs of the jobs took.");

    /// <summary>The jobs.</summary>
    public IReadOnlyList<IServiceJob> Jobs { get; } = [.. jobs];

    /// <summary>Runs one.</summary>
    /// <param name="name">Which.</param>
    /// <param name="cancellationToken">Ends it after the commit that it is at.</param>
    /// <param name="whyEnded">What a run leaves as its error that was told to end; null: <see cref="JobStates.Interrupted"/>.</param>
    /// <returns>Whether it ended well, or was told to end.</returns>
    public async Task<bool> RunAsync(string name, CancellationToken cancellationToken, Func<string>? whyEnded = null)
    {
        var job = Jobs.First(job => job.Name == name);
        states.Begin(name);
        using var activity = Activities.StartActivity(name);
        var clock = Stopwatch.StartNew();
        string? error = null;
        try
        {
            await job.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            error = whyEnded?.Invoke() ?? JobStates.Interrupted;
            Interrupted(name, error);
        }
#pragma warning disable CA1031 // Whatever it is, the other jobs go on.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            error = Explain(problem);
            Failed(IsForeseen(problem) ? null : problem, name, error);
        }
        finally
        {
            states.End(name, error);
            activity?.SetStatus(error is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, error);
            Durations.Record(
                clock.Elapsed.TotalSeconds, new("job", name), new("outcome", error switch { null => "done", JobStates.Interrupted or JobStates.EndedByHand => "interrupted", _ => "failed" }));
        }

        return error is null or JobStates.Interrupted or JobStates.EndedByHand;
    }

    /// <summary>Whether an error's message was written for the operator; the log has all of any other.</summary>
    public static bool IsForeseen(Exception problem) => ErrorText.IsForeseen(problem);

    /// <summary>An error in one line of bounded length.</summary>
    public static string Explain(Exception problem) => ErrorText.Line(problem);

    [LoggerMessage(LogLevel.Error, "Job {Job} failed: {Reason}")]
    private partial void Failed(Exception? problem, string job, string reason);

    [LoggerMessage(LogLevel.Information, "Job {Job} had to end before it was through: {Reason}")]
    private partial void Interrupted(string job, string reason);
}
