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

    /// <summary>Asks Atlas what runs, and works out the plan. A network that only follows needs no key for it.</summary>
    /// <param name="network">What should be measured.</param>
    /// <param name="selection">How many probes, and which.</param>
    /// <param name="probes">All that Atlas has; see <see cref="ProbeList"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConfigurationException">Something is to be created, and no key is configured.</exception>
    /// <exception cref="AtlasException">Atlas refused, or could not be reached.</exception>
    public async Task<MeasurementPlan> PlanAsync(
        AnycastNetwork network, ProbeSelectionOptions selection, IReadOnlyCollection<Probe> probes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        var onlyFollows = network.Targets.All(target => target.Follow is not null);
        var account = onlyFollows && options.Key is null ? [] : await AccountAsync(withProbes: true, cancellationToken);
        return MeasurementPlanner.Plan(network, options, selection, probes, account, time.GetUtcNow());
    }

    /// <summary>Asks Atlas what of ours runs, and plans to stop it.</summary>
    public async Task<MeasurementPlan> PlanDestructionAsync(CancellationToken cancellationToken = default) =>
        MeasurementPlanner.Destroy(options, await AccountAsync(withProbes: false, cancellationToken));

    /// <summary>Makes sure, as far as Atlas tells, that the key may do what a plan asks for: half a plan is worse than none.</summary>
    /// <exception cref="AtlasException">It may not, or Atlas could not be asked.</exception>
    public async Task RequireGrantsAsync(MeasurementPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.IsDone)
        {
            return;
        }

        var check = await atlas.CheckKeyAsync(cancellationToken);
        if (!check.Accepted)
        {
            throw new AtlasException(check.Problem ?? "Atlas does not accept the key");
        }

        // The only grant for a change whose name is known for certain.
        const string creating = "measurements.create_measurement";
        if (plan.Create.Count + plan.Replace.Count > 0 && check.Grants is { } grants && !grants.Contains(creating))
        {
            throw new AtlasException($"the key lacks the grant {creating}, which this plan needs; it has {(grants.Count > 0 ? string.Join(", ", grants) : "none")}");
        }
    }

    /// <summary>Carries a plan out: first stops what is no longer wanted, since that makes room, then creates and replaces, then changes
    /// probes.</summary>
    /// <remarks>
    /// What is replaced goes on until the new measurement is there, so that nothing is lost if Atlas refuses it; where the account has
    /// no room for both, the old one is stopped right before. Ended at any instant, another plan finds what is there and goes on from
    /// that: an old measurement beside the new one is then no longer wanted, and a new one that is missing is created.
    /// </remarks>
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

        // First of all, since it changes nothing and finds out what the configuration has wrong.
        var followed = await FollowAsync(plan.Follow, cancellationToken);
        await StopAsync(plan.Stop, cancellationToken);
        var created = new List<StoredMeasurement>();
        var known = plan.Stop.Concat(plan.Replace.Select(replaced => replaced.Running)).Select(measurement => measurement.Id).ToHashSet();

        // One request for what shares its probes: Atlas then lets a probe ask everything in the same minute.
        var steps = plan.Create.Select(wanted => (Wanted: wanted, Old: (AtlasMeasurement?)null))
            .Concat(plan.Replace.Select(replaced => (replaced.Wanted, Old: (AtlasMeasurement?)replaced.Running)));
        foreach (var group in steps.GroupBy(step => (step.Wanted.Target, step.Wanted.Definition.Family, Probes: string.Join(',', step.Wanted.Probes))))
        {
            var old = group.Select(step => step.Old).OfType<AtlasMeasurement>().ToList();
            if (!plan.HasRoomForBoth)
            {
                await StopAsync(old, cancellationToken);
            }

            created.AddRange(await CreateAsync([.. group.Select(step => step.Wanted)], start, known, cancellationToken));
            if (plan.HasRoomForBoth)
            {
                await StopAsync(old, cancellationToken);
            }
        }

        foreach (var change in plan.Change)
        {
            await atlas.AddProbesAsync(change.Id, change.Add, cancellationToken);
            await atlas.RemoveProbesAsync(change.Id, change.Remove, cancellationToken);
        }

        return
        [
            .. (start is null ? await StartedAsync(created, cancellationToken) : created)
                .Concat(plan.Change.Select(change => Stored(change.Running, change.Wanted)))
                .Concat(plan.Unchanged.Select(running => Stored(running.Running, running.Wanted)))
                .Concat(followed)
                .OrderBy(measurement => measurement.Id),
        ];
    }

    /// <summary>A measurement as the store keeps it, with the start that Atlas tells.</summary>
    internal static StoredMeasurement Stored(AtlasMeasurement running, PlannedMeasurement planned) => Stored(running.Id, planned) with { Start = running.Start };

    private static StoredMeasurement Stored(long id, PlannedMeasurement planned) =>
        new(id, planned.Target, planned.Definition.Kind, planned.Definition.Family, planned.Query, planned.IntervalSeconds);

    private async Task<List<StoredMeasurement>> FollowAsync(IReadOnlyList<FollowedMeasurement> follow, CancellationToken cancellationToken)
    {
        var followed = new List<StoredMeasurement>();
        foreach (var measurement in follow)
        {
            followed.Add(await FollowAsync(measurement, cancellationToken));
        }

        return followed;
    }

    private async Task StopAsync(IReadOnlyList<AtlasMeasurement> measurements, CancellationToken cancellationToken)
    {
        foreach (var measurement in measurements)
        {
            await atlas.StopAsync(measurement.Id, cancellationToken);
        }
    }

    /// <summary>Asks Atlas when measurements began that were created just now: by its clock, not by ours.</summary>
    private async Task<List<StoredMeasurement>> StartedAsync(List<StoredMeasurement> created, CancellationToken cancellationToken)
    {
        var starts = new Dictionary<long, DateTimeOffset?>();
        if (created.Count > 0)
        {
            try
            {
                await foreach (var measurement in atlas.OwnMeasurementsAsync(new MeasurementFilter { Tag = options.Tag, Statuses = MeasurementFilter.Live }, cancellationToken))
                {
                    starts[measurement.Id] = measurement.Start;
                }
            }
            catch (AtlasException problem)
            {
                // They exist, and that is what counts; the next plan learns the rest.
                StartUnknown(problem.Message);
            }
        }

        return [.. created.Select(measurement => measurement with { Start = starts.GetValueOrDefault(measurement.Id) ?? time.GetUtcNow() })];
    }

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

    [LoggerMessage(LogLevel.Warning, "{Reason}; when the new measurements began is not known yet")]
    private partial void StartUnknown(string reason);

    [LoggerMessage(LogLevel.Warning, "{Reason}; looking whether {Count} measurements were created all the same")]
    private partial void LookingFor(int count, string reason);
}
