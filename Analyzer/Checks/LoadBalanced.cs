using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes, or whole networks, that alternate between PoPs round by round: their packets are spread over several ways.</summary>
public sealed class LoadBalanced(LoadBalancedOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "load-balanced";

    // Most of a network's probes make it the network's doing.
    private const double Most = 0.5;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            foreach (var network in service.Now.Probes.Where(probe => probe.Pop is not null).GroupBy(probe => (probe.Asn, Single: probe.Asn is null ? probe.Id : 0)))
            {
                var balanced = network.Where(IsBalanced).ToList();
                if (balanced.Count >= options.Probes && balanced.Count >= Most * network.Count())
                {
                    var who = Invariant($"{balanced.Count} of the {Probes(network.Count())} in {Network(network.Key.Asn, balanced[0].AsName, Common(balanced))}");
                    yield return Of(service, new Scope(ScopeKind.Asn, Number(network.Key.Asn!.Value)), balanced, network.Count(), who);
                    continue;
                }

                foreach (var probe in balanced)
                {
                    yield return Of(service, new Scope(ScopeKind.Probe, Number(probe.Id)), [probe], 1, Invariant($"Probe {probe.Id} in {Network(probe)}"));
                }
            }
        }
    }

    private bool IsBalanced(ProbeCatchment probe)
    {
        var rounds = probe.Pops.Sum(pop => pop.Rounds);
        return probe.IsLoadBalanced && rounds >= options.Rounds && rounds - probe.Pops[0].Rounds >= options.Share * rounds;
    }

    private Finding Of(ServiceSeries service, Scope scope, List<ProbeCatchment> balanced, int members, string who)
    {
        var pops = balanced.SelectMany(probe => probe.Pops).GroupBy(pop => pop.Pop.Code).Select(group => (Code: group.Key, Rounds: group.Sum(pop => pop.Rounds)))
            .OrderByDescending(pop => pop.Rounds).ThenBy(pop => pop.Code, StringComparer.Ordinal).ToList();
        var rounds = pops.Sum(pop => pop.Rounds);
        var other = (double)(rounds - pops[0].Rounds) / rounds;
        var verb = members == 1 ? "alternates" : "alternate";
        return new Finding(
            Name,
            Severity.Info,
            service.Target.Name,
            service.Family,
            scope,
            Instant(balanced.Min(probe => probe.Stays[0].From)),
            Instant(Math.Min(service.Now.Window.ToUnixSeconds, balanced.Max(probe => probe.Stays[^1].To) + service.DnsInterval)),
            other,
            0,
            members,
            [.. balanced.Select(probe => probe.Id).Order()],
            Invariant($"{who} {verb} between PoPs for {Service(service)}, round by round: {List([.. pops.Select(pop => Invariant($"{pop.Code} {100.0 * pop.Rounds / rounds:0} %"))])}."),
            "Equal paths share the packets: harmless to single DNS queries, but a TCP connection may change PoP in the middle. Such probes are counted at their most frequent PoP and never as moved. To settle them, make one of the paths longer or ask the network for per-flow balancing.");
    }

    private static string? Common(List<ProbeCatchment> probes) => probes.Select(probe => probe.Country).Distinct().ToList() is [var one] ? one : null;
}
