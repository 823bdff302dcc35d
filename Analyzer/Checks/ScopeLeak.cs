using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>PoPs that are meant for some countries or networks and answer others.</summary>
public sealed class ScopeLeak(ScopeLeakOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "scope-leak";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            foreach (var group in service.Now.Probes
                .Where(probe => probe.Pop is { Audience.Count: > 0 } && probe.Pops[0].Rounds >= service.Rounds(options.Rounds) && probe.Country is not null && !input.IsMisplaced(probe))
                .GroupBy(probe => probe.Pop!.Code))
            {
                var pop = group.First().Pop!;
                var leaked = group.Where(probe => !NearestPop.IsMeantFor(pop, probe.Country, probe.Asn)).ToList();
                if (leaked.Count < options.Probes || leaked.Count < options.Share * group.Count())
                {
                    continue;
                }

                var (from, to) = DetourFinder.Time(service, leaked);
                var countries = leaked.CountBy(probe => probe.Country!).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                    .Select(pair => Invariant($"{Land(pair.Key)} {pair.Value}")).ToList();
                yield return new Finding(
                    Name,
                    Severity.Warning,
                    service.Target.Name,
                    service.Family,
                    new Scope(ScopeKind.Pop, pop.Code),
                    from,
                    to,
                    leaked.Count,
                    0,
                    group.Count(),
                    [.. leaked.Select(probe => probe.Id).Order()],
                    Invariant($"{Place(pop)} is meant for {List([.. pop.Audience.Select(Land)])} but answers {Probes(leaked.Count)} for {Service(service)} from elsewhere: {List(countries)}."),
                    $"A neighbour of {pop.Code} passes the announcement on: check that it carries NO_EXPORT or the communities that keep it local, and which session the leak comes over.");
            }
        }
    }
}
