using System.Globalization;
using System.Text;
using Analyzer.Findings;
using App.Alerts.Rules;
using Reports.Contracts;
using Reports.Findings;

namespace App.Alerts.Http;

/// <summary>A message as Slack, Mattermost and Rocket.Chat take it: a line and one attachment an alert.</summary>
internal static class SlackJson
{
    /// <summary>So many alerts are written out; more of them nobody reads in a chat.</summary>
    public const int MostAlerts = 10;

    // Far below what Slack cuts by itself.
    private const int LongestText = 2000;

    /// <summary>The body.</summary>
    /// <param name="message">The message.</param>
    /// <param name="links">Where alerts lead to.</param>
    /// <param name="channel">The channel; null: the webhook's own.</param>
    public static byte[] Of(Notification message, Links links, string? channel) => Answers.Bytes(json =>
    {
        json.WriteStartObject();
        if (channel is not null)
        {
            json.WriteString("channel", channel);
        }

        json.WriteString("text", Headline(message, links));
        json.WriteBoolean("link_names", false);
        json.WriteBoolean("unfurl_links", false);
        json.WriteStartArray("attachments");
        foreach (var notified in message.Alerts.Take(MostAlerts))
        {
            var alert = notified.Alert;
            var title = $"{(notified.IsResolved ? "Resolved" : Word(notified.Severity))}: {AlertText.Summary(alert)}";
            json.WriteStartObject();
            json.WriteString("color", notified.IsResolved ? "#2e7d32" : Colour(notified.Severity));
            json.WriteString("fallback", Escape(title));
            json.WriteString("title", Escape(title));
            if (links.Alert(alert) is { } link)
            {
                json.WriteString("title_link", link);
            }

            json.WriteString("text", Text(notified, links));

            // What strangers wrote is no markup: nothing in the text is formatted.
            json.WriteStartArray("mrkdwn_in");
            json.WriteEndArray();
            json.WriteNumber("ts", (notified.IsResolved ? alert.EndsAt ?? message.At : alert.StartsAt).ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A text in which nothing is markup, a mention or a link: <c>&lt;!channel&gt;</c> is nothing but these characters.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            _ = text[index] switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),

                // Mattermost wakes everybody at a bare @channel; a space of no width after the @ is seen by nobody else.
                '@' => escaped.Append("@\u200b"),
                var other => escaped.Append(other),
            };
        }

        return escaped.ToString();
    }

    private static string Headline(Notification message, Links links)
    {
        var firing = message.Firing.Count();
        var resolved = message.Alerts.Count - firing;
        var group = string.Join(", ", message.Group.Labels.Values.Select(Escape));
        var text = new StringBuilder(firing == 0 ? "Resolved" : Word(message.Severity)).Append(group.Length == 0 ? "" : ": ").Append(AlertText.Cut(group, LongestText));
        text.Append(CultureInfo.InvariantCulture, $" ({(firing > 0 ? $"{firing} firing" : "")}{(firing > 0 && resolved > 0 ? ", " : "")}{(resolved > 0 ? $"{resolved} resolved" : "")})");
        if (message.Alerts.Count > MostAlerts)
        {
            text.Append(CultureInfo.InvariantCulture, $"; the first {MostAlerts} of {message.Alerts.Count}");
        }

        return links.Home is { } home ? text.Append(CultureInfo.InvariantCulture, $" <{home}alerts|all alerts>").ToString() : text.ToString();
    }

    private static string Text(NotifiedAlert notified, Links links)
    {
        var text = Escape(AlertText.Cut(notified.Alert.Message, LongestText / 2));
        if (!notified.IsResolved)
        {
            text += "\n" + Escape(AlertText.Cut(notified.Alert.Advice, LongestText / 2));
            text += links.Runbook(notified.Alert) is { } page ? $"\n<{page}|What {Escape(notified.Alert.Check)} means>" : "";
        }

        return text;
    }

    private static string Word(Severity severity) => FindingJson.NameOf(severity) is var name ? char.ToUpperInvariant(name[0]) + name[1..] : "";

    private static string Colour(Severity severity) => severity switch
    {
        Severity.Critical => "#c62828",
        Severity.Warning => "#ef6c00",
        _ => "#546e7a",
    };
}
