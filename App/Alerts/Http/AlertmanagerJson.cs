using System.Text.Json;
using App.Alerts.Rules;
using Reports.Contracts;

namespace App.Alerts.Http;

/// <summary>Alerts as Alertmanager's API v2 takes them.</summary>
internal static class AlertmanagerJson
{
    // An end that is still to come by Alertmanager's clock counts for nothing against the later one that it was told before.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>The body.</summary>
    /// <param name="message">The message.</param>
    /// <param name="links">Where alerts lead to.</param>
    /// <param name="validFor">How long Alertmanager is to believe it without another word of us.</param>
    public static byte[] Of(Notification message, Links links, TimeSpan validFor) => Answers.Bytes(json =>
    {
        json.WriteStartArray();
        foreach (var notified in message.Alerts)
        {
            Write(json, notified, notified.IsResolved ? notified.Alert.EndsAt ?? message.At : message.At + validFor, links);

            // To Alertmanager another severity is another alert: the one that it knows is over.
            if (!notified.IsResolved && message.Group.Told.FirstOrDefault(told => told.Fingerprint == notified.Alert.Fingerprint) is { } told && told.Severity != notified.Severity)
            {
                var end = message.At - Skew;
                Write(json, notified with { Severity = told.Severity }, end > notified.Alert.StartsAt ? end : notified.Alert.StartsAt, links);
            }
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, NotifiedAlert notified, DateTimeOffset endsAt, Links links)
    {
        json.WriteStartObject();
        AlertJson.Write(json, "labels", AlertLabels.Of(notified.Alert, notified.Severity));
        AlertJson.Write(json, "annotations", AlertJson.Annotations(notified.Alert, links));
        json.WriteString("startsAt", AlertJson.Time(notified.Alert.StartsAt));
        json.WriteString("endsAt", AlertJson.Time(endsAt));
        if (links.Alert(notified.Alert) is { } link)
        {
            json.WriteString("generatorURL", link);
        }

        json.WriteEndObject();
    }
}
