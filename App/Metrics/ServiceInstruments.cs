using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using App.Alerts;
using App.Alerts.Rules;
using App.Jobs;
using App.Series;
using Collector.Store;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;
using Reports.Findings;
using Reports.Places;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace App.Metrics;

/// <summary>What can be observed of the service and of the present catchments, as instruments of the meter.</summary>
/// <remarks>Per PoP, never per probe. What is not known is not reported.</remarks>
internal sealed partial class ServiceInstruments : IDisposable
{
    // All instruments of one reading speak of the same moment.
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromSeconds(2);

    private readonly IJobBoard board;
    private readonly ICurrentAnalysis present;
    private readonly IObservationStore store;
    private readonly TimeProvider time;
    private readonly ILogger<ServiceInstruments> logger;
    private readonly PlacesReader places;
    private readonly Lock gate = new();
    private Snapshot? snapshot;

    /// <summary>Makes them.</summary>
    public ServiceInstruments(IJobBoard board, ICurrentAnalysis present, IObservationStore store, TimeProvider time, ILogger<ServiceInstruments> logger, ITimeSeriesSink? sink = null, AlertBoard? alerts = null)
    {
        this.board = board;
        this.present = present;
        this.store = store;
        this.time = time;
        this.logger = logger;
        places = new PlacesReader(store, time);
        AddProcess();
        AddJobs();
        AddStore();
        AddPlaces();
        AddCredits();
        AddCatchments();
        if (alerts is not null)
        {
            AddAlerts(alerts);
        }

        if (sink is not null)
        {
            AddTimeSeries(sink);
        }
    }

    /// <summary>The service's own meter.</summary>
    public Meter Meter { get; } = new(MeasurementMeter.Name);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private void AddProcess()
    {
        var version = typeof(ServiceInstruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        Meter.CreateObservableGauge("measurement.build.info", () => new Measurement<long>(1, new Tag("version", version)), null, "Always 1; the version is a label.");
        Gauge("measurement.process.start_timestamp", "s", "When the process started, Unix time.", () => One(new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds() / 1000.0));
        Meter.CreateObservableCounter("measurement.process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used, user and system.");
        Gauge("measurement.process.resident_memory", "By", "Memory of the process.", () => One(Environment.WorkingSet));
        Gauge("measurement.process.managed_memory", "By", "Managed heap after the last collection.", () => One(GC.GetGCMemoryInfo().HeapSizeBytes));
        Gauge("measurement.process.threads", "{thread}", "Threads of the thread pool.", () => One(ThreadPool.ThreadCount));
        Meter.CreateObservableCounter(
            "measurement.process.gc_collections",
            () => Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => new Measurement<long>(GC.CollectionCount(generation), new Tag("generation", generation))),
            "{collection}",
            "Garbage collections by generation.");
        Meter.CreateObservableCounter("measurement.process.gc_pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that garbage collections stopped the process.");
    }

    private void AddTimeSeries(ITimeSeriesSink sink)
    {
        Count("measurement.timeseries.written", "{point}", "Points that the time series database acknowledged.", () => One(sink.State.Written));
        Count("measurement.timeseries.refused", "{point}", "Points that the time series database refused for what they are, by reason.", () =>
            sink.State.Refused.Select(refused => new Measurement<double>(refused.Value, new Tag("reason", refused.Key))));
        Gauge("measurement.timeseries.waiting_points", "{point}", "Points that wait on disk for the time series database.", () => One(sink.State.WaitingPoints));
        Gauge("measurement.timeseries.waiting", "By", "What waits on disk for the time series database.", () => One(sink.State.WaitingBytes));
        Gauge("measurement.timeseries.up", "{database}", "1 while the time series database takes points, 0 while it does not.", () => One(sink.State.Problem is null ? 1 : 0));
        Gauge("measurement.timeseries.last_write_timestamp", "s", "When the time series database last acknowledged something, Unix time.", () =>
            Unix(sink.State.LastWritten) is { } at ? One(at) : []);
    }

