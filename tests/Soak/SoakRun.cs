using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Analyzer.Time;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Probes;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Reports.Weekly;
using Tests.Store;

namespace Tests.Soak;

/// <summary>Runs the service against the simulator as two processes, kills the one and holds up the other, and then looks at what is left.</summary>
internal sealed class SoakRun(SoakPlan plan, string folder, Action<string> say)
{
    private const string Target = "ns-a";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly List<(TimeSpan At, int Life, long Kilobytes)> memory = [];
    private readonly Stopwatch watch = new();
    private Dictionary<string, string> environment = [];
    private string clock = "";
    private DateTimeOffset origin;

    private string Configuration => Path.Combine(folder, SettingsLoader.FileName);

    private string Data => Path.Combine(folder, "data");

    private string Clean => Path.Combine(folder, "clean");

    private string Delivered => Path.Combine(folder, "delivered.ndjson");

    private DateTimeOffset End => plan.Start + plan.Length;

    private DateTimeOffset Now => plan.Start + ((DateTimeOffset.UtcNow - origin) * plan.Speed);

    /// <summary>Runs it.</summary>
    /// <exception cref="SoakFailure">Something that must be true is not.</exception>
    public async Task RunAsync()
    {
        WriteConfiguration();
        origin = DateTimeOffset.UtcNow;
        clock = string.Create(CultureInfo.InvariantCulture, $"{plan.Start:yyyy-MM-dd'T'HH:mm:ss'Z'}@{origin.ToUnixTimeMilliseconds()}*{plan.Speed}");
        await using (var simulator = await StartSimulatorAsync())
        {
            await CreateMeasurementsAsync();
            watch.Start();
            await EndureAsync(simulator);
            await SettleAsync();
        }

        await CompareAsync();
        CheckReports();
        TellMemory();
    }

