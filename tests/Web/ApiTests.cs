using System.Net;
using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Time;
using App.Queries;
using Collector.Configuration;
using Reports.Catchments;
using Xunit;

namespace Tests.Web;

public sealed class ApiTests : IAsyncLifetime
{
    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_catchment_is_byte_for_byte_that_of_the_command()
    {
        var request = CatchmentRequest.Parse(host.Network, "service", "4", Window.Of(new IsoWeek(2026, 46)), "country", "2026-W45");
        var (table, comparison) = request.Answer(new CatchmentReader(host.World.Store));
        Assert.Equal(CatchmentJson.Write(table, comparison), await host.TextAsync("/api/v1/catchments?target=service&family=4&week=2026-W46&by=country&compare=2026-W45"));
    }

    [Fact]
    public async Task Without_a_window_a_question_is_about_the_last_day_of_which_there_are_results()
    {
        using var json = JsonDocument.Parse(await host.TextAsync("/api/v1/catchments?target=service"));
        Assert.Equal(WebHost.Now.AddHours(-1).ToUnixTimeSeconds(), json.RootElement.GetProperty("to").GetInt64());
        Assert.Equal("JNB", json.RootElement.GetProperty("rows")[0].GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_lookup_says_since_when_and_is_an_array_where_no_target_is_named()
    {
        using var one = JsonDocument.Parse(await host.TextAsync("/api/v1/lookup?q=AS64500&target=service"));
        var family = one.RootElement.GetProperty("families")[0];
        Assert.Equal(("JNB", "APE"), (family.GetProperty("pop").GetString(), family.GetProperty("nearestPop").GetString()));
        Assert.Equal(host.World.Window.From.AddHours(72).ToUnixTimeSeconds(), family.GetProperty("since").GetInt64());
        using var all = JsonDocument.Parse(await host.TextAsync("/api/v1/lookup?q=AS64500"));
        Assert.Equal(one.RootElement.GetRawText(), Assert.Single(all.RootElement.EnumerateArray()).GetRawText());
    }

    [Fact]
    public async Task Findings_are_those_of_the_week_asked_for_and_of_the_check_asked_for()
    {
        using var week = JsonDocument.Parse(await host.TextAsync("/api/v1/findings?week=2026-W46"));
        Assert.Equal("continental-detour", Assert.Single(week.RootElement.EnumerateArray()).GetProperty("check").GetString());
        Assert.Equal("[]", await host.TextAsync("/api/v1/findings?week=2026-W46&check=black-hole"));
        Assert.Equal("[]", await host.TextAsync("/api/v1/findings?week=2026-W40"));
    }

    [Fact]
    public async Task A_series_shows_the_day_of_the_change_and_leaves_out_days_without_results()
    {
        using var json = JsonDocument.Parse(await host.TextAsync("/api/v1/series?target=service&family=4&from=2026-11-01&to=2026-11-16&step=day"));
        var points = json.RootElement.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal(
            ["APE", "APE", "APE", "JNB", "JNB", "JNB", "JNB"],
            points.Select(point => point.GetProperty("pops")[0].GetProperty("pop").GetString()));
        Assert.Equal(new DateTimeOffset(2026, 11, 9, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), points[0].GetProperty("at").GetInt64());
        using var hours = JsonDocument.Parse(await host.TextAsync("/api/v1/series?target=service&from=2026-11-11T22:00Z&to=2026-11-12T02:00Z&step=hour&pop=JNB"));
        Assert.Equal([0, 0, 3, 3], hours.RootElement.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("pops").EnumerateArray().Sum(pop => pop.GetProperty("probes").GetInt32())));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/pops")]
    [InlineData("/reports/")]
    [InlineData("/metrics")]
    public async Task Head_is_answered_as_get_without_the_body(string path)
    {
        var (head, get) = (await host.SendAsync(HttpMethod.Head, path), await host.GetAsync(path));
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Equal("", await head.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Probes_come_page_by_page()
    {
        using var first = JsonDocument.Parse(await host.TextAsync("/api/v1/probes?limit=3&country=nl"));
        Assert.Equal((5, 3), (first.RootElement.GetProperty("total").GetInt32(), first.RootElement.GetProperty("next").GetInt32()));
        using var second = JsonDocument.Parse(await host.TextAsync("/api/v1/probes?limit=3&after=3"));
        Assert.Equal([4, 5], second.RootElement.GetProperty("probes").EnumerateArray().Select(probe => probe.GetProperty("id").GetInt32()));
        Assert.False(second.RootElement.TryGetProperty("next", out _));
        using var network = JsonDocument.Parse(await host.TextAsync("/api/v1/probes?asn=AS64501"));
        Assert.Equal(2, network.RootElement.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("catchments", 400, "target is missing; allowed: service")]
    [InlineData("catchments?target=servise", 404, "target is servise; did you mean service?")]
    [InlineData("catchments?target=service&family=5", 400, "family is 5; allowed: 4 or 6")]
    [InlineData("catchments?target=service&week=2026-W99", 400, "week is 2026-W99; allowed: 2026-W01 to 2026-W53")]
    [InlineData("catchments?target=service&until=2026-11-09", 400, "until stands without since; allowed: week, or since with or without until")]
    [InlineData("catchments?target=service&since=2020-01-01", 400, "since makes a window of 2511.3 days; allowed: up to 92 (Web:LongestWindow)")]
    [InlineData("catchments?target=service&by=city", 400, "by is city; allowed: pop, server, country, continent, asn, probe")]
    [InlineData("catchments?target=service&famly=4", 400, "famly is not a parameter; did you mean family?")]
    [InlineData("catchments?target=service&week=2026-W46&week=2026-W45", 400, "week stands there 2 times; allowed: once")]
    [InlineData("lookup", 400, "q is empty; allowed: an AS (AS64500), a country (NL), a prefix (192.0.2.0/24, 2001:db8::/32), an address, a probe (probe:123), a city (Paris; Paris, US) or a place (48.9, 2.3)")]
    [InlineData("lookup?q=12", 400, "q is 12; allowed: AS12 or probe:12")]
    [InlineData("findings?check=nope", 400, "check is nope; allowed: backhaul, black-hole, catchment-shift, continental-detour, credits-low, family-split, far-pop, interception, latency-shift, load-balanced, measurement-stopped, misplaced-probe, no-results, over-reach, pop-silent, scope-leak, unknown-identity")]
    [InlineData("series?target=service&from=2026-11-01&to=2026-11-16&step=hour", 400, "from and to make 360 steps of one hour; allowed: up to 168, or step=day")]
    [InlineData("series?target=service&step=week", 400, "step is week; allowed: hour, day")]
    [InlineData("series?target=service&pop=XXX", 400, "pop is XXX; allowed: APE, JNB, FMT")]
    [InlineData("series?target=service&from=2026-11-16&to=2026-11-01", 400, "from is 2026-11-16; allowed: before to, 2026-11-01")]
    [InlineData("probes?limit=0", 400, "limit is 0; allowed: 1 to 10000")]
    [InlineData("probes?country=Holland", 400, "country is Holland; allowed: a two-letter country code such as NL")]
    [InlineData("targets?x=1", 400, "x is not a parameter; there are none here")]
    [InlineData("nothing", 404, null)]
    public async Task Whatever_cannot_be_asked_is_refused_in_one_problem_document(string question, int status, string? detail)
    {
        var answer = await host.GetAsync($"/api/v1/{question}");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(status, json.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(detail, json.RootElement.TryGetProperty("detail", out var found) ? found.GetString() : null);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_a_503_without_its_secrets()
    {
        host.World.Store.Problem = new IOException("host=db.example password=1234");
        var answer = await host.GetAsync("/api/v1/catchments?target=service&week=2026-W44");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("1234", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("not ready: store\n", await (await host.GetAsync("/health/ready")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_takes_too_long_ends_and_is_a_504()
    {
        await using var strict = await WebHost.StartAsync(new WebOptions { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        using var never = new ManualResetEventSlim();
        strict.World.Store.OnProbe = () => never.Wait(TimeSpan.FromMilliseconds(400));
        var answer = await strict.GetAsync("/api/v1/catchments?target=service&week=2026-W46");
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_answer_about_time_that_is_over_is_kept_for_a_moment()
    {
        var first = await host.TextAsync("/api/v1/catchments?target=service&week=2026-W46");
        host.World.Store.Problem = new IOException("away");
        Assert.Equal(first, await host.TextAsync("/api/v1/catchments?target=SERVICE&week=2026-w46"));
    }
}
