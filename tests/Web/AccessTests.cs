using System.Net;
using Collector.Configuration;
using Xunit;

namespace Tests.Web;

public sealed class AccessTests : IAsyncLifetime
{
    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/targets")]
    [InlineData("/api/v1/jobs")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    [InlineData("/reports/")]
    [InlineData("/nowhere")]
    public async Task What_arrives_from_outside_is_asked_for_the_key_whatever_it_wants(string path)
    {
        var refused = await host.GetAsync(path, WebHost.FromOutside);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer realm=\"measurement\"", refused.Headers.WwwAuthenticate.ToString());
        var allowed = await host.GetAsync(path, WebHost.FromOutside, WebHost.WithKey());
        Assert.NotEqual(HttpStatusCode.Unauthorized, allowed.StatusCode);
    }

    [Fact]
    public async Task A_forwarded_header_makes_nobody_local()
    {
        foreach (var header in new[] { "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/", WebHost.FromOutside, (header, "127.0.0.1"))).StatusCode);
        }
    }

    [Fact]
    public async Task A_wrong_key_is_told_from_none()
    {
        var refused = await host.GetAsync("/metrics", WebHost.FromOutside, WebHost.WithKey("guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("guess", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_started_with_the_key_only_and_not_at_all_where_none_is_configured()
    {
        const string Run = "/api/v1/jobs/collect/run";
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Post, Run)).StatusCode);
        Assert.Empty(host.Started);
        var started = await host.SendAsync(HttpMethod.Post, Run, WebHost.WithKey());
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal(["collect"], host.Started);
        var unknown = await host.SendAsync(HttpMethod.Post, "/api/v1/jobs/colect/run", WebHost.WithKey());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("name is colect; did you mean collect?", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await using var keyless = await WebHost.StartAsync(new WebOptions());
        Assert.Equal(HttpStatusCode.Forbidden, (await keyless.SendAsync(HttpMethod.Post, Run, WebHost.WithKey())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await keyless.GetAsync("/api/v1/jobs")).StatusCode);
    }

    [Fact]
    public async Task A_name_that_somebody_points_at_us_is_not_answered()
    {
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await host.GetAsync("/api/v1/targets", ("Host", "evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/api/v1/targets", ("Host", "localhost:8053"))).StatusCode);
    }

    [Fact]
    public async Task No_answer_lets_another_origin_read_it()
    {
        foreach (var path in new[] { "/", "/api/v1/targets", "/metrics", "/health/ready", "/nowhere" })
        {
            var answer = await host.GetAsync(path);
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
            Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await host.GetAsync("/api/v1/targets", ("Origin", "https://evil.example"))).StatusCode);
    }

    [Fact]
    public async Task Health_is_open_and_tells_nothing_but_names()
    {
        Assert.Equal("ok\n", await (await host.GetAsync("/health/live", WebHost.FromOutside)).Content.ReadAsStringAsync());
        Assert.Equal("ready\n", await (await host.GetAsync("/health/ready", WebHost.FromOutside, ("Host", "lb.example"))).Content.ReadAsStringAsync());
        host.Jobs = [host.Jobs[0] with { Succeeded = WebHost.Now.AddDays(-1), Error = "the database's password is 1234" }];
        var ill = await host.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ill.StatusCode);
        Assert.Equal("not ready: jobs\n", await ill.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_again_and_health_is_never_refused()
    {
        await using var strict = await WebHost.StartAsync(new WebOptions { RequestsPerMinute = 3 });
        for (var request = 0; request < 3; request++)
        {
            Assert.Equal(HttpStatusCode.OK, (await strict.GetAsync("/api/v1/pops")).StatusCode);
        }

        var refused = await strict.GetAsync("/api/v1/pops");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await strict.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused()
    {
        await using var strict = await WebHost.StartAsync(new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), MaxRequestBytes = 1024 });
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await strict.GetAsync("/lookup?q=" + new string('a', 5000))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await strict.GetAsync("/", ("X-Long", new string('a', 20_000)))).StatusCode);
    }
}
