using System.Globalization;
using Analyzer.Findings;
using App.Alerts.Rules;

namespace Tests.Alerts;

/// <summary>Findings and alerts to test with.</summary>
internal static class Make
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>All that a stranger may put into a name, in one: markup, a formula, headers, mentions, an escape sequence, 64 KiB.</summary>
    public static string HostileText { get; } =
        "\"><script>alert(1)</script>=cmd()\r\nBcc: everybody@example.net\r\n\r\n.\r\n<!channel> <@U123> @here & \u001b[31mred\u202egnp\0 ]]> {{.}}'" + new string('A', 65_536);

    public static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    public static Finding Finding(
        string check = "black-hole", Severity severity = Severity.Critical, string? target = "ns-a", int? family = 4, string asn = "64501", double from = -120, double to = 0, string? message = null) =>
        new(check, severity, target, family, new Scope(ScopeKind.Asn, asn), At(from), At(to), 3, 0, 3, [1, 2, 3],
            message ?? $"AS{asn} cannot reach {target}.", "Call them.");

    /// <summary>A firing alert.</summary>
    public static Alert Alert(string check = "black-hole", Severity severity = Severity.Critical, string? target = "ns-a", string asn = "64501", double since = 0, string? message = null)
    {
        var finding = Finding(check, severity, target, 4, asn, message: message);
        return AlertBook.Update(new Dictionary<string, Alert>(), [finding], _ => false, At(since), new()).Values.Single();
    }

    public static Alert Resolved(this Alert alert, double at) => alert with { State = AlertState.Resolved, EndsAt = At(at) };

    public static Dictionary<string, Alert> Book(params Alert[] alerts) => alerts.ToDictionary(alert => alert.Fingerprint);

    public static AlertRoute Route(string name = "r", string kind = "webhook") => new(name, kind)
    {
        GroupBy = ["alertname", "target"],
        GroupWait = TimeSpan.FromMinutes(1),
        GroupInterval = TimeSpan.FromMinutes(15),
        RepeatInterval = TimeSpan.FromDays(1),
        KeepUndelivered = TimeSpan.FromDays(7),
    };

    /// <summary>A first message of these alerts.</summary>
    public static Notification Message(params Alert[] alerts) => new(
        Route(), new AlertGroup("r", new Dictionary<string, string> { ["alertname"] = alerts[0].Check, ["target"] = alerts[0].Target ?? "" }, Noon),
        [.. alerts.Select(alert => new NotifiedAlert(alert, alert.State == AlertState.Resolved, alert.Severity))], Noon);

    public static string Text(this FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
