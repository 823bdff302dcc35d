using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using App.Alerts.Rules;
using Collector.Configuration;
using Collector.Store;

namespace App.Alerts;

/// <summary>Alerts, groups, routes and silences as documents of the store.</summary>
internal sealed class AlertStore(IObservationStore store)
{
    private const string AlertKind = "alert";
    private const string GroupKind = "alert-group";
    private const string RouteKind = "alert-route";
    private const string EvaluatedKind = "alert-evaluated";
    private const string SilenceKind = "silence";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>All alerts, by fingerprint.</summary>
    public Dictionary<string, Alert> Alerts() => Read<Alert>(AlertKind).ToDictionary(alert => alert.Fingerprint, StringComparer.Ordinal);

    /// <summary>The groups of all routes.</summary>
    public IReadOnlyList<AlertGroup> Groups() => [.. Read<AlertGroup>(GroupKind)];

    /// <summary>How all routes stand.</summary>
    public IReadOnlyList<RouteState> Routes() => [.. Read<RouteState>(RouteKind)];

    /// <summary>When the analysis was made of which the alerts were made; null: there was none.</summary>
    public DateTimeOffset? Evaluated() =>
        store.Documents(EvaluatedKind) is [var document, ..] && DateTimeOffset.TryParse(document.Text, CultureInfo.InvariantCulture, out var at) ? at : null;

    /// <summary>The silences that were made while the service ran.</summary>
    public IReadOnlyList<Silence> Silences()
    {
        var silences = new List<Silence>();
        foreach (var document in store.Documents(SilenceKind))
        {
            try
            {
                if (JsonSerializer.Deserialize<SilenceText>(document.Text, Json) is { } text)
                {
                    silences.Add(Silence.Of(document.Name, text.Matchers, text.Start, text.End, text.Comment, text.Author, $"silence {document.Name}"));
                }
            }
            catch (Exception problem) when (problem is JsonException or ConfigurationException)
            {
                // By a newer version, which knows labels that this one does not: it silences nothing here.
            }
        }

        return silences;
    }

    /// <summary>The change that keeps when the analysis was made.</summary>
    public static DocumentChange Change(DateTimeOffset? evaluated) => new(EvaluatedKind, "analysis", evaluated?.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>The change that keeps an alert; null in the place of the alert: that forgets it.</summary>
    public static DocumentChange Change(string fingerprint, Alert? alert) => new(AlertKind, fingerprint, Text(alert));

    /// <summary>The change that keeps a group; null in the place of the group: that forgets it.</summary>
    public static DocumentChange Change(string route, string key, AlertGroup? group) =>
        new(GroupKind, $"{route} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))[..16])}", Text(group));

    /// <summary>The change that keeps how a route stands; null in its place: that forgets it.</summary>
    public static DocumentChange Change(string route, RouteState? state) => new(RouteKind, route, Text(state));

    /// <summary>The change that keeps a silence; null in its place: that forgets it.</summary>
    public static DocumentChange Change(string id, Silence? silence) => new(SilenceKind, id, Text(silence is null ? null : new SilenceText(
        [.. silence.Matchers.Select(matcher => matcher.ToString())], silence.Start, silence.End, silence.Comment, silence.Author)));

    /// <summary>Makes changes last.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="guard">What must hold; null: nothing.</param>
    /// <returns>Whether it held.</returns>
    public bool Save(IReadOnlyList<DocumentChange> changes, DocumentGuard? guard) => store.SaveDocuments(changes, guard);

    private static string? Text<T>(T? value)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, Json);

    private IEnumerable<T> Read<T>(string kind)
    {
        foreach (var document in store.Documents(kind))
        {
            T? value;
            try
            {
                value = JsonSerializer.Deserialize<T>(document.Text, Json);
            }
            catch (JsonException)
            {
                // By another version: it is found and told anew.
                continue;
            }

            if (value is not null)
            {
                yield return value;
            }
        }
    }

    private sealed record SilenceText(IReadOnlyList<string> Matchers, DateTimeOffset? Start, DateTimeOffset? End, string Comment, string Author);
}
