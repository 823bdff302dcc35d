using System.Globalization;
using System.Text.Json;

namespace App.Alerts.Rules;

/// <summary>Labels, annotations and times as Prometheus' programs write them.</summary>
internal static class AlertJson
{
    /// <summary>What its programs write for no time.</summary>
    public const string NoTime = "0001-01-01T00:00:00Z";

    /// <summary>A time as RFC 3339.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What an alert says besides its labels, by the alphabet.</summary>
    public static IReadOnlyDictionary<string, string> Annotations(Alert alert, Links links)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["summary"] = AlertText.Summary(alert),
            ["description"] = alert.Message,
            ["advice"] = alert.Advice,
        };
        if (links.Runbook(alert) is { } page)
        {
            annotations["runbook_url"] = page;
        }

        return annotations;
    }

    /// <summary>Writes an object of texts. Empty ones are left out, which is how Prometheus' programs write that there is none.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in texts.Where(text => text.Value.Length > 0))
        {
            json.WriteString(key, text);
        }

        json.WriteEndObject();
    }
}
