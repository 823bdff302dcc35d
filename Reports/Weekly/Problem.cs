using Analyzer.Findings;
using Reports.Words;

namespace Reports.Weekly;

/// <summary>The findings of one check about one thing, on whatever targets and families: one row, one thing to do.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Worst">The finding that stands for them: the most severe, then that of most probes.</param>
/// <param name="Targets">The targets and families it is seen on, <c>ns-a IPv4</c>; none: it concerns all.</param>
/// <param name="Probes">How many probes are behind it.</param>
/// <param name="From">First instant, Unix seconds.</param>
/// <param name="To">First instant after it, Unix seconds.</param>
/// <param name="IsNew">Whether the week before had none of it.</param>
public sealed record Problem(ProblemKey Key, Finding Worst, IReadOnlyList<string> Targets, int Probes, long From, long To, bool IsNew)
{
    /// <summary>The problems behind findings, in the order of their worst ones.</summary>
    /// <param name="findings">Findings in the order in which they are shown.</param>
    /// <param name="isNew">Whether something is new.</param>
    public static IReadOnlyList<Problem> Of(IEnumerable<Finding> findings, Func<ProblemKey, bool> isNew) =>
    [
        .. findings.GroupBy(TroubleBuilder.KeyOf).Select(group => new Problem(
            group.Key,
            group.First(),
            [.. group.Where(finding => finding.Target is not null)
                .Select(finding => finding.Family is { } family ? Shown.Service(finding.Target!, family) : finding.Target!)
                .Distinct().Order(StringComparer.Ordinal)],
            group.SelectMany(finding => finding.Probes).Distinct().Count(),
            group.Min(finding => finding.From).ToUnixTimeSeconds(),
            group.Max(finding => finding.To).ToUnixTimeSeconds(),
            isNew(group.Key))),
    ];
}