    private static void Must(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new SoakFailure(what);
        }
    }

    private void WriteConfiguration()
    {
        var shipped = JsonNode.Parse(
            File.ReadAllText(Repository.File(SettingsLoader.FileName)), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        shipped["Targets"] = new JsonArray(shipped["Targets"]!.AsArray().First(target => target!["Name"]!.GetValue<string>() == Target)!.DeepClone());
        shipped["Probes"] = new JsonObject { ["Count"] = plan.Probes };

        // Limits run on the fast clock: the longest that there are.
        shipped["Atlas"] = new JsonObject { ["RequestTimeout"] = "00:10:00", ["IdleTimeout"] = "00:30:00" };
        shipped["Schedule"] = new JsonObject { ["Collect"] = "0 * * * *", ["Analyze"] = "30 * * * *" };
        shipped["Web"] = new JsonObject { ["Listen"] = "http://127.0.0.1:0", ["KeyHash"] = MeasurementProcess.KeyHash, ["RequestsPerMinute"] = 100000 };
        File.WriteAllText(Configuration, shipped.ToJsonString());
    }

    private async Task<MeasurementProcess> StartSimulatorAsync()
    {
        var simulator = MeasurementProcess.Start(
            Path.Combine(folder, "simulate.log"), environment,
            "simulate", "--listen", "http://127.0.0.1:0", "--probes", Text(plan.Probes), "--faults", Text(plan.Faults), "--record", Delivered, "--clock", clock);
        environment = [];
        foreach (var _ in Enumerable.Range(0, 3)) // addresses and key
        {
            var line = await simulator.Output.ReadLineAsync() ?? throw new SoakFailure("the simulator did not start");
            environment.Add(line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        return simulator;
    }

    /// <summary>Creates them as <c>apply</c> does; the service has to find them by itself.</summary>
    private async Task CreateMeasurementsAsync()
    {
        var settings = SettingsLoader.Load(Configuration, environment);
        await using var services = new ServiceCollection().AddAtlas(settings.Atlas).AddMeasuring().BuildServiceProvider();
        var probes = await services.GetRequiredService<ProbeList>().FetchAsync();
        await using (var file = File.Create(Path.Combine(folder, "probes.json")))
        {
            foreach (var probe in probes)
            {
                await using (var json = new Utf8JsonWriter(file))
                {
                    ProbeWriter.Write(json, probe);
                }

                file.WriteByte((byte)'\n');
            }
        }

        var deployer = services.GetRequiredService<MeasurementDeployer>();
        var measurements = await deployer.ApplyAsync(await deployer.PlanAsync(settings.Network, settings.Probes, probes), plan.Start);
        Must(measurements.Count == 4, $"{measurements.Count} measurements created instead of 4");
    }

    /// <summary>Lets the time pass, with all that happens in it.</summary>
    private async Task EndureAsync(MeasurementProcess simulator)
    {
        var chance = new Random(plan.Seed);
        var outage = plan.Start + (plan.Length * 0.3);
        var kills = Enumerable.Range(0, plan.Kills).Select(_ => plan.Start + (plan.Length * plan.KillsUntil * chance.NextDouble())).Order().ToList();
        var isOut = false;
        var life = 0;
        var turns = new SimulatedTurns(plan.Start);
        var service = StartService();
        try
        {
            while (Now < End || !IsThrough())
            {
                await Task.Delay(BetweenLooks);
                Must(!service.HasExited, "the service ended by itself; see serve.log");
                Must(Now < End + plan.Length, $"the service has not caught up {plan.Length} after the end");
                if (service.ResidentKilobytes() is { } kilobytes)
                {
                    memory.Add((watch.Elapsed, life, kilobytes));
                }

                await turns.GiveAsync(Now, service);
                if (isOut != (Now >= outage && Now < outage + plan.Outage))
                {
                    isOut = !isOut;
                    (isOut ? (Action)simulator.Freeze : simulator.Thaw)();
                }

                if (kills.Count > 0 && Now >= kills[0])
                {
                    // Those that fell into the time it took to start again happen one after the other.
                    kills.RemoveAt(0);
                    await service.KillAsync();
                    await service.DisposeAsync();
                    life++;
                    service = StartService();
                }
            }

            Must(await service.TerminateAsync() == 0, "the service did not end cleanly");
        }
        finally
        {
            await service.DisposeAsync();
        }

        say(string.Create(CultureInfo.InvariantCulture, $"{plan.Length.TotalDays:0.#} days in {watch.Elapsed.TotalSeconds:0} s; killed {life} times; Atlas away for {plan.Outage.TotalHours:0} hours"));
    }

    private MeasurementProcess StartService() => MeasurementProcess.Start(
        Path.Combine(folder, "serve.log"), environment,
        "serve", "--config", Configuration, "--data", Data, "--out", Path.Combine(folder, "reports"), "--quiet", "--clock", clock);

    /// <summary>Whether everything up to the end has been collected and reported.</summary>
    private bool IsThrough()
    {
        using var store = SqliteStore.Open(Data, readOnly: true);
        var measurements = store.Measurements();
        return measurements.Count == 4
            && measurements.All(measurement => store.Watermark(measurement.Id) >= End.ToUnixTimeSeconds())
            && Weeks().All(new ReportFolder(Path.Combine(folder, "reports")).IsComplete);
    }

    /// <summary>What was under way when the service was ended is fetched once more: a round in which nothing fails.</summary>
    private async Task SettleAsync()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await using var collect = MeasurementProcess.Start(
                Path.Combine(folder, "collect.log"), environment, "collect", "--config", Configuration, "--data", Data, "--clock", clock);
            if (await collect.EndAsync() == 0)
            {
                return;
            }
        }

        throw new SoakFailure("ten rounds by hand failed one after the other");
    }

    private async Task CompareAsync()
    {
        var file = Deliveries.OfOurs(Delivered);
        var code = await RunAsync("import.log", "import", file, "--target", Target, "--probes", Path.Combine(folder, "probes.json"), "--config", Configuration, "--data", Clean, "--quiet");
        Must(code.Code is 0 or 3, $"the clean import ended with {code.Code}");
        var collected = Samples(Data);
        var delivered = Samples(Clean);
        say(string.Create(CultureInfo.InvariantCulture, $"{File.ReadLines(file).LongCount():N0} results delivered, {delivered.Count:N0} different samples in the clean import, {collected.Count:N0} collected"));
        Must(collected.SequenceEqual(delivered), $"the stores differ: {First(delivered.Except(collected))} is only in the clean one, {First(collected.Except(delivered))} only in the collected one");
        foreach (var week in Weeks().Append(IsoWeek.Of(End)).Distinct())
        {
            foreach (var family in new[] { "4", "6" })
            {
                string[] question = ["catchment", "--target", Target, "--family", family, "--week", week.ToString(), "--by", "probe", "--format", "json", "--config", Configuration, "--quiet"];
                var ours = await RunAsync("catchment.log", [.. question, "--data", Data]);
                var clean = await RunAsync("catchment.log", [.. question, "--data", Clean]);
                Must(ours.Output.Length > 1000 && ours.Output == clean.Output, $"the catchment of {week} over IPv{family} differs");
            }
        }

        static string First(IEnumerable<string> lines) => lines.FirstOrDefault() ?? "nothing";
    }

    private async Task<(int Code, string Output)> RunAsync(string log, params string[] arguments)
    {
        await using var process = MeasurementProcess.Start(Path.Combine(folder, log), environment, arguments);
        var output = await process.Output.ReadToEndAsync();
        return (await process.EndAsync(), output);
    }

    private static List<string> Samples(string data)
    {
        using var store = SqliteStore.Open(data, readOnly: true);
        return [.. StoreDump.Of(store).TakeWhile(line => !line.Contains("FROM measurements", StringComparison.Ordinal))];
    }

    private void CheckReports()
    {
        var written = File.ReadLines(Path.Combine(folder, "serve.log")).Where(line => line.Contains("Report of ", StringComparison.Ordinal)).ToList();
        foreach (var week in Weeks())
        {
            say($"report of {week}: written {written.Count(line => line.Contains(week.ToString(), StringComparison.Ordinal))} times, there once");
        }

        var index = File.ReadAllText(Path.Combine(folder, "reports", "index.html"));
        Must(Weeks().All(week => index.Split($"href=\"{week}/").Length == 2), "the index does not list each week once");
        var there = Directory.EnumerateDirectories(Path.Combine(folder, "reports")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Must(there.SequenceEqual(Weeks().Select(week => week.ToString())), $"there are reports of {string.Join(", ", there)}");
    }

    /// <summary>The complete weeks of which there are reports at the end.</summary>
    private IEnumerable<IsoWeek> Weeks()
    {
        for (var week = IsoWeek.Of(plan.Start); week.End + TimeSpan.FromHours(6) <= End; week = week.Next)
        {
            yield return week;
        }
    }

    private void TellMemory()
    {
        foreach (var life in memory.GroupBy(sample => sample.Life).OrderByDescending(group => group.Count()).Take(3))
        {
            var samples = life.Select(sample => sample.Kilobytes).ToList();
            say(string.Create(CultureInfo.InvariantCulture, $"memory of life {life.Key} ({life.Last().At - life.First().At:mm\\:ss} real, {(life.Last().At - life.First().At).TotalDays * plan.Speed:0.0} days): first half {Words(samples[..(samples.Count / 2)])}, last half {Words(samples[(samples.Count / 2)..])}"));
        }

        static string Words(List<long> kilobytes)
        {
            kilobytes.Sort();
            return kilobytes.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"min {kilobytes[0] >> 10}, median {kilobytes[kilobytes.Count / 2] >> 10}, max {kilobytes[^1] >> 10} MiB");
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>What must be true is not.</summary>
internal sealed class SoakFailure(string message) : Exception(message);
