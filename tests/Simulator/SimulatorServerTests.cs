using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Server;
using Simulator.Worlds;
using Xunit;

namespace Tests.Simulator;

public sealed class SimulatorServerTests : IAsyncLifetime
{
    private static readonly Lazy<World> Small = new(() => World.Create(3, 40, 1));

    private SimulatorServer server = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        server = await SimulatorServer.StartAsync(Small.Value);
        http = Client(server);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden, "Authentication credentials were not provided.")]
    [InlineData("Key 12345678-0000-0000-0000-000000000000", HttpStatusCode.Unauthorized, "The provided API key does not exist")]
    public async Task Without_the_right_key_it_refuses_in_Atlas_words(string? authorization, HttpStatusCode expected, string words)
    {
        http.DefaultRequestHeaders.Remove("Authorization");
        if (authorization is not null)
        {
            http.DefaultRequestHeaders.Add("Authorization", authorization);
        }

        var answer = await http.GetAsync(Relative("measurements/my/"));
        Assert.Equal(expected, answer.StatusCode);
        var error = (await Json(answer))["error"]!;
        Assert.Equal(words, error["detail"]!.ToString());
        Assert.Equal((int)expected, (int)error["status"]!);
    }

    [Fact]
    public async Task It_creates_nothing_by_itself_but_the_built_in_pings_are_there()
    {
        Assert.Equal(0, (int)(await Get("measurements/my/"))["count"]!);
        var all = await Get("measurements/");
        Assert.Equal([1001, 1008, 2001, 2008], all["results"]!.AsArray().Select(item => (int)item!["id"]!));
        Assert.Equal("193.0.14.129", (await Get("measurements/1001/"))["target_ip"]!.ToString());
        var pings = await Lines($"measurements/1001/results/?format=txt&start={Small.Value.Start}&stop={Small.Value.Start + 239}");
        Assert.InRange(pings.Length, 30, 45);
    }

    [Fact]
    public async Task What_is_wrong_with_a_definition_is_said_with_a_pointer()
    {
        var answer = await Post("""{"definitions":[{"type":"dns","af":4,"target":"192.0.2.53","description":"x","query_class":"CH","query_type":"TXT","query_argument":"id.server"}],"probes":[{"type":"area","value":"WW","requested":5}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single((await Json(answer))["error"]!["errors"]!.AsArray())!;
        Assert.Equal("/definitions/0/query_class", error["source"]!["pointer"]!.ToString());
        Assert.Equal(0, (int)(await Get("measurements/my/"))["count"]!);
    }

    [Fact]
    public async Task More_results_than_the_account_may_have_are_refused_with_the_numbers()
    {
        await using var poor = await SimulatorServer.StartAsync(Small.Value, new SimulatorOptions { MaximumResultsPerDay = 1000 });
        using var client = Client(poor);
        var answer = await client.PostAsync(Relative("measurements/"), new StringContent(Chaos("192.0.2.53", 4, requested: 40, interval: 1800)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("totalling 1920.0 which is higher than your maximum daily results limit 1000", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_window_gives_the_same_bytes_in_lines_and_in_an_array()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        var path = $"measurements/{id}/results/?start={Small.Value.Start}&stop={Small.Value.Start + 86399}";
        var first = await http.GetByteArrayAsync(Relative(path + "&format=txt"));
        Assert.Equal(first, await http.GetByteArrayAsync(Relative(path + "&format=txt")));
        var array = JsonNode.Parse(await http.GetByteArrayAsync(Relative(path)))!.AsArray();
        var lines = System.Text.Encoding.UTF8.GetString(first).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 800);
        Assert.Equal(lines, array.Select(item => item!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
    }

    [Fact]
    public async Task Windows_side_by_side_hold_what_one_window_holds()
    {
        var id = await Create(Chaos("198.51.100.53", 4));
        var start = Small.Value.Start;
        var whole = await Lines($"measurements/{id}/results/?format=txt&start={start}&stop={start + (2 * 86400) - 1}");
        var first = await Lines($"measurements/{id}/results/?format=txt&start={start}&stop={start + 86399}");
        var second = await Lines($"measurements/{id}/results/?format=txt&start={start + 86400}&stop={start + (2 * 86400) - 1}");
        Assert.Equal(whole.Order(StringComparer.Ordinal), first.Concat(second).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_late_result_appears_when_its_time_has_come()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        var start = Small.Value.Start;
        var window = $"measurements/{id}/results/?format=txt&start={start}&stop={start + 86399}";
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(start + 86400);
        var soon = await Lines(window);
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(start + (4 * 86400));
        var later = await Lines(window);
        Assert.Subset(later.ToHashSet(), soon.ToHashSet());
        var late = later.Except(soon).ToList();
        Assert.NotEmpty(late);
        Assert.All(late, line => Assert.True((long)JsonNode.Parse(line)!["stored_timestamp"]! > start + 86400));
    }

    [Fact]
    public async Task Nothing_is_measured_after_the_stop()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start + (2 * 86400));
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync(Relative($"measurements/{id}/"))).StatusCode);
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(Small.Value.End);
        Assert.Equal("Stopped", (await Get($"measurements/{id}/"))["status"]!["name"]!.ToString());
        var lines = await Lines($"measurements/{id}/results/?format=txt&start={Small.Value.Start + (2 * 86400) + 20_000}&stop={Small.Value.End}");
        Assert.DoesNotContain(lines, line => Small.Value.TrueTime((int)JsonNode.Parse(line)!["prb_id"]!, (long)JsonNode.Parse(line)!["timestamp"]!) >= Small.Value.Start + (2 * 86400));
    }

    [Fact]
    public async Task Lists_come_in_pages_that_lead_to_each_other()
    {
        var probes = new List<int>();
        for (var next = "probes/?page_size=7&status=1"; next is not null;)
        {
            var page = (await http.GetFromJsonAsync<JsonObject>(next.StartsWith("http", StringComparison.Ordinal) ? new Uri(next) : Relative(next)))!;
            probes.AddRange(page["results"]!.AsArray().Select(item => (int)item!["id"]!));
            next = page["next"]?.ToString();
        }

        Assert.Equal((int)(await Get("probes/?page_size=0&status=1"))["count"]!, probes.Count);
        Assert.Equal(probes.Order(), probes);

        await Create(Chaos("192.0.2.53", 4));
        await Create(Chaos("198.51.100.53", 4));
        var own = await Get("measurements/my/?page_size=1");
        var second = (await http.GetFromJsonAsync<JsonObject>(new Uri(own["next"]!.ToString())))!;
        Assert.Null(second["next"]);
        Assert.NotEqual((long)own["results"]![0]!["id"]!, (long)second["results"]![0]!["id"]!);
    }

    [Theory]
    [InlineData("probes/?page_size=x", "page_size")]
    [InlineData("probes/?is_anchor=maybe", "is_anchor")]
    [InlineData("measurements/1001/results/?start=yesterday", "start")]
    [InlineData("measurements/1001/results/?probe_ids=a-b", "probe_ids")]
    public async Task A_parameter_that_makes_no_sense_is_named(string path, string parameter)
    {
        var answer = await http.GetAsync(Relative(path));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(parameter, (await Json(answer))["error"]!["errors"]![0]!["source"]!["parameter"]!.ToString());
    }

    [Fact]
    public async Task Filters_narrow_the_list_of_probes_and_unknown_ones_do_not()
    {
        var all = (int)(await Get("probes/?page_size=0"))["count"]!;
        Assert.Equal(all, (int)(await Get("probes/?page_size=0&contry_code=DE"))["count"]!);
        var german = (await Get("probes/?country_code=DE&tags=system-ipv6-works"))["results"]!.AsArray();
        Assert.All(german, probe => Assert.Equal("DE", probe!["country_code"]!.ToString()));
        Assert.All(german, probe => Assert.Contains(probe!["tags"]!.AsArray(), tag => tag!["slug"]!.ToString() == "system-ipv6-works"));
        var three = Small.Value.Probes.Take(3).Select(probe => probe.Id).ToList();
        Assert.Equal(three, (await Get($"probes/?id__in={string.Join(',', three)}"))["results"]!.AsArray().Select(item => (int)item!["id"]!));
    }

    [Fact]
    public async Task A_probe_that_leaves_has_no_results_from_then_on()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        var probe = Small.Value.Probes.First(probe => !probe.Flags.Any()).Id;
        var middle = Small.Value.Start + (3 * 86400);
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(middle);
        var change = new StringContent($$"""[{"action":"remove","type":"probes","value":"{{probe}}","requested":1}]""");
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsync(Relative($"measurements/{id}/participation-requests/"), change)).StatusCode);
        server.Clock.Now = DateTimeOffset.FromUnixTimeSeconds(Small.Value.End);
        var times = (await Lines($"measurements/{id}/results/?format=txt&probe_ids={probe}")).Select(line => (long)JsonNode.Parse(line)!["timestamp"]!).ToList();
        Assert.InRange(times.Distinct().Count(), 70, 72);
        Assert.All(times, time => Assert.True(time < middle));
    }

    [Fact]
    public async Task The_latest_result_of_each_probe_is_its_last()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        var latest = await Lines($"measurements/{id}/latest/?format=txt");
        var probes = latest.Select(line => (int)JsonNode.Parse(line)!["prb_id"]!).ToList();
        Assert.Equal(probes.Distinct().Count(), probes.Count);
        var all = (await Lines($"measurements/{id}/results/?format=txt&probe_ids={probes[0]}")).MaxBy(line => (long)JsonNode.Parse(line)!["timestamp"]!);
        Assert.Equal(all, latest[0]);
    }

    [Fact]
    public async Task It_misbehaves_on_request_and_then_recovers()
    {
        server.Faults.Script(SimulatorFault.TooManyRequests, SimulatorFault.ServerError, SimulatorFault.WrongJson, SimulatorFault.CutBody);
        var throttled = await http.GetAsync(Relative("probes/"));
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (throttled.StatusCode, throttled.Headers.RetryAfter!.Delta!.Value));
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync(Relative("probes/"))).StatusCode);
        await Assert.ThrowsAnyAsync<JsonException>(() => http.GetFromJsonAsync<JsonObject>(Relative("probes/")));
        await Assert.ThrowsAnyAsync<Exception>(() => http.GetStringAsync(Relative("probes/")));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Relative("probes/"))).StatusCode);
    }

    [Fact]
    public async Task A_cut_or_slow_download_of_results_is_the_beginning_of_the_whole_one()
    {
        var id = await Create(Chaos("192.0.2.53", 4));
        var path = Relative($"measurements/{id}/results/?format=txt&start={Small.Value.Start}&stop={Small.Value.Start + 86399}");
        var whole = await http.GetByteArrayAsync(path);
        server.Faults.Script(SimulatorFault.CutBody);
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        using var body = await response.Content.ReadAsStreamAsync();
        var got = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(got));
        Assert.True(got.Length < whole.Length);
        Assert.Equal(whole.AsSpan(0, (int)got.Length).ToArray(), got.ToArray());
    }

    [Fact]
    public void Chance_misbehaves_the_same_way_for_the_same_seed()
    {
        SimulatorFault[] Run() => [.. Enumerable.Repeat(SimulatorFaults.Of(0.5, 1), 1).SelectMany(faults => Enumerable.Range(0, 200).Select(_ => faults.Next("GET /x")))];
        var first = Run();
        Assert.Equal(first, Run());
        Assert.InRange(first.Count(fault => fault != SimulatorFault.None), 70, 130);
        Assert.Equal(7, first.Distinct().Count());
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private static HttpClient Client(SimulatorServer server)
    {
        var client = new HttpClient { BaseAddress = server.BaseUrl };
        client.DefaultRequestHeaders.Add("Authorization", "Key " + SimulatedNetwork.Key);
        return client;
    }

    private static string Chaos(string target, int family, int requested = 40, int interval = 3600) => $$"""
        {"definitions":[{"type":"dns","af":{{family}},"target":"{{target}}","description":"who answers","interval":{{interval}},"query_class":"CHAOS","query_type":"TXT",
        "query_argument":"id.server","set_nsid_bit":true,"include_abuf":true,"udp_payload_size":1232,"tags":["anycast-measurement"]}],
        "probes":[{"type":"area","value":"WW","requested":{{requested}}}]}
        """;

    private static async Task<JsonObject> Json(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

    private Task<HttpResponseMessage> Post(string body) => http.PostAsync(Relative("measurements/"), new StringContent(body));

    private async Task<JsonObject> Get(string path) => (await http.GetFromJsonAsync<JsonObject>(Relative(path)))!;

    private async Task<string[]> Lines(string path) => (await http.GetStringAsync(Relative(path))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<long> Create(string body)
    {
        var answer = await Post(body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (long)(await Json(answer))["measurements"]![0]!;
    }
}
