using System.Net;
using Analyzer.Findings;
using Analyzer.Time;
using App.Alerts;
using App.Alerts.Rules;
using App.Jobs;
using Collector.Configuration;
using Collector.Configuration.Alerts;
using Collector.Network;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Tests.Servers;
using Tests.Store;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

/// <summary>From analyses to receivers, over restarts, crashes and among instances, on each store.</summary>
public abstract class AlertServiceTests(StoreKind kind) : IDisposable
{
    // What stands in for a limit is only there to end a test that fails.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    protected StoreKind Kind => kind;

    public void Dispose()
    {
        kind.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_alert_is_told_once_whatever_is_restarted_and_told_to_be_over()
    {
        await using var receiver = await Receiver.StartAsync();
        var clock = new SimulatorClock(At(0));
        await using (var first = Start(receiver.Url, clock))
        {
            first.Analyze(Finding());
            await first.LookAsync();
            Assert.Equal("firing", (await receiver.NextAsync()).Json.GetProperty("status").GetString());
            await first.SettledAsync();
        }

        clock.Now = At(15);
        await using (var second = Start(receiver.Url, clock))
        {
            // Before there is an analysis, and after it.
            await second.LookAsync();
            second.Analyze(Finding());
            await second.LookAsync();
            await second.SettledAsync();
        }

        clock.Now = At(30);
        await using (var third = Start(receiver.Url, clock))
        {
            third.Analyze();
            await third.LookAsync();
            await third.SettledAsync();
        }

        Assert.Single(receiver.All);
        clock.Now = At(61);
        await using (var fourth = Start(receiver.Url, clock))
        {
            fourth.Analyze();
            await fourth.LookAsync();
            var resolved = (await receiver.NextAsync()).Json;
            while (resolved.GetProperty("status").GetString() != "resolved")
            {
                resolved = (await receiver.NextAsync()).Json;
            }

            await fourth.SettledAsync();
        }

        Assert.Equal(2, receiver.All.Count);
        await using var fifth = Start(receiver.Url, clock);
        fifth.Analyze();
        await fifth.LookAsync();
        await fifth.SettledAsync();
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task What_a_receiver_that_is_away_was_not_told_survives_a_kill()
    {
        var isAway = true;
        await using var receiver = await Receiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = isAway ? 503 : 200;
            context.Response.Headers.RetryAfter = "60";
            return Task.CompletedTask;
        });
        var clock = new SimulatorClock(At(0));
        using (var store = kind.Open())
        {
            // Killed: nothing is ended, nothing given back.
            var killed = new Instance(store, receiver.Url, clock);
            killed.Analyze(Finding(), Finding(asn: "64502"));
            await killed.LookAsync();
            await receiver.NextAsync();
            await Instance.UntilAsync(() => new AlertStore(store).Routes() is [{ Waiting: 1, Problem: not null }]);
            await killed.AbandonAsync();
        }

        isAway = false;
        clock.Now = At(15);
        await using var next = Start(receiver.Url, clock);
        next.Analyze(Finding());
        await next.LookAsync();
        var told = (await receiver.NextAsync()).Json;
        Assert.Equal(2, told.GetProperty("alerts").GetArrayLength());
        await Instance.UntilAsync(() => new AlertStore(next.Store).Routes() is [{ Waiting: 0, Problem: null, FailingSince: null }]);
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_delays_no_other()
    {
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var dead = await Receiver.StartAsync((_, _) => isHeld.Task);
        await using var alive = await Receiver.StartAsync();
        var clock = new SimulatorClock(At(0));
        await using var instance = Start(dead.Url, clock, alive.Url);
        instance.Analyze(Finding());
        await instance.LookAsync();

        // The one hangs in the hand of the dead receiver all the while.
        await dead.NextAsync();
        await alive.NextAsync();
        await Instance.UntilAsync(() => new AlertStore(instance.Store).Routes().Any(route => route is { Route: "other", Succeeded: not null }));
        clock.Now = At(16);
        instance.Analyze(Finding(), Finding(asn: "64502"));
        await instance.LookAsync();
        await alive.NextAsync();
        await Instance.UntilAsync(() => new AlertStore(instance.Store).Routes().Any(route => route.Route == "other" && route.Succeeded >= At(16)));
        clock.Now = At(60);
        instance.Analyze();
        await instance.LookAsync();
        clock.Now = At(95);
        instance.Analyze();
        await instance.LookAsync();
        Assert.Equal("resolved", (await alive.NextAsync()).Json.GetProperty("status").GetString());
        Assert.Single(dead.All);
        isHeld.SetResult();
    }

    [Fact]
    public async Task A_silence_made_while_the_service_runs_holds_from_then_on_and_over_a_restart()
    {
        await using var receiver = await Receiver.StartAsync();
        var clock = new SimulatorClock(At(0));
        await using (var first = Start(receiver.Url, clock))
        {
            new AlertBoard(first.Store, new(), clock).Add(["asn=64501"], null, At(120), "work", "me");
            first.Analyze(Finding(), Finding(target: "ns-b", asn: "64502"));
            await first.LookAsync();
            Assert.Equal("64502", (await receiver.NextAsync()).Json.GetProperty("commonLabels").GetProperty("asn").GetString());
            await first.SettledAsync();
        }

        clock.Now = At(60);
        await using (var second = Start(receiver.Url, clock))
        {
            second.Analyze(Finding(), Finding(target: "ns-b", asn: "64502"));
            await second.LookAsync();
            await second.SettledAsync();
            Assert.Single(receiver.All);
            var board = new AlertBoard(second.Store, new(), clock);
            Assert.True(board.End(Assert.Single(board.Silences()).Id));
            clock.Now = At(61);
            await second.LookAsync();
            Assert.Equal("64501", (await receiver.NextAsync()).Json.GetProperty("commonLabels").GetProperty("asn").GetString());
        }
    }

    protected Instance Start(Uri url, SimulatorClock clock, Uri? other = null) => new(kind.Open(), url, clock, other) { OwnsStore = true };

    /// <summary>One instance of the service's alerts. Nothing waits to be grouped, so that a look is enough.</summary>
    protected sealed class Instance : IAsyncDisposable, ICurrentAnalysis
    {
        private readonly AlertRoutes routes;
        private readonly AlertService service;
        private readonly SimulatorClock clock;

        public Instance(ObservationStore store, Uri url, SimulatorClock clock, Uri? other = null, StorageOptions? storage = null, TimeProvider? life = null)
        {
            (Store, this.clock) = (store, clock);
            var options = new AlertsOptions
            {
                GroupWait = TimeSpan.Zero,
                Webhook = [new WebhookOptions { Name = "r", Url = url, Timeout = Limit }, .. other is null ? Array.Empty<WebhookOptions>() : [new WebhookOptions { Name = "other", Url = other, Timeout = Limit }]],
            };
            var settings = new Settings
            {
                Alerts = options,
                Storage = storage ?? new(),
                Network = new AnycastNetwork([new Target("ns-a") { IPv4 = IPAddress.Parse("192.0.2.53") }, new Target("ns-b") { IPv4 = IPAddress.Parse("198.51.100.53") }], []),
            };
            routes = AlertRoutes.Of(settings, clock);
            service = new AlertService(store, this, settings, routes, clock, NullLogger<AlertService>.Instance, life);
        }

        public bool OwnsStore { get; init; }

        public ObservationStore Store { get; }

        public bool IsTelling => service.IsTelling;

        public Analysis? Last { get; private set; }

        /// <summary>What the present brings.</summary>
        public void Analyze(params Finding[] findings) => Last = new Analysis(
            clock.Now, new Window(clock.Now.AddDays(-1), clock.Now), [], [.. findings.Select(finding => finding with { To = clock.Now })])
        {
            HeardUntil = new Dictionary<(string Target, int Family), DateTimeOffset> { [("ns-a", 4)] = clock.Now, [("ns-b", 4)] = clock.Now },
        };

        public Task LookAsync() => service.LookAsync();

        /// <summary>Waits until the routes have nothing to do.</summary>
        public Task SettledAsync() => UntilAsync(() => service.IsIdle);

        public static async Task UntilAsync(Func<bool> isSo)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (!isSo())
            {
                await Task.Delay(20, limit.Token);
            }
        }

        /// <summary>Lets it vanish as a kill would: nothing is given back.</summary>
        public async Task AbandonAsync()
        {
            await service.AbortAsync();
            routes.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            await service.StopAsync(default);
            await service.EndAsync();
            routes.Dispose();
            if (OwnsStore)
            {
                Store.Dispose();
            }
        }
    }
}

