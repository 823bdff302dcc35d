using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Geography;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>PoPs whose catchment leaked over continents: the too-well-connected peer. Only probes that have a far nearer PoP on their
/// own continent count.</summary>
public sealed class OverReach(OverReachOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "over-reach";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            var catchments = service.Now.Probes.Where(probe => probe.Pop is not null).CountBy(probe => probe.Pop!.Code, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(StringComparer.OrdinalIgnoreCase);
            foreach (var pop in DetourFinder.Find(input, service, options.ExtraKm, service.Rounds(options.Rounds)).GroupBy(detour => detour.Served.Code))
            {
                var leaked = pop.ToList();
                var all = catchments[pop.Key];
                if (leaked.Count < options.Probes || leaked.Count < options.Share * all)
                {
                    continue;
                }

                var (from, to) = DetourFinder.Time(service, [.. leaked.Select(detour => detour.Probe)]);
                var extraKm = DetourFinder.Median(leaked.Select(detour => detour.ExtraKm));
                var origins = leaked.CountBy(detour => DetourFinder.ContinentOf(detour.Probe.Country)!).OrderByDescending(pair => pair.Value)
                    .ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Invariant($"{pair.Value} from {pair.Key}")).ToList();
                var nearer = leaked.CountBy(detour => Place(detour.Better)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key).ToList();
                var share = (double)leaked.Count / all;
                yield return new Finding(
                    Name,
                    Severity.Warning,
                    service.Target.Name,
                    service.Family,
                    new Scope(ScopeKind.Pop, leaked[0].Served.Code),
                    from,
                    to,
                    share,
                    options.Share,
                    all,
                    [.. leaked.Select(detour => detour.Probe.Id).Order()],
                    Invariant($"{Place(leaked[0].Served)} attracts {leaked.Count} of its {Probes(all)} for {Service(service)} from other continents ({List(origins)}), although on their own {List(nearer)} {(nearer.Count == 1 ? "is" : "are")} nearer: by {extraKm:N0} km in the median, at least {GreatCircle.FibreRttMs(extraKm):0} ms."),
                    $"An upstream or peer of {leaked[0].Served.Code} is too well connected: prepend towards it, tag the announcement with its communities for its own region, or announce to it selectively.");
            }
        }
    }
}
