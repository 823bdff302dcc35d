using System.Globalization;
using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Probes;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Measuring;

/// <summary>What became of a reconciliation.</summary>
/// <param name="Plan">The whole plan, as <c>plan</c> shows it.</param>
/// <param name="Changed">Measurements that got other probes.</param>
/// <param name="Measurements">What is to be collected from, as the store has it now.</param>
/// <param name="Waiting">What waits for the operator, in words; null: nothing.</param>
public sealed record Reconciliation(MeasurementPlan Plan, int Changed, IReadOnlyList<StoredMeasurement> Measurements, string? Waiting);

/// <summary>Keeps Atlas and store in line with each other: for the job <c>reconcile</c>, and for <c>apply</c> and <c>destroy</c> when they are done.</summary>
/// <remarks>
/// The job calls <see cref="RunAsync"/> once a day, with the probes of <see cref="ProbeList"/>. It never creates, replaces or stops a
/// measurement: what costs credits, or ends a history, is the operator's to decide, by <c>apply</c>. What it does is what an operator who
/// has applied would expect to go on by itself: probes that went away are replaced by others (never more of them than were asked
/// for), measurements of ours that the store does not know are adopted, those that ended get their end, and the followed ones, which
/// cost nothing, are kept as configured. What waits for <c>apply</c> is in the answer, and logged.
/// </remarks>
public sealed partial class Reconciler(MeasurementDeployer deployer, IAtlasApi atlas, TimeProvider time, ILogger<Reconciler> logger)
{
    // So much of the past of a measurement is read when following begins: its catchment shows at once.
    private static readonly TimeSpan FollowedPast = TimeSpan.FromDays(1);

    /// <summary>Reconciles.</summary>
    /// <param name="network">What should be measured.</param>
    /// <param name="selection">How many probes, and which.</param>
    /// <param name="probes">All that Atlas has.</param>
    /// <param name="store">Opened for writing.</param>
    /// <param name="cancellationToken">Ends it between two steps; another run goes on from there.</param>
    /// <exception cref="AtlasException">Atlas refused, or could not be reached.</exception>
    /// <exception cref="ConfigurationException">Something is to be created and no key is configured, or a followed measurement is not
    /// what the configuration says.</exception>
    public async Task<Reconciliation> RunAsync(
        AnycastNetwork network, ProbeSelectionOptions selection, IReadOnlyCollection<Probe> probes, IObservationStore store, CancellationToken cancellationToken = default)
    {
        var plan = await deployer.PlanAsync(network, selection, probes, cancellationToken);
        var upkeep = Upkeep(plan, probes);
        var running = (await deployer.ApplyAsync(upkeep, cancellationToken: cancellationToken))
            .Concat(plan.Replace.Select(replaced => MeasurementDeployer.Stored(replaced.Running, replaced.Wanted) with { IntervalSeconds = replaced.Running.IntervalSeconds }))
            .ToList();
        var measurements = await RecordAsync(store, running, plan.Stop.Select(measurement => measurement.Id).ToHashSet(), cancellationToken);
        var waiting = Waiting(plan, upkeep);
        if (waiting is not null)
        {
            NotAsConfigured(waiting);
        }

        return new Reconciliation(plan, upkeep.Change.Count(change => change.Size != (0, 0)), measurements, waiting);
    }

    /// <summary>Writes into the store what runs and is followed, and what ended. Doing it twice changes nothing.</summary>
    /// <param name="store">Opened for writing.</param>
    /// <param name="running">What <see cref="MeasurementDeployer.ApplyAsync"/> returned.</param>
    /// <param name="elsewhere">Ids of further measurements that are known to run, and stay as the store has them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The running ones as the store has them now.</returns>
    public async Task<IReadOnlyList<StoredMeasurement>> RecordAsync(
        IObservationStore store, IReadOnlyCollection<StoredMeasurement> running, IReadOnlySet<long> elsewhere, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var now = time.GetUtcNow();
        var known = store.Measurements().ToDictionary(measurement => measurement.Id);
        var recorded = new List<StoredMeasurement>();
        foreach (var measurement in running)
        {
            var before = known.GetValueOrDefault(measurement.Id);
            var record = measurement with { Start = measurement.Start ?? before?.Start ?? (measurement.IsFollowed ? now - FollowedPast : null) };
            if (record != before)
            {
                store.SaveMeasurement(record);
            }

            if (before is null && !measurement.IsFollowed)
            {
                Recorded(measurement.Id, measurement.Target);
            }

            recorded.Add(record);
        }

        var live = running.Select(measurement => measurement.Id).Concat(elsewhere).ToHashSet();
        await LearnEndsAsync(store, [.. known.Values.Where(measurement => measurement.Stop is null && !live.Contains(measurement.Id))], cancellationToken);
        return recorded;
    }