/// <summary>On the embedded store.</summary>
public sealed class SqliteAlertServiceTests() : AlertServiceTests(new SqliteKind());

/// <summary>On the shared store; and two instances on it.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresAlertServiceTests(PostgresServer server) : AlertServiceTests(new PostgresKind(server))
{
    [Fact]
    public async Task Of_two_instances_one_tells_and_the_other_takes_over_when_it_is_silent_for_long_enough()
    {
        await using var receiver = await Receiver.StartAsync();
        var (clock, life) = (new SimulatorClock(At(0)), new LifeClock());
        ((PostgresKind)Kind).Share("other", "data");
        using var stores = new Stores(Kind.Open(), Kind.Open("other"));
        var one = new Instance(stores.One, receiver.Url, clock, storage: Kind.Options("data"), life: life);
        await using var other = new Instance(stores.Other, receiver.Url, clock, storage: Kind.Options("other"), life: life);
        foreach (var instance in (Instance[])[one, other])
        {
            instance.Analyze(Finding());
            await instance.LookAsync();
        }

        await receiver.NextAsync();
        await one.SettledAsync();
        Assert.Equal((true, false), (one.IsTelling, other.IsTelling));

        // As long as the one renews its lease, the other waits; then the one vanishes.
        for (var look = 0; look < 20; look++)
        {
            life.Pass(TimeSpan.FromSeconds(10));
            await one.LookAsync();
            await other.LookAsync();
        }

        Assert.Equal((true, false), (one.IsTelling, other.IsTelling));
        await one.AbandonAsync();
        life.Pass(TimeSpan.FromSeconds(44));
        await other.LookAsync();
        Assert.False(other.IsTelling);
        life.Pass(TimeSpan.FromSeconds(2));
        await other.LookAsync();
        Assert.True(other.IsTelling);
        await other.SettledAsync();
        Assert.Single(receiver.All);
        clock.Now = At(16);
        other.Analyze(Finding(), Finding(asn: "64502"));
        await other.LookAsync();
        Assert.Equal(2, (await receiver.NextAsync()).Json.GetProperty("alerts").GetArrayLength());

        // The one was only asleep: it finds that it is too late, and neither tells nor writes.
        var lease = new AlertLease(stores.One, "asleep", isShared: true, life);
        Assert.False(lease.TryHold());
        Assert.False(lease.Save(new AlertStore(stores.One), [AlertStore.Change("x", new RouteState("x"))]));
    }

    [Fact]
    public void An_instance_that_sleeps_too_long_trusts_its_lease_no_more_and_cannot_write()
    {
        var life = new LifeClock();
        ((PostgresKind)Kind).Share("other", "data");
        using var stores = new Stores(Kind.Open(), Kind.Open("other"));
        var (one, other) = (new AlertLease(stores.One, "one", true, life), new AlertLease(stores.Other, "other", true, life));
        Assert.True(one.TryHold());
        Assert.False(other.TryHold());
        life.Pass(TimeSpan.FromSeconds(31));
        Assert.False(one.IsHeld);
        life.Pass(TimeSpan.FromSeconds(15));
        Assert.True(other.TryHold());
        Assert.False(one.Save(new AlertStore(stores.One), [AlertStore.Change("x", new RouteState("x"))]));
        Assert.False(one.TryHold());
        Assert.Empty(new AlertStore(stores.One).Routes());
        other.Release();
        Assert.True(one.TryHold());
    }

    /// <summary>Both stores, closed in the end.</summary>
    private sealed class Stores(ObservationStore one, ObservationStore other) : IDisposable
    {
        public ObservationStore One => one;

        public ObservationStore Other => other;

        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }

    /// <summary>Real time, as far as a test lets it pass.</summary>
    private sealed class LifeClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public void Pass(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
    }
}
