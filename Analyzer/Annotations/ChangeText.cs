using System.Globalization;
using Collector.Network;

namespace Analyzer.Annotations;

/// <summary>What became of a change, in sentences.</summary>
internal static class ChangeText
{
    private const int MostFlows = 3;

    /// <summary>Why a verdict is what it is.</summary>
    public static string Of(Annotation change, ChangeIntent? intent, ServiceVerdict verdict)
    {
        var parts = new List<string>();
        if (verdict is { Clients: { } clients })
        {
            parts.Add(Clients(change.Pop!, clients, verdict));
        }

        if (verdict.Rtt is { } rtt)
        {
            parts.Add(Rtt(rtt, change.Pop is null ? "Of all probes" : "Of those concerned"));
        }

        if (verdict.Detours is { } detours && (detours.Before > 0 || detours.After > 0))
        {
            parts.Add(Invariant($"Served 1,000 km or more out of their way: {detours.Before} before, {detours.After} after."));
        }

        if (verdict.Meanwhile.Count > 0)
        {
            parts.Add($"{string.Join(" and ", verdict.Meanwhile)} came or went at the same time, and whom that moved is left out.");
        }

        if (intent is null || (change.Pop is null && intent != ChangeIntent.Faster))
        {
            parts.Add("What was intended is not known here, so this is judged by round-trip times and detours.");
        }

        return parts.Count > 0 ? string.Join(' ', parts) : "Nobody is concerned.";
    }

    /// <summary>Why nothing can be said.</summary>
    public static string TooFew(int panel, ChangeEvidence evidence, int least) =>
        evidence.Meanwhile.Count > 0 && panel >= least
            ? Invariant($"{Probes(evidence.Panel.Count)} are left of {panel} once those are taken out that {string.Join(" and ", evidence.Meanwhile)} moved at the same time; {least} are needed.")
            : Invariant($"{Probes(panel)} have an answer from a known PoP both before and after; {least} are needed.");

    private static string Clients(string pop, BeforeAfter clients, ServiceVerdict verdict)
    {
        var share = verdict.Share is { } change
            ? Invariant($" ({Points(change.Mean)} percentage points of the panel, 95 %: {Points(change.Low)} to {Points(change.High)})")
            : "";
        var text = Invariant($"{pop} serves {clients.After} of {verdict.Panel} probes, {clients.Before} before{share}");
        var left = verdict.Flows.Where(flow => Is(flow.From, pop)).Take(MostFlows).Select(flow => Invariant($"{flow.To} ({flow.Probes})")).ToList();
        var came = verdict.Flows.Where(flow => Is(flow.To, pop)).Take(MostFlows).Select(flow => Invariant($"{flow.From} ({flow.Probes})")).ToList();
        return text
            + (clients.Change < 0 && left.Count > 0 ? $"; most who left went to {string.Join(", ", left)}" : "")
            + (clients.Change > 0 && came.Count > 0 ? $"; most who came were with {string.Join(", ", came)}" : "")
            + ".";
    }

    private static string Rtt(RttChange rtt, string whose)
    {
        var medians = Invariant($"{whose}, the median round-trip time was {rtt.Before:0.#} ms and is {rtt.After:0.#} ms");
        return rtt.Change is not { } change ? medians + "."
            : change.IsNegative ? Invariant($"{medians}: {-change.Mean:0.#} ms shorter on average (95 %: {-change.High:0.#} to {-change.Low:0.#}).")
            : change.IsPositive ? Invariant($"{medians}: {change.Mean:0.#} ms longer on average (95 %: {change.Low:0.#} to {change.High:0.#}).")
            : Invariant($"{medians}: no change that can be told from chance (95 %: {change.Low:0.#} to {change.High:0.#} ms on average).");
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string Points(double share) => (share * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count} probes");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
