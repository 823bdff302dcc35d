using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Highlights;
using Collector.Geography;

namespace Analyzer.Findings;

/// <summary>Turns what stands out in the catchments of one window into findings. Pure.</summary>
public static class FindingReader
{
    /// <summary>So many probes make a network's silence more than one host's trouble.</summary>
    public const int SeveralProbes = 3;

    /// <summary>A probe that stands for its network alone must reach so many other targets.</summary>
    public const int ControlsOfSingleVantage = 2;

    /// <summary>The findings: most severe first, then most probes, then by check, target, family and scope.</summary>
    /// <param name="catchments">One each target and family, of the same window: each is a control for the others.</param>
    public static IReadOnlyList<Finding> Of(IReadOnlyList<Catchment> catchments)
    {
        ArgumentNullException.ThrowIfNull(catchments);
        return
        [
            .. catchments.SelectMany(ContinentalDetours).Concat(BlackHoles(catchments))
                .OrderByDescending(finding => finding.Severity)
                .ThenByDescending(finding => finding.Probes.Count)
                .ThenBy(finding => finding.Check, StringComparer.Ordinal)
                .ThenBy(finding => finding.Target, StringComparer.Ordinal)
                .ThenBy(finding => finding.Family)
                .ThenBy(finding => finding.Scope.Kind)
                .ThenBy(finding => finding.Scope.Value, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<Finding> ContinentalDetours(Catchment catchment) =>
        Detours.Of(catchment, country => Countries.Find(country)?.Continent.DisplayName(), pop => pop.Country)
            .Select(detour => (Scope: ScopeOf(detour.Asn, detour.Country), Detour: detour))
            .Where(pair => pair.Scope is not null)
            .GroupBy(pair => pair.Scope!, pair => pair.Detour)
            .Select(group =>
            {
                // The worst comes first: it is the one that the message speaks of.
                var worst = group.First();
                var probes = group.SelectMany(detour => detour.Probes).Select(probe => probe.Id).Order().ToList();
                return new Finding(
                    CheckNames.ContinentalDetour,
                    probes.Count >= SeveralProbes ? Severity.Warning : Severity.Info,
                    catchment.Target.Name,
                    catchment.Family,
                    group.Key,
                    catchment.Window.From,
                    catchment.Window.To,
                    worst.ExtraKm,
                    Detours.LeastExtraKm,
                    SampleOf(catchment, group.Key, probe => probe.Pop is not null),
                    probes,
                    Invariant($"{Network(worst.Asn, worst.Country)}: {Probes(worst.Probes.Count)} served by {worst.Served.Code} for {catchment.Target.Name} over IPv{catchment.Family}, {worst.ExtraKm:N0} km farther (at least {GreatCircle.FibreRttMs(worst.ExtraKm):0} ms) than {worst.Better.Code} on the same continent."),
                    Invariant($"See over which upstream {Network(worst.Asn, worst.Country)} reaches {worst.Served.Code}; prepend towards it there or tag the announcement not to leave its continent, and have {worst.Better.Code} announced to it."));
            });

    private static IEnumerable<Finding> BlackHoles(IReadOnlyList<Catchment> catchments)
    {
        var reached = catchments
            .SelectMany(catchment => catchment.Probes.Where(probe => probe.Answered).Select(probe => (catchment.Family, probe.Id)))
            .CountBy(key => key)
            .ToDictionary();
        // Who reaches nothing of ours may be offline, and probes of nowhere form no network. A network in several countries is one.
        foreach (var group in Silences.Of(catchments)
            .Where(silence => silence.Reached.Count > 0)
            .GroupBy(silence => (silence.Catchment, Scope: ScopeOf(silence.Asn, silence.Country))))
        {
            var (catchment, scope) = group.Key;
            var probes = group.SelectMany(silence => silence.Probes).OrderBy(probe => probe.Id).ToList();
            if (scope is null || Judge(catchment.Family, probes) is not { } severity)
            {
                continue;
            }

            var others = group.SelectMany(silence => silence.Reached).Distinct().Order(StringComparer.Ordinal).ToList();
            var network = Network(group.First().Asn, group.First().Country);
            var isSingle = severity == Severity.Warning ? " Single vantage: it may be their host's own line." : "";
            yield return new Finding(
                CheckNames.BlackHole,
                severity,
                catchment.Target.Name,
                catchment.Family,
                scope,
                catchment.Window.From,
                catchment.Window.To,
                0,
                1,
                probes.Count,
                [.. probes.Select(probe => probe.Id)],
                Invariant($"{network}: no answer to {Asked(probes)} from {catchment.Target.Name} over IPv{catchment.Family} for {Probes(probes.Count)}, although they reach {string.Join(", ", others)}.{isSingle}"),
                Invariant($"Call {network}: traceroutes to {Address(catchment)} from inside it show where packets end. Compare how the prefixes of {catchment.Target.Name} and {others[0]} are announced to it: filters, RPKI, a stale route."));
        }

        Severity? Judge(int family, List<ProbeCatchment> probes)
        {
            var controls = probes.ConvertAll(probe => reached.GetValueOrDefault((family, probe.Id)));
            return controls.Count(count => count > 0) >= SeveralProbes ? Severity.Critical
                : controls.All(count => count >= ControlsOfSingleVantage) ? Severity.Warning
                : null;
        }
    }

    private static string Asked(List<ProbeCatchment> probes) => (probes.Any(probe => probe.DnsAsked > 0), probes.Any(probe => probe.PingsAsked > 0)) switch
    {
        (true, true) => "DNS and ping",
        (false, true) => "ping",
        _ => "DNS",
    };

    private static string Address(Catchment catchment) =>
        (catchment.Family == 4 ? catchment.Target.IPv4 : catchment.Target.IPv6)?.ToString() ?? catchment.Target.Name;

    private static int SampleOf(Catchment catchment, Scope scope, Func<ProbeCatchment, bool> counts) =>
        catchment.Probes.Count(probe => counts(probe) && ScopeOf(probe.Asn, probe.Country) == scope);

    private static Scope? ScopeOf(uint? asn, string? country) =>
        asn is { } number ? new Scope(ScopeKind.Asn, number.ToString(CultureInfo.InvariantCulture))
        : country is not null ? new Scope(ScopeKind.Country, country)
        : null;

    private static string Network(uint? asn, string? country) => (asn, country) switch
    {
        (null, _) => $"unknown network in {country}",
        (_, null) => Invariant($"AS{asn}"),
        _ => Invariant($"AS{asn} in {country}"),
    };

    private static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count} probes");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
