using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using App.Hosting;
using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Microsoft.AspNetCore.Routing;
using Reports.Weekly;
using Tests.Store;
using Tests.Web;
using Xunit;

namespace Tests.Hostile;

/// <summary>What the service says over HTTP and in its log, of an installation to which strangers have talked.</summary>
public sealed partial class ServiceExitTests(HostileRun run) : IClassFixture<HostileRun>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Every route has a line here, with the questions that bring a stranger's words out of it or carry them in.
    private static readonly Dictionary<string, string[]> Questions = new()
    {
        ["/"] = ["/"],
        ["/alerts"] = ["/alerts", "/alerts?state=STRANGE"],
        ["/alerts/silences"] = ["/alerts/silences"],
        ["/alerts/silences/{id}/end"] = ["/alerts/silences/STRANGE/end"],
        ["/api/v1/alerts"] = ["/api/v1/alerts", "/api/v1/alerts?state=STRANGE"],
        ["/api/v1/annotations"] = ["/api/v1/annotations", "/api/v1/annotations?target=STRANGE"],
        ["/api/v1/catchments"] =
        [
            "/api/v1/catchments?target=service&week=2026-W46&by=server", "/api/v1/catchments?target=service&week=2026-W46&by=probe",
            "/api/v1/catchments?target=service&week=2026-W46&by=country&compare=2026-W45", "/api/v1/catchments?target=STRANGE",
        ],
        ["/api/v1/findings"] = ["/api/v1/findings", "/api/v1/findings?week=2026-W46", "/api/v1/findings?check=STRANGE"],
        ["/api/v1/jobs"] = ["/api/v1/jobs"],
        ["/api/v1/jobs/{name}/run"] = ["/api/v1/jobs/STRANGE/run"],
        ["/api/v1/lookup"] = ["/api/v1/lookup?q=NL", "/api/v1/lookup?q=AS64501&target=service", "/api/v1/lookup?q=probe:3", "/api/v1/lookup?q=STRANGE"],
        ["/api/v1/modes"] = ["/api/v1/modes?target=service", "/api/v1/modes?target=STRANGE"],
        ["/api/v1/pops"] = ["/api/v1/pops"],
        ["/api/v1/probes"] = ["/api/v1/probes", "/api/v1/probes?country=STRANGE"],
        ["/api/v1/series"] = ["/api/v1/series?target=service&step=hour", "/api/v1/series?target=service&step=day&from=2026-11-09", "/api/v1/series?target=service&pop=STRANGE"],
        ["/api/v1/silences"] = ["/api/v1/silences"],
        ["/api/v1/silences/{id}"] = ["/api/v1/silences/STRANGE"],
        ["/api/v1/targets"] = ["/api/v1/targets"],
        ["/assets/sort.js"] = ["/assets/sort.js"],
        ["/assets/style.css"] = ["/assets/style.css"],
        ["/changes"] = ["/changes"],
        ["/favicon.ico"] = ["/favicon.ico"],
        ["/findings"] = ["/findings", "/findings?week=2026-W46", "/findings?week=STRANGE", "/findings?check=STRANGE"],
        ["/hangfire/{**path}"] = ["/hangfire/STRANGE"],
        ["/health/live"] = ["/health/live"],
        ["/health/ready"] = ["/health/ready"],
        ["/jobs"] = ["/jobs", "/jobs?started=STRANGE"],
        ["/jobs/{name}/run"] = ["/jobs/STRANGE/run"],
        ["/login"] = ["/login", "/login?to=STRANGE", "/login?key=STRANGE"],
        ["/logout"] = ["/logout"],
        ["/lookup"] = ["/lookup", "/lookup?q=NL", "/lookup?q=probe:3&target=service", "/lookup?q=STRANGE", "/lookup?q=NL&target=STRANGE"],
        ["/metrics"] = ["/metrics"],
        ["/openapi/{documentName}.json"] = ["/openapi/v1.json", "/openapi/STRANGE.json"],
        ["/places"] = ["/places"],
        ["/reports/{**path}"] = ["/reports/", "/reports/2026-W46/", "/reports/2026-W46/report.json", "/reports/STRANGE"],
    };

    private static readonly string[] Posted = ["/run", "/end", "/alerts/silences", "/logout"];

    // Where a stranger's words must have been seen, or nothing was tried.
    private static readonly string[] Showing =
        ["/alerts", "/api/v1/alerts", "/api/v1/silences", "/api/v1/catchments", "/api/v1/findings", "/api/v1/jobs", "/jobs", "/api/v1/lookup", "/lookup", "/findings", "/reports/{**path}"];

    [Fact]
    public async Task Every_route_is_tried()
    {
        using var folder = new TemporaryFolder();
        using var store = SqliteStore.Open(folder["data"]);
        var settings = SettingsLoader.Load(run[SettingsLoader.FileName], new Dictionary<string, string>());
        await using var service = ServiceHost.Build(settings, store, new ReportFolder(folder["reports"]), TimeProvider.System);
        Assert.Equal(
            ((IEndpointRouteBuilder)service).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct().Order(StringComparer.Ordinal),
            Questions.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Answers_pages_metrics_and_the_log_are_harmless()
    {
        await run.RunAsync("report", "--week", HostileRun.Week, "--out", run["reports"]);
        using var service = run.Serve();
        using var log = new MemoryStream();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadLogAsync(service, log, address);
        try
        {
            using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = await address.Task.WaitAsync(Patience), Timeout = Patience };
            await RunJobsAsync(http);
            await ReceiveAsync();
            await SilenceAsync(http);
            var shown = new HashSet<string>();
            foreach (var (route, questions) in Questions)
            {
                foreach (var question in questions.SelectMany(Filled))
                {
                    await AskAsync(http, route, question, shown);
                }
            }

            Assert.Empty(Showing.Except(shown));
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync();
        }

        await reading;
        var told = Harmless.Text(log.ToArray());
        Assert.Contains(Payloads.Mark, told, StringComparison.Ordinal);
    }

    private static async Task AskAsync(HttpClient http, string route, string question, HashSet<string> shown)
    {
        var method = Posted.Any(end => route.EndsWith(end, StringComparison.Ordinal)) ? HttpMethod.Post : route.EndsWith("/{id}", StringComparison.Ordinal) ? HttpMethod.Delete : HttpMethod.Get;
        using var request = new HttpRequestMessage(method, question);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {WebHost.Key}");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode < 500, $"{question}: {(int)answer.StatusCode} {text}");
        Assert.All(answer.Headers.Concat(answer.Content.Headers), header => Assert.DoesNotContain(Payloads.Mark, header.Key + string.Concat(header.Value), StringComparison.Ordinal));
        if (text.Contains(Payloads.Mark, StringComparison.Ordinal))
        {
            shown.Add(route);
        }

        switch (answer.Content.Headers.ContentType?.MediaType)
        {
            case "text/html":
                Harmless.Html(text);
                Assert.Contains("script-src", string.Concat(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
                Assert.DoesNotContain("unsafe", string.Concat(answer.Headers.GetValues("Content-Security-Policy")).Replace("style-src 'unsafe-inline'", "", StringComparison.Ordinal), StringComparison.Ordinal);
                break;
            case "application/json" or "application/problem+json":
                Harmless.Json(text);
                break;
            case "text/plain" when route == "/metrics":
                Harmless.Prometheus(text);
                break;
            case "text/plain" or "text/css" or "text/javascript" or null:
                Assert.DoesNotContain(Payloads.Mark, text, StringComparison.Ordinal);
                break;
            default:
                Assert.Fail($"{question} answers {answer.Content.Headers.ContentType}, which nobody looks at");
                break;
        }
    }

    /// <summary>The question, or one with each of the payloads in it.</summary>
    private static IEnumerable<string> Filled(string question) => question.Contains("STRANGE", StringComparison.Ordinal)
        ? Payloads.All.Where(payload => payload.Length < 1000).Select(payload => question.Replace("STRANGE", Uri.EscapeDataString(payload), StringComparison.Ordinal))
        : [question];

    /// <summary>Runs each job once, and waits until it has ended: over their errors Atlas' words come in.</summary>
    private static async Task RunJobsAsync(HttpClient http)
    {
        foreach (var name in new[] { JobNames.Probes, JobNames.Reconcile, JobNames.Collect, JobNames.Analyze, JobNames.TimeSeries, JobNames.WeeklyReport })
        {
            var before = await RunsAsync(http, name);
            using var start = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/jobs/{name}/run");
            start.Headers.TryAddWithoutValidation("Authorization", $"Bearer {WebHost.Key}");
            using var accepted = await http.SendAsync(start);
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            var patience = Stopwatch.StartNew();
            while (await RunsAsync(http, name) == before)
            {
                Assert.True(patience.Elapsed < Patience, $"{name} does not end");
                await Task.Delay(100);
            }
        }
    }

    /// <summary>What the routes of alerts send once the checks have seen what was said; mail is tried beside its own route.</summary>
    private async Task ReceiveAsync()
    {
        var patience = Stopwatch.StartNew();
        foreach (var path in new[] { "/hook", "/chat", "/api/v2/alerts" })
        {
            while (!run.Alerts.Any(alert => alert.Path == path && alert.Body.Contains(Payloads.Mark, StringComparison.Ordinal)))
            {
                Assert.True(patience.Elapsed < Patience, $"nothing of what was said came to {path}");
                await Task.Delay(100);
            }
        }

        Assert.All(run.Alerts, alert => Harmless.Json(alert.Body));
    }

    /// <summary>Silences are read from strangers' hands too: whoever has the key may paste what a message said.</summary>
    private static async Task SilenceAsync(HttpClient http)
    {
        foreach (var payload in Payloads.All.Where(payload => payload.Length < 1000))
        {
            var silence = new { matchers = new[] { $"target={JsonSerializer.Serialize(payload)}" }, end = new DateTimeOffset(2026, 11, 11, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), comment = payload, author = payload };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/silences") { Content = new StringContent(JsonSerializer.Serialize(silence), Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {WebHost.Key}");
            using var answer = await http.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{payload}: {(int)answer.StatusCode}");
            Harmless.Json(await answer.Content.ReadAsStringAsync());
        }
    }

    private static async Task<int> RunsAsync(HttpClient http, string name)
    {
        using var jobs = JsonDocument.Parse(await http.GetStringAsync("/api/v1/jobs"));
        return jobs.RootElement.EnumerateArray().Where(job => job.GetProperty("name").GetString() == name && !job.TryGetProperty("measurement", out _)).Select(job => job.GetProperty("runs").GetInt32()).SingleOrDefault();
    }

    private static async Task ReadLogAsync(Process service, MemoryStream log, TaskCompletionSource<Uri> address)
    {
        var buffer = new byte[65_536];
        var beginning = "";
        while (await service.StandardError.BaseStream.ReadAsync(buffer) is > 0 and var length)
        {
            log.Write(buffer.AsSpan(0, length));
            if (!address.Task.IsCompleted && Address().Match(beginning += Encoding.UTF8.GetString(buffer, 0, length)) is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }
        }

        address.TrySetException(new InvalidOperationException($"the service ended: {Encoding.UTF8.GetString(log.ToArray())}"));
    }

    [GeneratedRegex(@"answers on (http://127\.0\.0\.1:[0-9]+)\b")]
    private static partial Regex Address();
}
