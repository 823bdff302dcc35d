using System.Globalization;
using App.Alerts.Rules;
using Collector.Store;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Reports.Errors;

namespace App.Alerts;

/// <summary>All alerts and silences at one moment.</summary>
/// <param name="Alerts">By fingerprint.</param>
/// <param name="Silences">All of them.</param>
internal sealed record AlertSnapshot(IReadOnlyDictionary<string, Alert> Alerts, IReadOnlyList<Silence> Silences)
{
    /// <summary>Nothing.</summary>
    public static AlertSnapshot Empty { get; } = new(new Dictionary<string, Alert>(), []);
}

/// <summary>Tells one receiver what is due, one message after the other. What could not be delivered stays due, and says then what is true then.</summary>
/// <remarks>Each route has a worker of its own, so that none waits for another's receiver.</remarks>
internal sealed partial class RouteWorker
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstRefusalPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestRefusalPause = TimeSpan.FromHours(6);

    // Senders have limits of their own, of five minutes at most. Whoever keeps none is given up: nobody waits for ever.
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(6);

    // Waits that are worth it while the message is in the hand.
    private static readonly TimeSpan ShortWish = TimeSpan.FromSeconds(5);

    private readonly IAlertSender sender;
    private readonly Func<IReadOnlyList<DocumentChange>, bool> save;
    private readonly Func<bool> mayTell;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ResiliencePipeline<Delivery> pipeline;
    private readonly TimeSpan longest;
    private readonly Dictionary<string, DocumentChange> unsaved = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, AlertGroup> groups;
    private volatile AlertSnapshot? seen;
    private volatile bool isBusy;
    private RouteState state;
    private string? saved;

    /// <summary>Goes on where the store says that it is.</summary>
    /// <param name="route">The route.</param>
    /// <param name="sender">What speaks to its receiver.</param>
    /// <param name="groups">What the receiver was told so far.</param>
    /// <param name="state">How the deliveries went so far; null: there were none.</param>
    /// <param name="save">Makes changes last; false: others tell now.</param>
    /// <param name="mayTell">Whether it is this process that tells.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what an operator would want to know.</param>
    /// <param name="longest">How long one attempt may take by the machine's clock, whatever the sender says; null: six minutes.</param>
    public RouteWorker(
        AlertRoute route, IAlertSender sender, IEnumerable<AlertGroup> groups, RouteState? state,
        Func<IReadOnlyList<DocumentChange>, bool> save, Func<bool> mayTell, TimeProvider time, ILogger logger, TimeSpan? longest = null)
    {
        this.longest = longest ?? LongestDelivery;
        (Route, this.sender, this.save, this.mayTell, this.time, this.logger) = (route, sender, save, mayTell, time, logger);
        this.groups = groups.DistinctBy(group => group.Key).ToDictionary(group => group.Key, StringComparer.Ordinal);
        this.state = state ?? new RouteState(route.Name);
        pipeline = new ResiliencePipelineBuilder<Delivery> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Delivery>
            {
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(1),
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is Delivery.Away { Wish: var wish } && !(wish > ShortWish)),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Result as Delivery.Away)?.Wish),
            })
            .Build();
    }

    /// <summary>The route.</summary>
    public AlertRoute Route { get; }

    /// <summary>How its deliveries go.</summary>
    public RouteState State => state;

    /// <summary>What it last looked at; null: nothing yet.</summary>
    public AlertSnapshot? Seen => seen;

    /// <summary>Whether it is at work.</summary>
    public bool IsBusy => isBusy;

    /// <summary>Whether the receiver believes that an alert is so.</summary>
    public bool HasTold(string fingerprint) => groups.Values.Any(group => group.Told.Any(told => told.Fingerprint == fingerprint));

    /// <summary>Delivers what is due.</summary>
    /// <param name="snapshot">Asked anew before each message: it says what is true then.</param>
    /// <param name="stopping">Ends it after the message that it is at.</param>
    /// <param name="aborting">Ends it at once; what is under way is as if it had not been.</param>
    /// <returns>When something is due next; null: nothing is, as things stand.</returns>
    public async Task<DateTimeOffset?> RunOnceAsync(Func<AlertSnapshot> snapshot, CancellationToken stopping, CancellationToken aborting)
    {
        isBusy = true;
        try
        {
            return await TellAsync(snapshot, stopping, aborting);
        }
        finally
        {
            isBusy = false;
        }
    }

    private async Task<DateTimeOffset?> TellAsync(Func<AlertSnapshot> snapshot, CancellationToken stopping, CancellationToken aborting)
    {
        var tried = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var (alerts, silences) = seen = snapshot();
            var now = time.GetUtcNow();
            var plan = AlertPlan.Of(Route, alerts, silences, groups, now);
            Take(plan);
            var due = plan.Due.Where(message => tried.Add(message.Group.Key)).FirstOrDefault();
            if (due is null || IsPausing(now) || stopping.IsCancellationRequested || !mayTell())
            {
                state = state with { Waiting = plan.Due.Count };
                Save();
                return plan.Due.Count > 0 ? state.NotBefore ?? plan.Next : plan.Next;
            }

            Apply(due, await pipeline.ExecuteAsync(async token => await AttemptAsync(due, token), aborting));
            Save();
        }
    }

    /// <summary>One attempt, which ends: in time, and with an outcome, whatever the sender does.</summary>
    private async Task<Delivery> AttemptAsync(Notification message, CancellationToken aborting)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborting);
        try
        {
            // A sender that does not heed the token is left behind.
            return await sender.SendAsync(message, limit.Token).WaitAsync(longest, TimeProvider.System, aborting);
        }
        catch (OperationCanceledException) when (aborting.IsCancellationRequested)
        {
            throw;
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync();
            return new Delivery.Away(string.Create(CultureInfo.InvariantCulture, $"no end of an attempt within {longest.TotalSeconds:0.#} s"));
        }
