using System.Globalization;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;

namespace Analyzer.Lookups;

/// <summary>An answer in words.</summary>
internal static class LookupText
{
    /// <summary>Writes the paragraph.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="target">The target.</param>
    /// <param name="window">The time the answer is of.</param>
    /// <param name="families">The answers.</param>
    public static string Of(LookupQuery query, Target target, Window window, IReadOnlyList<LookupFamily> families)
    {
        if (families.Count == 0)
        {
            return Invariant($"No probe that measured {target.Name} {Span(window)} speaks for {query}.");
        }

        var sentences = families.SelectMany(family => Sentences(query, target, family)).ToList();
        if (families is [{ Pop: { } four } one, { Pop: { } six } other])
        {
            sentences.Add(four.Code == six.Code
                ? "IPv4 and IPv6 lead to the same PoP."
                : Invariant($"IPv4 and IPv6 part: {four.Code} against {six.Code}{Faster(one, other)}."));
        }

        return Invariant($"{Capital(Span(window))}: {string.Join(' ', sentences)}");
    }

    private static IEnumerable<string> Sentences(LookupQuery query, Target target, LookupFamily family)
    {
        if (family.Pop is not { } pop)
        {
            yield return family.Answered == 0
                ? Invariant($"{query} gets no answer from {target.Name} over IPv{family.Family} ({Probes(family.Probes.Count)} asked).")
                : Invariant($"{query} gets answers from {target.Name} over IPv{family.Family}, but none that names a PoP ({Probes(family.Probes.Count)} asked, {family.Answered} answered).");
            yield break;
        }

        var share = family.Pops.Count == 1
            ? ""
            : Invariant($" for {family.Share:P0} of it, the rest by {string.Join(", ", family.Pops.Where(other => other.Pop != pop.Code).Select(other => other.Pop))}");
        yield return Invariant(
            $"{query} reaches {target.Name} over IPv{family.Family} at {Name(pop)}{share}{Since(family)}{(family.RttMs is { } rtt ? Invariant($", median round-trip time {Ms(rtt)}") : "")} ({Probes(family.Probes.Count)} asked, {family.Answered} answered, {family.Attributed} attributed{Sure(family)}).");
        if (family is { Nearest: { } nearest, ExtraKm: { } km, ExtraMs: { } ms })
        {
            yield return nearest.Code == pop.Code && km < 1 ? "That is the nearest PoP."
                : km < 1 ? Invariant($"The nearest PoP meant for it is {nearest.Code}; the way is no longer than to that.")
                : Invariant($"The nearest PoP is {Name(nearest)}: the way is {Math.Round(km):N0} km longer than it has to be, at least {Ms(ms)}.");
        }

        if (family.LastChange is { } change && change != family.Since)
        {
            yield return Invariant($"A probe last changed its PoP on {Day(change)}.");
        }
    }

    private static string Since(LookupFamily family) => family switch
    {
        { Since: { } since } => Invariant($" since {Day(since)}"),
        { KnownFrom: { } from } => Invariant($", unchanged at least since {Day(from)}"),
        _ => "",
    };

    private static string Sure(LookupFamily family) => family.Confidence == Confidence.Guessed ? ", the PoP guessed from a city code" : "";

    private static string Faster(LookupFamily one, LookupFamily other) => one.RttMs is { } four && other.RttMs is { } six && Math.Abs(four - six) >= 1
        ? Invariant($", IPv{(four < six ? 4 : 6)} {Ms(Math.Abs(four - six))} faster")
        : "";

    private static string Name(Pop pop) => pop.City is { } city ? $"{pop.Code} ({city})" : pop.Code;

    private static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count:N0} probes");

    private static string Ms(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static string Span(Window window) => window.Week is { } week ? $"in {week}" : $"between {Day(window.From)} and {Day(window.To)}";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
