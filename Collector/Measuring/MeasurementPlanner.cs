using System.Globalization;
using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Probes;
using Collector.Results;

namespace Collector.Measuring;

/// <summary>Works out the plan. Pure: what Atlas runs and which probes it has are handed in.</summary>
/// <remarks>
/// A measurement is recognised by its description, <c>tag target dns4 id.server</c>, with <c>#2</c> behind it where a target has more
/// probes than one measurement may have. Atlas lets neither target nor interval of a measurement change, so such a
/// change is a stop and a creation.
/// </remarks>
public static class MeasurementPlanner
{
    /// <summary>Plans.</summary>
    /// <param name="network">What should be measured.</param>
    /// <param name="atlas">Tag and limits.</param>
    /// <param name="selection">How many probes.</param>
    /// <param name="probes">All that Atlas has.</param>
    /// <param name="account">The account's live measurements, ours with their probes where known.</param>
    /// <param name="now">The present.</param>
    public static MeasurementPlan Plan(
        AnycastNetwork network,
        AtlasOptions atlas,
        ProbeSelectionOptions selection,
        IReadOnlyCollection<Probe> probes,
        IReadOnlyCollection<AtlasMeasurement> account,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(atlas);
        ArgumentNullException.ThrowIfNull(selection);
        var filter = new MeasurementFilter { Tag = atlas.Tag };
        var live = account.Where(measurement => measurement.IsLive).OrderBy(measurement => measurement.Id).ToList();
        var ours = live.Where(filter.Passes).ToList();
        var problems = new List<string>();

        var wanted = new List<PlannedMeasurement>();
        foreach (var family in new[] { 4, 6 })
        {
            var targets = network.Targets.Where(target => target.Follow is null && AddressOf(target, family) is not null).ToList();
            if (targets.Count == 0)
            {
                continue;
            }

            // All targets of a family are asked by the same probes: then one that fails on one target has others as its control.
            var keep = ours.Where(measurement => measurement.Family == family).SelectMany(measurement => measurement.Probes ?? []).ToHashSet();
            var selected = ProbeSelection.Select(probes, family, selection.Count, keep, now);
            if (selected.Count == 0)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"none of {probes.Count} probes is connected and has working IPv{family}"));
                continue;
            }

            wanted.AddRange(targets.SelectMany(target => Wanted(target, family, selected, atlas, ours)));
        }

        var plan = Compare(wanted, ours) with
        {
            Follow = [.. network.Targets.Where(target => target.Follow is not null).SelectMany(Followed)],
            Limits = atlas.Limits,
            Others = UsageOf(live.Except(ours)),
        };
        return plan with { Problems = [.. problems, .. OverLimits(plan)] };
    }

    /// <summary>A plan that stops everything of ours, and touches nothing else.</summary>
    /// <param name="atlas">The tag.</param>
    /// <param name="account">The account's live measurements.</param>
    public static MeasurementPlan Destroy(AtlasOptions atlas, IReadOnlyCollection<AtlasMeasurement> account)
    {
        ArgumentNullException.ThrowIfNull(atlas);
        var filter = new MeasurementFilter { Tag = atlas.Tag };
        return new MeasurementPlan { Stop = [.. account.Where(measurement => measurement.IsLive && filter.Passes(measurement)).OrderBy(measurement => measurement.Id)] };
    }

    /// <summary>What a measurement is called at Atlas.</summary>
    public static string Describe(string tag, string target, MeasurementKind kind, int family, string? query, int part)
    {
        var name = kind == MeasurementKind.Ping ? "ping" : "dns";
        var suffix = part > 1 ? string.Create(CultureInfo.InvariantCulture, $" #{part}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{tag} {target} {name}{family}{(query is null ? "" : " ")}{query}{suffix}");
    }

    private static IPAddress? AddressOf(Target target, int family) => family == 6 ? target.IPv6 : target.IPv4;

    private static IEnumerable<PlannedMeasurement> Wanted(
        Target target, int family, IReadOnlyList<Probe> selected, AtlasOptions atlas, List<AtlasMeasurement> ours)
    {
        var address = AddressOf(target, family)!;
        var parts = Parts(target, family, selected, atlas, ours);
        for (var part = 1; part <= parts.Count; part++)
        {
            foreach (var query in target.Identity)
            {
                var description = Describe(atlas.Tag, target.Name, MeasurementKind.Dns, family, query, part);
                yield return new PlannedMeasurement(target.Name, new ChaosDefinition(address, description, target.DnsInterval, query) { Tags = [atlas.Tag] }, parts[part - 1]);
            }

            var ping = Describe(atlas.Tag, target.Name, MeasurementKind.Ping, family, query: null, part);
            yield return new PlannedMeasurement(target.Name, new PingDefinition(address, ping, target.PingInterval) { Tags = [atlas.Tag] }, parts[part - 1]);
        }
    }

    /// <summary>Deals the probes out to as many measurements as the limit asks for. Who is in one already stays there.</summary>
    private static List<IReadOnlyList<int>> Parts(Target target, int family, IReadOnlyList<Probe> selected, AtlasOptions atlas, List<AtlasMeasurement> ours)
    {
        var limit = atlas.Limits.ProbesPerMeasurement;
        var count = (selected.Count + limit - 1) / limit;
        if (count == 1)
        {
            return [[.. selected.Select(probe => probe.Id)]];
        }

        var parts = Enumerable.Range(0, count).Select(_ => new SortedSet<int>()).ToList();
        var home = new Dictionary<int, int>();
        for (var part = count; part >= 1; part--)
        {
            var ping = Describe(atlas.Tag, target.Name, MeasurementKind.Ping, family, query: null, part);
            foreach (var probe in ours.Where(measurement => measurement.Description == ping).SelectMany(measurement => measurement.Probes ?? []))
            {
                home[probe] = part - 1;
            }
        }

        var strays = new Queue<int>();
        foreach (var probe in selected)
        {
            if (!home.TryGetValue(probe.Id, out var part) || parts[part].Count == limit || !parts[part].Add(probe.Id))
            {
                strays.Enqueue(probe.Id);
            }
        }

        while (strays.TryDequeue(out var probe))
        {
            parts.MinBy(part => part.Count)!.Add(probe);
        }

        return [.. parts.Select(part => (IReadOnlyList<int>)[.. part])];
    }

    private static IEnumerable<FollowedMeasurement> Followed(Target target)
    {
        var follow = target.Follow!;
        return follow.Dns4.Select(id => new FollowedMeasurement(id, target.Name, MeasurementKind.Dns, 4))
            .Concat(follow.Dns6.Select(id => new FollowedMeasurement(id, target.Name, MeasurementKind.Dns, 6)))
            .Concat(follow.Ping4.Select(id => new FollowedMeasurement(id, target.Name, MeasurementKind.Ping, 4)))
            .Concat(follow.Ping6.Select(id => new FollowedMeasurement(id, target.Name, MeasurementKind.Ping, 6)));
    }

    private static MeasurementPlan Compare(List<PlannedMeasurement> wanted, List<AtlasMeasurement> ours)
    {
        var create = new List<PlannedMeasurement>();
        var change = new List<ChangedMeasurement>();
        var unchanged = new List<RunningMeasurement>();
        var used = new HashSet<long>();
        foreach (var planned in wanted)
        {
            // Of several, the oldest: it has the longest history. The others are stopped.
            if (ours.Find(measurement => !used.Contains(measurement.Id) && Fits(measurement, planned)) is not { } match)
            {
                create.Add(planned);
                continue;
            }

            used.Add(match.Id);
            var add = match.Probes is null ? [] : planned.Probes.Except(match.Probes).ToList();
            var remove = match.Probes is null ? [] : match.Probes.Except(planned.Probes).Order().ToList();
            if (add.Count == 0 && remove.Count == 0)
            {
                unchanged.Add(new RunningMeasurement(match.Id, planned));
            }
            else
            {
                change.Add(new ChangedMeasurement(match.Id, planned, add, remove));
            }
        }

        return new MeasurementPlan
        {
            Create = create,
            Change = change,
            Unchanged = unchanged,
            Stop = [.. ours.Where(measurement => !used.Contains(measurement.Id))],
        };
    }

    /// <summary>Whether a measurement is the planned one. What Atlas does not say is no difference.</summary>
    private static bool Fits(AtlasMeasurement measurement, PlannedMeasurement planned)
    {
        var definition = planned.Definition;
        return measurement.Description == definition.Description
            && measurement.Kind == definition.Kind
            && measurement.Family == definition.Family
            && (measurement.TargetIp is null || measurement.TargetIp.Equals(definition.Target))
            && (measurement.IntervalSeconds is null || measurement.IntervalSeconds == planned.IntervalSeconds)
            && (planned.Query is null || measurement.QueryArgument is null
                || measurement.QueryArgument.TrimEnd('.').Equals(planned.Query, StringComparison.OrdinalIgnoreCase))
            && measurement is { IsOneOff: false, SetNsidBit: not false } or { IsOneOff: false, Kind: MeasurementKind.Ping };
    }

    private static Usage UsageOf(IEnumerable<AtlasMeasurement> measurements)
    {
        var list = measurements.ToList();
        return new Usage(
            list.Count,
            (long)list.Sum(measurement => measurement.EstimatedResultsPerDay ?? 0),
            (long)list.Sum(measurement => (measurement.EstimatedResultsPerDay ?? 0) * (measurement.CreditsPerResult ?? 0)));
    }

    private static IEnumerable<string> OverLimits(MeasurementPlan plan)
    {
        var limits = plan.Limits;
        foreach (var group in plan.Wanted.GroupBy(wanted => (wanted.Definition.Kind, wanted.Definition.Target)).Where(group => group.Count() > limits.MeasurementsPerTarget))
        {
            yield return Over(
                $"{group.Key.Target} would have {Number(group.Count())} {(group.Key.Kind == MeasurementKind.Ping ? "ping" : "DNS")} measurements",
                "MeasurementsPerTarget", limits.MeasurementsPerTarget, "fewer probes (Probes:Count) or fewer names (Identity)");
        }

        var (running, results, credits) = plan.Totals;
        var (others, otherResults, otherCredits) = plan.Others;
        if (running + others > limits.Running)
        {
            yield return Over($"{Number(running + others)} measurements would run{Share(others)}", "Running", limits.Running, "fewer targets, names or probes");
        }

        if (results + otherResults > limits.ResultsPerDay)
        {
            yield return Over(
                $"{Number(results + otherResults)} results a day would come{Share(otherResults)}", "ResultsPerDay", limits.ResultsPerDay,
                "fewer probes (Probes:Count) or longer intervals (DnsInterval, PingInterval)");
        }

        if (credits + otherCredits > limits.CreditsPerDay)
        {
            yield return Over(
                $"{Number(credits + otherCredits)} credits a day would be spent{Share(otherCredits)}", "CreditsPerDay", limits.CreditsPerDay,
                "fewer probes (Probes:Count) or longer intervals (DnsInterval, PingInterval)");
        }

        static string Share(long others) => others == 0 ? "" : $" ({Number(others)} by measurements of the account that are not ours)";

        static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

        static string Over(string what, string key, long limit, string advice) => $"{what}; Atlas:Limits:{key} allows {Number(limit)}: {advice}";
    }
}
