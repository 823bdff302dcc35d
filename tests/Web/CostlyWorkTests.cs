using System.Net;
using System.Text.Json;
using App.Web.Serving;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Tests.Web;

/// <summary>Only what costs much waits, and who is turned away is told by which limit.</summary>
public sealed class CostlyWorkTests
{
    private const string Kept = "/api/v1/catchments?target=service&week=2026-W46";

    [Fact]
    public async Task Cheap_and_kept_answers_are_given_while_the_queue_is_full_and_the_others_hear_of_the_right_limit()
    {
        await using var host = await WebHost.StartAsync();
        host.Analyze();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(Kept)).StatusCode);
        var work = host.Services.GetRequiredService<CostlyWork>();
        var gate = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new CancellationTokenSource();
        var permits = Math.Max(1, Environment.ProcessorCount / 2);
        var busy = Enumerable.Range(0, permits + CostlyWork.MostWaiting).Select(_ => work.DoAsync(() => gate.Task, end.Token)).ToList();
        Assert.Equal(CostlyWork.MostWaiting, work.Waiting);

        foreach (var path in new[] { Kept, "/", "/findings", "/api/v1/findings", "/api/v1/pops", "/api/v1/targets", "/lookup", "/alerts", "/jobs", "/reports/", "/metrics", "/health/ready" })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await host.GetAsync(path)).StatusCode));
        }

        foreach (var path in new[] { "/api/v1/catchments?target=service&week=2026-W45", "/api/v1/findings?week=2026-W46", "/api/v1/lookup?q=NL", "/api/v1/series?target=service", "/api/v1/modes?target=service" })
        {
            var refused = await host.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.TooManyRequests), (path, refused.StatusCode));
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
            var detail = problem.RootElement.GetProperty("detail").GetString();
            Assert.StartsWith($"too many questions that read much at once; allowed: {permits} at a time and {CostlyWork.MostWaiting} waiting", detail, StringComparison.Ordinal);
            Assert.DoesNotContain("RequestsPerMinute", detail, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.GetAsync("/lookup?q=NL")).StatusCode);
        gate.SetResult(1);
        await Task.WhenAll(busy);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/api/v1/lookup?q=NL")).StatusCode);
    }

    [Fact]
    public async Task What_fails_gives_its_turn_back()
    {
        using var work = new CostlyWork(permits: 1, waiting: 0);
        await Assert.ThrowsAsync<IOException>(() => work.DoAsync((Func<int>)(() => throw new IOException("away")), CancellationToken.None));
        Assert.Equal(7, await work.DoAsync(() => 7, CancellationToken.None));
    }
}
