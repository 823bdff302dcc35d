using System.Globalization;
using Analyzer.Findings;
using Collector.Configuration;
using Reports.Findings;

namespace App.Alerts.Rules;

/// <summary>What an alert is found, grouped and silenced by.</summary>
internal static class AlertLabels
{
    /// <summary>The check's name, as Prometheus calls it.</summary>
    public const string AlertName = "alertname";

    /// <summary>The names of all labels that an alert can have.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [AlertName, "severity", "target", "family", .. Enum.GetValues<ScopeKind>().Select(FindingJson.NameOf).Where(name => name != "target")];

    /// <summary>The labels of an alert, by the alphabet. What it has none of is absent.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="severity">How much it mattered when somebody was told; null: at present.</param>
    public static IReadOnlyDictionary<string, string> Of(Alert alert, Severity? severity = null)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertName] = alert.Check,
            ["severity"] = FindingJson.NameOf(severity ?? alert.Severity),
            [FindingJson.NameOf(alert.Scope.Kind)] = alert.Scope.Value,
        };
        if (alert.Target is { } target)
        {
            labels["target"] = target;
        }

        if (alert.Family is { } family)
        {
            labels["family"] = family.ToString(CultureInfo.InvariantCulture);
        }

        return labels;
    }

    /// <summary>A label's name as an operator writes it: <c>check</c> is <c>alertname</c>.</summary>
    /// <exception cref="ConfigurationException">There is no such label.</exception>
    public static string Named(string name, string key)
    {
        var wanted = name.Equals("check", StringComparison.OrdinalIgnoreCase) ? AlertName : name;
        return Names.FirstOrDefault(known => known.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException($"{key} is {Analyzer.Time.Quoted.Value(name)}; allowed: check, {string.Join(", ", Names.Skip(1))}");
    }
}
