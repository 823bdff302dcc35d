using App.Alerts.Rules;
using App.Jobs;
using Collector.Configuration;
using Microsoft.Extensions.Logging;

namespace App.Alerts;

/// <summary>The time in which this process tells: the alerts as they are, and one worker a route.</summary>
internal sealed partial class AlertRun : IDisposable
{
    // What is over stays on the page for a while, and a silence that ended can be looked up.
    private static readonly TimeSpan ResolvedKept = TimeSpan.FromHours(6);
    private static readonly TimeSpan ExpiredKept = TimeSpan.FromDays(1);

    // Nobody sleeps longer, whatever the clock does.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly AlertStore store;
    private readonly AlertLease lease;
    private readonly Settings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly FindingAge age;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly List<(RouteWorker Worker, SemaphoreSlim Wake, Task Work)> workers = [];
    private readonly HashSet<string> unsaved = new(StringComparer.Ordinal);
    private volatile AlertSnapshot snapshot;
    private DateTimeOffset? evaluated;

    private AlertRun(AlertStore store, AlertLease lease, Settings settings, TimeProvider time, ILogger logger)
    {
        (this.store, this.lease, this.settings, this.time, this.logger) = (store, lease, settings, time, logger);
        age = new FindingAge(settings.Network, settings.Checks);
        snapshot = new AlertSnapshot(store.Alerts(), [.. Silence.Of(settings.Alerts), .. store.Silences()]);
        evaluated = store.Evaluated();
    }

    /// <summary>Goes on where the store says that things are.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public static AlertRun Begin(AlertStore store, AlertLease lease, Settings settings, AlertRoutes routes, TimeProvider time, ILogger logger)
    {
        var run = new AlertRun(store, lease, settings, time, logger);
        var groups = store.Groups().ToLookup(group => group.Route);
        var states = store.Routes().ToDictionary(state => state.Route);
        var gone = groups.Where(of => routes.All.All(one => one.Route.Name != of.Key)).SelectMany(of => of.Select(group => AlertStore.Change(of.Key, group.Key, (AlertGroup?)null)))
            .Concat(states.Keys.Where(name => routes.All.All(one => one.Route.Name != name)).Select(name => AlertStore.Change(name, (RouteState?)null))).ToList();
        if (gone.Count > 0)
        {
            lease.Save(store, gone);
        }

        foreach (var (route, sender) in routes.All)
        {
            var worker = new RouteWorker(
                route, sender, groups[route.Name], states.GetValueOrDefault(route.Name), changes => lease.Save(store, changes), () => lease.IsHeld, time, logger);
            var wake = new SemaphoreSlim(0);
            run.workers.Add((worker, wake, Task.Run(() => run.WorkAsync(worker, wake))));
        }

        return run;
    }

    /// <summary>Whether every worker has seen what there is and has nothing to do at present.</summary>
    public bool IsIdle => workers.TrueForAll(one => one.Wake.CurrentCount == 0 && one.Worker.Seen == snapshot && !one.Worker.IsBusy);

    /// <summary>Looks whether there is anything new.</summary>
    /// <param name="present">The last analysis; null: there is none yet.</param>
    /// <exception cref="IOException">The store is away.</exception>
    public void Look(Analysis? present)
    {
        var silences = Silences();
        var alerts = snapshot.Alerts;

        // Another instance may have made alerts of a later analysis than our last. Unless its time is still to come: then the clock was set back.
        if (present is not null && present.At != evaluated && !(present.At < evaluated && evaluated <= time.GetUtcNow()))
        {
            alerts = AlertBook.Update(alerts, age.Current(present), alert => age.IsUnknown(alert, present), present.At, settings.Alerts);
            evaluated = present.At;
        }

        alerts = Forget(alerts);
        var before = snapshot;
        var isNew = alerts != before.Alerts || !silences.Select(silence => (silence.Id, silence.End)).SequenceEqual(before.Silences.Select(silence => (silence.Id, silence.End)));
        if (isNew)
        {
            snapshot = new AlertSnapshot(alerts, silences);
            unsaved.UnionWith(alerts.Keys.Concat(before.Alerts.Keys).Where(fingerprint => alerts.GetValueOrDefault(fingerprint) != before.Alerts.GetValueOrDefault(fingerprint)));
        }

        // First the alert, then word of it: what was told can be told to be over after whatever happens.
        Save();
        if (isNew)
        {
            foreach (var (_, wake, _) in workers)
            {
                wake.Release();
            }
        }
    }

    /// <summary>Ends it.</summary>
    /// <param name="patience">How long what is being delivered may take.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        await stopping.CancelAsync();
        aborting.CancelAfter(patience);
        await Task.WhenAll(workers.Select(one => one.Work));
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, wake, _) in workers)
        {
            wake.Dispose();
        }

        stopping.Dispose();
        aborting.Dispose();
    }

    private void Save()
    {
        if (unsaved.Count > 0 && lease.Save(store, [.. unsaved.Select(fingerprint => AlertStore.Change(fingerprint, snapshot.Alerts.GetValueOrDefault(fingerprint))), AlertStore.Change(evaluated)]))
        {
            unsaved.Clear();
        }
    }

    private List<Silence> Silences()
    {
        var now = time.GetUtcNow();
        var made = store.Silences();
        if (made.Where(silence => now - silence.End > ExpiredKept).ToList() is { Count: > 0 } old)
        {
            lease.Save(store, [.. old.Select(silence => AlertStore.Change(silence.Id, (Silence?)null))]);
        }

        return [.. Silence.Of(settings.Alerts), .. made];
    }

    /// <summary>The alerts without those that are over, if nobody is left to be told so.</summary>
    private IReadOnlyDictionary<string, Alert> Forget(IReadOnlyDictionary<string, Alert> alerts)
    {
        var now = time.GetUtcNow();
        var old = alerts.Values.Where(alert => alert.State == AlertState.Resolved && now - alert.EndsAt > ResolvedKept && !workers.Any(one => one.Worker.HasTold(alert.Fingerprint)))
            .Select(alert => alert.Fingerprint).ToHashSet(StringComparer.Ordinal);
        return old.Count == 0 ? alerts : alerts.Where(pair => !old.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }

    private async Task WorkAsync(RouteWorker worker, SemaphoreSlim wake)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var next = await worker.RunOnceAsync(() => snapshot, stopping.Token, aborting.Token);
                await SleepAsync(next is { } at && at - time.GetUtcNow() < LongestSleep ? at - time.GetUtcNow() : LongestSleep, wake);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the other routes go on, and this one tries again.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                Failed(worker.Route.Name, problem);
                await SleepAsync(LongestSleep, wake);
            }
        }
    }

    private async Task SleepAsync(TimeSpan length, SemaphoreSlim wake)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var waiting = new[] { wake.WaitAsync(awake.Token), Task.Delay(length > TimeSpan.Zero ? length : TimeSpan.Zero, time, awake.Token) };
        await Task.WhenAny(waiting);
        await awake.CancelAsync();
        await Task.WhenAll(waiting).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [LoggerMessage(LogLevel.Error, "Alerts: telling {Route} failed")]
    private partial void Failed(string route, Exception problem);
}
