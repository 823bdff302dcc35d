using System.Globalization;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;

namespace Analyzer.Lookups;

/// <summary>An answer in words: a paragraph that an operator can send to the network it is about, as it is.</summary>
internal static class LookupText
{
    // Who gets the mail can look these up; more of them only fill it.
    private const int MostProbes = 20;
    private const int MostPops = 4;

    // Probes that move together are not asked at the same second.
    private const double SameHours = 2;

    // A detour that is worth somebody else's time.
    private const double WorthAskingMs = 10;

    /// <summary>Writes the paragraph.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="target">The target.</param>
    /// <param name="window">The time the answer is of.</param>
    /// <param name="families">The answers.</param>
    public static string Of(LookupQuery query, Target target, Window window, IReadOnlyList<LookupFamily> families)
    {
        if (families.Count == 0)
        {
            return Invariant($"No probe that measured {target.Name} {Span(window)} speaks for {Subject(query, families)}.{Hint(query)}");
        }

        var subject = Subject(query, families);
        var sentences = families.SelectMany((family, index) => Sentences(subject, target, family, isFirst: index == 0)).ToList();
        if (families is [{ Pop: { } four } one, { Pop: { } six } other])
        {
            sentences.Add(four.Code == six.Code
                ? "IPv4 and IPv6 lead to the same PoP."
                : Invariant($"IPv4 and IPv6 part: {four.Code} against {six.Code}{Faster(one, other)}."));
        }
        else if (families is [var only] && target is { IPv4: not null, IPv6: not null })
        {
            sentences.Add(Invariant($"No probe asked over IPv{(only.Family == 4 ? 6 : 4)}."));
        }

        if (query is LookupQuery.Network or LookupQuery.Prefix or LookupQuery.OneProbe)
        {
            sentences.AddRange(Requests(target, families));
        }

        sentences.AddRange(Places(families));
        sentences.Add(Evidence(families));
        return Invariant($"{Capital(Span(window))}: {string.Join(' ', sentences)}");
    }

    private static IEnumerable<string> Sentences(string subject, Target target, LookupFamily family, bool isFirst)
    {
        var way = Invariant($"over IPv{family.Family}{(AddressOf(target, family) is { } address ? Invariant($" ({address})") : "")}");
        var asked = Invariant($"{Probes(family.Probes.Count)} asked, {family.Answered} answered");
        if (family.Pop is not { } pop)
        {
            var what = family.Answered == 0 ? "no answer" : HasNoDns(family) ? "answers to pings, but none to DNS" : "answers, but none that names a PoP";
            yield return isFirst ? Invariant($"{subject} gets {what} from {target.Name} {way} ({asked}).") : Invariant($"{Capital(way)} it gets {what} ({asked}).");
            if (family.LastAnswer is { } last)
            {
                yield return Invariant($"The last answer of a PoP was that of {last.Pop} on {Day(last.At)}.");
            }

            yield break;
        }

        var share = family.Pops.Count == 1 ? "" : Invariant($" for {Percent(family.Share)} (probes: {string.Join(", ", family.Pops.Take(MostPops).Select(one => Invariant($"{one.Pop} {one.Probes}")))}{(family.Pops.Count > MostPops ? ", …" : "")})");
        var fact = Invariant($"{Name(pop)}{share}{Since(family)}{(family.RttMs is { } rtt ? Invariant($", with a median round-trip time of {Ms(rtt)}") : "")} ({asked}, {family.Attributed} attributed{Sure(family)}).");
        yield return isFirst ? Invariant($"{subject} reaches {target.Name} {way} at {fact}") : Invariant($"{Capital(way)} it is at {fact}");
        if (family is { Nearest: { } nearest, ExtraKm: { } km, ExtraMs: { } ms })
        {
            yield return nearest.Code == pop.Code && km < 1 ? "That is the nearest PoP."
                : km < 1 ? Invariant($"The nearest PoP meant for it is {Name(nearest)}; the way is no longer than to that.")
                : Invariant($"The nearest PoP is {Name(nearest)}: the way is {km:N0} km longer than it has to be, at least {Ms(ms)}.");
        }

        if (family.LastChange is { } change && (change - family.Since)?.Duration() is not { TotalHours: < SameHours })
        {
            yield return Invariant($"The last time that one of the probes changed its PoP was {Day(change)}.");
        }
    }

    /// <summary>What to ask of the network: only where something is wrong, and the worst thing of each family.</summary>
    private static IEnumerable<string> Requests(Target target, IReadOnlyList<LookupFamily> families)
    {
        foreach (var family in families)
        {
            var address = AddressOf(target, family) ?? target.Name;
            if (family.Answered == 0)
            {
                yield return Invariant($"Could you look where packets to {address} end in your network or at your upstreams: a filter, or a missing or stale route? A traceroute from inside would help.");
            }
            else if (HasNoDns(family))
            {
                yield return Invariant($"Could you look whether something in your network or at your upstreams filters port 53 to {address}? Pings come back.");
            }
            else if (family is { Pop: { } pop, Nearest: { } nearest } && nearest.Code != pop.Code && family.ExtraMs >= WorthAskingMs)
            {
                yield return Invariant($"{target.Name} is announced from several places, and your routing decides which of them you reach: could you look over which upstream or peer you send packets to {address}, and whether a way to {Name(nearest)} can be preferred to that to {Name(pop)}? A traceroute and the AS path from inside would help.");
            }
        }
    }

