using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Credits that will soon be spent: then Atlas stops the measurements.</summary>
public sealed class CreditsLow(CreditsLowOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "credits-low";

    // What was known so long ago says little about today.
    private static readonly TimeSpan Stale = TimeSpan.FromDays(2);

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Tool is not { Credits: { SpentADay: > 0 } credits, Now: var now } || now - credits.At > Stale)
        {
            yield break;
        }

        var days = credits.Balance <= 0 ? 0 : credits.DaysLeft;
        if (days is not { } left || left >= Math.Max(options.WarnBelowDays, options.CriticalBelowDays))
        {
            yield break;
        }

        var earned = credits.EarnedADay is { } income ? Invariant($" and {income:N0} earned") : "";
        var lasting = credits.Balance <= 0 ? "no credits are left" : Invariant($"{credits.Balance:N0} credits are left, enough for {Days(left)}");
        yield return new Finding(
            Name,
            left < options.CriticalBelowDays ? Severity.Critical : Severity.Warning,
            null,
            null,
            Scope.AllTargets,
            credits.At,
            credits.At < now ? now : now.AddSeconds(1),
            left,
            options.WarnBelowDays,
            0,
            [],
            Invariant($"On the RIPE Atlas account {lasting}: {credits.SpentADay:N0} a day are spent at most{earned}."),
            "When they run out, Atlas stops the measurements. Host a probe, ask for a transfer of credits, or measure less: fewer Probes:Count, longer intervals; plan shows what that costs.");
    }

    private static string Days(double days) => days < 10 ? Invariant($"{days:0.#} days") : Invariant($"{days:0} days");
}
