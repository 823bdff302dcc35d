using System.Globalization;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Probes;
using Microsoft.AspNetCore.Components;

namespace Reports.Words;

/// <summary>How numbers read on the page. What is not known is a dash, never a zero.</summary>
internal static class Shown
{
    public const string Unknown = "–";

    private const string Family = " IPv";

    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : Unknown;

    public static string Loss(double? percent) => percent is { } value ? value.ToString("0.0", CultureInfo.InvariantCulture) + " %" : Unknown;

    public static string Ms(double? value) => value is { } ms ? ms.ToString(ms < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms" : Unknown;

    public static string Km(double value) => Math.Round(value / 10) * 10 is var round ? round.ToString("N0", CultureInfo.InvariantCulture) + " km" : Unknown;

    public static string Network(uint? asn, string? country, string? name = null) => (asn, country) switch
    {
        (null, null) => "unknown network",
        (null, _) => $"unknown network, {country}",
        ({ } number, null) => AsText.Of(number, name),
        ({ } number, _) => $"{AsText.Of(number, name)}, {country}",
    };

    /// <summary>The same with the names of network and country, where there is room.</summary>
    public static string NamedNetwork(uint? asn, string? name, string? country) => Network(asn, Countries.Find(country)?.Name ?? country, name);

    /// <summary>A target and family: <c>ns-a IPv4</c>.</summary>
    public static string Service(string target, int family) => FormattableString.Invariant($"{target}{Family}{family}");

    /// <summary>Targets and families in few words: <c>ns-a, ns-b IPv4/6 · ns-c IPv4</c>.</summary>
    /// <param name="services">As <see cref="Service"/> names them.</param>
    public static string Services(IReadOnlyCollection<string> services) => services.Count == 0
        ? "all targets"
        : string.Join(" · ", services
            .Select(service => service.LastIndexOf(Family, StringComparison.Ordinal) is > 0 and var at ? (Target: service[..at], Number: service[(at + Family.Length)..]) : (Target: service, Number: ""))
            .GroupBy(service => service.Target, service => service.Number)
            .GroupBy(target => string.Join('/', target.Where(number => number.Length > 0)), target => target.Key)
            .Select(families => string.Join(", ", families) + (families.Key.Length > 0 ? Family + families.Key : "")));

    /// <summary>What a finding is about.</summary>
    public static string About(Scope scope) => scope.Kind switch
    {
        ScopeKind.Asn => $"AS{scope.Value}{AsText.InBrackets(scope.Name)}",
        ScopeKind.Probe => $"probe {scope.Value}",
        _ when scope == Scope.AllTargets => "all targets",
        _ => scope.Value,
    };

    /// <summary>A label in a small drawing; Razor takes its own meaning of the element's name.</summary>
    public static MarkupString Text(int x, int y, string text, string anchor) => new(string.Create(
        CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{System.Net.WebUtility.HtmlEncode(text)}</text>"));

    /// <summary>A stretch of time in the unit that suits it.</summary>
    public static string Duration(long seconds) => seconds switch
    {
        < 120 => FormattableString.Invariant($"{seconds} s"),
        < 7200 => FormattableString.Invariant($"{seconds / 60.0:0} min"),
        < 172_800 => FormattableString.Invariant($"{seconds / 3600.0:0.#} h"),
        _ => FormattableString.Invariant($"{seconds / 86_400.0:0.#} days"),
    };

    /// <summary>How long nobody answered: rounds tell no more than minutes.</summary>
    public static string Dark(long seconds) => seconds < 60 ? "0 min" : Duration(seconds < 120 ? 120 : seconds);

    /// <summary>An instant inside a week: <c>Tue 10 Nov 14:00</c>.</summary>
    public static string Instant(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture);

    public static string Probes(int count) => count == 1 ? "1 probe" : $"{Count(count)} probes";

    /// <summary>The value that a script sorts by: the number itself, or nothing.</summary>
    public static string Sort(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    public static MarkupString Raw(string trusted) => new(trusted);
}
