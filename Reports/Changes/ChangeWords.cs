using System.Globalization;
using System.Text.Json;
using Analyzer.Annotations;
using Analyzer.Time;
using Collector.Network;

namespace Reports.Changes;

/// <summary>The words for verdicts, intents and windows: one for programs, one for people.</summary>
internal static class ChangeWords
{
    /// <summary>For programs: <c>as-intended</c>.</summary>
    public static string NameOf(ChangeVerdict verdict) => JsonNamingPolicy.KebabCaseLower.ConvertName(verdict.ToString());

    /// <summary>For programs: <c>less</c>.</summary>
    public static string? NameOf(ChangeIntent? intent) => intent?.ToString().ToLowerInvariant();

    /// <summary>For people: what a verdict's name reads like.</summary>
    public static string Read(string verdict) => verdict switch
    {
        "too-few" => "too few to say",
        _ => verdict.Replace('-', ' '),
    };

    /// <summary>For people: what an intent's name reads like.</summary>
    public static string Intent(string? intent) => intent switch
    {
        "less" => "fewer clients",
        "more" => "more clients",
        "withdraw" => "no clients",
        "restore" => "clients again",
        "faster" => "shorter round-trip times",
        _ => "not known",
    };

    /// <summary><c>2026-W46</c>, <c>2026-11-12</c> for a whole day, else both ends.</summary>
    public static string Read(Window window)
    {
        if (window.Week is { } week)
        {
            return week.ToString();
        }

        var from = window.From.UtcDateTime;
        return window.Length == TimeSpan.FromDays(1) && from.TimeOfDay == TimeSpan.Zero
            ? from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : $"{Minute(window.From.ToUnixTimeSeconds())} to {Minute(window.To.ToUnixTimeSeconds())}";
    }

    /// <summary><c>2026-11-09 06:00</c>, UTC.</summary>
    public static string Minute(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
