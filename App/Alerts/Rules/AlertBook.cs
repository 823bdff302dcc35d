using Analyzer.Findings;
using Collector.Configuration.Alerts;

namespace App.Alerts.Rules;

/// <summary>How alerts live: what was found before, and what is found now. Pure.</summary>
internal static class AlertBook
{
    /// <summary>So many alerts are followed, the most severe first; a network with more of them has one trouble, not thousands.</summary>
    public const int MostAlerts = 5000;

    private const int MostProbes = 100;

    /// <summary>The alerts after an analysis.</summary>
    /// <param name="known">The alerts before, by fingerprint.</param>
    /// <param name="findings">What is so at present, most severe first.</param>
    /// <param name="isUnknown">Whether nothing can be said of an alert that is not found.</param>
    /// <param name="at">When the analysis was made.</param>
    /// <param name="options">How long they wait.</param>
    public static Dictionary<string, Alert> Update(
        IReadOnlyDictionary<string, Alert> known, IEnumerable<Finding> findings, Func<Alert, bool> isUnknown, DateTimeOffset at, AlertsOptions options)
    {
        var alerts = new Dictionary<string, Alert>(StringComparer.Ordinal);
        foreach (var (fingerprint, finding) in findings.Select(finding => (AlertIdentity.Of(finding), finding)))
        {
            // The same thing found twice, in two stretches of the day: the later one is what is so now.
            if (alerts.TryGetValue(fingerprint, out var twin) ? twin.To >= finding.To : alerts.Count >= MostAlerts)
            {
                continue;
            }

            alerts[fingerprint] = Found(known.GetValueOrDefault(fingerprint), fingerprint, finding, at, options);
        }

        foreach (var alert in known.Values.Where(alert => !alerts.ContainsKey(alert.Fingerprint)))
        {
            if (Missed(alert, isUnknown(alert), at, options) is { } left)
            {
                alerts[alert.Fingerprint] = left;
            }
        }

        return alerts;
    }

    private static Alert Found(Alert? known, string fingerprint, Finding finding, DateTimeOffset at, AlertsOptions options)
    {
        var startsAt = known is null or { State: AlertState.Resolved } ? at : known.StartsAt;
        var isFiring = known is { State: AlertState.Firing } || at - startsAt >= options.FireAfter;
        return new Alert(
            fingerprint, AlertText.Short(finding.Check), finding.Target is { } target ? AlertText.Short(target) : null, finding.Family,
            finding.Scope with { Value = AlertText.Short(finding.Scope.Value), Name = finding.Scope.Name is { } name ? AlertText.Short(name) : null })
        {
            State = isFiring ? AlertState.Firing : AlertState.Pending,
            Severity = finding.Severity,
            StartsAt = startsAt,
            From = finding.From,
            To = finding.To,
            Observed = finding.Observed,
            Expected = finding.Expected,
            SampleSize = finding.SampleSize,
            Probes = [.. finding.Probes.Take(MostProbes)],
            Message = AlertText.Line(finding.Message),
            Advice = AlertText.Line(finding.Advice),
        };
    }

    /// <returns>Null: it is forgotten.</returns>
    private static Alert? Missed(Alert alert, bool isUnknown, DateTimeOffset at, AlertsOptions options)
    {
        if (alert.State == AlertState.Resolved || isUnknown)
        {
            return alert;
        }

        var gone = alert.GoneSince ?? at;
        return alert.State == AlertState.Pending ? null
            : at - gone >= options.ResolveAfter ? alert with { State = AlertState.Resolved, EndsAt = at, GoneSince = gone }
            : alert with { GoneSince = gone };
    }
}
