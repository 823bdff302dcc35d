using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using App.Scoring;
using Collector.Archive;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Controls;
using Collector.Geolocation;
using Collector.Import;
using Collector.Measuring;
using Collector.Network;
using Collector.Probes;
using Collector.Rounds;
using Collector.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Changes;
using Reports.Weekly;
using Simulator.Server;
using Simulator.Worlds;

namespace App.Demo;

/// <summary>The whole loop, offline: measure a made-up Internet, collect, attribute, report, and compare with what is true of it.</summary>
/// <remarks>Nothing here knows more than an operator does, but for the first step, which makes the world, and the last, which scores.</remarks>
internal sealed class DemoRun(DemoOptions options, StepLog log)
{
    private const string GeoIpFolder = "geoip";

    // The founding talk's rhythm: who answers, every hour; how far, every second one.
    private static readonly TimeSpan DnsInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan PingInterval = TimeSpan.FromHours(2);

    // The made-up account has a larger allowance than a new one on the real Atlas.
    private static readonly AtlasLimits Generous = new() { ProbesPerMeasurement = 20_000, ResultsPerDay = 10_000_000, CreditsPerDay = 100_000_000 };

    /// <summary>What the checks were worth, by name; empty before the run's end.</summary>
    public IReadOnlyDictionary<string, CheckScore> CheckScores { get; private set; } = new Dictionary<string, CheckScore>();

    /// <summary>How many probes were placed right; null before the run's end.</summary>
    public PlacementScore? Placement { get; private set; }

    private string Data => Path.Combine(options.Output, "data");

    private string GeoIp => Path.Combine(options.Output, GeoIpFolder);

    /// <summary>Runs it.</summary>
    /// <returns>The path of the page to open.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        Prepare();
        var world = World.Create(options.Seed, options.Probes, options.Weeks);
        PrivateFiles.WriteShared(Path.Combine(options.Output, "truth.json"), world.WriteTruth);
        world.WriteGeoIp(GeoIp);
        log.Done(Invariant($"a world of {world.Probes.Count:N0} probes and {options.Weeks} weeks; what is true of it is in truth.json, and what its GeoIP databases say in {GeoIpFolder}/"));

        var start = DateTimeOffset.FromUnixTimeSeconds(world.Start);
        var end = DateTimeOffset.FromUnixTimeSeconds(world.End);
        var network = World.Network(DnsInterval, PingInterval);
        using var store = SqliteStore.Open(Data);
        store.Placer = new ProbePlacer(GeoDatabases.Open(new GeoIpOptions
        {
            City = Path.Combine(GeoIp, World.CityDatabaseName),
            Asn = Path.Combine(GeoIp, World.AsnDatabaseName),
        }));
        var clock = new SimulatorClock(start);
        IReadOnlyList<Finding> findings;
        string page;
        await using (var server = await SimulatorServer.StartAsync(world, new SimulatorOptions { Time = clock }, cancellation))
        {
            await using var services = Services(server, clock);
            var measurements = await ApplyAsync(services, store, network, start, cancellation);
            clock.Now = end.AddDays(1);
            await CollectAsync(services, store, measurements, start, end, cancellation);
            (findings, page) = await ReportAsync(services, store, network, start, end, cancellation);
        }

