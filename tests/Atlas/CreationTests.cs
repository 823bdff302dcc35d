using System.Net;
using System.Text.Json.Nodes;
using Collector.Atlas;
using Xunit;

namespace Tests.Atlas;

public sealed class CreationTests
{
    private const string AtlasIsDown = """{"error":{"status":503,"title":"Service Unavailable","detail":"try later"}}""";

    private static readonly CreationRequest Request = new(
        [
            new ChaosDefinition(IPAddress.Parse("192.0.2.53"), "ours example dns4 id.server", TimeSpan.FromMinutes(30)) { Tags = ["ours"] },
            new PingDefinition(IPAddress.Parse("2001:db8::53"), "ours example ping6", TimeSpan.FromHours(1)) { Tags = ["ours"], Spread = TimeSpan.FromSeconds(100) },
        ],
        [ProbeSet.Of([1, 2, 3]), new ProbeSet("countries", "NL,DE", 10) { IncludeTags = ["system-ipv6-works"] }])
    {
        Start = DateTimeOffset.FromUnixTimeSeconds(1763596800),
    };

    private readonly AtlasFixture fixture = new();

    /// <summary>The shape is that of the reference, section 3.</summary>
    [Fact]
    public async Task The_body_is_what_atlas_wants()
    {
        fixture.Answer(HttpStatusCode.Created, """{"measurements":[101,102]}""");

        Assert.Equal([101L, 102L], await fixture.Atlas.CreateAsync(Request));
        var expected = JsonNode.Parse("""
            {"definitions":[
              {"type":"dns","af":4,"target":"192.0.2.53","description":"ours example dns4 id.server","interval":1800,"is_public":true,
               "resolve_on_probe":false,"tags":["ours"],"query_class":"CHAOS","query_type":"TXT","query_argument":"id.server",
               "protocol":"UDP","udp_payload_size":1232,"set_nsid_bit":true,"retry":0,"include_abuf":true,"include_qbuf":false,
               "use_probe_resolver":false,"prepend_probe_id":false,"use_macros":false},
              {"type":"ping","af":6,"target":"2001:db8::53","description":"ours example ping6","interval":3600,"spread":100,"is_public":true,
               "resolve_on_probe":false,"tags":["ours"],"packets":3,"size":48}],
             "probes":[
              {"type":"probes","value":"1,2,3","requested":3},
              {"type":"countries","value":"NL,DE","requested":10,"tags":{"include":["system-ipv6-works"],"exclude":[]}}],
             "is_oneoff":false,"start_time":1763596800}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(fixture.Sent[0].Body)), fixture.Sent[0].Body);
        Assert.Equal("POST", fixture.Sent[0].Method);
        Assert.Equal("https://atlas.example/api/v2/measurements/", fixture.Sent[0].Address.AbsoluteUri);
    }

    [Fact]
    public void A_definition_without_interval_runs_once()
    {
        var body = JsonNode.Parse(new CreationRequest([new PingDefinition(IPAddress.Loopback, "x", Interval: null)], [ProbeSet.Of([1])]).ToJson())!;
        Assert.True((bool)body["is_oneoff"]!);
        Assert.Null(body["definitions"]![0]!["interval"]);
    }

    [Fact]
    public async Task A_creation_is_sent_again_where_nothing_can_have_been_created()
    {
        fixture.Answer(HttpStatusCode.TooManyRequests, "slow down", "text/plain")
            .Answer(HttpStatusCode.ServiceUnavailable, AtlasIsDown)
            .Answer(HttpStatusCode.ServiceUnavailable, "", change: response => response.Headers.RetryAfter = new(TimeSpan.FromSeconds(5)))
            .Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"))
            .Fail(new HttpRequestException(HttpRequestError.NameResolutionError, "no such host"))
            .Answer(HttpStatusCode.Created, """{"measurements":[101,102]}""");

        Assert.Equal([101L, 102L], await fixture.Atlas.CreateAsync(Request));
        Assert.Equal(6, fixture.Sent.Count);
        Assert.Single(fixture.Sent.Select(sent => sent.Body).Distinct());
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "{}")]
    [InlineData(HttpStatusCode.BadGateway, "<html>")]
    [InlineData(HttpStatusCode.GatewayTimeout, "")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "<html>a proxy's page</html>")]
    public async Task An_answer_that_leaves_it_open_is_not_followed_by_another_creation(HttpStatusCode status, string body)
    {
        fixture.Answer(status, body, "text/html");

        var problem = await Assert.ThrowsAsync<AmbiguousCreationException>(() => fixture.Atlas.CreateAsync(Request));
        Assert.Equal(status, problem.Status);
        Assert.Contains("may exist", problem.Message, StringComparison.Ordinal);
        Assert.Single(fixture.Sent);
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.Unknown)]
    public async Task A_connection_that_breaks_under_way_leaves_it_open(HttpRequestError error)
    {
        fixture.Fail(new HttpRequestException(error, "broken"));
        await Assert.ThrowsAsync<AmbiguousCreationException>(() => fixture.Atlas.CreateAsync(Request));
        Assert.Single(fixture.Sent);
    }

    [Fact]
    public async Task A_creation_without_answer_leaves_it_open()
    {
        fixture.Hang(fixture.Time.Expire);
        await Assert.ThrowsAsync<AmbiguousCreationException>(() => fixture.Atlas.CreateAsync(Request));
        Assert.Single(fixture.Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"measurements":[101]}""")]
    [InlineData("""{"measurements":["a","b"]}""")]
    public async Task A_success_without_ids_leaves_it_open(string body)
    {
        fixture.Answer(HttpStatusCode.Created, body);
        await Assert.ThrowsAsync<AmbiguousCreationException>(() => fixture.Atlas.CreateAsync(Request));
    }

