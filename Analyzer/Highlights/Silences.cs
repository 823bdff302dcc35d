using Analyzer.Catchments;

namespace Analyzer.Highlights;

/// <summary>A network of which every probe that asked got no answer in the whole window.</summary>
/// <param name="Catchment">Where it was seen: target, family, window.</param>
/// <param name="Asn">The network's AS number; null: unknown.</param>
/// <param name="Country">The probes' country; null: unknown.</param>
/// <param name="Reached">The other targets of the same family that these probes reached, by name. None: nothing of ours answers them,
/// and only a control outside our network could tell whether it is us or their own line.</param>
/// <param name="Probes">The probes, ascending by id.</param>
public sealed record Silence(
    Catchment Catchment, uint? Asn, string? Country, IReadOnlyList<string> Reached, IReadOnlyList<ProbeCatchment> Probes);

/// <summary>Finds networks that cannot reach a target. The other targets are the control: who reaches one of them is not offline.</summary>
public static class Silences
{
    /// <summary>The silent networks of all catchments of one window: those that reach another target first, then most probes, then by target, family and network.</summary>
    /// <param name="catchments">One each target and family.</param>
    public static IReadOnlyList<Silence> Of(IReadOnlyList<Catchment> catchments)
    {
        ArgumentNullException.ThrowIfNull(catchments);
        var reached = catchments
            .SelectMany(catchment => catchment.Probes.Where(probe => probe.Answered)
                .Select(probe => (catchment.Family, probe.Id, Target: catchment.Target.Name)))
            .ToLookup(one => (one.Family, one.Id), one => one.Target);
        return
        [
            .. catchments.SelectMany(catchment => catchment.Probes
                    .GroupBy(probe => (probe.Asn, probe.Country))
                    .Where(network => network.All(probe => probe.IsSilent))
                    .Select(network => new Silence(
                        catchment, network.Key.Asn, network.Key.Country,
                        [.. network.SelectMany(probe => reached[(catchment.Family, probe.Id)]).Distinct().Order(StringComparer.Ordinal)],
                        [.. network])))
                .OrderByDescending(silence => silence.Reached.Count > 0)
                .ThenByDescending(silence => silence.Probes.Count)
                .ThenBy(silence => silence.Catchment.Target.Name, StringComparer.Ordinal)
                .ThenBy(silence => silence.Catchment.Family)
                .ThenBy(silence => silence.Asn)
                .ThenBy(silence => silence.Country, StringComparer.Ordinal),
        ];
    }
}
