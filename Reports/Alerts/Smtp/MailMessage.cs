using System.Globalization;
using System.Text;
using Reports.Findings;

namespace Reports.Alerts.Smtp;

/// <summary>A message as mail: plain text and HTML beside each other, one thread a group.</summary>
internal static class MailMessage
{
    /// <summary>So many alerts are written out.</summary>
    public const int MostAlerts = 50;

    /// <summary>The message as it is transmitted, its lines ended by CR LF, dots not yet doubled.</summary>
    /// <param name="message">The message.</param>
    /// <param name="links">Where alerts lead to.</param>
    /// <param name="from">The sender's address.</param>
    /// <param name="to">The recipients' addresses.</param>
    public static string Of(Notification message, Links links, string from, IReadOnlyList<string> to)
    {
        // Each attempt has the same identity, so that a mail program shows a repetition once.
        var domain = from[(from.LastIndexOf('@') + 1)..];
        var boundary = $"measurement-{message.Id}";
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"From: Measurement <{from}>\r\n")
            .Append(CultureInfo.InvariantCulture, $"To: {string.Join(",\r\n ", to.Select(address => $"<{address}>"))}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Subject: {MailText.Header(Subject(message))}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {message.At.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n")
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{message.Id}@{domain}>\r\n");
        if (message.Group.Messages > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"In-Reply-To: <{message.Thread}-0@{domain}>\r\nReferences: <{message.Thread}-0@{domain}>\r\n");
        }

        // No automatic answers, please (RFC 3834).
        text.Append("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n");
        Part("text/plain", Plain(message, links));
        Part("text/html", Html(message, links));
        return text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n").ToString();

        void Part(string type, string body) => text.Append(
            CultureInfo.InvariantCulture,
            $"--{boundary}\r\nContent-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{MailText.Body(body)}\r\n");
    }

    /// <summary>What it is about, in one line.</summary>
    internal static string Subject(Notification message)
    {
        var first = message.Alerts[0].Alert;
        var what = message.Alerts.Count == 1 ? AlertText.Summary(first)
            : message.Group.Labels.Count > 0 ? string.Join(", ", message.Group.Labels.Values)
            : AlertText.Summary(first) + " and more";
        return AlertText.Short($"[{(message.IsResolved ? "resolved" : FindingJson.NameOf(message.Severity))}] {what}{(message.Alerts.Count > 1 ? $" ({Counts(message)})" : "")}");
    }

    private static string Counts(Notification message)
    {
        var firing = message.Firing.Count();
        var resolved = message.Alerts.Count - firing;
        return string.Create(CultureInfo.InvariantCulture, $"{(firing > 0 ? $"{firing} firing" : "")}{(firing > 0 && resolved > 0 ? ", " : "")}{(resolved > 0 ? $"{resolved} resolved" : "")}");
    }

    private static string Plain(Notification message, Links links)
    {
        var text = new StringBuilder();
        foreach (var notified in message.Alerts.Take(MostAlerts))
        {
            var alert = notified.Alert;
            text.Append(CultureInfo.InvariantCulture, $"{Word(notified).ToUpperInvariant()}  {AlertText.Summary(alert)}\r\n{When(notified)}\r\n\r\n{alert.Message}\r\n");
            if (!notified.IsResolved)
            {
                text.Append(CultureInfo.InvariantCulture, $"\r\n{alert.Advice}\r\n");
            }

            foreach (var link in new[] { links.Alert(alert), links.Runbook(alert) }.OfType<string>())
            {
                text.Append(CultureInfo.InvariantCulture, $"{link}\r\n");
            }

            text.Append("\r\n");
        }

        return text.Append(More(message)).ToString();
    }

    private static string Html(Notification message, Links links)
    {
        var text = new StringBuilder("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body style=\"font-family:sans-serif;max-width:48em\">");
        foreach (var notified in message.Alerts.Take(MostAlerts))
        {
            var alert = notified.Alert;
            var colour = notified.IsResolved ? "#2e7d32" : notified.Severity switch { Analyzer.Findings.Severity.Critical => "#c62828", Analyzer.Findings.Severity.Warning => "#b45309", _ => "#546e7a" };
            text.Append(CultureInfo.InvariantCulture, $"<div style=\"border-left:4px solid {colour};padding:0 0 0 12px;margin:0 0 20px\">")
                .Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0\"><b style=\"color:{colour}\">{MailText.Html(Word(notified))}</b> <b>{MailText.Html(AlertText.Summary(alert))}</b></p>")
                .Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0;color:#555\">{MailText.Html(When(notified))}</p><p>{MailText.Html(alert.Message)}</p>");
            if (!notified.IsResolved)
            {
                text.Append(CultureInfo.InvariantCulture, $"<p><i>{MailText.Html(alert.Advice)}</i></p>");
            }

            var named = new[] { (To: links.Alert(alert), Name: "On our pages"), (To: links.Runbook(alert), Name: $"What {alert.Check} means") }
                .Where(link => link.To is not null).Select(link => $"<a href=\"{MailText.Html(link.To!)}\">{MailText.Html(link.Name)}</a>");
            text.Append(CultureInfo.InvariantCulture, $"<p>{string.Join(" · ", named)}</p></div>");
        }

        return text.Append(CultureInfo.InvariantCulture, $"<p>{MailText.Html(More(message))}</p></body></html>").ToString();
    }

    private static string More(Notification message) => message.Alerts.Count > MostAlerts
        ? string.Create(CultureInfo.InvariantCulture, $"And {message.Alerts.Count - MostAlerts} more.\r\n")
        : "";

    private static string Word(NotifiedAlert notified) => notified.IsResolved ? "resolved" : FindingJson.NameOf(notified.Severity);

    private static string When(NotifiedAlert notified) =>
        $"since {AlertText.Time(notified.Alert.StartsAt)}{(notified is { IsResolved: true, Alert.EndsAt: { } end } ? $", resolved {AlertText.Time(end)}" : "")}";
}
