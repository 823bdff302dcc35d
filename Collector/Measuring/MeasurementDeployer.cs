using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Measuring;

/// <summary>Makes Atlas measure what the configuration says. Doing it twice changes nothing the second time.</summary>
public sealed partial class MeasurementDeployer(IAtlasApi atlas, AtlasOptions options, TimeProvider time, ILogger<MeasurementDeployer> logger)
{
    // How long Atlas may need until its list shows what was just created.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>Asks Atlas what runs, and works out the plan.</summary>
    public async Task<MeasurementPlan> PlanAsync(
        AnycastNetwork network, ProbeSelectionOptions selection, IReadOnlyCollection<Probe> probes, CancellationToken cancellationToken = default) =>
        MeasurementPlanner.Plan(network, options, selection, probes, await AccountAsync(withProbes: true, cancellationToken), time.GetUtcNow());

    /// <summary>Asks Atlas what of ours runs, and plans to stop it.</summary>
    public async Task<MeasurementPlan> PlanDestructionAsync(CancellationToken cancellationToken = default) =>
        MeasurementPlanner.Destroy(options, await AccountAsync(withProbes: false, cancellationToken));

    /// <summary>Carries a plan out: stops first, since that makes room, then creates, then changes probes.</summary>
    /// <param name="plan">A plan without problems.</param>
    /// <param name="start">When new measurements begin; null: now.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>All measurements to collect from: created, running and followed.</returns>
    /// <exception cref="ConfigurationException">The plan has problems.</exception>
    /// <exception cref="AtlasException">A step failed; the steps before it are done, and another run goes on from there.</exception>
    public async Task<IReadOnlyList<StoredMeasurement>> ApplyAsync(MeasurementPlan plan, DateTimeOffset? start = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Problems.Count > 0)
        {
            throw new ConfigurationException(string.Join("; ", plan.Problems));
        }

        foreach (var measurement in plan.Stop)
        {
            await atlas.StopAsync(measurement.Id, cancellationToken);
        }

        var stored = new List<StoredMeasurement>();
        var known = plan.Stop.Select(measurement => measurement.Id).ToHashSet();

        // One request for what shares its probes: Atlas then lets a probe ask everything in the same minute.
        foreach (var group in plan.Create.GroupBy(planned => (planned.Target, planned.Definition.Family, Probes: string.Join(',', planned.Probes))))
        {
            stored.AddRange(await CreateAsync([.. group], start, known, cancellationToken));
        }

        foreach (var change in plan.Change)
        {
            await atlas.AddProbesAsync(change.Id, change.Add, cancellationToken);
            await atlas.RemoveProbesAsync(change.Id, change.Remove, cancellationToken);
            stored.Add(Stored(change.Id, change.Wanted));
        }

        stored.AddRange(plan.Unchanged.Select(running => Stored(running.Id, running.Wanted)));
        foreach (var followed in plan.Follow)
        {
            stored.Add(await FollowAsync(followed, cancellationToken));
        }

        return [.. stored.OrderBy(measurement => measurement.Id)];
    }

    private static StoredMeasurement Stored(long id, PlannedMeasurement planned) =>
        new(id, planned.Target, planned.Definition.Kind, planned.Definition.Family, planned.Query, planned.IntervalSeconds);

    private async Task<List<AtlasMeasurement>> AccountAsync(bool withProbes, CancellationToken cancellationToken)
    {
        var filter = new MeasurementFilter { Tag = options.Tag };
        var account = new List<AtlasMeasurement>();
        await foreach (var measurement in atlas.OwnMeasurementsAsync(new MeasurementFilter { Statuses = MeasurementFilter.Live }, cancellationToken))
        {
            account.Add(withProbes && filter.Passes(measurement) && measurement.Probes is null
                ? await atlas.MeasurementAsync(measurement.Id, withProbes: true, cancellationToken)
                : measurement);
        }

        return account;
    }

    private async Task<IReadOnlyList<StoredMeasurement>> CreateAsync(
        List<PlannedMeasurement> group, DateTimeOffset? start, HashSet<long> known, CancellationToken cancellationToken)
    {
        var request = new CreationRequest([.. group.Select(planned => planned.Definition)], [ProbeSet.Of(group[0].Probes)]) { Start = start };
        try
        {
            var ids = await atlas.CreateAsync(request, cancellationToken);
            return [.. ids.Zip(group, Stored)];
        }
        catch (AmbiguousCreationException problem)
        {
            // Whether they exist, only Atlas' list can tell; asking again blindly would pay twice.
            LookingFor(group.Count, problem.Message);
            await Task.Delay(Settling, time, cancellationToken);
            var found = await FindAsync(group, known, cancellationToken);
            if (found.Count < group.Count)
            {
                throw;
            }

            return found;
        }
    }

    /// <summary>Those of a group that Atlas lists.</summary>
    /// <param name="group">What is looked for, by description.</param>
    /// <param name="known">Measurements that were stopped just now, and may not look it yet.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    private async Task<List<StoredMeasurement>> FindAsync(List<PlannedMeasurement> group, HashSet<long> known, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, AtlasMeasurement>(StringComparer.Ordinal);
        await foreach (var measurement in atlas.OwnMeasurementsAsync(new MeasurementFilter { Tag = options.Tag, Statuses = MeasurementFilter.Live }, cancellationToken))
        {
            if (measurement.Description is { } description && !known.Contains(measurement.Id))
            {
                found[description] = measurement;
            }
        }

        return [.. group
            .Where(planned => found.ContainsKey(planned.Definition.Description))
            .Select(planned => Stored(found[planned.Definition.Description].Id, planned))];
    }

    private async Task<StoredMeasurement> FollowAsync(FollowedMeasurement followed, CancellationToken cancellationToken)
    {
        var measurement = await atlas.MeasurementAsync(followed.Id, withProbes: false, cancellationToken);
        if (measurement.Kind != followed.Kind || (measurement.Family != 0 && measurement.Family != followed.Family))
        {
            var expected = $"{(followed.Kind == MeasurementKind.Ping ? "ping" : "dns")} over IPv{followed.Family}";
            throw new ConfigurationException(
                $"Follow of target {followed.Target} names measurement {followed.Id} as {expected}; it is {(measurement.Type.Length > 0 ? measurement.Type : "of an unknown type")} over IPv{measurement.Family}");
        }

        var query = measurement.QueryArgument?.TrimEnd('.').ToLowerInvariant();
        return new StoredMeasurement(followed.Id, followed.Target, followed.Kind, followed.Family, query, measurement.IntervalSeconds) { IsFollowed = true };
    }

    [LoggerMessage(LogLevel.Warning, "{Reason}; looking whether {Count} measurements were created all the same")]
    private partial void LookingFor(int count, string reason);
}