    private void AddAlerts(AlertBoard board)
    {
        Gauge("measurement.alerts.active", "{alert}", "Alerts that fire, silenced ones too.", () => (Read(board.Alerts) ?? []).Where(alert => alert.State == AlertState.Firing)
            .GroupBy(alert => (alert.Check, alert.Severity))
            .Select(same => new Measurement<double>(same.Count(), new Tag("check", same.Key.Check), new Tag("severity", FindingJson.NameOf(same.Key.Severity)))));
        Gauge("measurement.alerts.silenced", "{alert}", "Alerts that fire, and that a silence holds back.", () =>
            Read(() => board.Alerts().Where(alert => alert.State == AlertState.Firing && board.SilencesOf(alert).Count > 0).ToList()) is { } silenced ? One(silenced.Count) : []);

        void Route(string name, string unit, string text, Func<RouteState, double?> value) => Gauge($"measurement.alerts.{name}", unit, text, () =>
            (Read(board.Routes) ?? []).Where(route => value(route) is not null).Select(route => new Measurement<double>(value(route)!.Value, new Tag("route", route.Route))));
        Route("waiting", "{message}", "Messages that are due and not delivered.", route => route.Waiting);
        Route("failing", "{route}", "1 while a route's receiver is away or refuses something.", route => route.FailingSince is null ? 0 : 1);
        Route("last_success_timestamp", "s", "When a route last delivered something, Unix time.", route => Unix(route.Succeeded));
    }

    private void AddJobs()
    {
        void Job(string name, string unit, string text, Func<JobView, double?> value) =>
            Gauge($"measurement.job.{name}", unit, text, () => Jobs(job => job.Measurement is null, value, job => [new Tag("job", job.Name)]));
        Job("last_start_timestamp", "s", "When the job last began, Unix time.", job => Unix(job.Started));
        Job("last_success_timestamp", "s", "When the job last ended well, Unix time.", job => Unix(job.Succeeded));
        Job("next_start_timestamp", "s", "When the job is to run next, Unix time.", job => Unix(job.Next));
        Job("last_duration", "s", "How long the last run that ended took.", job => job.Ended >= job.Started ? (job.Ended - job.Started)!.Value.TotalSeconds : null);
        Job("running", "{job}", "1 while the job runs.", job => job.State == "running" ? 1 : 0);
        Job("failing", "{job}", "1 when its last run failed.", job => job.Error is null ? 0 : 1);
        Count("measurement.job.runs", "{run}", "Runs that ended, well or not.", () => Jobs(job => job.Measurement is null, job => job.Runs, job => [new Tag("job", job.Name)]));
        Count("measurement.job.failures", "{run}", "Runs that ended with an error.", () => Jobs(job => job.Measurement is null, job => job.Failures, job => [new Tag("job", job.Name)]));

        Tag[] Share(JobView job) => [new Tag("job", job.Name), new Tag("measurement", job.Measurement), new Tag("target", job.Target)];
        Gauge(
            "measurement.job.share.last_success_timestamp", "s", "When a measurement's share in a job last ended well, Unix time.",
            () => Jobs(job => job.Measurement is not null, job => Unix(job.Succeeded), Share));
        Count(
            "measurement.job.share.failures", "{run}", "Runs of a measurement's share in a job that ended with an error.",
            () => Jobs(job => job.Measurement is not null, job => job.Failures, Share));
    }

