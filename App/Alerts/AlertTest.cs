using Analyzer.Findings;
using App.Alerts.Rules;

namespace App.Alerts;

/// <summary>The alert by which an operator sees whether a route works.</summary>
internal static class AlertTest
{
    /// <summary>The check's name in it.</summary>
    public const string CheckName = "alerts-test";

    /// <summary>A message of it alone.</summary>
    public static Notification Of(AlertRoute route, DateTimeOffset now)
    {
        var alert = new Alert("0000000000000000", CheckName, "alerts-test", null, new Scope(ScopeKind.Target, "alerts-test"))
        {
            State = AlertState.Firing,
            Severity = Severity.Info,
            StartsAt = now,
            From = now,
            To = now,
            Message = "This is a test: nothing is wrong. Somebody ran measurement alerts test to see whether alerts arrive here.",
            Advice = "Nothing is to be done. No word follows that it is over.",
        };
        var group = new AlertGroup(route.Name, new Dictionary<string, string> { [AlertLabels.AlertName] = CheckName }, now);
        return new Notification(route, group, [new NotifiedAlert(alert, IsResolved: false, alert.Severity)], now);
    }

    /// <summary>How it ended, in one line.</summary>
    public static string Describe(Delivery outcome) => outcome switch
    {
        Delivery.Done { Note: { } note } => $"delivered, but {note}",
        Delivery.Done => "delivered",
        Delivery.Away away => $"not delivered: {away.Problem}",
        Delivery.Refused refused => $"refused: {refused.Problem}",
        _ => "",
    };
}
