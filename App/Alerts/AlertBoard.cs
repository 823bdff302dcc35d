using System.Security.Cryptography;
using App.Alerts.Rules;
using Collector.Configuration;
using Collector.Configuration.Alerts;
using Collector.Store;

namespace App.Alerts;

/// <summary>How alerts, routes and silences stand, for whoever asks, in any instance; and where silences are made and ended.</summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed class AlertBoard
{
    private const int MostSilences = 1000;

    // Pages and metrics ask for several things at once.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    private readonly AlertStore store;
    private readonly IReadOnlyList<Silence> configured;
    private readonly IReadOnlyList<string> names;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private (long At, IReadOnlyList<Alert> Alerts, IReadOnlyList<RouteState> Routes, IReadOnlyList<Silence> Silences)? last;

    /// <summary>Reads nothing yet.</summary>
    /// <exception cref="ConfigurationException">A silence of the configuration cannot be used.</exception>
    public AlertBoard(IObservationStore store, AlertsOptions options, TimeProvider time)
    {
        this.store = new AlertStore(store);
        this.time = time;
        configured = Silence.Of(options);
        names = [.. options.Webhook.Concat<AlertRouteOptions>(options.Slack).Concat(options.Alertmanager).Concat(options.Smtp).Select(route => route.Name).OfType<string>()];
    }

    /// <summary>The present.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>All alerts: firing ones first, most severe first.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public IReadOnlyList<Alert> Alerts() => Take().Alerts;

    /// <summary>How the routes stand, in the order of the configuration.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public IReadOnlyList<RouteState> Routes() => Take().Routes;

    /// <summary>The silences, those of the configuration first.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public IReadOnlyList<Silence> Silences() => Take().Silences;

    /// <summary>The silences that hold an alert back at present.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public IReadOnlyList<Silence> SilencesOf(Alert alert)
    {
        var labels = AlertLabels.Of(alert);
        return [.. Silences().Where(silence => silence.IsActive(Now) && silence.Fits(labels))];
    }

    /// <summary>Makes a silence.</summary>
    /// <exception cref="ConfigurationException">It cannot be used: one line.</exception>
    /// <exception cref="IOException">The store is away.</exception>
    public Silence Add(IReadOnlyList<string> matchers, DateTimeOffset? start, DateTimeOffset end, string? comment, string? author)
    {
        var silence = Silence.Of(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), matchers, start ?? Now, end, comment, author);
        if (end <= Now)
        {
            throw new ConfigurationException($"end is {AlertText.Time(end)}; allowed: a time to come");
        }

        if (store.Silences().Count >= MostSilences)
        {
            throw new ConfigurationException($"there are {MostSilences} silences already; allowed: that many");
        }

        store.Save([AlertStore.Change(silence.Id, silence)], null);
        Renew();
        return silence;
    }

    /// <summary>Ends a silence now.</summary>
    /// <returns>False: there is none of that name.</returns>
    /// <exception cref="ConfigurationException">It stands in the configuration.</exception>
    /// <exception cref="IOException">The store is away.</exception>
    public bool End(string id)
    {
        if (configured.Any(silence => silence.Id == id))
        {
            throw new ConfigurationException($"{id} stands in the configuration, under Alerts:Silences; end it there");
        }

        if (store.Silences().FirstOrDefault(silence => silence.Id == id) is not { } found)
        {
            return false;
        }

        // One that has not begun never was; one that is over stays as it is.
        store.Save([AlertStore.Change(id, found.Start > Now ? null : found with { End = found.End < Now ? found.End : Now })], null);
        Renew();
        return true;
    }

    private void Renew()
    {
        lock (gate)
        {
            last = null;
        }
    }

    private (long At, IReadOnlyList<Alert> Alerts, IReadOnlyList<RouteState> Routes, IReadOnlyList<Silence> Silences) Take()
    {
        lock (gate)
        {
            if (last is not { } known || TimeProvider.System.GetElapsedTime(known.At) > Lifetime)
            {
                var states = store.Routes().ToDictionary(state => state.Route);
                known = (
                    TimeProvider.System.GetTimestamp(),
                    [
                        .. store.Alerts().Values.OrderBy(alert => alert.State == AlertState.Resolved).ThenByDescending(alert => alert.Severity)
                            .ThenBy(alert => alert.Check, StringComparer.Ordinal).ThenBy(alert => alert.Target, StringComparer.Ordinal).ThenBy(alert => alert.Fingerprint, StringComparer.Ordinal),
                    ],
                    [.. names.Select(name => states.GetValueOrDefault(name) ?? new RouteState(name))],
                    [.. configured, .. store.Silences()]);
                last = known;
            }

            return known;
        }
    }
}
