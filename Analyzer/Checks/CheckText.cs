using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Collector.Results;

namespace Analyzer.Checks;

/// <summary>Words that the checks' messages share.</summary>
internal static class CheckText
{
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Probes(int count) => count == 1 ? "1 probe" : Invariant($"{count} probes");

    /// <summary>A probe's network as it stands in a sentence.</summary>
    public static string Network(ProbeCatchment probe) => Network(probe.Asn, probe.AsName, probe.Country);

    /// <summary>A network as it stands in a sentence.</summary>
    public static string Network(uint? asn, string? name, string? country) => (asn, country) switch
    {
        (null, null) => "an unknown network",
        (null, _) => $"an unknown network in {Land(country)}",
        ({ } number, null) => AsText.Of(number, name),
        ({ } number, _) => $"{AsText.Of(number, name)} in {Land(country)}",
    };

    /// <summary>A country as it stands in a sentence.</summary>
    public static string Land(string country) => Countries.Find(country)?.NameInSentence ?? country;

    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A network's scope: its AS, else the country, else none.</summary>
    public static Scope? ScopeOf(uint? asn, string? country) =>
        asn is { } number ? new Scope(ScopeKind.Asn, Number(number)) : country is not null ? new Scope(ScopeKind.Country, country) : null;

    /// <summary>A measurement's scope: its target, or the PoP whose unicast addresses it pings.</summary>
    public static Scope ScopeOf(ToolMeasurement measurement) =>
        measurement.Pop is { } pop ? new Scope(ScopeKind.Pop, pop) : new Scope(ScopeKind.Target, measurement.Target!);

    /// <summary>What a measurement watches.</summary>
    public static string What(ToolMeasurement measurement) => measurement.Pop is { } pop
        ? Invariant($"{pop}'s own addresses over IPv{measurement.Stored.Family}") : Invariant($"{measurement.Target} over IPv{measurement.Stored.Family}");

    public static string Kind(ToolMeasurement measurement) => measurement.Stored.Kind == MeasurementKind.Ping ? "ping" : measurement.Stored.Query ?? "DNS";

    public static string Address(ServiceSeries service) =>
        (service.Family == 4 ? service.Target.IPv4 : service.Target.IPv6)?.ToString() ?? service.Target.Name;

    public static string Service(ServiceSeries service) => Invariant($"{service.Target.Name} over IPv{service.Family}");

    public static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeSeconds(at);

    public static string Duration(double seconds) =>
        seconds < 120 ? Invariant($"{seconds:0} s") : seconds < 3600 ? Invariant($"{seconds / 60:0} min") : Invariant($"{seconds / 3600:0.#} h");

    /// <summary>The names in front, and how many more there are.</summary>
    public static string List(IReadOnlyCollection<string> names, int most = 5) =>
        names.Count <= most ? string.Join(", ", names) : Invariant($"{string.Join(", ", names.Take(most))} and {names.Count - most} more");

    public static string Place(Pop pop) => pop.City is { } city ? $"{pop.Code} ({city})" : pop.Code;
}