    private static bool HasNoDns(LookupFamily family) => family.WithoutDns == family.Probes.Count;

    private static string Evidence(IReadOnlyList<LookupFamily> families)
    {
        var probes = families.SelectMany(family => family.Probes).Distinct().Order().ToList();
        var shown = string.Join(", ", probes.Take(MostProbes).Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return Invariant($"Measured by RIPE Atlas {(probes.Count == 1 ? "probe" : "probes")} {shown}{(probes.Count > MostProbes ? Invariant($" and {probes.Count - MostProbes:N0} more") : "")}.");
    }

    /// <summary>What was asked about; a probe or prefix with the network that it is in.</summary>
    private static string Subject(LookupQuery query, IReadOnlyList<LookupFamily> families)
    {
        var networks = families.SelectMany(family => family.Networks).Distinct().ToList();
        return query switch
        {
            LookupQuery.AroundCity or LookupQuery.AroundPoint => $"the area around {query}",
            LookupQuery.InCountry there => there.Country.NameInSentence,
            LookupQuery.OneProbe or LookupQuery.Prefix when networks is [var (asn, name, country)] =>
                Invariant($"{query} ({(asn is { } number ? AsText.Plain(number, name) : "unknown network")}{(country is null ? "" : Invariant($", {Countries.Find(country)?.Name ?? country}"))})"),
            LookupQuery.Network network => AsText.Of(network.Number, networks.Where(one => one.Asn == network.Number).Select(one => one.AsName).FirstOrDefault(name => name is not null)),
            _ => query.ToString(),
        };
    }

    /// <summary>Who says where the probes are, where that is not Atlas, or where somebody says otherwise.</summary>
    private static IEnumerable<string> Places(IReadOnlyList<LookupFamily> families)
    {
        if (families.Select(family => family.Probe).FirstOrDefault(probe => probe is not null) is { } probe)
        {
            if (probe.PositionFrom == PlaceOrigin.GeoIp)
            {
                yield return Invariant($"RIPE Atlas has no place of it; the GeoIP database has its address {PlaceOf(probe.Placing?.City, probe.Country, probe.Position)}.");
            }

            if (probe.Placing?.Disagreement is { } disagreement)
            {
                var apart = disagreement.DistanceKm is { } km and >= 1 ? Invariant($", {km:N0} km from there") : "";
                yield return Invariant($"Its place is in doubt: RIPE Atlas has it {PlaceOf(null, disagreement.AtlasCountry, disagreement.AtlasPosition)}, the GeoIP database has its address {PlaceOf(disagreement.GeoIpCity, disagreement.GeoIpCountry, disagreement.GeoIpPosition)}{apart}.");
            }
        }
        else if (families.Max(family => family.Places.GeoIp) is > 0 and var placed)
        {
            yield return Invariant($"Of {Probes(placed)} RIPE Atlas has no place; the GeoIP database's is taken.");
        }
    }

    private static string PlaceOf(string? city, string? country, GeoPoint? position)
    {
        var name = city ?? (position is { } point ? Collector.Geography.Places.NearestCity(point)?.Name : null);
        var land = country is null ? null : Countries.Find(country)?.NameInSentence ?? country;
        return (name, land) switch
        {
            (null, null) => "in an unknown place",
            (null, _) => $"in {land}",
            (_, null) => $"near {name}",
            _ => $"near {name} in {land}",
        };
    }

    /// <summary>How such probes would be had.</summary>
    private static string Hint(LookupQuery query) => query switch
    {
        LookupQuery.Network or LookupQuery.OneProbe or LookupQuery.InCountry =>
            Invariant($" If RIPE Atlas has one, Probes:Include {(query is LookupQuery.InCountry there ? there.Country.Alpha2 : query is LookupQuery.OneProbe one ? Invariant($"{one.Id}") : query.ToString())} makes it measure."),
        _ => "",
    };

    private static string? AddressOf(Target target, LookupFamily family) => (family.Family == 4 ? target.IPv4 : target.IPv6)?.ToString();

    private static string Since(LookupFamily family) => family switch
    {
        { Since: { } since } => Invariant($" since {Day(since)}"),
        { KnownFrom: { } from } => Invariant($", at least since {Day(from)}"),
        _ => "",
    };

    private static string Sure(LookupFamily family) => family.Confidence == Confidence.Guessed ? ", the PoP guessed from a city code" : "";

    private static string Faster(LookupFamily one, LookupFamily other) => one.RttMs is { } four && other.RttMs is { } six && Math.Abs(four - six) >= 1
        ? Invariant($", IPv{(four < six ? 4 : 6)} {Ms(Math.Abs(four - six))} faster")
        : "";

    internal static string Name(Pop pop) => pop.City is { } city ? $"{pop.Code} ({city})" : pop.Code;

    internal static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count:N0} probes");

    internal static string Percent(double? share) => share is { } value ? Invariant($"{value * 100:0} %") : "";

    internal static string Ms(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    internal static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static string Span(Window window) => window.Week is { } week ? $"in {week}"
        : window.From.UtcDateTime.TimeOfDay == TimeSpan.Zero && window.Length == TimeSpan.FromDays(1) ? Invariant($"on {window.From.UtcDateTime:yyyy-MM-dd} (UTC)")
        : $"between {Day(window.From)} and {Day(window.To)}";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
