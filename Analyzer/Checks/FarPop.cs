using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Networks served by a far PoP although a nearer one is meant for them, where <see cref="ContinentalDetour"/> does not tell it.</summary>
/// <param name="options">Its thresholds.</param>
/// <param name="detours">Those of the other check.</param>
public sealed class FarPop(FarPopOptions options, ContinentalDetourOptions detours) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "far-pop";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Services.SelectMany(service => DetourFinder.ByNetwork(Far(input, service), options.Probes).Select(network => Of(service, network.Key, [.. network])));
    }

    private IEnumerable<ProbeDetour> Far(CheckInput input, ServiceSeries service)
    {
        var told = DetourFinder.Find(input, service, detours.ExtraKm, service.Rounds(detours.Rounds)).Select(detour => detour.Probe.Id).ToHashSet();
        return service.Now.Probes
            .Where(probe => probe is { Pop: not null, Nearest: not null } && probe.ExtraKm >= options.ExtraKm && probe.Pops[0].Rounds >= service.Rounds(options.Rounds)
                && probe.Inflation().LatencyMs >= options.ExtraMs && !told.Contains(probe.Id) && !input.IsMisplaced(probe))
            .Select(probe => new ProbeDetour(probe, probe.Pop!, probe.Nearest!, probe.ExtraKm!.Value));
    }

    private Finding Of(ServiceSeries service, Scope scope, List<ProbeDetour> far)
    {
        var worst = DetourFinder.Worst(far);
        var extraKm = DetourFinder.Median(worst.Select(one => one.ExtraKm));
        var (served, better) = (worst[0].Served, worst[0].Better);
        var network = Network(worst[0].Probe);
        var (from, to) = DetourFinder.Time(service, [.. far.Select(one => one.Probe)]);
        var rttMs = DetourFinder.Median(worst.Select(one => one.Probe.RttMs!.Value.P50));
        var extraMs = DetourFinder.Median(worst.Select(one => one.Probe.Inflation().LatencyMs!.Value));
        return new Finding(
            Name,
            // On one continent a detour mostly costs some tens of milliseconds: nobody is to be woken unless users feel it.
            far.Count >= DetourFinder.Several && rttMs >= service.Target.GreenBelowMs ? Severity.Warning : Severity.Info,
            service.Target.Name,
            service.Family,
            scope,
            from,
            to,
            extraKm,
            options.ExtraKm,
            service.ServedIn(scope),
            [.. far.Select(one => one.Probe.Id).Order()],
            Invariant($"{network}: {Probes(worst.Count)} served by {served.Code} for {Service(service)} in {rttMs:0} ms although {better.Code} is {extraKm:N0} km nearer: about {extraMs:0} ms more than {better.Code} should take."),
            Invariant($"See over which upstream {network} reaches {served.Code}, and whether {better.Code} is announced to it at all. A peering with it near {better.Code}, or a prepend towards that upstream at {served.Code}, brings it home."));
    }
}