    /// <summary>Asks what became of measurements that do not run, or seem not to, and writes into the store which of them ended, when and how.</summary>
    /// <param name="store">Opened for writing.</param>
    /// <param name="measurements">Those that have no end in the store.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LearnEndsAsync(IObservationStore store, IReadOnlyCollection<StoredMeasurement> measurements, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(measurements);
        var now = time.GetUtcNow();
        foreach (var measurement in measurements)
        {
            if (measurement.IsFollowed)
            {
                store.SaveMeasurement(measurement with { Stop = now });
            }
            else if (await EndAsync(measurement, now, cancellationToken) is var (end, status))
            {
                // How comes first: an end without it would never be asked for again.
                AccountMemory.SaveEnd(store, measurement.Id, status);
                store.SaveMeasurement(measurement with { Stop = end });
            }
        }
    }

    /// <summary>The part of a plan that needs nobody's leave: probes in the place of others.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="probes">All that Atlas has.</param>
    internal static MeasurementPlan Upkeep(MeasurementPlan plan, IEnumerable<Probe> probes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var connected = probes.Where(probe => probe.Status == ProbeStatus.Connected).DistinctBy(probe => probe.Id).ToDictionary(probe => probe.Id);
        return plan with
        {
            Create = [],
            Replace = [],
            Stop = [],
            Problems = [],

            // With problems the wanted probes are not to be trusted.
            Change = plan.Problems.Count > 0
                ? [.. plan.Change.Select(change => change with { Add = [], Remove = [] })]
                : [.. plan.Change.Select(InPlace)],
        };

        // As many in as out, or up to what was asked for when it was created: more or fewer of them are a wish that waits for apply.
        ChangedMeasurement InPlace(ChangedMeasurement change)
        {
            var takingPart = change.Running.Probes?.Count ?? 0;
            var room = Math.Max(takingPart, change.Running.ProbesRequested ?? 0) - (takingPart - change.Remove.Count);
            var add = change.Add.Take(room).ToList();
            var gone = change.Remove.Where(id => !connected.TryGetValue(id, out var probe) || !ProbeSelection.CanMeasure(probe, change.Wanted.Definition.Family)).ToList();
            var others = change.Remove.Except(gone).Take(Math.Max(0, add.Count - gone.Count));
            return change with { Add = add, Remove = [.. gone.Concat(others).Order()] };
        }
    }

    private static string? Waiting(MeasurementPlan plan, MeasurementPlan upkeep)
    {
        string[] what =
        [
            .. Some(plan.Create.Count, "to create"),
            .. Some(plan.Replace.Count, "to replace"),
            .. Some(plan.Stop.Count, "to stop"),
            .. Some(plan.Change.Zip(upkeep.Change).Count(pair => pair.First.Size != pair.Second.Size), "to get more or fewer probes"),
            .. plan.Problems,
        ];
        return what.Length == 0 ? null : string.Join(", ", what);

        static string[] Some(int count, string what) => count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{count} {what}")];
    }

    /// <summary>When and how a measurement ended that is no longer among ours; null when it runs, or when Atlas does not know it or does not tell.</summary>
    private async Task<(DateTimeOffset At, MeasurementStatus Status)?> EndAsync(StoredMeasurement measurement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var atAtlas = await atlas.MeasurementAsync(measurement.Id, cancellationToken: cancellationToken);
            if (atAtlas.IsLive || atAtlas.Status == MeasurementStatus.Other)
            {
                return null;
            }

            if (atAtlas.Status is not MeasurementStatus.Stopped)
            {
                Ended(measurement.Id, measurement.Target, atAtlas.StatusName ?? atAtlas.Status.ToString());
            }

            return (atAtlas.Stop is { } stop && stop < now ? stop : now, atAtlas.Status);
        }
        catch (AtlasException problem) when (problem.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
        {
            // Imported from a file, perhaps: it is not ours to judge.
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "Measurement {Measurement} of {Target} is now in the store")]
    private partial void Recorded(long measurement, string target);

    [LoggerMessage(LogLevel.Warning, "Measurement {Measurement} of {Target} was ended by Atlas: {Status}")]
    private partial void Ended(long measurement, string target, string status);

    [LoggerMessage(LogLevel.Warning, "Not as configured: {What}; plan shows it, apply does it")]
    private partial void NotAsConfigured(string what);
}
