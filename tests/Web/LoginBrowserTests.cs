using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Tests.Atlas;
using Tests.Servers;
using Xunit;

namespace Tests.Web;

/// <summary>The login in a real browser, with and without script.</summary>
public sealed class LoginBrowserTests
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_the_key_the_buttons_work_and_nothing_is_complained_of(bool hasScript)
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await WebHost.StartAsync(new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), LoginTries = 2 });
        host.World.Store.SaveDocuments([App.Alerts.AlertStore.Change("a", Tests.Alerts.Make.Alert())]);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = Arguments });
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.Address.ToString(), JavaScriptEnabled = hasScript, ViewportSize = new() { Width = 390, Height = 844 } });
        var complaints = new List<string>();
        context.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        context.WebError += (_, error) => complaints.Add(error.Error);
        var page = await context.NewPageAsync();

        // In: from the page where the buttons are missing, and back to it.
        await page.GotoAsync("/jobs");
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in" }).First.ClickAsync();
        await page.GetByLabel("Key").FillAsync(WebHost.Key);
        await PictureAsync(page, $"login-{hasScript}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        Assert.EndsWith("/jobs", page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).First.ClickAsync();
        Assert.Contains("collect was told to run", await page.Locator("[role=status]").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(["collect"], host.Started);
        await PictureAsync(page, $"jobs-{hasScript}");

        // A silence is made, shown and ended.
        await page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = true }).ClickAsync();
        await page.GetByLabel("Alerts with").FillAsync("check=\"black-hole\"\nasn=~\"645.*\"");
        await page.GetByLabel("Why").FillAsync(WebHost.Hostile);
        await page.GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();
        Assert.Contains(WebHost.Hostile, await page.Locator("#silences table").InnerTextAsync(), StringComparison.Ordinal);
        await PictureAsync(page, $"alerts-{hasScript}");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await page.GetByRole(AriaRole.Button, new() { Name = "End now" }).ClickAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "End now" }).CountAsync());
        Assert.Empty(complaints);

        // Out, and the way back needs the key.
        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        Assert.EndsWith("/login", page.Url, StringComparison.Ordinal);
        await page.GotoAsync("/jobs");
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).CountAsync());
        Assert.Empty(complaints);

        // Two wrong keys, and even the right one has to wait.
        foreach (var (key, answer) in new[] { ("guess", "That is not the key"), ("guess again", "That is not the key"), (WebHost.Key, "Too many wrong keys from your address") })
        {
            await page.GotoAsync("/login");
            await page.GetByLabel("Key").FillAsync(key);
            await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
            Assert.Contains(answer, await page.Locator("[role=alert]").InnerTextAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("key=", page.Url, StringComparison.Ordinal);
        }

        await PictureAsync(page, $"refused-{hasScript}");
    }

    [Fact]
    public async Task An_expired_login_has_no_buttons_and_its_old_form_does_nothing()
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await WebHost.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = Arguments });
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.Address.ToString() });
        var page = await context.NewPageAsync();
        await LogInAsync(page);
        host.Time.Now += TimeSpan.FromHours(12);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).First.ClickAsync();
        Assert.Contains("the bearer key is missing", await page.Locator(".refused").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Started);
        await page.GotoAsync("/jobs");
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).CountAsync());
    }

    [Fact]
    public async Task A_form_that_a_page_of_somebody_else_sends_does_nothing()
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await WebHost.StartAsync();
        await using var stranger = await LoopbackServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync($"<form method=post action=\"{new Uri(host.Address, "/jobs/collect/run")}\"><input name=token value=x><button>Win a prize</button></form>");
        });
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = Arguments });
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.Address.ToString() });
        var page = await context.NewPageAsync();
        await LogInAsync(page);

        // Another port of the same host is the same site: the cookie goes along, and the form does not pass. Another host is another site.
        foreach (var (name, words) in new[] { ("127.0.0.1", "this was not sent by a form of ours"), ("localhost", "the bearer key is missing") })
        {
            await page.GotoAsync(new UriBuilder(stranger.Address) { Host = name }.Uri.ToString());
            await page.GetByRole(AriaRole.Button, new() { Name = "Win a prize" }).ClickAsync();
            Assert.Contains(words, await page.Locator(".refused").InnerTextAsync(), StringComparison.Ordinal);
            Assert.StartsWith(host.Address.ToString(), page.Url, StringComparison.Ordinal);
            Assert.Empty(host.Started);
        }
    }

    private static async Task LogInAsync(IPage page)
    {
        await page.GotoAsync("/login?to=/jobs");
        await page.GetByLabel("Key").FillAsync(WebHost.Key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }

    /// <summary>For whoever wants to look: in light and dark, in the folder that PICTURES names.</summary>
    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PICTURES") is not { Length: > 0 } folder)
        {
            return;
        }

        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme}.png"), FullPage = true });
        }

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }
}
