using Microsoft.Playwright;
using Tests.Servers;
using Xunit;

namespace Tests.Web;

/// <summary>The pages in a real browser: what it refuses or complains about is what a test of headers does not see.</summary>
public sealed class BrowserTests
{
    internal static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_pages_work_in_chromium_without_a_complaint_and_ask_nobody_else(bool hasScript)
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await WebHost.StartAsync();
        await host.ReportAsync();
        host.Analyze();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = Arguments });
        await using var context = await browser.NewContextAsync(new() { BaseURL = host.Address.ToString(), JavaScriptEnabled = hasScript });
        var complaints = new List<string>();
        var foreign = new List<string>();
        context.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        context.WebError += (_, error) => complaints.Add(error.Error);
        context.Dialog += async (_, dialog) =>
        {
            complaints.Add($"a script asked: {dialog.Message}");
            await dialog.DismissAsync();
        };
        context.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        context.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                complaints.Add($"{response.Url}: {response.Status}");
            }
        };
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not "data" } url && url.Authority != host.Address.Authority)
            {
                foreign.Add(request.Url);
            }
        };
        var page = await context.NewPageAsync();

        await page.GotoAsync("/");
        Assert.Equal("Now", await page.Locator("h1").InnerTextAsync());
        await page.GetByText("Identities that no rule knows").ClickAsync();
        Assert.Equal(WebHost.Hostile, await page.Locator("code").First.InnerTextAsync());
        Assert.Contains(WebHost.Hostile, await page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "The whole report" }).ClickAsync();
        Assert.Equal("Week 2026-W46", await page.Locator("h1").InnerTextAsync());
        Assert.Equal("block", await page.Locator("header.top").EvaluateAsync<string>("element => getComputedStyle(element).display"));
        Assert.NotEqual("16px", await page.Locator("h1").EvaluateAsync<string>("element => getComputedStyle(element).fontSize"));
        var map = page.Locator("figure img").First;
        await map.ScrollIntoViewIfNeededAsync();
        await map.EvaluateAsync("async image => { image.loading = 'eager'; await image.decode(); }");
        Assert.Equal(1600, await map.EvaluateAsync<int>("image => image.naturalWidth"));
        await page.Locator("figure a").First.ClickAsync();
        Assert.EndsWith(".svg", page.Url, StringComparison.Ordinal);
        await page.GotoAsync("/reports/");
        await page.GetByRole(AriaRole.Link, new() { Name = "2026-W46" }).ClickAsync();

        await page.GotoAsync("/lookup");
        await page.GetByLabel("Network, country").FillAsync("AS64500");
        await page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();
        Assert.Contains("reaches service over IPv4 (192.0.2.53) at JNB since 2026-11-12 00:00 UTC", await page.Locator(".answer").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("q=AS64500", page.Url, StringComparison.Ordinal);

        await page.GotoAsync("/findings");
        await page.GetByLabel("Week").FillAsync("2026-W46");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Contains("AS64500 in the Netherlands: 3 probes are served by JNB", await page.Locator("table").InnerTextAsync(), StringComparison.Ordinal);

        host.World.Store.SaveDocuments([App.Alerts.AlertStore.Change("a", Tests.Alerts.Make.Alert(message: WebHost.Hostile))]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = true }).ClickAsync();
        Assert.Contains(WebHost.Hostile, await page.Locator("table").First.InnerTextAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs" }).ClickAsync();
        Assert.Contains("Atlas said 503", await page.Locator("table").InnerTextAsync(), StringComparison.Ordinal);

        if (hasScript)
        {
            // Only with script can a table be sorted.
            await page.GotoAsync("/reports/2026-W46/index.html");
            await page.Locator("table.sortable th button").First.ClickAsync();
            Assert.Equal("descending", await page.Locator("table.sortable th").First.GetAttributeAsync("aria-sort"));
        }

        Assert.Empty(complaints);
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task A_page_of_somebody_else_can_neither_read_nor_start_anything()
    {
        var chromium = ServerProgram.Require("chromium");
        await using var host = await WebHost.StartAsync();
        await using var stranger = await WebHost.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = Arguments });
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true });
        var page = await context.NewPageAsync();

        // Another port is another origin; localhost is another site than 127.0.0.1.
        await page.GotoAsync(new UriBuilder(stranger.Address) { Host = "localhost", Path = "/jobs" }.Uri.ToString());
        const string Try = "async ([url, how]) => { try { const answer = await fetch(url, how); return answer.type + ' ' + answer.status + ' ' + (await answer.text()).length; } catch (error) { return 'refused'; } }";
        var targets = new Uri(host.Address, "/api/v1/targets").ToString();
        var run = new Uri(host.Address, "/api/v1/jobs/collect/run").ToString();
        Assert.Equal("refused", await page.EvaluateAsync<string>(Try, new object[] { targets, new { } }));
        Assert.Equal("opaque 0 0", (await page.EvaluateAsync<string>(Try, new object[] { targets, new { mode = "no-cors" } })).Replace("refused", "opaque 0 0", StringComparison.Ordinal));
        Assert.Equal("refused", await page.EvaluateAsync<string>(Try, new object[] { run, new { method = "POST", headers = new { Authorization = $"Bearer {WebHost.Key}" } } }));
        await page.EvaluateAsync<string>(Try, new object[] { run, new { method = "POST", mode = "no-cors" } });
        Assert.Empty(host.Started);
    }
}
