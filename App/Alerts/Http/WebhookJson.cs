using System.Text.Json;
using App.Alerts.Rules;
using Reports.Contracts;
using Reports.Findings;

namespace App.Alerts.Http;

/// <summary>A message in the form of Alertmanager's webhook, version 4, with the finding's numbers besides.</summary>
internal static class WebhookJson
{
    /// <summary>So many alerts are written out; how many more there are is <c>truncatedAlerts</c>.</summary>
    public const int MostAlerts = 200;

    /// <summary>The body.</summary>
    public static byte[] Of(Notification message, Links links) => Answers.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("version", "4");
        json.WriteString("groupKey", message.Group.Key);
        json.WriteNumber("truncatedAlerts", Math.Max(0, message.Alerts.Count - MostAlerts));
        json.WriteString("status", message.IsResolved ? "resolved" : "firing");
        json.WriteString("receiver", message.Route.Name);
        AlertJson.Write(json, "groupLabels", message.Group.Labels);
        AlertJson.Write(json, "commonLabels", Common(message.Alerts.Select(alert => alert.Labels)));
        AlertJson.Write(json, "commonAnnotations", Common(message.Alerts.Select(alert => AlertJson.Annotations(alert.Alert, links))));
        json.WriteString("externalURL", links.Home ?? "");
        json.WriteStartArray("alerts");
        foreach (var alert in message.Alerts.Take(MostAlerts))
        {
            Write(json, alert, links);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, NotifiedAlert notified, Links links)
    {
        var alert = notified.Alert;
        json.WriteStartObject();
        json.WriteString("status", notified.IsResolved ? "resolved" : "firing");
        AlertJson.Write(json, "labels", notified.Labels);
        AlertJson.Write(json, "annotations", AlertJson.Annotations(alert, links));
        json.WriteString("startsAt", AlertJson.Time(alert.StartsAt));
        json.WriteString("endsAt", notified.IsResolved && alert.EndsAt is { } end ? AlertJson.Time(end) : AlertJson.NoTime);
        json.WriteString("generatorURL", links.Alert(alert) ?? "");
        json.WriteString("fingerprint", alert.Fingerprint);
        json.WriteStartObject("finding");
        json.WriteNumber("from", alert.From.ToUnixTimeSeconds());
        json.WriteNumber("to", alert.To.ToUnixTimeSeconds());
        FindingJson.WriteOptional(json, "observed", alert.Observed);
        FindingJson.WriteOptional(json, "expected", alert.Expected);
        json.WriteNumber("sampleSize", alert.SampleSize);
        json.WriteStartArray("probes");
        foreach (var probe in alert.Probes)
        {
            json.WriteNumberValue(probe);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IEnumerable<KeyValuePair<string, string>> Common(IEnumerable<IReadOnlyDictionary<string, string>> all) =>
        all.Aggregate((IEnumerable<KeyValuePair<string, string>>?)null, (common, one) => common is null ? one : [.. common.Where(pair => one.TryGetValue(pair.Key, out var value) && value == pair.Value)]) ?? [];
}
