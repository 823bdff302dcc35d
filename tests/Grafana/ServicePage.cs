using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using App.Alerts;
using App.Alerts.Rules;
using App.Jobs;
using App.Metrics;
using App.Series;
using Collector.Configuration.Alerts;
using Collector.Measuring;
using Collector.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Alerts;
using Tests.Atlas;
using Tests.Series;
using Xunit;

namespace Tests.Grafana;

/// <summary>The page <c>/metrics</c> of a service that has seen everything that it can tell of: a day measured and analysed, points written and refused,
/// requests that failed.</summary>
internal sealed class ServicePage : IAsyncDisposable, IJobBoard, ICurrentAnalysis, ITimeSeriesSink
{
    private readonly SimulatedWeek week = new();
    private ServiceInstruments instruments = null!;
    private MetricsReader reader = null!;
    private LoopbackServer server = null!;

    public Uri Address => server.Address;

    /// <inheritdoc/>
    public Analysis? Last { get; private set; }

    /// <inheritdoc/>
    public SinkState State { get; } = new()
    {
        Written = 1_000,
        Refused = new Dictionary<string, long> { ["type conflict"] = 2 },
        WaitingPoints = 3,
        WaitingBytes = 400,
        LastWritten = DateTimeOffset.UtcNow,
    };

    public static async Task<ServicePage> StartAsync()
    {
        var page = new ServicePage();
        var until = SimulatedWeek.Start.AddDays(1);
        await page.week.ArriveAsync(until);
        var checks = new CheckSuite();
        var input = new CheckReader(new CatchmentReader(page.week.Store, page.week.Network.IdentityTemplates), checks).Read(page.week.Network.Targets, new Window(SimulatedWeek.Start, until));
        page.Last = new Analysis(until, input.Window, input.Catchments, checks.Find(input))
        {
            Tool = new ToolState(until) { Credits = new CreditOutlook(1_000_000, 100_000, 21_600, until) },
        };
        foreach (var measurement in page.week.Store.Measurements())
        {
            page.week.Store.SetWatermark(measurement.Id, until.ToUnixTimeSeconds());
        }

        var alert = Make.Alert();
        Assert.True(page.week.Store.SaveDocuments([AlertStore.Change(alert.Fingerprint, alert), AlertStore.Change("noc", new RouteState("noc") { Succeeded = until })]));
        var alerts = new AlertBoard(page.week.Store, new AlertsOptions { Webhook = [new WebhookOptions { Name = "noc", Url = new Uri("http://127.0.0.1:9/") }] }, TimeProvider.System);
        page.instruments = new ServiceInstruments(page, page, page.week.Store, TimeProvider.System, NullLogger<ServiceInstruments>.Instance, page, alerts);
        page.reader = new MetricsReader(page.instruments);
        MeasurementMeter.AtlasRequests.Add(3, new KeyValuePair<string, object?>("outcome", "200"));
        MeasurementMeter.Imported.Add(5);
        MeasurementMeter.AlertsSent.Add(1, new("route", "noc"), new("outcome", "delivered"));
        MeasurementMeter.Rejected.Add(1, new KeyValuePair<string, object?>("reason", "not-json"));
        page.server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.ContentType = MetricsReader.ContentType;
            return context.Response.WriteAsync(page.Text);
        });
        return page;
    }

    /// <summary>The page.</summary>
    public string Text => reader.Read();

    public Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        return Task.FromResult<IReadOnlyList<JobView>>(
        [
            new("collect", null, null, "waiting", now.AddMinutes(-3), now.AddMinutes(-2), now.AddMinutes(-2), now.AddMinutes(5), null, 12, 1, "a/1"),
            new("collect", week.Store.Measurements()[0].Id, week.Target.Name, "idle", now.AddMinutes(-3), now.AddMinutes(-2), now.AddMinutes(-2), null, null, 12, 0, "a/1"),
        ]);
    }

    public Task<bool> RunNowAsync(string name, CancellationToken cancellationToken) => Task.FromResult(false);

    public ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        reader?.Dispose();
        instruments?.Dispose();
        week.Dispose();
    }
}
