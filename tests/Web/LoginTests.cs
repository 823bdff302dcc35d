using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using App.Web;
using App.Web.Access;
using Collector.Configuration;
using Xunit;

namespace Tests.Web;

/// <summary>A browser is let in by the key, and nobody makes it do what its user does not want.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private const string Run = "/jobs/collect/run";

    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task With_the_key_a_browser_gets_a_cookie_that_scripts_and_other_sites_do_not()
    {
        using var visitor = new WebVisitor(host);
        var answer = await visitor.LogInAsync(to: "/jobs");
        Assert.Equal((HttpStatusCode.SeeOther, "/jobs"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith(Sessions.CookieName, StringComparison.Ordinal));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; max-age=43200", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(WebHost.Key, cookie, StringComparison.Ordinal);

        Assert.Contains("Log out", (await visitor.PageAsync("/")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/metrics", WebHost.FromOutside)).StatusCode);
        var started = await visitor.SubmitAsync("/jobs", $"form[action='{Run}']");
        Assert.Equal((HttpStatusCode.SeeOther, "/jobs?started=collect"), (started.StatusCode, started.Headers.Location!.ToString()));
        Assert.Equal(["collect"], host.Started);
        Assert.Contains("collect was told to run", (await visitor.PageAsync("/jobs?started=collect")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_tls_the_cookie_is_for_secure_connections_only()
    {
        await using var proxied = await WebHost.StartAsync(new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), PublicUrl = new Uri("https://atlas.example.net/") });
        using var visitor = new WebVisitor(proxied) { Origin = "https://atlas.example.net", FetchSite = null };
        var answer = await visitor.LogInAsync();
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith(Sessions.CookieName, StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task From_outside_a_browser_is_led_to_the_login_and_back_and_sees_nothing_before()
    {
        using var visitor = new WebVisitor(host);
        (string, string)[] browser = [WebHost.FromOutside, ("Accept", "text/html,application/xhtml+xml")];
        foreach (var path in new[] { "/", "/jobs?started=x", "/reports/", "/alerts" })
        {
            var led = await visitor.GetAsync(path, browser);
            Assert.Equal((HttpStatusCode.SeeOther, $"/login?to={Uri.EscapeDataString(path)}"), (led.StatusCode, led.Headers.Location!.ToString()));
            Assert.Equal("", await led.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/api/v1/targets", browser)).StatusCode);
        foreach (var path in new[] { "/login", "/assets/style.css", "/assets/sort.js" })
        {
            Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(path, WebHost.FromOutside)).StatusCode);
        }

        Assert.Equal("/jobs", (await visitor.LogInAsync(to: "/jobs", headers: WebHost.FromOutside)).Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/jobs", browser)).StatusCode);
    }

    [Fact]
    public async Task Who_follows_a_link_from_elsewhere_asks_again_from_a_page_of_ours_so_that_the_cookie_comes_along()
    {
        using var visitor = new WebVisitor(host);
        var page = await visitor.GetAsync("/alerts?state=%22%3E", WebHost.FromOutside, ("Accept", "text/html"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        Assert.Equal("0", html.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"));
        Assert.Equal("/alerts?state=%22%3E", html.QuerySelector("a")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData("/jobs", "/jobs")]
    [InlineData("/lookup?q=AS64500&target=a", "/lookup?q=AS64500&target=a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void After_the_login_it_goes_to_a_page_of_ours_and_nowhere_else(string? to, string expected) => Assert.Equal(expected, LoginEndpoints.Destination(to));

    [Fact]
    public async Task A_key_in_an_address_is_refused()
    {
        var refused = await host.GetAsync($"/login?key={Uri.EscapeDataString(WebHost.Key)}");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain(WebHost.Key, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Tries_are_limited_for_each_client_and_the_right_key_has_to_wait_too()
    {
        await using var strict = await WebHost.StartAsync(new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), LoginTries = 3, LoginPause = TimeSpan.FromMinutes(2) });
        using var visitor = new WebVisitor(strict);
        for (var tried = 0; tried < 3; tried++)
        {
            var wrong = await visitor.LogInAsync("guess");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Contains("That is not the key", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        strict.Time.Now += TimeSpan.FromSeconds(15);
        var refused = await visitor.LogInAsync();
        Assert.Equal((HttpStatusCode.TooManyRequests, 105), (refused.StatusCode, (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Contains("3 are allowed (Web:LoginTries). Try again in 2 minutes.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        strict.Time.Now += TimeSpan.FromSeconds(106);
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.LogInAsync()).StatusCode);
    }

    [Fact]
    public void Each_client_has_tries_of_its_own_and_a_clock_set_back_locks_nobody_out()
    {
        var time = new global::Simulator.Server.SimulatorClock(WebHost.Now);
        var tries = new LoginTries(new WebOptions { LoginTries = 1 }, time);
        Assert.Null(tries.Begin("a"));
        Assert.Equal(TimeSpan.FromMinutes(5), tries.Begin("a"));
        Assert.Null(tries.Begin("b"));
        tries.Forget("b");
        Assert.Null(tries.Begin("b"));
        time.Now -= TimeSpan.FromDays(1);
        Assert.Null(tries.Begin("a"));
        for (var client = 0; client < 20_000; client++)
        {
            Assert.Null(tries.Begin($"many {client}"));
        }
    }

    [Theory]
    [InlineData("same-origin", null, true, HttpStatusCode.SeeOther)]
    [InlineData("same-origin", "null", true, HttpStatusCode.SeeOther)]
    [InlineData(null, "ours", true, HttpStatusCode.SeeOther)]
    [InlineData("same-origin", "ours", false, HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "https://evil.example", true, HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "ours", true, HttpStatusCode.Forbidden)]
    [InlineData("same-site", "ours", true, HttpStatusCode.Forbidden)]
    [InlineData("none", null, true, HttpStatusCode.Forbidden)]
    [InlineData(null, "https://evil.example", true, HttpStatusCode.Forbidden)]
    [InlineData(null, "null", true, HttpStatusCode.Forbidden)]
    [InlineData(null, null, true, HttpStatusCode.Forbidden)]
    public async Task A_form_has_to_be_ours_and_from_our_page(string? site, string? origin, bool hasToken, HttpStatusCode expected)
    {
        using var visitor = new WebVisitor(host);
        await visitor.LogInAsync();
        visitor.FetchSite = site;
        visitor.Origin = origin;
        var answer = await visitor.SubmitAsync("/jobs", $"form[action='{Run}']", change: form =>
        {
            if (!hasToken)
            {
                form.Remove("token");
            }
        });
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.SeeOther ? ["collect"] : [], host.Started);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/logout")]
    [InlineData("/api/v1/jobs/collect/run")]
    [InlineData("/api/v1/silences")]
    public async Task With_the_cookie_alone_nothing_is_changed(string path)
    {
        using var visitor = new WebVisitor(host);
        await visitor.LogInAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync(path, new() { ["key"] = WebHost.Key })).StatusCode);
        Assert.Empty(host.Started);
        Assert.Contains("Log out", (await visitor.PageAsync("/")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_login_is_none()
    {
        using var mine = new WebVisitor(host);
        using var other = new WebVisitor(host);
        await mine.LogInAsync();
        await other.LogInAsync();
        var token = ((IHtmlInputElement)(await other.PageAsync("/jobs")).QuerySelector($"form[action='{Run}'] input[name=token]")!).Value;
        Assert.Equal(HttpStatusCode.Forbidden, (await mine.PostAsync(Run, new() { ["token"] = token })).StatusCode);
    }

    [Fact]
    public async Task Who_logs_out_is_out_with_every_copy_of_the_cookie()
    {
        using var visitor = new WebVisitor(host);
        await visitor.LogInAsync();
        var cookie = visitor.Cookie(Sessions.CookieName)!;
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
        var answer = await visitor.SubmitAsync("/jobs", "form[action='/logout']");
        Assert.Equal((HttpStatusCode.SeeOther, "/login"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Null(visitor.Cookie(Sessions.CookieName));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task A_login_ends_with_its_time_outlives_a_restart_and_not_another_key()
    {
        var options = new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), LoginLifetime = TimeSpan.FromHours(1) };
        using var data = new Store.TemporaryFolder();
        string cookie;
        await using (var first = await WebHost.StartAsync(options, data: data.Root))
        {
            using var visitor = new WebVisitor(first);
            await visitor.LogInAsync();
            cookie = visitor.Cookie(Sessions.CookieName)!;
            first.Time.Now += TimeSpan.FromMinutes(59);
            Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
            first.Time.Now += TimeSpan.FromMinutes(1);
            Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
        }

        await using (var second = await WebHost.StartAsync(options, data: data.Root))
        {
            Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
        }

        await using (var changed = await WebHost.StartAsync(options with { KeyHash = WebHost.HashOf("another") }, data: data.Root))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await changed.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
        }

        var key = Assert.Single(Directory.EnumerateFiles(Path.Combine(data.Root, "keys")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(key)!));
        }

        await File.WriteAllTextAsync(key, "<key");
        await using var damaged = await WebHost.StartAsync(options, data: data.Root);
        Assert.Equal(HttpStatusCode.Unauthorized, (await damaged.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", cookie))).StatusCode);
        using var again = new WebVisitor(damaged);
        Assert.Equal(HttpStatusCode.SeeOther, (await again.LogInAsync()).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%00%ff")]
    public async Task A_cookie_that_we_did_not_sign_is_none(string value) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/metrics", WebHost.FromOutside, ("Cookie", $"{Sessions.CookieName}={value}"))).StatusCode);

    [Fact]
    public async Task Without_a_configured_key_nobody_logs_in_and_the_pages_say_so()
    {
        await using var keyless = await WebHost.StartAsync(new WebOptions());
        using var visitor = new WebVisitor(keyless);
        Assert.Contains("Nobody can log in: no key is configured", (await visitor.PageAsync("/login")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty((await visitor.PageAsync("/jobs")).QuerySelectorAll("form"));
        Assert.Contains("none is configured", (await visitor.PageAsync("/jobs")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync("/login", new() { ["key"] = "" })).StatusCode);
    }

    [Fact]
    public async Task Who_only_reads_sees_no_button_and_gets_no_cookie()
    {
        using var visitor = new WebVisitor(host);
        var answer = await visitor.GetAsync("/jobs");
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Empty(page.QuerySelectorAll("form"));
        Assert.Equal("/login?to=%2Fjobs", page.QuerySelector(".login a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task The_key_opens_forms_routes_too_for_programs()
    {
        Assert.Equal(HttpStatusCode.SeeOther, (await host.SendAsync(HttpMethod.Post, Run, WebHost.WithKey())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Post, "/jobs/nope/run", WebHost.WithKey())).StatusCode);
        Assert.Equal(["collect"], host.Started);
    }
}