    private void AddStore()
    {
        Gauge("measurement.watermark.age", "s", "How long ago the newest result that was fetched can be, at most.", () =>
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            return Take().Watermarks.Select(pair => new Measurement<double>(
                now - pair.At,
                new Tag("measurement", pair.Measurement.Id),
                new Tag("target", pair.Measurement.Target),
                new Tag("kind", pair.Measurement.Kind.ToString().ToLowerInvariant()),
                new Tag("family", pair.Measurement.Family)));
        });
        Gauge("measurement.store.size", "By", "Size of the embedded store.", () => Take().StoreBytes is { } bytes ? One(bytes) : []);
    }

    private void AddPlaces()
    {
        Gauge("measurement.geoip.probes", "{probe}", "Probes by whose word their place is: Atlas', the GeoIP database's, nobody's.", () => Read(places.Read) is { } view
            ?
            [
                new(view.Places.Atlas, new Tag("origin", "atlas")),
                new(view.Places.GeoIp, new Tag("origin", "geoip")),
                new(view.Places.Unplaced, new Tag("origin", "none")),
            ]
            : []);
        Gauge(
            "measurement.geoip.disagreements", "{probe}", "Probes that Atlas and the GeoIP database place in different countries, or far from each other.",
            () => Read(places.Read) is { Places.IsAsked: true } view ? One(view.Places.Disagree) : []);
        Gauge(
            "measurement.geoip.damaged", "{probe}", "Probes at whose address the GeoIP database is damaged.",
            () => Read(places.Read) is { Places.IsAsked: true } view ? One(view.Damaged) : []);
    }

    private void AddCredits()
    {
        Gauge("measurement.atlas.credits", "{credit}", "Credits on the RIPE Atlas account when it was last asked, at most an hour ago where it answers.", () => Take().Analysis?.Tool?.Credits is { } credits ? One(credits.Balance) : []);
        Gauge("measurement.atlas.credits_spent_per_day", "{credit}", "Credits spent a day at most: what the configuration asks for or what runs, whichever is more.", () => Take().Analysis?.Tool?.Credits is { } credits ? One(credits.SpentADay) : []);
        Gauge("measurement.atlas.credits_earned_per_day", "{credit}", "Credits earned a day.", () => Take().Analysis?.Tool?.Credits?.EarnedADay is { } earned ? One(earned) : []);
        Gauge("measurement.atlas.credits_timestamp", "s", "When the account was last asked, Unix time.", () => Unix(Take().Analysis?.Tool?.Credits?.At) is { } at ? One(at) : []);
    }

    private void AddCatchments()
    {
        Gauge("measurement.analysis.timestamp", "s", "When the present was last analysed, Unix time.", () => Take().Analysis is { } last ? One(Unix(last.At)!.Value) : []);
        Gauge("measurement.findings", "{finding}", "What the checks notice at present.", () => Take().Analysis is { } last
            ? (last.Catchments.Count > 0 ? CheckSuite.Names : CheckSuite.ToolNames).Where(check => last.Tool is not null || !CheckSuite.ToolNames.Contains(check)).SelectMany(check => Enum.GetValues<Severity>().Select(severity => new Measurement<double>(
                last.Findings.Count(finding => finding.Check == check && finding.Severity == severity), new Tag("check", check), new Tag("severity", FindingJson.NameOf(severity)))))
            : []);

        void Service(string name, string text, Func<Catchment, double> value) => Gauge(
            $"measurement.catchment.{name}", "{probe}", text, () => Take().Tables.Select(table => new Measurement<double>(value(table.Catchment), Labels(table.Catchment))));
        Service("asked_probes", "Probes that asked.", catchment => catchment.Asked);
        Service("answered_probes", "Probes that were answered.", catchment => catchment.Answered);
        Service("attributed_probes", "Probes that reached a known PoP.", catchment => catchment.Attributed);
        Gauge(
            "measurement.catchment.unknown_identities", "{identity}", "Different identities that no rule knows.",
            () => Take().Tables.Select(table => new Measurement<double>(table.Catchment.UnknownIdentityCount, Labels(table.Catchment))));

        Pop("probes", "{probe}", "Probes served by the PoP.", row => row.Probes);
        Pop("share", "1", "Probes of the attributed ones, 0 to 1.", row => row.Share);
        Pop("weighted_share", "1", "The same, weighted for users.", row => row.WeightedShare);
        Pop("loss", "1", "Mean loss of the PoP's probes, 0 to 1.", row => row.LossPercent / 100);
        Gauge("measurement.catchment.rtt", "s", "Percentiles over the PoP's probes of each one's median round-trip time.", () => Rows((table, row) => row.RttMs is { } rtt
            ?
            [
                new(rtt.P10 / 1000, [.. Labels(table.Catchment, row.Key), new Tag("percentile", 10)]),
                new(rtt.P50 / 1000, [.. Labels(table.Catchment, row.Key), new Tag("percentile", 50)]),
                new(rtt.P90 / 1000, [.. Labels(table.Catchment, row.Key), new Tag("percentile", 90)]),
            ]
            : []));
        Gauge("measurement.catchment.probes_by_state", "{probe}", "The PoP's probes: green below the target's threshold, red from it on, silent.", () => Rows((table, row) =>
        [
            new(row.Green, [.. Labels(table.Catchment, row.Key), new Tag("state", "green")]),
            new(row.Red, [.. Labels(table.Catchment, row.Key), new Tag("state", "red")]),
            new(row.Silent, [.. Labels(table.Catchment, row.Key), new Tag("state", "silent")]),
        ]));
    }

    private void Pop(string name, string unit, string text, Func<CatchmentRow, double?> value) => Gauge(
        $"measurement.catchment.{name}", unit, text,
        () => Rows((table, row) => value(row) is { } known ? [new Measurement<double>(known, Labels(table.Catchment, row.Key))] : []));

    private void Gauge(string name, string unit, string text, Func<IEnumerable<Measurement<double>>> values) =>
        Meter.CreateObservableGauge(name, values, unit, text);

    private void Count(string name, string unit, string text, Func<IEnumerable<Measurement<double>>> values) =>
        Meter.CreateObservableCounter(name, values, unit, text);

    private static Measurement<double>[] One(double value) => [new(value)];

    private IEnumerable<Measurement<double>> Jobs(Func<JobView, bool> which, Func<JobView, double?> value, Func<JobView, Tag[]> labels) =>
        Take().Jobs.Where(which).Select(job => (Job: job, Value: value(job))).Where(pair => pair.Value is not null)
            .Select(pair => new Measurement<double>(pair.Value!.Value, labels(pair.Job)));

    /// <summary>The rows of all tables, with the PoPs in service that nobody uses: theirs is a known nought.</summary>
    private IEnumerable<Measurement<double>> Rows(Func<CatchmentTable, CatchmentRow, IEnumerable<Measurement<double>>> measure) =>
        Take().Tables.SelectMany(table => table.Rows
            .Concat(table.EmptyPops.Where(pop => table.Rows.All(row => row.Key != pop)).Select(pop => new CatchmentRow(pop) { Share = 0 }))
            .SelectMany(row => measure(table, row)));

    private static Tag[] Labels(Catchment catchment) => [new Tag("target", catchment.Target.Name), new Tag("family", catchment.Family)];

    private static Tag[] Labels(Catchment catchment, string pop) => [.. Labels(catchment), new Tag("pop", pop)];

    private static double? Unix(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000.0;

    private Snapshot Take()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (snapshot is null || time.GetElapsedTime(snapshot.Taken, now) > SnapshotLifetime)
            {
                var analysis = present.Last;
                snapshot = new Snapshot(
                    now,
                    Read(() => board.JobsAsync(CancellationToken.None).GetAwaiter().GetResult()) ?? [],
                    Read(() => store.Measurements().Select(measurement => (measurement, At: store.Watermark(measurement.Id)))
                        .Where(pair => pair.At is not null).Select(pair => (pair.measurement, pair.At!.Value)).ToList()) ?? [],
                    Read(StoreBytes),
                    analysis,
                    analysis is null ? [] : analysis == snapshot?.Analysis ? snapshot.Tables : [.. analysis.Catchments.Select(catchment => CatchmentTable.Of(catchment, CatchmentKey.Pop))]);
            }

            return snapshot;
        }
    }

    private long? StoreBytes() => store is SqliteStore embedded ? Bytes(embedded.Folder.Database) + Bytes(embedded.Folder.Database + "-wal") : null;

    private static long Bytes(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>What a store that cannot be read does not tell is missing; the rest of the page is there all the same.</summary>
    private T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Unreadable(problem.Message);
            return default;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The metrics lack what the store did not tell: {Reason}")]
    private partial void Unreadable(string reason);

    private sealed record Snapshot(
        long Taken,
        IReadOnlyList<JobView> Jobs,
        IReadOnlyList<(StoredMeasurement Measurement, long At)> Watermarks,
        long? StoreBytes,
        Analysis? Analysis,
        IReadOnlyList<CatchmentTable> Tables);
}
