using System.Net;
using System.Security.Cryptography;
using System.Text;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using App.Jobs;
using App.Web;
using Collector.Configuration;
using Collector.Configuration.Alerts;
using Collector.Configuration.Checks;
using Collector.Network;
using Collector.Results;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reports.Weekly;
using Simulator.Server;
using Tests.Store;
using World = Tests.Catchments.World;

namespace Tests.Web;

/// <summary>The pages and the API on a free loopback port, over a week in which hostile names were measured.</summary>
internal sealed class WebHost : IAsyncDisposable, IJobBoard, ICurrentAnalysis
{
    public const string Key = "correct horse battery staple";
    public const string Hostile = "\"><script>alert(1)</script>";

    /// <summary>A header by which a test lets a request arrive at another address of ours.</summary>
    private const string ArrivesAt = "X-Test-Local";

    private readonly TemporaryFolder folder = new();
    private WebApplication application = null!;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => application.Services;

    public Uri Address => Client.BaseAddress!;

    public World World { get; } = new();

    public ReportFolder Reports { get; private set; } = null!;

    public AnycastNetwork Network { get; private set; } = null!;

    public List<string> Started { get; } = [];

    public HangfireStorage Hangfire { get; } = new(new StorageOptions());

    public Analysis? Last { get; set; }

    public IReadOnlyList<JobView> Jobs { get; set; } =
    [
        new("collect", null, null, "failed", At(-10), At(-9), At(-70), At(5), "Atlas said 503", 12, 1, "a/1"),
        new("collect", World.Dns, "service", "idle", At(-10), At(-9), At(-9), null, null, 12, 0, "a/1"),
        new("weekly-report", null, null, "waiting", null, null, null, At(600), null, 0, 0, null),
    ];

    public SimulatorClock Time { get; } = new(Now);

    public static DateTimeOffset Now { get; } = new(2026, 11, 16, 6, 0, 0, TimeSpan.Zero);

    public static async Task<WebHost> StartAsync(WebOptions? options = null, AlertsOptions? alerts = null, string? data = null, IObservationStore? store = null)
    {
        var host = new WebHost();
        await host.RunAsync(options ?? new WebOptions { KeyHash = HashOf(Key) }, alerts ?? new AlertsOptions(), data ?? Path.Combine(host.folder.Root, "data"), store);
        return host;
    }

    public static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static DateTimeOffset At(int minutes) => Now.AddMinutes(minutes);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Posts a body of JSON, with the key.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, string type = "application/json", bool hasKey = true)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, type) };
        if (hasKey)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Key}");
        }

        return Client.SendAsync(request);
    }

    public Task<string> TextAsync(string path) => Client.GetStringAsync(path);

    /// <summary>The headers of a request that arrives at an address of ours that others can reach.</summary>
    public static (string Name, string Value) FromOutside => (ArrivesAt, "203.0.113.1");

    public static (string Name, string Value) WithKey(string key = Key) => ("Authorization", $"Bearer {key}");

    public Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken) => Task.FromResult(Jobs);

    public Task<bool> RunNowAsync(string name, CancellationToken cancellationToken)
    {
        if (Jobs.All(job => job.Name != name))
        {
            return Task.FromResult(false);
        }

        Started.Add(name);
        return Task.FromResult(true);
    }

    /// <summary>Writes a weekly report of what the world holds.</summary>
    public async Task ReportAsync() => await new WeeklyReporter(new WeekReader(World.Store, Network), Network, Reports).WriteAsync(new IsoWeek(2026, 46));

    /// <summary>What the <c>analyze</c> job would have found of the week.</summary>
    public void Analyze()
    {
        var window = Window.Of(new IsoWeek(2026, 46));
        var suite = new CheckSuite();
        var input = new CheckReader(new CatchmentReader(World.Store), suite).Read(Network.Targets, window);
        Last = new Analysis(Now, window, input.Catchments, suite.Find(input));
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await application.DisposeAsync();
        Hangfire.Dispose();
        folder.Dispose();
    }

    private async Task RunAsync(WebOptions options, AlertsOptions alerts, string data, IObservationStore? store)
    {
        Fill();
        Reports = new ReportFolder(Path.Combine(folder.Root, "reports"));
        var apeldoorn = World.Named.Pops[0] with { City = Hostile };
        Network = new AnycastNetwork([World.Named with { IPv4 = IPAddress.Parse("192.0.2.53"), Pops = [apeldoorn, .. World.Named.Pops.Skip(1)] }], World.Named.Pops)
        {
            Annotations = [new Annotation(World.Window.From.AddDays(3), "JNB", $"Announced {Hostile}")],
        };

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "measurement" });
        builder.WebHost.UseKestrel();
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(store ?? World.Store);
        builder.Services.AddSingleton(Network);
        builder.Services.AddSingleton(new ChecksOptions());
        builder.Services.AddSingleton(new DataFolder(data));
        builder.Services.AddSingleton(Reports);
        builder.Services.AddSingleton<IJobBoard>(this);
        await Hangfire.OpenAsync(default);
        builder.Services.AddSingleton(Hangfire);
        builder.Services.AddSingleton<ICurrentAnalysis>(this);
        builder.Services.AddWeb(new Settings { Alerts = alerts, Web = options with { Listen = new Uri("http://127.0.0.1:0") }, Comparisons = new ComparisonOptions { Probes = 3 } });
        application = builder.Build();
        application.Use((context, next) =>
        {
            if (context.Request.Headers.TryGetValue(ArrivesAt, out var address))
            {
                context.Connection.LocalIpAddress = IPAddress.Parse(address.ToString());
            }

            return next(context);
        });
        application.MapWeb();
        await application.StartAsync();
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(application.Urls.First()) };
    }

    // Three Dutch probes of one network moved to Johannesburg, a fourth is silent, and a fifth hears from a joker.
    private void Fill()
    {
        World.Store.SaveMeasurement(new StoredMeasurement(World.Dns, "service", MeasurementKind.Dns, 4, "id.server", World.Hour) { Start = Now.AddDays(-30) });
        World.Store.SetWatermark(World.Dns, Now.AddHours(-1).ToUnixTimeSeconds());
        for (var probe = 1; probe <= 5; probe++)
        {
            World.Place(probe, asn: probe <= 3 ? 64500u : 64501);
        }

        foreach (var probe in new[] { 1, 2, 3 })
        {
            World.Asks(probe, new string('A', 72) + new string('J', 96), rttMs: 180);
        }

        World.Asks(4, new string('-', 168));
        for (var hour = 0; hour < 168; hour++)
        {
            World.Store.Add(World.Dns, 5, new Sample
            {
                At = World.Window.FromUnixSeconds + (hour * World.Hour),
                Outcome = Outcome.Answered,
                RttMicroseconds = 9000,
                Identity = World.Store.Intern(Hostile),
                Sent = -1,
                Received = -1,
                Duplicates = -1,
            });
        }

        World.Pings(1, [.. Enumerable.Repeat(175.0, 168)]);
    }
}
