using Analyzer.Findings;
using Collector.Configuration.Checks;
using Collector.Controls;

namespace Analyzer.Checks;

/// <summary>All checks, with their thresholds.</summary>
public sealed class CheckSuite
{
    private readonly BlackHole blackHole;

    /// <summary>Makes them.</summary>
    /// <param name="options">Their thresholds; null: the defaults.</param>
    public CheckSuite(ChecksOptions? options = null)
    {
        options ??= new ChecksOptions();
        blackHole = new BlackHole(options.BlackHole);
        Checks =
        [
            new Backhaul(options.Backhaul),
            blackHole,
            new ContinentalDetour(options.ContinentalDetour),
            new FamilySplit(options.FamilySplit),
            new Interception(options.Interception),
            new MisplacedProbe(),
            new OverReach(options.OverReach),
            new PopSilent(options.PopSilent),
            new ScopeLeak(options.ScopeLeak),
        ];
    }

    /// <summary>The checks, by the alphabet.</summary>
    public IReadOnlyList<ICheck> Checks { get; }

    /// <summary>Their names, by the alphabet.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. new CheckSuite().Checks.Select(check => check.Name)];

    /// <summary>Whose controls are worth reading before <see cref="Find"/>.</summary>
    public IReadOnlyList<ControlRequest> Suspects(CheckInput input) => blackHole.Suspects(input);

    /// <summary>What the checks noticed: most severe first, then most probes, then by check, target, family and scope.</summary>
    /// <param name="input">What to look at.</param>
    /// <param name="only">Only this check; null: all.</param>
    public IReadOnlyList<Finding> Find(CheckInput input, string? only = null) =>
        Sorted(Checks.Where(check => only is null || check.Name == only).SelectMany(check => check.Find(input)));

    /// <summary>Findings in the order in which they are shown.</summary>
    public static IReadOnlyList<Finding> Sorted(IEnumerable<Finding> findings) =>
    [
        .. findings
            .OrderByDescending(finding => finding.Severity)
            .ThenByDescending(finding => finding.Probes.Count)
            .ThenBy(finding => finding.Check, StringComparer.Ordinal)
            .ThenBy(finding => finding.Target, StringComparer.Ordinal)
            .ThenBy(finding => finding.Family)
            .ThenBy(finding => finding.Scope.Kind)
            .ThenBy(finding => finding.Scope.Value, StringComparer.Ordinal)
            .ThenBy(finding => finding.From),
    ];
}
