using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;

namespace Reports.Weekly;

/// <summary>A finding of <c>black-hole</c>, with its probes.</summary>
/// <param name="Catchment">Where it was seen: target, family, window.</param>
/// <param name="Finding">The finding.</param>
/// <param name="Asn">The network's AS number; null: unknown.</param>
/// <param name="Country">The probes' country; null: unknown.</param>
/// <param name="Probes">The silent probes, ascending by id.</param>
internal sealed record NetworkSilence(Catchment Catchment, Finding Finding, uint? Asn, string? Country, IReadOnlyList<ProbeCatchment> Probes)
{
    /// <summary>The AS's name; null: unknown.</summary>
    public string? AsName { get; init; }

    /// <summary>Whether nobody but one probe, or too few, bear witness.</summary>
    public bool IsSingleVantage => Finding.Severity < Severity.Critical;

    /// <summary>Whether it is the target that answers nobody, and no network's matter.</summary>
    public bool IsEverywhere => Finding.Scope.Kind == ScopeKind.Target;

    /// <summary>The black holes of a catchment, in the order of the findings.</summary>
    public static IReadOnlyList<NetworkSilence> Of(Catchment catchment, IEnumerable<Finding> findings)
    {
        var probes = catchment.Probes.ToDictionary(probe => probe.Id);
        return
        [
            .. findings.Where(finding => finding.Check == BlackHole.CheckName).Select(finding =>
            {
                List<ProbeCatchment> dark = [.. finding.Probes.Select(id => probes.GetValueOrDefault(id)).OfType<ProbeCatchment>()];
                var first = finding.Scope.Kind == ScopeKind.Target ? null : dark.FirstOrDefault();
                return new NetworkSilence(catchment, finding, first?.Asn, first?.Country, dark) { AsName = first?.AsName };
            }),
        ];
    }
}
