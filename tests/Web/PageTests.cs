using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using App.Web.Pages;
using Reports.Weekly;
using Xunit;

namespace Tests.Web;

public sealed class PageTests : IAsyncLifetime
{
    private WebHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await WebHost.StartAsync();
        host.Analyze();
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/findings")]
    [InlineData("/findings?week=2026-W46")]
    [InlineData("/lookup")]
    [InlineData("/lookup?q=AS64500")]
    [InlineData("/lookup?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&target=%22%3E%3Cscript%3E")]
    [InlineData("/changes")]
    [InlineData("/jobs")]
    [InlineData("/nowhere")]
    public async Task A_page_has_no_script_or_style_of_its_own_and_asks_nobody_else(string path)
    {
        var page = await PageAsync(path);
        Assert.Equal(["/assets/sort.js"], page.QuerySelectorAll("script").Select(script => script.GetAttribute("src")));
        Assert.All(page.QuerySelectorAll("script"), script => Assert.Equal("", script.TextContent));
        Assert.Empty(page.QuerySelectorAll("style, [style], iframe, object, embed, base"));
        Assert.DoesNotContain(page.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)));
        Assert.All(
            page.QuerySelectorAll("[src],[href],[action]"),
            element => Assert.Matches("^(/[^/]|/$|data:,$|#)", element.GetAttribute("src") ?? element.GetAttribute("href") ?? element.GetAttribute("action")!));
    }

    [Fact]
    public async Task Hostile_names_are_text()
    {
        host.Jobs = [host.Jobs[0] with { Error = WebHost.Hostile }];
        foreach (var path in new[] { "/", "/lookup?q=NL", "/jobs" })
        {
            Assert.Contains((await PageAsync(path)).QuerySelectorAll("td, code, p"), element => element.TextContent.Contains(WebHost.Hostile, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_present_shows_the_report_the_catchments_what_is_wrong_and_the_jobs()
    {
        await host.ReportAsync();
        var page = await PageAsync("/");
        Assert.Equal(4, page.QuerySelectorAll(".summary p").Length);
        Assert.Equal("/reports/2026-W46/index.html", page.QuerySelector(".summary a")!.GetAttribute("href"));
        Assert.Contains("5 probes asked, 4 answered, 3 attributed", page.QuerySelector(".card")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll("td"), cell => cell.TextContent == "continental-detour");
        Assert.Contains(page.QuerySelectorAll(".state.failed"), state => state.TextContent == "failed");
        Assert.Contains("2026-11-16 06:05", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_service_says_nothing_yet()
    {
        await using var young = await WebHost.StartAsync();
        young.World.Store.SetWatermark(Tests.Catchments.World.Dns, WebHost.Now.AddYears(-1).ToUnixTimeSeconds());
        young.World.Store.SetWatermark(Tests.Catchments.World.Ping, WebHost.Now.AddYears(-1).ToUnixTimeSeconds());
        var page = Parse(await young.TextAsync("/"));
        Assert.Contains("No weekly report yet", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing yet: no results in these 24 hours.", page.Body.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing yet", Parse(await young.TextAsync("/reports/")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_is_none_is_answered_beside_the_form()
    {
        var answer = await host.GetAsync("/lookup?q=12");
        var page = Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("the question is 12; allowed: AS12 or probe:12", page.QuerySelector(".refused")!.TextContent);
        Assert.Equal("12", ((IHtmlInputElement)page.QuerySelector("input[name=q]")!).Value);
        Assert.Equal("week is 2026-W99; allowed: 2026-W01 to 2026-W53", Parse(await (await host.GetAsync("/findings?week=2026-W99")).Content.ReadAsStringAsync()).QuerySelector(".refused")!.TextContent);
    }

    [Theory]
    [InlineData("index.html", true)]
    [InlineData("2026-W46/index.html", true)]
    [InlineData("2026-W46/report.json", true)]
    [InlineData("2026-W46/maps/ns-a-ipv4-rtt-03-syd_1.png", true)]
    [InlineData("2026-W46/maps/x.svg", true)]
    [InlineData("2026-W46/charts/ns-a-ipv4-share.svg", true)]
    [InlineData("2026-W46/charts/../report.json", false)]
    [InlineData("2026-W46.new/index.html", false)]
    [InlineData("2026-W54/index.html", false)]
    [InlineData("2026-W46/maps/../report.json", false)]
    [InlineData("2026-W46/maps/.hidden.png", false)]
    [InlineData("2026-W46/maps/a/b.png", false)]
    [InlineData("2026-W46/maps/x.html", false)]
    [InlineData("2026-W46/maps/x.png\n", false)]
    [InlineData("../secret", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("2026-W46\\index.html", false)]
    [InlineData("", false)]
    public void Only_what_a_report_is_made_of_is_served(string path, bool isPart) => Assert.Equal(isPart, ReportFiles.IsPart(path));

    [Theory]
    [InlineData("/reports/..%2fsecret.txt")]
    [InlineData("/reports/%2e%2e/secret.txt")]
    [InlineData("/reports/2026-W46/..%2f..%2fsecret.txt")]
    [InlineData("/reports/2026-W46/maps/..%5c..%5c..%5csecret.txt")]
    [InlineData("/reports//etc/passwd")]
    [InlineData("/reports/notes.html")]
    public async Task No_way_leads_out_of_the_reports(string path)
    {
        Directory.CreateDirectory(host.Reports.Root);
        await File.WriteAllTextAsync(Path.Combine(host.Reports.Root, "..", "secret.txt"), "secret");
        await File.WriteAllTextAsync(Path.Combine(host.Reports.Root, "notes.html"), "secret");
        var answer = await host.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("secret", (await answer.Content.ReadAsStringAsync()).Replace("/secret", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_are_served_with_types_and_policies_of_their_own()
    {
        await host.ReportAsync();
        Assert.Equal("/reports/", (await host.GetAsync("/reports")).Headers.Location!.ToString());
        Assert.Equal("/reports/2026-W46/", (await host.GetAsync("/reports/2026-W46")).Headers.Location!.ToString());
        var map = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(host.Reports.Root, "2026-W46", "maps"), "*.png").First());
        foreach (var (file, type) in new[]
        {
            ("", "text/html"), ("2026-W46/", "text/html"), ("2026-W46/index.html", "text/html"), ("2026-W46/report.json", "application/json"),
            ($"2026-W46/maps/{map}", "image/png"), ($"2026-W46/maps/{Path.ChangeExtension(map, ".svg")}", "image/svg+xml"),
        })
        {
            var answer = await host.GetAsync($"/reports/{file}");
            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType!));
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains(type == "text/html" ? "img-src 'self' data:; style-src 'sha256-" : "sandbox", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_script_that_this_program_did_not_write_has_no_hash_in_the_policy()
    {
        var ours = ReportFiles.PolicyOf($"<style>a</style><script>{ReportAssets.Script}</script>");
        Assert.Equal(ours, ReportFiles.PolicyOf("<style>a</style><script>alert(1)</script><style>b</style>"));
        Assert.NotEqual(ours, ReportFiles.PolicyOf("<style>b</style>"));
    }

    private async Task<IHtmlDocument> PageAsync(string path) => Parse(await (await host.GetAsync(path)).Content.ReadAsStringAsync());

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
