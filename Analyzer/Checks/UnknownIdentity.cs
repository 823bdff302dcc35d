using Analyzer.Findings;
using Analyzer.Time;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Identities that no rule explains: servers that nobody listed, or a new way of naming them.</summary>
public sealed class UnknownIdentity(UnknownIdentityOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "unknown-identity";

    // So many are named; whoever wants to name all of them looks at the report.
    private const int Named = 3;

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            var unknown = service.Now.UnknownIdentities.Where(one => one.Rounds >= service.Rounds(options.Rounds) && one.Probes >= options.Probes && one.Networks >= options.Networks).ToList();
            var answers = service.Now.Classes.Total;
            if (unknown.Count == 0)
            {
                continue;
            }

            var share = (double)unknown.Sum(one => one.Rounds) / answers;
            var probes = service.Now.Probes.Where(probe => probe.Classes.Unknown > 0).Select(probe => probe.Id).ToList();
            var names = unknown.Select(one => Invariant($"\"{Quoted.Value(one.Identity)}\" ({one.Source}) to {Probes(one.Probes)} in {one.Networks} networks")).ToList();
            var rules = unknown.Where(one => one.Suggestion is not null).Select(one => one.Suggestion!).DistinctBy(rule => (rule.Pattern, rule.Pop.Code))
                .Select(rule => Invariant($"\"{Quoted.Value(rule.Pattern)}\" under Identities of {rule.Pop.Code} ({Quoted.Value(rule.Reason)})")).ToList();
            var advice = rules.Count > 0
                ? Invariant($"If these servers are yours, add {List(rules, Named)}; the history follows by itself.")
                : "If these servers are yours, add a pattern to Identities of their PoP; the history follows by itself.";
            yield return new Finding(
                Name,
                share >= options.Share ? Severity.Warning : Severity.Info,
                service.Target.Name,
                service.Family,
                new Scope(ScopeKind.Target, service.Target.Name),
                Instant(unknown.Min(one => one.From)),
                Instant(Math.Min(service.Now.Window.ToUnixSeconds, unknown.Max(one => one.To) + service.DnsInterval)),
                share,
                0,
                service.Now.Answered,
                probes,
                Invariant($"{Service(service)} answers with names that no rule knows, {100 * share:0.#} % of all answers: {List(names, Named)}. They are in no PoP's catchment."),
                $"{advice} If not, somebody answers in your place.");
        }
    }
}
