using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Geography;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Networks served on another continent although a PoP meant for them on their own is far nearer.</summary>
public sealed class ContinentalDetour(ContinentalDetourOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "continental-detour";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.SelectMany(service => DetourFinder.ByNetwork(DetourFinder.Find(input, service, options.ExtraKm, service.Rounds(options.Rounds)), options.Probes)
            .Select(network => Of(service, network.Key, [.. network])));
    }

    private Finding Of(ServiceSeries service, Scope scope, List<ProbeDetour> detours)
    {
        var worst = DetourFinder.Worst(detours);
        var extraKm = DetourFinder.Median(worst.Select(detour => detour.ExtraKm));
        var (served, better) = (worst[0].Served, worst[0].Better);
        var network = Network(worst[0].Probe);
        var (from, to) = DetourFinder.Time(service, [.. detours.Select(detour => detour.Probe)]);
        var continent = DetourFinder.ContinentOf(worst[0].Probe.Country);
        var others = detours.Count > worst.Count ? Invariant($" {detours.Count - worst.Count} more of the network {(detours.Count - worst.Count == 1 ? "is" : "are")} served abroad too: {List([.. Elsewhere(detours, worst)])}.") : "";
        var rtts = worst.Where(detour => detour.Probe.RttMs is not null).Select(detour => detour.Probe.RttMs!.Value.P50).ToList();
        var now = rtts.Count > 0 ? Invariant($" It takes {DetourFinder.Median(rtts):0} ms now.") : "";
        return new Finding(
            Name,
            detours.Count >= DetourFinder.Several ? Severity.Warning : Severity.Info,
            service.Target.Name,
            service.Family,
            scope,
            from,
            to,
            extraKm,
            options.ExtraKm,
            service.ServedIn(scope),
            [.. detours.Select(detour => detour.Probe.Id).Order()],
            Invariant($"{Capital(network)}: {Probes(worst.Count)} {(worst.Count == 1 ? "is" : "are")} served by {Place(served)} for {Service(service)}, {extraKm:N0} km farther than {Place(better)} in {continent}, at least {GreatCircle.FibreRttMs(extraKm):0} ms.{now}{others}"),
            service.Answers(better)
                ? Invariant($"See over which upstream {network} reaches {served.Code}; prepend towards it there or tag the announcement not to leave its continent, and have {better.Code} announced to it.")
                : Invariant($"{better.Code} answers no probe at all over IPv{service.Family}: see whether it announces {Address(service)}. If it is not meant to, take it out of the target's Pops."));
    }

    private static IEnumerable<string> Elsewhere(List<ProbeDetour> detours, List<ProbeDetour> worst) => detours.Except(worst)
        .CountBy(detour => (Country: detour.Probe.Country!, detour.Served.Code))
        .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Code, StringComparer.Ordinal).ThenBy(pair => pair.Key.Country, StringComparer.Ordinal)
        .Select(pair => Invariant($"{pair.Value} in {Land(pair.Key.Country)} by {pair.Key.Code}"));
}
