using System.Globalization;
using Analyzer.Findings;
using Collector.Probes;
using Reports.Canvas;

namespace App.Alerts.Rules;

/// <summary>What findings say, made fit to be handed on, and the words that all messages share.</summary>
internal static class AlertText
{
    // A mail program or a chat shows no more of a line than that; findings quote what strangers answer, up to 64 KiB of it.
    private const int Longest = 1024;
    private const int LongestName = 200;

    /// <summary>One line of at most 1,024 characters, without control characters or marks that reorder text.</summary>
    public static string Line(string text) => Cut(DisplayText.Clean(text).Trim(), Longest);

    /// <summary>A name: the same, of at most 200 characters.</summary>
    public static string Short(string text) => Cut(DisplayText.Clean(text).Trim(), LongestName);

    /// <summary>The text, or its beginning with a dot-dot-dot behind it.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Not between the two halves of one character.
        var end = length - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    /// <summary>What it is about: <c>AS64501 (Example Net)</c>, <c>probe 12</c>, <c>JNB</c>.</summary>
    public static string About(Scope scope) => scope.Kind switch
    {
        ScopeKind.Asn => $"AS{scope.Value}{AsText.InBrackets(scope.Name)}",
        ScopeKind.Probe => $"probe {scope.Value}",
        _ when scope == Scope.AllTargets => "all targets",
        _ => scope.Value,
    };

    /// <summary>One short line: <c>black-hole: AS64501 on ns-a over IPv4</c>.</summary>
    public static string Summary(Alert alert)
    {
        var isWhole = alert.Scope.Kind == ScopeKind.Target && alert.Scope.Value == (alert.Target ?? Scope.AllTargets.Value);
        var about = isWhole ? "" : $" {About(alert.Scope)} on";
        return string.Create(CultureInfo.InvariantCulture, $"{alert.Check}:{about} {alert.Target ?? "all targets"}{(alert.Family is { } family ? $" over IPv{family}" : "")}");
    }

    /// <summary>A time as people read it.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
