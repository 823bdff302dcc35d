using System.Globalization;
using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Probes;
using Reports.Words;

namespace Reports.Weekly;

/// <summary>The three sentences that a manager reads: how good it is, what changed, what hurts.</summary>
internal static class Sentences
{
    /// <summary>Writes them from the week's numbers.</summary>
    public static IReadOnlyList<string> Of(WeeklyReport report) =>
        [Quality(report.Targets), Change(report), Trouble(report)];

    /// <summary>What the targets call fast: <c>under 200 ms</c>.</summary>
    public static string InTime(IReadOnlyList<TargetReport> targets) =>
        targets.Select(target => target.GreenBelowMs).Distinct().ToList() is [var only] ? Invariant($"under {only:0.#} ms") : "under their target's threshold";

    private static string Quality(IReadOnlyList<TargetReport> targets)
    {
        var green = targets.Sum(target => target.Pops.Sum(pop => pop.Green));
        var judged = green + targets.Sum(target => target.Pops.Sum(pop => pop.Red));
        if (judged == 0)
        {
            return "No probe got an answer from a known PoP this week.";
        }

        var worst = targets.Where(target => target.RttMs is not null).MaxBy(target => target.RttMs!.P50);
        var services = targets.Select(target => target.Target).Distinct().Count();
        var slowest = worst is null || targets.Count == 1 ? "" : Invariant($", the slowest of them {Name(worst)} with a median of {Shown.Ms(worst.RttMs!.P50)}");
        return Invariant($"{Shown.Percent((double)green / judged)} of the paths from probes to {(services == 1 ? targets[0].Target : $"{services} targets")} take {InTime(targets)}{slowest}.");
    }

    private static string Change(WeeklyReport report)
    {
        var comparedWith = report.ComparedWith;
        var changes = report.Targets.Where(target => target.Change is not null).ToList();
        if (comparedWith is null || changes.Count == 0)
        {
            return "There is no earlier week to compare with.";
        }

        var panel = changes.Sum(target => target.Change!.Panel);
        var flips = changes.Sum(target => target.Change!.Flips);
        if (flips == 0)
        {
            return Invariant($"Since {comparedWith} no probe has moved to another PoP for good{News(report)}.");
        }

        var top = changes.SelectMany(target => target.Change!.Flows)
            .GroupBy(flow => (flow.From, flow.To)).Select(group => (group.Key.From, group.Key.To, Probes: group.Sum(flow => flow.Probes)))
            .OrderByDescending(flow => flow.Probes).ThenBy(flow => flow.From, StringComparer.Ordinal).ThenBy(flow => flow.To, StringComparer.Ordinal).First();
        var countries = changes.SelectMany(target => target.Change!.Countries).Select(country => country.Country).Distinct().Count();
        var moved = Invariant($"Since {comparedWith} {Shown.Percent((double)flips / panel)} of those paths moved to another PoP, the largest stream from {top.From} to {top.To} ({Shown.Count(top.Probes)})");
        return countries == 0
            ? Invariant($"{moved}; no country's dominant PoP changed{News(report)}.")
            : Invariant($"{moved}; {(countries == 1 ? "one country has" : $"{countries} countries have")} another dominant PoP{News(report)}.");
    }

    /// <summary>What is new and what is over, of what is worth looking at.</summary>
    private static string News(WeeklyReport report)
    {
        if (report.FindingChange is not { } change)
        {
            return "";
        }

        var grave = report.Findings.Where(IsGrave).Select(TroubleBuilder.KeyOf).ToHashSet();
        var fresh = change.New.Count(grave.Contains);
        var over = change.Over.Where(IsGrave).Select(TroubleBuilder.KeyOf).Distinct().Count();
        return (fresh, over) switch
        {
            (0, 0) => "",
            (_, 0) => Invariant($"; {Problems(fresh)} new"),
            (0, _) => Invariant($"; {Problems(over)} over"),
            _ => Invariant($"; {Problems(fresh)} new and {(over == 1 ? "one is" : $"{over} are")} over"),
        };
    }

    private static bool IsGrave(Finding finding) => finding.Severity >= Severity.Warning;

