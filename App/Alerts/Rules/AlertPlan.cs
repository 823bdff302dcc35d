namespace App.Alerts.Rules;

/// <summary>What a route has to say at an instant.</summary>
/// <param name="Groups">Its groups by key; those of which there is nothing more to say are gone.</param>
/// <param name="Due">The messages whose time has come, the longest due first.</param>
/// <param name="Next">When the next one is due, as things stand; null: none will be.</param>
/// <param name="Dropped">Resolved alerts whose word was dropped, since it had waited for too long.</param>
internal sealed record AlertPlan(IReadOnlyDictionary<string, AlertGroup> Groups, IReadOnlyList<Notification> Due, DateTimeOffset? Next, int Dropped)
{
    /// <summary>Works it out. Pure.</summary>
    /// <param name="route">The route.</param>
    /// <param name="alerts">All alerts, by fingerprint.</param>
    /// <param name="silences">All silences.</param>
    /// <param name="groups">What the receiver was told so far.</param>
    /// <param name="now">The instant.</param>
    public static AlertPlan Of(
        AlertRoute route, IReadOnlyDictionary<string, Alert> alerts, IReadOnlyList<Silence> silences, IReadOnlyDictionary<string, AlertGroup> groups, DateTimeOffset now)
    {
        var active = silences.Where(silence => silence.IsActive(now)).ToList();
        var (open, firing) = Assign(route, alerts, active, groups, now);
        var kept = new Dictionary<string, AlertGroup>(StringComparer.Ordinal);
        var due = new List<(DateTimeOffset At, Notification Message)>();
        DateTimeOffset? next = null;
        var dropped = 0;
        foreach (var (key, before) in open)
        {
            var ended = before.Told.Where(told => !(alerts.TryGetValue(told.Fingerprint, out var alert) && alert.State == AlertState.Firing)).ToList();
            var sayable = ended.Where(told => route.SendResolved && alerts.TryGetValue(told.Fingerprint, out var alert) && now - alert.EndsAt <= route.KeepUndelivered).ToList();
            dropped += route.SendResolved ? ended.Count - sayable.Count : 0;
            var group = ended.Count == sayable.Count ? before : before with { Told = [.. before.Told.Where(told => !ended.Contains(told) || sayable.Contains(told))] };
            var members = firing.GetValueOrDefault(key, []);
            if (group.Told.Count == 0 && members.Count == 0)
            {
                continue;
            }

            kept[key] = group;
            if (DueAt(route, group, members, sayable.Count > 0, now) is not { } at)
            {
                continue;
            }

            if (at <= now)
            {
                due.Add((at, new Notification(route, group, Messages(group, members, sayable, alerts), now)));
            }
            else if (!(next <= at))
            {
                next = at;
            }
        }

        // A silence that begins or ends may change everything.
        foreach (var at in silences.SelectMany(silence => new[] { silence.Start, silence.End }).OfType<DateTimeOffset>().Where(at => at > now && !(next <= at)))
        {
            next = at;
        }

        return new AlertPlan(kept, [.. due.OrderBy(one => one.At).Select(one => one.Message)], next, dropped);
    }

    /// <summary>The group after its message was delivered; null: there is nothing more to say of it.</summary>
    public static AlertGroup? Delivered(Notification message, DateTimeOffset at)
    {
        var said = message.Alerts.ToDictionary(alert => alert.Alert.Fingerprint, StringComparer.Ordinal);
        var group = message.Group with
        {
            Sent = at,
            Messages = message.Group.Messages + 1,
            Refusals = 0,
            NotBefore = null,
            Told =
            [
                .. message.Group.Told.Where(told => !said.ContainsKey(told.Fingerprint)),
                .. message.Firing.Select(alert => new ToldAlert(alert.Alert.Fingerprint, alert.Alert.StartsAt, alert.Severity)),
            ],
        };
        return group.Told.Count > 0 ? group : null;
    }

    /// <summary>The groups to look at, old and new, and the firing alerts that each one's message would hold.</summary>
    private static (Dictionary<string, AlertGroup> Groups, Dictionary<string, List<Alert>> Firing) Assign(
        AlertRoute route, IReadOnlyDictionary<string, Alert> alerts, List<Silence> active, IReadOnlyDictionary<string, AlertGroup> groups, DateTimeOffset now)
    {
        // An alert stays in the group in which it was told, whatever becomes of its labels and of the settings.
        var toldIn = groups.SelectMany(group => group.Value.Told.Select(told => (told.Fingerprint, group.Key))).DistinctBy(told => told.Fingerprint)
            .ToDictionary(told => told.Fingerprint, told => told.Key, StringComparer.Ordinal);
        var open = new Dictionary<string, AlertGroup>(groups, StringComparer.Ordinal);
        var firing = new Dictionary<string, List<Alert>>(StringComparer.Ordinal);
        foreach (var alert in alerts.Values.Where(alert => alert.State == AlertState.Firing))
        {
            var labels = AlertLabels.Of(alert);
            if (!route.Takes(alert, labels) || active.Any(silence => silence.Fits(labels)))
            {
                continue;
            }

            if (!toldIn.TryGetValue(alert.Fingerprint, out var key))
            {
                var group = new AlertGroup(route.Name, route.GroupBy.Where(labels.ContainsKey).Distinct().ToDictionary(name => name, name => labels[name], StringComparer.Ordinal), now);
                key = group.Key;
                open.TryAdd(key, group);
            }

            (firing.TryGetValue(key, out var members) ? members : firing[key] = []).Add(alert);
        }

        return (open, firing);
    }

    /// <summary>When a group's next message is due; null: there is none. A time that lies ahead only because the clock was set back is now.</summary>
    private static DateTimeOffset? DueAt(AlertRoute route, AlertGroup group, List<Alert> firing, bool hasEnded, DateTimeOffset now)
    {
        var hasNews = hasEnded || firing.Any(alert => IsNew(group, alert));
        var due = (group.Sent, hasNews) switch
        {
            (null, _) => (group.Opened > now ? now : group.Opened) + route.GroupWait,
            ({ } sent, _) when sent > now => now,
            ({ } sent, true) => sent + route.GroupInterval,
            ({ } sent, false) when firing.Count > 0 => sent + route.RepeatInterval,
            _ => (DateTimeOffset?)null,
        };
        return due < group.NotBefore ? group.NotBefore : due;
    }

    private static bool IsNew(AlertGroup group, Alert alert) =>
        group.Told.FirstOrDefault(told => told.Fingerprint == alert.Fingerprint) is not { } told || told.StartsAt != alert.StartsAt || told.Severity < alert.Severity;

    private static IReadOnlyList<NotifiedAlert> Messages(AlertGroup group, List<Alert> firing, List<ToldAlert> ended, IReadOnlyDictionary<string, Alert> alerts) =>
    [
        .. firing
            .Select(alert => new NotifiedAlert(
                alert,
                IsResolved: false,
                group.Told.FirstOrDefault(told => told.Fingerprint == alert.Fingerprint && told.StartsAt == alert.StartsAt) is { } told && told.Severity > alert.Severity
                    ? told.Severity
                    : alert.Severity))
            .OrderByDescending(alert => alert.Severity).ThenBy(alert => alert.Alert.StartsAt).ThenBy(alert => alert.Alert.Fingerprint, StringComparer.Ordinal),
        .. ended
            .Select(told => new NotifiedAlert(alerts[told.Fingerprint], IsResolved: true, told.Severity))
            .OrderByDescending(alert => alert.Severity).ThenBy(alert => alert.Alert.Fingerprint, StringComparer.Ordinal),
    ];
}
