using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Reports.Weekly;

/// <summary>How numbers read on the page. What is not known is a dash, never a zero.</summary>
internal static class Shown
{
    public const string Unknown = "–";

    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : Unknown;

    public static string Loss(double? percent) => percent is { } value ? value.ToString("0.0", CultureInfo.InvariantCulture) + " %" : Unknown;

    public static string Ms(double? value) => value is { } ms ? ms.ToString(ms < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms" : Unknown;

    public static string Km(double value) => Math.Round(value / 10) * 10 is var round ? round.ToString("N0", CultureInfo.InvariantCulture) + " km" : Unknown;

    public static string Network(uint? asn, string? country) => (asn, country) switch
    {
        (null, null) => "unknown network",
        (null, _) => $"unknown network, {country}",
        (_, null) => $"AS{asn}",
        _ => $"AS{asn}, {country}",
    };

    public static string Probes(int count) => count == 1 ? "1 probe" : $"{Count(count)} probes";

    /// <summary>The value that a script sorts by: the number itself, or nothing.</summary>
    public static string Sort(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    public static MarkupString Raw(string trusted) => new(trusted);
}