    [Fact]
    public async Task A_refused_creation_is_simply_refused()
    {
        fixture.Answer(HttpStatusCode.BadRequest, """{"error":{"title":"Bad Request","detail":"There was a problem with your request","errors":[{"source":{"pointer":""},"detail":"quota"}]}}""");

        var problem = await Assert.ThrowsAsync<AtlasException>(() => fixture.Atlas.CreateAsync(Request));
        Assert.EndsWith("400 Bad Request: There was a problem with your request; quota", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_from_the_start_is_not_ambiguous()
    {
        for (var attempt = 0; attempt < 6; attempt++)
        {
            fixture.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));
        }

        var problem = await Assert.ThrowsAsync<AtlasException>(() => fixture.Atlas.CreateAsync(Request));
        Assert.Contains("Connection refused (tried 6 times)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_are_added_and_removed_by_id()
    {
        fixture.Answer(HttpStatusCode.Created, """{"request_ids":[1]}""").Answer(HttpStatusCode.Created, """{"request_ids":[2]}""");
        await fixture.Atlas.AddProbesAsync(42, [5, 6]);
        await fixture.Atlas.RemoveProbesAsync(42, [7]);
        await fixture.Atlas.AddProbesAsync(42, []);

        Assert.Equal("https://atlas.example/api/v2/measurements/42/participation-requests/", fixture.Sent[0].Address.AbsoluteUri);
        Assert.Equal("""[{"action":"add","type":"probes","value":"5,6","requested":2}]""", fixture.Sent[0].Body);
        Assert.Equal("""[{"action":"remove","type":"probes","value":"7","requested":1}]""", fixture.Sent[1].Body);
        Assert.Equal(2, fixture.Sent.Count);
    }

    /// <summary>The formula and the figures are of the reference, section 2.1.</summary>
    [Theory]
    [InlineData(3, 48, 3)]
    [InlineData(5, 1480, 5)]
    [InlineData(5, 1500, 10)]
    public void A_ping_costs_by_packet_and_size(int packets, int size, int credits) =>
        Assert.Equal(credits, new PingDefinition(IPAddress.Loopback, "x", null, packets, size).CreditsPerResult);
}