#pragma warning disable CA1031 // Whatever it is, the message stays due.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return new Delivery.Away(ErrorText.Line(problem));
        }
    }

    /// <summary>Whether the receiver is left alone; a pause that lasts so long only because the clock was set back is none.</summary>
    private bool IsPausing(DateTimeOffset now) => state.NotBefore > now && state.NotBefore - now <= LongestWish;

    private void Take(AlertPlan plan)
    {
        if (plan.Dropped > 0)
        {
            MeasurementMeter.AlertsSent.Add(plan.Dropped, new("route", Route.Name), new("outcome", "dropped"));
            Dropped(Route.Name, plan.Dropped);
        }

        foreach (var key in groups.Keys.Concat(plan.Groups.Keys).Distinct().ToList())
        {
            if (groups.GetValueOrDefault(key) != plan.Groups.GetValueOrDefault(key))
            {
                Keep(key, plan.Groups.GetValueOrDefault(key));
            }
        }

        groups = plan.Groups;
    }

    private void Apply(Notification message, Delivery outcome)
    {
        var now = time.GetUtcNow();
        var key = message.Group.Key;
        switch (outcome)
        {
            case Delivery.Done done:
                Count("delivered");
                Put(key, AlertPlan.Delivered(message, now));
                var isFailing = groups.Values.Any(group => group.Refusals > 0);
                state = state with
                {
                    Succeeded = now,
                    Attempts = 0,
                    NotBefore = null,
                    FailingSince = isFailing ? state.FailingSince : null,
                    Problem = isFailing ? state.Problem : null,
                };
                if (message.HasNews || Route.Kind != "alertmanager")
                {
                    Told(Route.Name, message.Firing.Count(), message.Resolved.Count(), key);
                }

                if (done.Note is { } note)
                {
                    NotByAll(Route.Name, note);
                }

                break;
            case Delivery.Refused refused:
                Count("refused");
                var refusals = message.Group.Refusals + 1;
                var again = now + Grow(FirstRefusalPause, refusals - 1, LongestRefusalPause);
                Put(key, message.Group with { Refusals = refusals, NotBefore = again });
                Fail(refused.Problem, now);
                RefusedBy(Route.Name, key, refused.Problem, again);
                break;
            case Delivery.Away away:
                Count("away");
                var attempts = state.Attempts + 1;
                var wish = away.Wish > LongestWish ? LongestWish : away.Wish;
                var pause = Grow(FirstPause, attempts - 1, LongestPause);
                state = state with { Attempts = attempts, NotBefore = now + (wish > pause ? wish.Value : pause) };
                Fail(away.Problem, now);
                IsAway(Route.Name, away.Problem, state.NotBefore.Value);
                break;
        }
    }

    private void Count(string outcome) => MeasurementMeter.AlertsSent.Add(1, new("route", Route.Name), new("outcome", outcome));

    private void Fail(string problem, DateTimeOffset now) => state = state with { FailingSince = state.FailingSince ?? now, Problem = AlertText.Line(problem) };

    private void Put(string key, AlertGroup? group)
    {
        var changed = new Dictionary<string, AlertGroup>(groups, StringComparer.Ordinal);
        if (group is null)
        {
            changed.Remove(key);
        }
        else
        {
            changed[key] = group;
        }

        groups = changed;
        Keep(key, group);
    }

    private void Keep(string key, AlertGroup? group)
    {
        var change = AlertStore.Change(Route.Name, key, group);
        unsaved[change.Name] = change;
    }

    /// <summary>Saves what changed; what the store does not take now, with the next change. Until then memory knows.</summary>
    private void Save()
    {
        var route = AlertStore.Change(Route.Name, state);
        if (unsaved.Count == 0 && route.Text == saved)
        {
            return;
        }

        try
        {
            if (save([.. unsaved.Values, route]))
            {
                unsaved.Clear();
                saved = route.Text;
            }
        }
        catch (IOException problem)
        {
            NotSaved(Route.Name, problem.Message);
        }
    }

    private static TimeSpan Grow(TimeSpan first, int times, TimeSpan longest) => first * Math.Pow(2, Math.Min(times, 20)) is var pause && pause < longest ? pause : longest;

    [LoggerMessage(LogLevel.Information, "Alerts: {Route} was told of {Firing} firing and {Resolved} resolved in {Group}")]
    private partial void Told(string route, int firing, int resolved, string group);

    [LoggerMessage(LogLevel.Warning, "Alerts: {Route} was told, but {Note}")]
    private partial void NotByAll(string route, string note);

    [LoggerMessage(LogLevel.Warning, "Alerts: {Route} cannot be told: {Problem}; next try at {At:u}")]
    private partial void IsAway(string route, string problem, DateTimeOffset at);

    [LoggerMessage(LogLevel.Error, "Alerts: {Route} does not take the message of {Group}: {Problem}; next try at {At:u}")]
    private partial void RefusedBy(string route, string group, string problem, DateTimeOffset at);

    [LoggerMessage(LogLevel.Warning, "Alerts: {Route} could not be told for too long that {Count} alerts are resolved, and will not be any more (Alerts:KeepUndelivered)")]
    private partial void Dropped(string route, int count);

    [LoggerMessage(LogLevel.Error, "Alerts: what {Route} was told cannot be saved: {Problem}")]
    private partial void NotSaved(string route, string problem);
}
