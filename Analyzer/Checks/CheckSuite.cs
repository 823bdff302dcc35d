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
        SnapshotRounds = options.SnapshotRounds;
        blackHole = new BlackHole(options.BlackHole);
        var popSilent = new PopSilent(options.PopSilent);
        Checks =
        [
            new Backhaul(options.Backhaul),
            blackHole,
            new CatchmentShift(options.CatchmentShift, popSilent),
            new ContinentalDetour(options.ContinentalDetour),
            new CreditsLow(options.CreditsLow),
            new FamilySplit(options.FamilySplit),
            new FarPop(options.FarPop, options.ContinentalDetour),
            new Interception(options.Interception),
            new LatencyShift(options.LatencyShift),
            new LoadBalanced(options.LoadBalanced),
            new MeasurementStopped(),
            new MisplacedProbe(),
            new NoResults(options.NoResults),
            new OverReach(options.OverReach),
            popSilent,
            new ScopeLeak(options.ScopeLeak),
            new UnknownIdentity(options.UnknownIdentity),
        ];
    }

    /// <summary>Up to so many rounds of a measurement without a schedule are a snapshot.</summary>
    public int SnapshotRounds { get; }

    /// <summary>The checks, by the alphabet.</summary>
    public IReadOnlyList<ICheck> Checks { get; }

    /// <summary>Their names, by the alphabet.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. new CheckSuite().Checks.Select(check => check.Name)];

    /// <summary>The names of those on the tool itself, by the alphabet; the others are on the network.</summary>
    public static IReadOnlyList<string> ToolNames { get; } = [CreditsLow.CheckName, MeasurementStopped.CheckName, NoResults.CheckName];

    /// <summary>The names of those on the network, by the alphabet.</summary>
    public static IReadOnlyList<string> NetworkNames { get; } = [.. Names.Except(ToolNames)];

    /// <summary>Whose controls are worth reading before <see cref="Find"/>.</summary>
    public IReadOnlyList<ControlRequest> Suspects(CheckInput input) => blackHole.Suspects(input);

    /// <summary>What the checks noticed: most severe first, then most probes, then by check, target, family and scope.</summary>
    /// <param name="input">What to look at.</param>
    /// <param name="only">Only this check; null: all.</param>
    public IReadOnlyList<Finding> Find(CheckInput input, string? only = null) =>
        Sorted(Checks.Where(check => only is null || check.Name == only)
            .AsParallel().AsOrdered().Select(check => check.Find(input).ToList()).AsSequential()
            .SelectMany(findings => findings).Select(finding => Named(input, Weighed(input, finding))));

    /// <summary>A number alone tells an operator little.</summary>
    private static Finding Named(CheckInput input, Finding finding) =>
        finding.Scope.Kind == ScopeKind.Asn && input.NameOf(finding.Scope.Value) is { } name ? finding with { Scope = finding.Scope with { Name = name } } : finding;

    /// <summary>A snapshot shows what was so once, not whether it lasts: it weighs less, and the message says so.</summary>
    private static Finding Weighed(CheckInput input, Finding finding) =>
        input.Services.FirstOrDefault(service => service.IsSnapshot && service.Target.Name == finding.Target && service.Family == (finding.Family ?? service.Family)) is { } service
            ? finding with
            {
                Severity = finding.Severity == Severity.Critical ? Severity.Warning : Severity.Info,
                Message = $"{finding.Message} Each probe was asked only {(service.Now.RoundsHeld < 1.5 ? "once" : CheckText.Invariant($"{service.Now.RoundsHeld:0} times"))}: whether it lasts is not known.",
            }
            : finding;

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
