using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using App.Cli;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Store;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Tests.Store;
using Xunit;

namespace Tests.Cli;

/// <summary><c>plan</c>, <c>apply</c> and <c>destroy</c> as an operator has them: the program itself, the shipped network, a simulated account.</summary>
public sealed class MeasuringCommandsTests : IAsyncLifetime
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    private readonly TemporaryFolder folder = new();
    private SimulatorServer server = null!;
    private IAtlasApi atlas = null!;

    public async ValueTask InitializeAsync()
    {
        server = await SimulatorServer.StartAsync(Small.Value);
        atlas = new AtlasFixture(new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key }, realNetwork: true).Atlas;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Apply_creates_exactly_what_plan_lists_and_then_there_is_nothing_left_to_do()
    {
        var plan = await PlanAsync();
        var create = plan["create"]!.AsArray();
        Assert.Equal(12, create.Count);
        Assert.All(create, entry => Assert.Equal((long)entry!["probes"]! * 24, (long)entry["resultsPerDay"]!));
        Assert.Equal(create.Sum(entry => (long)entry!["creditsPerDay"]!), (long)plan["totals"]!["creditsPerDay"]!);
        Assert.Empty(await OwnAsync());

        Assert.Equal(0, (await RunAsync("apply", "--yes")).ExitCode);
        Assert.Equal(
            create.Select(entry => $"{entry!["kind"]} {entry["family"]} {entry["address"]} {entry["query"]} {entry["probes"]} {entry["intervalSeconds"]} {entry["resultsPerDay"]}").Order(StringComparer.Ordinal),
            (await OwnAsync()).Select(own => string.Create(CultureInfo.InvariantCulture,
                $"{own.Type} {own.Family} {own.TargetIp} {own.QueryArgument} {own.ParticipantCount} {own.IntervalSeconds} {own.EstimatedResultsPerDay}")).Order(StringComparer.Ordinal));

        var again = await PlanAsync();
        Assert.Equal((0, 0, 0, 12), (again["create"]!.AsArray().Count, again["change"]!.AsArray().Count, again["stop"]!.AsArray().Count, (int)again["unchanged"]!));
        Assert.Equal((await OwnAsync()).Select(own => (own.Id, own.Start)), Stored().Select(measurement => (measurement.Id, measurement.Start)));
    }

    [Fact]
    public async Task Destroy_stops_all_of_ours_and_none_of_anyone_elses()
    {
        var foreign = await ForeignAsync("theirs", "anycast-measurement-2");
        await RunAsync("apply", "--yes");
        Assert.Equal(14, (await OwnAsync()).Count);

        var destroyed = await RunAsync("destroy", "--yes", "--format", "json");
        Assert.Equal(0, destroyed.ExitCode);
        Assert.Equal(12, JsonNode.Parse(destroyed.Output)!["stop"]!.AsArray().Count);
        Assert.Equal(foreign, (await OwnAsync()).Select(own => own.Id));
        Assert.All(Stored(), measurement => Assert.NotNull(measurement.Stop));
        Assert.Equal(12, Stored().Count);

        Assert.Empty(JsonNode.Parse((await RunAsync("destroy", "--yes", "--format", "json")).Output)!["stop"]!.AsArray());
    }

    [Fact]
    public async Task A_changed_interval_shows_as_a_change_and_the_new_measurement_takes_the_place_of_the_old()
    {
        await RunAsync("apply", "--yes");
        var before = (await OwnAsync()).Select(own => own.Id).ToList();
        var slower = Config(text => text.Replace("\"Name\": \"ns-a\",", "\"Name\": \"ns-a\", \"PingInterval\": \"02:00:00\",", StringComparison.Ordinal));

        var plan = await PlanAsync("--config", slower);
        Assert.Equal((0, 2, 0, 10), (plan["create"]!.AsArray().Count, plan["change"]!.AsArray().Count, plan["stop"]!.AsArray().Count, (int)plan["unchanged"]!));
        Assert.All(plan["change"]!.AsArray(), change =>
        {
            Assert.Equal(("ns-a", "ping", 7200, 3600), ((string)change!["target"]!, (string)change["kind"]!, (int)change["intervalSeconds"]!, (int)change["was"]!["intervalSeconds"]!));
            Assert.Equal((long)change["id"]!, (long)change["replaces"]!);
        });

        Assert.Equal(0, (await RunAsync("apply", "--yes", "--config", slower)).ExitCode);
        var replaced = plan["change"]!.AsArray().Select(change => (long)change!["id"]!).ToList();
        var after = await OwnAsync();
        Assert.Equal(12, after.Count);
        Assert.Equal(before.Except(replaced), after.Select(own => own.Id).Intersect(before));
        Assert.Equal(replaced, Stored().Where(measurement => measurement.Stop is not null).Select(measurement => measurement.Id));
        Assert.Equal(12, (int)(await PlanAsync("--config", slower))["unchanged"]!);
    }

    [Fact]
    public async Task Killed_at_random_instants_and_run_again_it_creates_nothing_twice()
    {
        var clock = Stopwatch.StartNew();
        await RunAsync("plan");
        var undisturbed = (int)clock.ElapsedMilliseconds;
        var random = new Random();
        for (var trial = 0; trial < 4; trial++)
        {
            using var process = Start(null, "apply", "--yes", "--quiet");
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(random.Next(undisturbed / 2, undisturbed * 2)))
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
            await Task.WhenAll(output, errors);
        }

        var applied = await RunAsync("apply", "--yes");
        Assert.True(applied.ExitCode == 0, applied.Errors);
        var own = await OwnAsync();
        Assert.Equal(12, own.Count);
        Assert.Equal(12, own.Select(measurement => measurement.Description).Distinct().Count());
        Assert.Equal(own.Select(measurement => measurement.Id), Stored().Select(measurement => measurement.Id));
    }

    [Fact]
    public async Task While_another_process_has_the_store_apply_works_on_atlas_and_says_so()
    {
        using (SqliteStore.Open(folder["data"]))
        {
            var applied = await RunAsync("apply", "--yes", "--quiet");
            Assert.Equal(0, applied.ExitCode);
            Assert.EndsWith("is in use by another process; what changes at Atlas gets there by the reconcile job of serve", applied.Errors.Trim(), StringComparison.Ordinal);
            Assert.Equal(12, (await OwnAsync()).Count);
        }

        Assert.Empty(Stored());
        Assert.Equal(0, (await RunAsync("apply", "--yes")).ExitCode);
        Assert.Equal(12, Stored().Count);
        Assert.Equal(12, (await OwnAsync()).Count);
    }

    /// <summary>The figures are the design's, section 13.</summary>
    [Fact]
    public async Task The_shipped_example_plans_within_the_limits_of_an_ordinary_account()
    {
        await using var large = await SimulatorServer.StartAsync(World.Create(8038, 700, 1));
        var run = await RunAsync(new Dictionary<string, string> { ["Atlas__BaseUrl"] = large.BaseUrl.ToString() }, "plan", "--format", "json");
        Assert.Equal(0, run.ExitCode);
        var plan = JsonNode.Parse(run.Output)!;
        Assert.Empty(plan["problems"]!.AsArray());
        Assert.All(plan["create"]!.AsArray(), entry => Assert.Equal(300, (int)entry!["probes"]!));
        Assert.Equal((86_400, 561_600), ((long)plan["totals"]!["resultsPerDay"]!, (long)plan["totals"]!["creditsPerDay"]!));
        Assert.Equal((100_000, 1_000_000), ((long)plan["limits"]!["resultsPerDay"]!, (long)plan["limits"]!["creditsPerDay"]!));
        Assert.Equal([4, 6], plan["coverage"]!.AsArray().Select(coverage => (int)coverage!["family"]!));
    }

    [Fact]
    public async Task A_plan_over_the_budget_says_by_how_much_and_what_fits_does_fit()
    {
        Dictionary<string, string> Tight(int count) => new() { ["Atlas__Limits__ResultsPerDay"] = "10000", ["Probes__Count"] = count.ToString(CultureInfo.InvariantCulture) };

        var run = await RunAsync(Tight(50), "plan", "--format", "json");
        Assert.Equal(3, run.ExitCode);
        var plan = JsonNode.Parse(run.Output)!;
        var fits = (int)plan["fits"]!["count"]!;
        var total = (long)plan["totals"]!["resultsPerDay"]!;
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{total:N0} results a day would come; Atlas:Limits:ResultsPerDay allows 10,000, which is {total - 10_000:N0} fewer: fits with Probes:Count {fits}"),
            (string)plan["problems"]![0]!, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(Tight(fits), "plan")).ExitCode);
        Assert.Equal(3, (await RunAsync(Tight(fits + 1), "plan")).ExitCode);

        var applied = await RunAsync(Tight(50), "apply", "--yes");
        Assert.Equal(1, applied.ExitCode);
        Assert.Contains("fits with Probes:Count", applied.Errors, StringComparison.Ordinal);
        Assert.Empty(await OwnAsync());
    }

    [Fact]
    public async Task Following_needs_no_key()
    {
        var config = folder["follow.json"];
        await File.WriteAllTextAsync(config, """{ "Targets": [ { "Preset": "k-root", "Follow": { "Ping4": [ 1001 ], "Ping6": [ 2001 ] } } ] }""");
        var keyless = new Dictionary<string, string> { ["Atlas__Key"] = "" };
        var plan = JsonNode.Parse((await RunAsync(keyless, "plan", "--config", config, "--format", "json")).Output)!;
        Assert.Equal([1001L, 2001L], plan["follow"]!.AsArray().Select(followed => (long)followed!["id"]!));
        Assert.Equal(0, (await RunAsync(keyless, "apply", "--yes", "--config", config)).ExitCode);
        Assert.Equal([(1001L, true), (2001L, true)], Stored().Select(measurement => (measurement.Id, measurement.IsFollowed)));
        Assert.Empty(await OwnAsync());
    }

    [Fact]
    public async Task The_list_of_probes_is_asked_for_once_a_day()
    {
        Assert.Contains("listing the probes", (await RunAsync("apply", "--yes")).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("listing the probes", (await RunAsync("plan")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong", "plan", 1, "401 Unauthorized: The provided API key does not exist")]
    [InlineData("", "plan", 2, "Atlas:Key is not set; listing one's own measurements needs one (set it in the environment as Atlas__Key, or as a user secret)")]
    [InlineData(SimulatedNetwork.ReadingKey, "apply", 1, "the key lacks the grant measurements.create_measurement, which this plan needs; it has measurements.get_measurement, credits.get_credit_info, keys.list_keys")]
    [InlineData("wrong", "destroy", 1, "401 Unauthorized: The provided API key does not exist")]
    public async Task A_key_that_will_not_do_gets_one_line(string key, string command, int exit, string message)
    {
        var run = await RunAsync(new Dictionary<string, string> { ["Atlas__Key"] = key }, [command, .. command == "plan" ? [] : new[] { "--yes" }, "--quiet"]);
        Assert.Equal(exit, run.ExitCode);
        Assert.Single(run.Errors.Trim().Split('\n'));
        Assert.EndsWith(message, run.Errors.Trim(), StringComparison.Ordinal);
        Assert.Empty(await OwnAsync());
    }

    [Fact]
    public async Task Without_a_network_there_is_one_line()
    {
        var run = await RunAsync(new Dictionary<string, string> { ["Atlas__BaseUrl"] = "http://127.0.0.1:1/", ["Atlas__Retries"] = "0" }, "plan", "--quiet");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("measurement: GET http://127.0.0.1:1/", Assert.Single(run.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apply asks before it changes measurements, and there is no terminal to ask on; --yes does it without asking", "apply")]
    [InlineData("destroy asks before it changes measurements, and there is no terminal to ask on; --yes does it without asking", "destroy")]
    [InlineData("--format is csv; allowed: table or json", "plan", "--format", "csv")]
    public async Task Wrong_usage_gets_one_line(string message, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal((2, $"measurement: {message}"), (run.ExitCode, run.Errors.Trim()));
        Assert.Equal(0, server.Requests);
    }

    /// <summary>For people: what happens, what it costs, whom it reaches.</summary>
    [Fact]
    public async Task The_table_has_a_row_a_measurement_and_the_sums_below()
    {
        var lines = (await RunAsync("plan")).Output.Split('\n');
        Assert.Equal("measurements: 12 to create (tag anycast-measurement)", lines[0]);
        Assert.Equal(12, lines.Count(line => line.TrimStart().StartsWith("create", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("In the end: 12 of 100 measurements, ", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.StartsWith("IPv", StringComparison.Ordinal) && line.Contains(" countries, where ", StringComparison.Ordinal)));
    }

    private async Task<long[]> ForeignAsync(params string[] tags)
    {
        var ids = await atlas.CreateAsync(new CreationRequest(
            [.. tags.Select(tag => new PingDefinition(IPAddress.Parse("192.0.2.53"), "anycast-measurement ns-a ping4", TimeSpan.FromHours(1)) { Tags = [tag] })],
            [Collector.Atlas.ProbeSet.Of([Small.Value.Probes.First(probe => probe.Has(4)).Id])]));
        return [.. ids];
    }

    private async Task<List<AtlasMeasurement>> OwnAsync()
    {
        var own = new List<AtlasMeasurement>();
        await foreach (var measurement in atlas.OwnMeasurementsAsync(new MeasurementFilter { Statuses = MeasurementFilter.Live }))
        {
            own.Add(measurement);
        }

        return own;
    }

    private IReadOnlyList<StoredMeasurement> Stored()
    {
        using var store = SqliteStore.Open(folder["data"], readOnly: true);
        return store.Measurements();
    }

    private string Config(Func<string, string> change)
    {
        var shipped = File.ReadAllText(Repository.File("appsettings.json"));
        var changed = change(shipped);
        Assert.NotEqual(shipped, changed);
        File.WriteAllText(folder["changed.json"], changed);
        return folder["changed.json"];
    }

    private async Task<JsonNode> PlanAsync(params string[] arguments)
    {
        var run = await RunAsync(["plan", "--format", "json", .. arguments]);
        Assert.Equal(0, run.ExitCode);
        return JsonNode.Parse(run.Output)!;
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(Dictionary<string, string>? environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private Process Start(Dictionary<string, string>? environment, params string[] arguments)
    {
        string[] config = arguments.Contains("--config") ? [] : ["--config", Repository.File("appsettings.json")];
        var start = new ProcessStartInfo(Repository.Dotnet, [typeof(ExitCode).Assembly.Location, .. arguments, .. config, "--data", folder["data"]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Atlas__BaseUrl"] = server.BaseUrl.ToString();
        start.Environment["Atlas__Key"] = SimulatedNetwork.Key;
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
