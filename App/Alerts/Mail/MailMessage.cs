using System.Globalization;
using System.Net;
using System.Text;
using App.Alerts.Rules;
using MimeKit;
using MimeKit.Text;
using Reports.Findings;

namespace App.Alerts.Mail;

/// <summary>A message as mail: plain text and HTML beside each other, one thread a group.</summary>
internal static class MailMessage
{
    /// <summary>So many alerts are written out.</summary>
    public const int MostAlerts = 50;

    /// <summary>The message.</summary>
    /// <param name="message">What is told.</param>
    /// <param name="links">Where alerts lead to.</param>
    /// <param name="from">The sender's address.</param>
    /// <param name="to">The recipients' addresses.</param>
    public static MimeMessage Of(Notification message, Links links, string from, IReadOnlyList<string> to)
    {
        // Each attempt has the same identity, so that a mail program shows a repetition once.
        var domain = from[(from.LastIndexOf('@') + 1)..];
        var mail = new MimeMessage
        {
            // What looks like an encoded word is sent as it is, and a mail program would show what it decodes to: a stranger's line breaks, perhaps.
            Subject = Subject(message).Replace("=?", "= ?", StringComparison.Ordinal),
            Date = message.At.ToUniversalTime(),
            MessageId = $"{message.Id}@{domain}",
            Body = new MultipartAlternative
            {
                Boundary = $"measurement-{message.Id}",
            },
        };
        mail.From.Add(new MailboxAddress("Measurement", from));
        mail.To.AddRange(to.Select(address => new MailboxAddress("", address)));
        if (message.Group.Messages > 0)
        {
            mail.InReplyTo = $"{message.Thread}-0@{domain}";
            mail.References.Add($"{message.Thread}-0@{domain}");
        }

        // No automatic answers, please (RFC 3834).
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");

        // Base64, whatever the server takes: no text can end the message, and no line is too long.
        var parts = (MultipartAlternative)mail.Body;
        parts.Add(new TextPart(TextFormat.Plain) { Text = Plain(message, links), ContentTransferEncoding = ContentEncoding.Base64 });
        parts.Add(new TextPart(TextFormat.Html) { Text = Html(message, links), ContentTransferEncoding = ContentEncoding.Base64 });
        return mail;
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
                .Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0\"><b style=\"color:{colour}\">{WebUtility.HtmlEncode(Word(notified))}</b> <b>{WebUtility.HtmlEncode(AlertText.Summary(alert))}</b></p>")
                .Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0;color:#555\">{WebUtility.HtmlEncode(When(notified))}</p><p>{WebUtility.HtmlEncode(alert.Message)}</p>");
            if (!notified.IsResolved)
            {
                text.Append(CultureInfo.InvariantCulture, $"<p><i>{WebUtility.HtmlEncode(alert.Advice)}</i></p>");
            }

            var named = new[] { (To: links.Alert(alert), Name: "On our pages"), (To: links.Runbook(alert), Name: $"What {alert.Check} means") }
                .Where(link => link.To is not null).Select(link => $"<a href=\"{WebUtility.HtmlEncode(link.To!)}\">{WebUtility.HtmlEncode(link.Name)}</a>");
            text.Append(CultureInfo.InvariantCulture, $"<p>{string.Join(" · ", named)}</p></div>");
        }

        return text.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(More(message))}</p></body></html>").ToString();
    }

    private static string More(Notification message) => message.Alerts.Count > MostAlerts
        ? string.Create(CultureInfo.InvariantCulture, $"And {message.Alerts.Count - MostAlerts} more.\r\n")
        : "";

    private static string Word(NotifiedAlert notified) => notified.IsResolved ? "resolved" : FindingJson.NameOf(notified.Severity);

    private static string When(NotifiedAlert notified) =>
        $"since {AlertText.Time(notified.Alert.StartsAt)}{(notified is { IsResolved: true, Alert.EndsAt: { } end } ? $", resolved {AlertText.Time(end)}" : "")}";
}
