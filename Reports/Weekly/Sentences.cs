using System.Globalization;

namespace Reports.Weekly;

/// <summary>The three sentences that a manager reads: how good it is, what changed, what hurts.</summary>
internal static class Sentences
{
    /// <summary>Writes them from the week's numbers.</summary>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<TargetReport> targets, string? comparedWith, IReadOnlyList<DetourRow> detours, IReadOnlyList<SilenceRow> silences) =>
        [Quality(targets), Change(targets, comparedWith), Trouble(detours, silences)];

    private static string Quality(IReadOnlyList<TargetReport> targets)
    {
        var green = targets.Sum(target => target.Pops.Sum(pop => pop.Green));
        var judged = green + targets.Sum(target => target.Pops.Sum(pop => pop.Red));
        if (judged == 0)
        {
            return "No probe got an answer from a known PoP this week.";
        }

        var thresholds = targets.Select(target => target.GreenBelowMs).Distinct().ToList();
        var threshold = thresholds is [var only] ? Invariant($"under {only:0.#} ms") : "under their target's threshold";
        var worst = targets.Where(target => target.RttMs is not null).MaxBy(target => target.RttMs!.P50);
        var services = targets.Select(target => target.Target).Distinct().Count();
        var slowest = worst is null || targets.Count == 1 ? "" : Invariant($", the slowest of them {Name(worst)} with a median of {Shown.Ms(worst.RttMs!.P50)}");
        return Invariant($"{Shown.Percent((double)green / judged)} of the paths from probes to {(services == 1 ? targets[0].Target : $"{services} targets")} take {threshold}{slowest}.");
    }

    private static string Change(IReadOnlyList<TargetReport> targets, string? comparedWith)
    {
        var changes = targets.Where(target => target.Change is not null).ToList();
        if (comparedWith is null || changes.Count == 0)
        {
            return "There is no earlier week to compare with.";
        }

        var panel = changes.Sum(target => target.Change!.Panel);
        var flips = changes.Sum(target => target.Change!.Flips);
        if (flips == 0)
        {
            return Invariant($"Since {comparedWith} no probe has moved to another PoP for good.");
        }

        var top = changes.SelectMany(target => target.Change!.Flows)
            .GroupBy(flow => (flow.From, flow.To)).Select(group => (group.Key.From, group.Key.To, Probes: group.Sum(flow => flow.Probes)))
            .OrderByDescending(flow => flow.Probes).ThenBy(flow => flow.From, StringComparer.Ordinal).ThenBy(flow => flow.To, StringComparer.Ordinal).First();
        var countries = changes.SelectMany(target => target.Change!.Countries).Select(country => country.Country).Distinct().Count();
        var moved = Invariant($"Since {comparedWith} {Shown.Percent((double)flips / panel)} of those paths moved to another PoP, the largest stream from {top.From} to {top.To} ({Shown.Count(top.Probes)})");
        return countries == 0
            ? moved + "; no country's dominant PoP changed."
            : moved + (countries == 1 ? "; one country has another dominant PoP." : Invariant($"; {countries} countries have another dominant PoP."));
    }

    private static string Trouble(IReadOnlyList<DetourRow> detours, IReadOnlyList<SilenceRow> silences)
    {
        if (detours.Count == 0 && silences.Count == 0)
        {
            return "No network takes a detour over continents, and every network gets answers.";
        }

        var parts = new List<string>();
        if (detours.Count > 0)
        {
            var worst = detours[0];
            var networks = detours.Select(row => (row.Asn, row.Country)).Distinct().Count();
            parts.Add(Invariant(
                $"{(networks == 1 ? "One network is" : $"{Shown.Count(networks)} networks are")} served on another continent, worst {Shown.Network(worst.Asn, worst.Country)} by {worst.Pop} instead of {worst.NearestPop}, {Shown.Km(worst.ExtraKm)} farther"));
        }

        if (silences.Count > 0)
        {
            var worst = silences[0];
            var networks = silences.Select(row => (row.Asn, row.Country)).Distinct().Count();
            var control = worst.Reached.Count > 0 ? $", although it reaches {worst.Reached[0]}" : "";
            parts.Add(Invariant(
                $"{(networks == 1 ? "one network gets" : $"{Shown.Count(networks)} networks get")} no answer at all, first {Shown.Network(worst.Asn, worst.Country)} on {worst.Targets[0]}{control}"));
        }

        var sentence = string.Join("; ", parts);
        return char.ToUpperInvariant(sentence[0]) + sentence[1..] + ".";
    }

    private static string Name(TargetReport target) => Invariant($"{target.Target} over IPv{target.Family}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