        Score(store, network, world, start, end, findings);
        return page;
    }

    /// <summary>Makes room: what an earlier demo wrote is replaced, anything else is left alone and refused.</summary>
    private void Prepare()
    {
        string[] ours = ["data", "reports", GeoIpFolder, "truth.json", "score.json", SettingsLoader.FileName];
        if (Directory.Exists(options.Output))
        {
            var strangers = Directory.EnumerateFileSystemEntries(options.Output).Select(Path.GetFileName).Except(ours).ToList();
            if (strangers.Count > 0)
            {
                throw new ConfigurationException($"--out is {options.Output}, which holds {strangers[0]}; allowed: a new folder, an empty one, or an earlier demo's");
            }

            foreach (var folder in ours.Select(name => Path.Combine(options.Output, name)).Where(Directory.Exists))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        PrivateFiles.CreateSharedFolder(options.Output);
        var copy = Path.Combine(options.Output, SettingsLoader.FileName);
        File.WriteAllText(copy, Configured(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, SettingsLoader.FileName))));
        PrivateFiles.Share(copy);
    }

    /// <summary>The shipped configuration with the databases of the made-up Internet, which lie beside it.</summary>
    private static string Configured(string shipped) => shipped
        .Replace("// \"City\": \"/var/lib/GeoIP/GeoLite2-City.mmdb\"", $"\"City\": \"{GeoIpFolder}/{World.CityDatabaseName}\"", StringComparison.Ordinal)
        .Replace("// \"Asn\": \"/var/lib/GeoIP/GeoLite2-ASN.mmdb\"", $"\"Asn\": \"{GeoIpFolder}/{World.AsnDatabaseName}\"", StringComparison.Ordinal);

    private static ServiceProvider Services(SimulatorServer server, TimeProvider clock) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(clock)
        .AddAtlas(new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key, Limits = Generous })
        .AddMeasuring()
        .BuildServiceProvider();

    private async Task<IReadOnlyList<StoredMeasurement>> ApplyAsync(
        ServiceProvider services, ObservationStore store, AnycastNetwork network, DateTimeOffset start, CancellationToken cancellation)
    {
        var probes = new List<Probe>();
        await foreach (var probe in services.GetRequiredService<IAtlasApi>().ProbesAsync(new ProbeFilter(), cancellation))
        {
            probes.Add(probe);
        }

        store.SaveProbes(start, probes);
        var deployer = services.GetRequiredService<MeasurementDeployer>();
        var plan = await deployer.PlanAsync(network, new ProbeSelectionOptions { Count = options.Probes }, probes, cancellation);
        var measurements = await deployer.ApplyAsync(plan, start, cancellation);
        foreach (var measurement in measurements)
        {
            store.SaveMeasurement(measurement);
        }

        log.Done(Invariant($"{measurements.Count} measurements created for {network.Targets.Count} targets, {plan.Totals.ResultsPerDay:N0} results a day"));
        return measurements;
    }

    private async Task CollectAsync(
        ServiceProvider services, ObservationStore store, IReadOnlyList<StoredMeasurement> measurements, DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation)
    {
        var collector = new ResultCollector(
            services.GetRequiredService<ResultFetcher>(), new Importer(store, NullLogger<Importer>.Instance), store, services.GetRequiredService<TimeProvider>());
        var windows = measurements.Count * FetchWindows.Split(start, end, FetchWindows.Day).Count();
        var done = 0;
        long observations = 0;
        long rejected = 0;
        foreach (var measurement in measurements)
        {
            var summary = await collector.CollectAsync(measurement, start, end, _ => log.Progress("day windows collected,", ++done, windows), cancellation);
            observations += summary.Import?.New ?? 0;
            rejected += summary.Import?.Counts.RejectedTotal ?? 0;
        }

        log.Done(Invariant($"{observations:N0} observations collected in {windows} day windows, archived and stored; {rejected:N0} results rejected"));
    }

    /// <summary>What the checks notice week by week, and the reports of it.</summary>
    private async Task<(IReadOnlyList<Finding> Findings, string Page)> ReportAsync(
        ServiceProvider services, ObservationStore store, AnycastNetwork network, DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation)
    {
        var weeks = new WeekReader(store, network, controls: new AtlasControlReader(services.GetRequiredService<ResultFetcher>()));
        var writer = new WeeklyReporter(weeks, network, new ReportFolder(Path.Combine(options.Output, "reports")),
            new WeekChangeReader(store, network, new ComparisonOptions(), store.Folder.Routing, services.GetRequiredService<TimeProvider>()));
        var findings = new List<Finding>();
        var page = "";
        for (var week = IsoWeek.Of(start); week.Start < end; week = week.Next)
        {
            cancellation.ThrowIfCancellationRequested();
            if (options.WithReports)
            {
                page = await writer.WriteAsync(week, cancellationToken: cancellation) ?? throw new InvalidDataException($"the simulator delivered nothing for {week}");
            }

            var found = (await weeks.ReadAsync(week, cancellation)).Findings;
            findings.AddRange(found);
            log.Done(Invariant($"{found.Count:N0} findings of {CheckSuite.NetworkNames.Count} checks in {week}{(options.WithReports ? "; report written" : "")}"));
        }

        return (findings, page);
    }

    private void Score(ObservationStore store, AnycastNetwork network, World world, DateTimeOffset start, DateTimeOffset end, IReadOnlyList<Finding> findings)
    {
        var attribution = new AttributionScore(world);
        var reader = new CatchmentReader(store, network.IdentityTemplates);
        var window = new Window(start, end);
        foreach (var target in network.Targets)
        {
            foreach (var family in store.Measurements(target.Name).Select(measurement => measurement.Family).Distinct().Order())
            {
                reader.Read(target, family, window, round => attribution.Add(round.Probe, target.Name, family, round.At, round.Class, round.Pop?.Code));
            }
        }

        CheckScores = CheckScore.Of(world.Events, [.. findings.Select(ScoredFinding.Of)], CheckSuite.NetworkNames);
        Placement = PlacementScore.Of(world, store.Probes(end));
        PrivateFiles.WriteShared(Path.Combine(options.Output, "score.json"), new Score(attribution, CheckScores) { Placement = Placement }.Write);
        log.Done(Invariant($"attribution right for {attribution.Accuracy:P2} of {attribution.Attributed:N0} attributed rounds; {Placement.Right:N0} of {Placement.Placed:N0} probes are where they are taken to be; score.json has the rest"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