    private static string Problems(int count) => count == 1 ? "one problem is" : Invariant($"{count} problems are");

    private static string Trouble(WeeklyReport report)
    {
        List<string> parts = [.. BlackHoles(report), .. SilentPops(report), .. OverReach(report), .. Detours(report)];
        if (parts.Count == 0)
        {
            return "Every network gets answers, every PoP gives them, and no network takes a detour over continents.";
        }

        var sentence = string.Join("; ", parts);
        return char.ToUpperInvariant(sentence[0]) + sentence[1..] + ".";
    }

    private static IEnumerable<string> BlackHoles(WeeklyReport report)
    {
        if (report.BlackHoles.FirstOrDefault(row => row.IsEverywhere) is { } outage)
        {
            yield return $"nobody anywhere got an answer from {Shown.Services(outage.Targets)} for {Shown.Duration(outage.To - outage.From)}";
        }

        List<BlackHoleRow> holes = [.. report.BlackHoles.Where(row => !row.IsEverywhere)];
        if (holes is [var worst, ..])
        {
            var networks = holes.Select(row => (row.Asn, row.Country)).Distinct().Count();
            yield return Invariant(
                $"{(networks == 1 ? "one network reaches" : $"{Shown.Count(networks)} networks reach")} others but not us, {(networks == 1 ? "" : "first ")}{Network(worst.Asn, worst.AsName, worst.Country)} on {worst.Targets[0]} for {Shown.Duration(worst.To - worst.From)}");
        }
    }

    private static IEnumerable<string> SilentPops(WeeklyReport report)
    {
        foreach (var pop in report.SilentPops.GroupBy(row => row.Pop).OrderByDescending(group => group.Max(row => row.Probes)).ThenBy(group => group.Key, StringComparer.Ordinal).Take(1))
        {
            var worst = pop.MaxBy(row => row.To - row.From)!;
            var others = report.SilentPops.Select(row => row.Pop).Distinct().Count() - 1;
            yield return Invariant(
                $"{pop.Key}{(worst.City is { } city ? $" ({city})" : "")} answered nobody for {Shown.Duration(worst.To - worst.From)} and {worst.By[0].Pop} took most of its clients{(others == 0 ? "" : others == 1 ? ", and another PoP fell silent" : $", and {others} other PoPs fell silent")}");
        }
    }

    private static IEnumerable<string> OverReach(WeeklyReport report)
    {
        var pops = report.Findings.Where(finding => finding.Check == Analyzer.Checks.OverReach.CheckName)
            .GroupBy(finding => finding.Scope.Value)
            .Select(group => (Pop: group.Key, Probes: group.SelectMany(finding => finding.Probes).Distinct().Count()))
            .OrderByDescending(pop => pop.Probes).ThenBy(pop => pop.Pop, StringComparer.Ordinal).ToList();
        if (pops is [var worst, ..])
        {
            yield return Invariant($"{worst.Pop} draws {Shown.Probes(worst.Probes)} over continents{(pops.Count == 1 ? "" : pops.Count == 2 ? ", and one more PoP does so" : $", and {pops.Count - 1} more PoPs do so")}");
        }
    }

    private static IEnumerable<string> Detours(WeeklyReport report)
    {
        if (report.Detours is [var worst, ..])
        {
            var networks = report.Findings.Where(finding => finding.Check == ContinentalDetour.CheckName).Select(finding => finding.Scope).Distinct().Count();
            yield return Invariant(
                $"{(networks == 1 ? "one network is" : $"{Shown.Count(networks)} networks are")} served on another continent, worst {Network(worst.Asn, worst.AsName, worst.Country)} by {worst.Pop} instead of {worst.NearestPop}, {Shown.Km(worst.ExtraKm)} farther");
        }
    }

    private static string Network(uint? asn, string? name, string? country) => (asn, Countries.Find(country)?.NameInSentence ?? country) switch
    {
        (null, null) => "an unknown network",
        (null, var land) => $"an unknown network in {land}",
        ({ } number, null) => AsText.Of(number, name),
        ({ } number, var land) => $"{AsText.Of(number, name)} in {land}",
    };

    private static string Name(TargetReport target) => Invariant($"{target.Target} over IPv{target.Family}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
