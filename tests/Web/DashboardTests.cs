using System.Net;
using System.Text.RegularExpressions;
using App.Jobs;
using Hangfire;
using Hangfire.Common;
using Microsoft.Playwright;
using Tests.Servers;
using Xunit;

namespace Tests.Web;

/// <summary>Hangfire's dashboard: behind the rules of every other page, and without a complaint of a browser.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] Pages =
        ["/hangfire", "/hangfire/recurring", "/hangfire/jobs/enqueued", "/hangfire/jobs/scheduled", "/hangfire/jobs/processing", "/hangfire/jobs/succeeded", "/hangfire/jobs/failed", "/hangfire/servers", "/hangfire/retries"];

    [Fact]
    public async Task Who_may_read_our_pages_may_read_it_and_nobody_else_gets_even_a_style_sheet()
    {
        await using var host = await StartAsync();
        var home = await host.TextAsync("/hangfire");
        var assets = Asset().Matches(home).Select(match => match.Groups[1].Value).ToList();
        Assert.True(assets.Count >= 2, home);
        foreach (var path in Pages.Concat(assets))
        {
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(path)).StatusCode);
            var outside = await host.GetAsync(path, WebHost.FromOutside);
            Assert.Equal(HttpStatusCode.Unauthorized, outside.StatusCode);
            Assert.DoesNotMatch("collect|jQuery|navbar", await outside.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync(path, WebHost.FromOutside, WebHost.WithKey("another"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(path, WebHost.FromOutside, WebHost.WithKey())).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await host.GetAsync(path, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"))).StatusCode);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, (await host.GetAsync(path, ("Host", "rebound.example.net"))).StatusCode);
        }
    }

    [Fact]
    public async Task Without_the_right_to_change_something_it_shows_no_buttons_and_takes_no_commands()
    {
        await using var host = await StartAsync();
        Assert.DoesNotContain("data-url=", await host.TextAsync("/hangfire/recurring"), StringComparison.Ordinal);
        foreach (var command in new[] { "/hangfire/recurring/trigger", "/hangfire/recurring/remove", "/hangfire/jobs/enqueued/delete", "/hangfire/jobs/actions/requeue/1" })
        {
            using var form = new FormUrlEncodedContent([new("jobs[]", "collect")]);
            using var answer = await host.Client.PostAsync(new Uri(command, UriKind.Relative), form);
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        }

        Assert.Equal(2, host.Hangfire.Storage.GetMonitoringApi().EnqueuedCount("default"));
    }

    [Fact]
    public async Task Logged_in_it_starts_jobs_and_a_forged_command_is_refused()
    {
        await using var host = await StartAsync();
        using var visitor = new WebVisitor(host);
        await visitor.LogInAsync();
        var page = await visitor.PageAsync("/hangfire/recurring");
        Assert.NotNull(page.QuerySelector("[data-url='/hangfire/recurring/trigger']"));
        var form = new Dictionary<string, string> { ["jobs[]"] = "collect" };
        var token = (Name: page.QuerySelector("meta[name='csrf-header']")!.GetAttribute("content")!, Value: page.QuerySelector("meta[name='csrf-token']")!.GetAttribute("content")!);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync("/hangfire/recurring/trigger", form)).StatusCode);
        foreach (var (site, origin) in new[] { ("cross-site", "https://evil.example.net"), ("same-site", "http://localhost:1"), (null, "https://evil.example.net") })
        {
            (visitor.FetchSite, visitor.Origin) = (site, origin);
            Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync("/hangfire/recurring/trigger", form, token)).StatusCode);
        }

        Assert.Equal(2, host.Hangfire.Storage.GetMonitoringApi().EnqueuedCount("default"));
        (visitor.FetchSite, visitor.Origin) = ("same-origin", host.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.NoContent, (await visitor.PostAsync("/hangfire/recurring/trigger", form, token)).StatusCode);
        Assert.Equal(3, host.Hangfire.Storage.GetMonitoringApi().EnqueuedCount("default"));
    }

    /// <summary>Its script asks for the numbers with POST, which changes nothing; pages of strangers may not.</summary>
    [Fact]
    public async Task The_numbers_are_readable_to_its_own_pages_alone()
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Post, "/hangfire/stats", WebHost.FromOutside)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Post, "/hangfire/stats", ("Origin", "https://evil.example.net"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Post, "/hangfire/stats", ("Sec-Fetch-Site", "cross-site"))).StatusCode);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task It_works_in_chromium_without_a_complaint_under_a_strict_policy(ColorScheme scheme, int width)
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = BrowserTests.Arguments });
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.Address.ToString(), ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var complaints = new List<string>();
        context.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        context.WebError += (_, error) => complaints.Add(error.Error);
        context.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        context.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                complaints.Add($"{response.Url}: {response.Status}");
            }
        };
        var page = await context.NewPageAsync();
        await page.GotoAsync("/jobs");
        var numbers = page.WaitForResponseAsync(response => response.Url.EndsWith("/hangfire/stats", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Link, new() { Name = "Hangfire's dashboard" }).ClickAsync();
        Assert.Equal(200, (await numbers).Status);
        Assert.Contains("Measurement jobs", await page.TitleAsync(), StringComparison.Ordinal);
        foreach (var path in Pages)
        {
            var answer = await page.GotoAsync(path);
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-", (await answer!.HeaderValueAsync("content-security-policy"))!, StringComparison.Ordinal);
            Assert.Equal("fixed", await page.Locator(".navbar-fixed-top").EvaluateAsync<string>("element => getComputedStyle(element).position"));
            if (Environment.GetEnvironmentVariable("MEASUREMENT_SHOTS") is { Length: > 0 } shots)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(shots, $"{scheme}{path.Replace('/', '-')}.png") });
            }
        }

        await page.GotoAsync("/hangfire/recurring");
        Assert.Contains("collect", await page.Locator("table").InnerTextAsync(), StringComparison.Ordinal);
        await page.GotoAsync("/hangfire/jobs/enqueued/default");
        Assert.Contains("collect (now)", await page.Locator("table").InnerTextAsync(), StringComparison.Ordinal);
        await page.GotoAsync("/hangfire/jobs/details/1");
        Assert.Equal("collect (turn)", (await page.Locator("h1").InnerTextAsync()).Trim());
        Assert.Empty(complaints);
    }

    /// <summary>The pages over a schedule with one job, and a call in the queue.</summary>
    private static async Task<WebHost> StartAsync()
    {
        var host = await WebHost.StartAsync();
        var storage = host.Hangfire.Storage;
        new RecurringJobManager(storage).AddOrUpdate(
            "collect", Job.FromExpression<HangfireAdapter>(adapter => adapter.RunAsync("collect", "turn", 0, null, CancellationToken.None)), "*/5 * * * *", new RecurringJobOptions());
        new RecurringJobManager(storage).Trigger("collect");
        new BackgroundJobClient(storage).Enqueue<HangfireAdapter>(adapter => adapter.RunAsync("collect", "now", 0, null, CancellationToken.None));
        return host;
    }

    [GeneratedRegex("(?:href|src)=\"(/hangfire/(?:css|js)[^\"]*)\"")]
    private static partial Regex Asset();
}
