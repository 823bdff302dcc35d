using System.Globalization;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Import;
using Collector.Measuring;
using Collector.Rounds;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace App.Jobs;

/// <summary>What became of one measurement in a round.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Import">What its results were; null: there were none to fetch, or it failed.</param>
/// <param name="Error">Why not, in one line; null: it went well.</param>
internal sealed record CollectOutcome(StoredMeasurement Measurement, ImportSummary? Import, string? Error);

/// <summary><c>collect</c>: fetches the results of each measurement from where it stands.</summary>
internal sealed partial class CollectJob(
    IAtlasApi atlas,
    ResultCollector collector,
    IObservationStore store,
    JobStates states,
    Settings settings,
    TimeProvider time,
    ILogger<CollectJob> logger) : IServiceJob
{
    // When so many fail one after the other without a word of Atlas, it is away, or the disk is full: the rest would fail alike, slowly.
    private const int FailuresThatEndARound = 3;

    /// <inheritdoc/>
    public string Name => JobNames.Collect;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var outcomes = await RoundAsync(null, null, isByHand: false, cancellationToken);
        var failed = outcomes.Where(outcome => outcome.Error is not null).ToList();
        if (failed is [var first, ..])
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"{failed.Count} of {outcomes.Count} measurements failed; {first.Measurement.Id} ({first.Measurement.Target}): {first.Error}"));
        }
    }

    /// <summary>One round over the measurements; one that fails does not stop the others.</summary>
    /// <param name="since">First instant, whatever was fetched before; null: from where each measurement stands.</param>
    /// <param name="until">First instant no longer wanted; null: now.</param>
    /// <param name="isByHand">Whether measurements are fetched that are not due yet, too.</param>
    /// <param name="cancellationToken">Ends it after the commit that it is at.</param>
    public async Task<IReadOnlyList<CollectOutcome>> RoundAsync(
        DateTimeOffset? since, DateTimeOffset? until, bool isByHand, CancellationToken cancellationToken)
    {
        var targets = UnicastTarget.AndTargets(settings.Network);
        var outcomes = new List<CollectOutcome>();
        var last = states.All().Where(one => one.Job.Name == Name).ToDictionary(one => one.Job.Measurement, one => one.Job);
        var silent = 0;
        foreach (var measurement in store.Measurements().Where(measurement => targets.Contains(measurement.Target)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (silent == FailuresThatEndARound)
            {
                outcomes.Add(new CollectOutcome(measurement, null, "left for the next round, since those before it got no answer"));
                continue;
            }

            var before = last.GetValueOrDefault(measurement.Id);
            if (await CollectAsync(measurement, isByHand && before is not null ? before with { Started = null } : before, since, until, cancellationToken) is var (outcome, isRefusal))
            {
                outcomes.Add(outcome);
                silent = outcome.Error is null || isRefusal ? 0 : silent + 1;
            }
        }

        var imported = outcomes.Select(outcome => outcome.Import).OfType<ImportSummary>().ToList();
        if (imported.Sum(import => import.New) is > 0 and var news)
        {
            Collected(news, outcomes.Count, imported.Sum(import => import.Counts.RejectedTotal));
        }

        return outcomes;
    }

    /// <returns>Null: nothing was due.</returns>
    private async Task<(CollectOutcome Outcome, bool IsRefusal)?> CollectAsync(
        StoredMeasurement measurement, StoredJob? last, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        // A piece asked for by hand says nothing about how far the rounds are.
        var isRound = since is null && until is null;
        var hasBegun = false;
        string? error = null;
        try
        {
            var described = await DescribedAsync(measurement, cancellationToken);
            var now = time.GetUtcNow();
            var mark = Mark(described, now);
            var wanted = isRound ? CollectPlan.Next(described, mark, last, now)
                : new FetchWindow(since ?? CollectPlan.Next(described, mark, null, now)?.From ?? now, until ?? now);
            if (wanted is not { } window)
            {
                return null;
            }

            Begin();
            var summary = await collector.CollectAsync(described, window.From, window.To, cancellationToken: cancellationToken);
            return (new CollectOutcome(described, summary.Import, null), false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            error = JobStates.Interrupted;
            throw;
        }
#pragma warning disable CA1031 // Whatever it is, the other measurements go on.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            error = JobRunner.Explain(problem);
            Failed(JobRunner.IsForeseen(problem) ? null : problem, measurement.Id, measurement.Target, error);
            return (new CollectOutcome(measurement, null, error), problem is AtlasException { Status: not null } or ConfigurationException);
        }
        finally
        {
            if (error is not null)
            {
                Begin();
            }

            if (hasBegun)
            {
                states.End(Name, error, measurement.Id);
            }
        }

        void Begin()
        {
            if (isRound && !hasBegun)
            {
                hasBegun = true;
                states.Begin(Name, measurement.Id);
            }
        }
    }

    /// <summary>Up to where everything was fetched; null: nothing was.</summary>
    private DateTimeOffset? Mark(StoredMeasurement measurement, DateTimeOffset now)
    {
        if (store.Watermark(measurement.Id) is not { } seconds)
        {
            return null;
        }

        var mark = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (mark <= now + FetchWindows.Overlap)
        {
            return mark;
        }

        // Set by a clock that was ahead: it promises what cannot be, and would stop the rounds until that time comes.
        var back = CollectPlan.BackFrom(store.Days(measurement.Id), now);
        back = measurement.Start > back ? measurement.Start.Value : back;
        store.SetWatermark(measurement.Id, back.ToUnixTimeSeconds());
        WasAhead(measurement.Id, mark, back);
        return back;
    }

    /// <summary>The measurement with its beginning, which Atlas is asked for once.</summary>
    private async Task<StoredMeasurement> DescribedAsync(StoredMeasurement measurement, CancellationToken cancellationToken)
    {
        if (measurement.IsFollowed || measurement.Start is not null)
        {
            return measurement;
        }

        var described = await atlas.MeasurementAsync(measurement.Id, cancellationToken: cancellationToken);
        if (described.Start is { } start)
        {
            measurement = measurement with { Start = start, IntervalSeconds = measurement.IntervalSeconds ?? described.IntervalSeconds };
            store.SaveMeasurement(measurement);
        }

        return measurement;
    }

    [LoggerMessage(LogLevel.Information, "Collected {News} new results of {Measurements} measurements; {Rejected} could not be read")]
    private partial void Collected(long news, int measurements, long rejected);

    [LoggerMessage(LogLevel.Warning, "Measurement {Measurement} is said to be collected up to {Mark:o}, which is still to come: the clock was ahead; collecting again from {Back:o} on")]
    private partial void WasAhead(long measurement, DateTimeOffset mark, DateTimeOffset back);

    [LoggerMessage(LogLevel.Warning, "Measurement {Measurement} of {Target} could not be collected: {Reason}")]
    private partial void Failed(Exception? problem, long measurement, string target, string reason);
}
