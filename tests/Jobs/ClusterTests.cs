using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using App.Jobs;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Store;
using Collector.Time;
using Microsoft.Extensions.DependencyInjection;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Servers;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>Two instances of the service, each with a data folder of its own, on one PostgreSQL.</summary>
[Collection(PostgresServer.Collection)]
public sealed class ClusterTests(PostgresServer server, ITestOutputHelper output) : IDisposable
{
    private const string Target = "ns-a";
    private const double Speed = 600;

    private static readonly DateTimeOffset Start = new(2026, 11, 10, 6, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan KillAfter = TimeSpan.FromHours(2.5);
    private static readonly TimeSpan TogetherAgain = TimeSpan.FromHours(3);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_instances_collect_each_measurement_once_a_round_and_when_one_is_killed_the_other_finishes()
    {
        var connection = server.NewDatabase();
        var origin = DateTimeOffset.UtcNow;
        var clockText = string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy-MM-dd'T'HH:mm:ss'Z'}@{origin.ToUnixTimeMilliseconds()}*{Speed}");
        var clock = ScaledClock.Parse(clockText, "test");
        var asked = new ConcurrentQueue<(DateTimeOffset At, string Measurement)>();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isKilled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var delivered = folder["delivered.ndjson"];
        using var record = new DeliveryRecord(delivered);
        await using var atlas = await SimulatorServer.StartAsync(World.Create(8038, 60, 3), new SimulatorOptions { Time = clock, Record = record, BeforeAnswer = AskedAsync });
        var environment = new Dictionary<string, string>
        {
            ["Atlas__BaseUrl"] = atlas.BaseUrl.ToString(),
            ["Atlas__Key"] = SimulatedNetwork.Key,
            ["Storage__Provider"] = "PostgreSql",
            ["Storage__ConnectionString"] = connection,
        };
        var configuration = await ConfigureAsync(environment);

        // Both begin at once, on an empty database.
        var instances = new ConcurrentDictionary<string, MeasurementProcess> { ["one"] = Serve("one"), ["other"] = Serve("other") };
        using var over = new CancellationTokenSource();
        var turns = GiveTurnsAsync();
        try
        {
            // One of them is in the middle of a round: its next request is never answered.
            await held.Task.WaitAsync(TimeSpan.FromMinutes(5));
            using var store = PostgresStore.Open(connection, folder["look"], readOnly: true);
            var busy = store.Jobs().Single(job => job.Name == JobNames.Collect && job.Measurement == 0);
            Assert.Null(busy.Ended >= busy.Started ? "ended" : null);
            var (killed, process) = instances.Single(instance => busy.Instance!.EndsWith("/" + instance.Value.Id, StringComparison.Ordinal));
            await process.KillAsync();
            isKilled.SetResult();
            var killedAt = clock.GetUtcNow();
            instances.Remove(killed, out _);
            await process.DisposeAsync();

            // The other one notices after some seconds, by the real clock and not by the fast one, and finishes alone.
            await UntilAsync(() => AreCollected(store, killedAt));
            instances[killed] = Serve(killed);
            var end = clock.GetUtcNow() + TogetherAgain;
            await UntilAsync(() => AreCollected(store, end));
            await over.CancelAsync();
            await turns;
            foreach (var instance in instances.Values)
            {
                Assert.Equal(0, await instance.TerminateAsync());
            }

            Assert.DoesNotContain(store.Jobs(), job => job.Error is not null and not JobStates.Interrupted);
        }
        finally
        {
            isKilled.TrySetResult();
            await over.CancelAsync();
            await turns;
            foreach (var instance in instances.Values)
            {
                await instance.DisposeAsync();
            }
        }

        // What was under way at the end is fetched once more; then the store is what one import of everything makes.
        CheckRounds();
        foreach (var data in new[] { "one", "other" })
        {
            await using var collect = MeasurementProcess.Start(folder["collect.log"], environment, "collect", "--config", configuration, "--data", folder[data], "--clock", clockText);
            Assert.Equal(0, await collect.EndAsync());
        }

        var plain = environment.Where(variable => !variable.Key.StartsWith("Storage", StringComparison.Ordinal)).ToDictionary();
        await using (var import = MeasurementProcess.Start(folder["import.log"], plain, "import", Deliveries.OfOurs(delivered), "--target", Target, "--config", configuration, "--data", folder["clean"], "--quiet"))
        {
            Assert.Equal(0, await import.EndAsync());
        }

        Assert.Equal(Samples(SqliteStore.Open(folder["clean"], readOnly: true)), Samples(PostgresStore.Open(connection, folder["look"], readOnly: true)));

        // Together the two archives hold what one would, and each result once unless the killed one had it and could not say so.
        var archived = Archived("one").Concat(Archived("other")).ToList();
        Assert.Equal(Archived("clean").Order(StringComparer.Ordinal), archived.Distinct().Order(StringComparer.Ordinal));
        output.WriteLine($"{archived.Count} results archived, {archived.Count - archived.Distinct().Count()} of them twice; one {Archived("one").Count()}, other {Archived("other").Count()}");

        MeasurementProcess Serve(string data) => MeasurementProcess.Start(
            folder[data + ".log"], environment, "serve", "--config", configuration, "--data", folder[data], "--out", folder["reports"], "--quiet", "--clock", clockText);

        // Both are told of each turn, as both would notice it.
        async Task GiveTurnsAsync()
        {
            var simulated = new SimulatedTurns(Start);
            while (!over.IsCancellationRequested)
            {
                await simulated.GiveAsync(clock.GetUtcNow(), instances.Values);
                await Task.Delay(BetweenLooks, over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        async Task AskedAsync(string path)
        {
            if (path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [.., var measurement, "results"] && Deliveries.IsOurs(measurement))
            {
                var now = clock.GetUtcNow();
                asked.Enqueue((now, measurement));
                if (now >= Start + KillAfter && asked.Count(one => one.At >= Start + KillAfter) == 2)
                {
                    held.TrySetResult();
                    await isKilled.Task;
                }
            }
        }

        void CheckRounds()
        {
            // A round is an hour; what the killed one had begun is begun again.
            var rounds = asked.CountBy(one => (one.Measurement, (long)((one.At - Start) / TimeSpan.FromHours(1)))).ToList();
            output.WriteLine(string.Join('\n', rounds.GroupBy(round => round.Key.Measurement).Select(group => $"{group.Key}: {string.Join(' ', group.Select(round => $"{round.Key.Item2}h:{round.Value}"))}")));
            var more = rounds.Where(round => round.Value > 1).ToList();
            Assert.True(asked.Count > 4 * 5, $"only {asked.Count} requests");
            Assert.All(more, round => Assert.True(round.Value == 2, $"{round.Key}: {round.Value} times"));
            Assert.True(more.Count <= 4, $"{more.Count} rounds were done twice");
        }
    }

    private static bool AreCollected(PostgresStore store, DateTimeOffset until)
    {
        var measurements = store.Measurements();
        return measurements.Count == 4 && measurements.All(measurement => store.Watermark(measurement.Id) >= until.ToUnixTimeSeconds());
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var patience = 0; !isSo(); patience++)
        {
            Assert.True(patience < 1800, "it takes too long");
            await Task.Delay(BetweenLooks);
        }
    }

    private static List<string> Samples(ObservationStore store)
    {
        using (store)
        {
            return [.. StoreDump.Of(store).TakeWhile(line => !line.Contains("FROM measurements", StringComparison.Ordinal))];
        }
    }

    private IEnumerable<string> Archived(string data) =>
        global::Tests.Import.Results.Archived(folder[data + "/archive"]).Where(file => file.Key.Contains('/', StringComparison.Ordinal)).SelectMany(file => file.Value.Select(line => file.Key + line));

    /// <summary>The shipped network with one target, its measurements created as <c>apply</c> does; the service finds them by itself.</summary>
    private async Task<string> ConfigureAsync(Dictionary<string, string> environment)
    {
        var shipped = JsonNode.Parse(
            await File.ReadAllTextAsync(Repository.File(SettingsLoader.FileName)), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        shipped["Targets"] = new JsonArray(shipped["Targets"]!.AsArray().First(target => target!["Name"]!.GetValue<string>() == Target)!.DeepClone());
        shipped["Probes"] = new JsonObject { ["Count"] = 60 };

        // Limits run on the fast clock: the longest that there are.
        shipped["Atlas"] = new JsonObject { ["RequestTimeout"] = "00:10:00", ["IdleTimeout"] = "00:30:00" };
        shipped["Schedule"] = new JsonObject { ["Collect"] = "0 * * * *", ["Analyze"] = "30 * * * *" };
        shipped["Web"] = new JsonObject { ["KeyHash"] = MeasurementProcess.KeyHash, ["RequestsPerMinute"] = 100000 };
        shipped["Kestrel"] = new JsonObject { ["Endpoints"] = new JsonObject { ["Http"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" } } };
        var file = folder[SettingsLoader.FileName];
        await File.WriteAllTextAsync(file, shipped.ToJsonString());

        var settings = SettingsLoader.Load(file, environment);
        await using var services = new ServiceCollection().AddAtlas(settings.Atlas).AddMeasuring().BuildServiceProvider();
        var probes = await services.GetRequiredService<ProbeList>().FetchAsync();
        var deployer = services.GetRequiredService<MeasurementDeployer>();
        Assert.Equal(4, (await deployer.ApplyAsync(await deployer.PlanAsync(settings.Network, settings.Probes, probes), Start)).Count);
        return file;
    }
}
