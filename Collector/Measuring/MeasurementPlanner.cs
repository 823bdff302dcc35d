using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Probes;
using Collector.Results;

namespace Collector.Measuring;

/// <summary>Works out the plan. Pure: what Atlas runs and which probes it has are handed in.</summary>
/// <remarks>
/// A measurement is recognised by its description, <c>tag target dns4 id.server</c>, with <c>#2</c> behind it where a target has more
/// probes than one measurement may have. Atlas lets neither target nor interval of a measurement change: then a new one of the same
/// description takes its place.
/// </remarks>
public static class MeasurementPlanner
{
    /// <summary>Plans.</summary>
    /// <param name="network">What should be measured.</param>
    /// <param name="atlas">Tag and limits.</param>
    /// <param name="selection">How many probes, and which.</param>
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
        var (plan, problems) = Draft(network, selection);
        var remedy = PlanLimits.IsOverBudget(plan) ? PlanLimits.Remedy(network, selection, (network, selection) => Draft(network, selection).Plan) : null;
        return plan with { Remedy = remedy, Problems = [.. problems, .. PlanLimits.Problems(plan, remedy)] };

        (MeasurementPlan Plan, List<string> Problems) Draft(AnycastNetwork network, ProbeSelectionOptions selection) =>
            MeasurementPlanner.Draft(network, atlas, selection, probes, account, now);
    }

    /// <summary>A plan that stops everything of ours, and touches nothing else.</summary>
    /// <param name="atlas">The tag.</param>
    /// <param name="account">The account's live measurements.</param>
    public static MeasurementPlan Destroy(AtlasOptions atlas, IReadOnlyCollection<AtlasMeasurement> account)
    {
        ArgumentNullException.ThrowIfNull(atlas);
        var filter = new MeasurementFilter { Tag = atlas.Tag };
        var live = account.Where(measurement => measurement.IsLive).OrderBy(measurement => measurement.Id).ToList();
        var ours = live.Where(filter.Passes).ToList();
        return new MeasurementPlan { Stop = ours, Limits = atlas.Limits, Others = UsageOf(live.Except(ours)) };
    }

    /// <summary>What a measurement is called at Atlas.</summary>
    /// <param name="tag">Ours.</param>
    /// <param name="target">Name of the target, or of a PoP's unicast addresses.</param>
    /// <param name="kind">DNS or ping.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="what">The name asked, or the unicast address; null: nothing more to say.</param>
    /// <param name="part">From 1.</param>
    public static string Describe(string tag, string target, MeasurementKind kind, int family, string? what, int part)
    {
        var name = kind == MeasurementKind.Ping ? "ping" : "dns";
        var suffix = part > 1 ? string.Create(CultureInfo.InvariantCulture, $" #{part}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{tag} {target} {name}{family}{(what is null ? "" : " ")}{what}{suffix}");
    }

    /// <summary>The target that a measurement of ours watches, as its description tells; null when it does not.</summary>
    public static string? TargetOf(AtlasMeasurement measurement, string tag)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Description is { } text && text.StartsWith(tag + ' ', StringComparison.Ordinal)
            && text[(tag.Length + 1)..].Split(' ') is [{ Length: > 0 } target, _, ..] ? target : null;
    }

    private static (MeasurementPlan Plan, List<string> Problems) Draft(
        AnycastNetwork network,
        AtlasOptions atlas,
        ProbeSelectionOptions selection,
        IReadOnlyCollection<Probe> probes,
        IReadOnlyCollection<AtlasMeasurement> account,
        DateTimeOffset now)
    {
        var filter = new MeasurementFilter { Tag = atlas.Tag };
        var live = account.Where(measurement => measurement.IsLive).OrderBy(measurement => measurement.Id).ToList();
        var ours = live.Where(filter.Passes).ToList();
        var follow = network.Targets.Where(target => target.Follow is not null).SelectMany(Followed).ToList();
        var problems = new List<string>();
        var wanted = new List<PlannedMeasurement>();
        var coverage = new List<ProbeCoverage>();
        foreach (var family in new[] { 4, 6 })
        {
            var services = Services(network, family, selection, now).ToList();
            if (services.Count == 0 && !follow.Exists(followed => followed.Family == family))
            {
                continue;
            }

            // All targets of a family are asked by the same probes: then one that fails on one target has others as its control.
            var keep = ours.Where(measurement => measurement.Family == family).SelectMany(measurement => measurement.Probes ?? []).ToHashSet();
            var selected = ProbeSelection.Select(probes, family, selection, keep, now);
            if (selected.Count == 0)
            {
                var which = selection.Selection == SelectionMode.Listed ? " and listed in Probes:Include"
                    : selection.Exclude.Count > 0 ? " and not in Probes:Exclude" : "";
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"none of {probes.Count} probes is connected and has working IPv{family}{which}"));
                continue;
            }

            coverage.Add(ProbeCoverage.Of(family, selected, probes, selection.Include));
            wanted.AddRange(services.SelectMany(service => Wanted(service, selected, atlas, ours)));
        }

        var plan = Compare(wanted, ours) with
        {
            Follow = follow,
            Coverage = coverage,
            Limits = atlas.Limits,
            Others = UsageOf(live.Except(ours)),
        };
        return (plan, problems);
    }

    /// <summary>What is to be measured over a family: targets, then the unicast addresses of the PoPs that serve them now.</summary>
    private static IEnumerable<Service> Services(AnycastNetwork network, int family, ProbeSelectionOptions selection, DateTimeOffset now)
    {
        var targets = network.Targets.Where(target => target.Follow is null && AddressOf(target, family) is not null).ToList();
        foreach (var target in targets)
        {
            yield return new Service(target.Name, AddressOf(target, family)!, target.PingInterval) { Queries = target.Identity, DnsInterval = target.DnsInterval };
        }

        var pops = targets.SelectMany(target => target.Pops).Select(pop => pop.Code).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var pop in network.Pops.Where(pop => pops.Contains(pop.Code) && pop.IsActive(now, now.AddSeconds(1))))
        {
            var addresses = pop.Unicast.Select(IPAddress.Parse).Where(address => (address.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4) == family);
            foreach (var address in addresses.Distinct())
            {
                yield return new Service(UnicastTarget.Of(pop), address, selection.UnicastInterval) { What = address.ToString() };
            }
        }
    }

    private static IPAddress? AddressOf(Target target, int family) => family == 6 ? target.IPv6 : target.IPv4;

    private static IEnumerable<PlannedMeasurement> Wanted(Service service, IReadOnlyList<Probe> selected, AtlasOptions atlas, List<AtlasMeasurement> ours)
    {
        string PingOf(int part) => Describe(atlas.Tag, service.Name, MeasurementKind.Ping, service.Family, service.What, part);
        var parts = Parts(selected, atlas.Limits.ProbesPerMeasurement, part => ours.Where(measurement => measurement.Description == PingOf(part)));
        for (var part = 1; part <= parts.Count; part++)
        {
            foreach (var query in service.Queries)
            {
                var description = Describe(atlas.Tag, service.Name, MeasurementKind.Dns, service.Family, query, part);
                yield return new PlannedMeasurement(
                    service.Name, new ChaosDefinition(service.Address, description, service.DnsInterval, query) { Tags = [atlas.Tag] }, parts[part - 1]);
            }

            yield return new PlannedMeasurement(
                service.Name, new PingDefinition(service.Address, PingOf(part), service.PingInterval) { Tags = [atlas.Tag] }, parts[part - 1]);
        }
    }

    /// <summary>Deals the probes out to as many measurements as the limit asks for. Who is in one already stays there.</summary>
    private static List<IReadOnlyList<int>> Parts(IReadOnlyList<Probe> selected, int limit, Func<int, IEnumerable<AtlasMeasurement>> running)
    {
        var count = (selected.Count + limit - 1) / limit;
        if (count == 1)
        {
            return [[.. selected.Select(probe => probe.Id)]];
        }

        var parts = Enumerable.Range(0, count).Select(_ => new SortedSet<int>()).ToList();
        var home = new Dictionary<int, int>();
        for (var part = count; part >= 1; part--)
        {
            foreach (var probe in running(part).SelectMany(measurement => measurement.Probes ?? []))
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
        var missing = new List<PlannedMeasurement>();
        var change = new List<ChangedMeasurement>();
        var unchanged = new List<RunningMeasurement>();
        var used = new HashSet<long>();
        foreach (var planned in wanted)
        {
            // Of several, the oldest: it has the longest history. The others are stopped.
            if (Unused(measurement => Fits(measurement, planned)) is not { } match)
            {
                missing.Add(planned);
                continue;
            }

            var add = match.Probes is null ? [] : planned.Probes.Except(match.Probes).ToList();
            var remove = match.Probes is null ? [] : match.Probes.Except(planned.Probes).Order().ToList();
            if (add.Count == 0 && remove.Count == 0)
            {
                unchanged.Add(new RunningMeasurement(match, planned));
            }
            else
            {
                change.Add(new ChangedMeasurement(match, planned, add, remove));
            }
        }

        // Only now, when everything that fits has found its place: an apply that was interrupted leaves the old one beside the new.
        var create = new List<PlannedMeasurement>();
        var replace = new List<ReplacedMeasurement>();
        foreach (var planned in missing)
        {
            if (Unused(measurement => measurement.Description == planned.Definition.Description) is { } match)
            {
                replace.Add(new ReplacedMeasurement(match, planned));
            }
            else
            {
                create.Add(planned);
            }
        }

        return new MeasurementPlan
        {
            Create = create,
            Replace = replace,
            Change = change,
            Unchanged = unchanged,
            Stop = [.. ours.Where(measurement => !used.Contains(measurement.Id))],
        };

        AtlasMeasurement? Unused(Predicate<AtlasMeasurement> condition)
        {
            var found = ours.Find(measurement => !used.Contains(measurement.Id) && condition(measurement));
            if (found is not null)
            {
                used.Add(found.Id);
            }

            return found;
        }
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

    /// <summary>An address that is to be measured.</summary>
    private sealed record Service(string Name, IPAddress Address, TimeSpan PingInterval)
    {
        /// <summary>The names that are asked; none: it is pinged only.</summary>
        public IReadOnlyList<string> Queries { get; init; } = [];

        public TimeSpan DnsInterval { get; init; }

        /// <summary>What tells its ping from others of the same name.</summary>
        public string? What { get; init; }

        public int Family => Address.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4;
    }
}
