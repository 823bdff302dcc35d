using System.Net;
using System.Text.Json.Nodes;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Atlas;
using Xunit;

namespace Tests.Measuring;

public sealed class MeasurementDeployerTests
{
    private const string Nothing = """{"next":null,"results":[]}""";

    private static readonly AnycastNetwork Network = new([new Target("ns1") { IPv4 = IPAddress.Parse("192.0.2.53") }], []);

    private static readonly Probe[] Probes = [new(1) { Status = ProbeStatus.Connected, Tags = ["system-ipv4-works"] }, new(2) { Status = ProbeStatus.Connected, Tags = ["system-ipv4-works"] }];

    private static readonly StoredMeasurement[] Expected =
    [
        new(101, "ns1", MeasurementKind.Dns, 4, "id.server", 3600) { Start = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000) },
        new(102, "ns1", MeasurementKind.Ping, 4, null, 3600) { Start = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000) },
    ];

    private readonly AtlasFixture fixture = new();

    [Fact]
    public async Task An_empty_account_gets_what_is_missing_in_one_request()
    {
        fixture.Answer(Nothing).Answer(HttpStatusCode.Created, """{"measurements":[101,102]}""").Answer(Listed());

        Assert.Equal(Expected, await DeployAsync());
        var body = JsonNode.Parse(fixture.Sent[1].Body)!;
        Assert.Equal(["dns", "ping"], body["definitions"]!.AsArray().Select(definition => (string?)definition!["type"]));
        Assert.Equal("1,2", (string?)body["probes"]![0]!["value"]);
    }

    [Fact]
    public async Task A_second_time_nothing_is_created()
    {
        fixture.Answer(Listed()).Answer(Detail(101, "dns", "1,2")).Answer(Detail(102, "ping", "1,2"));
        Assert.Equal(Expected, await DeployAsync());
        Assert.All(fixture.Sent, sent => Assert.Equal("GET", sent.Method));
    }

    [Fact]
    public async Task Probes_that_are_missing_or_gone_are_changed()
    {
        fixture.Answer(Listed()).Answer(Detail(101, "dns", "1,7")).Answer(Detail(102, "ping", "1,2"))
            .Answer(HttpStatusCode.Created, "{}").Answer(HttpStatusCode.Created, "{}");
        Assert.Equal(Expected, await DeployAsync());
        Assert.Equal(
            ["""[{"action":"add","type":"probes","value":"2","requested":1}]""", """[{"action":"remove","type":"probes","value":"7","requested":1}]"""],
            fixture.Sent.Where(sent => sent.Method == "POST").Select(sent => sent.Body));
    }

    [Fact]
    public async Task After_a_creation_without_answer_atlas_list_is_asked_and_nothing_is_created_twice()
    {
        fixture.Answer(Nothing).Answer(HttpStatusCode.BadGateway, "").Answer(Listed()).Answer(Listed());
        Assert.Equal(Expected, await DeployAsync());
        Assert.Single(fixture.Sent, sent => sent.Method == "POST");
    }

    [Fact]
    public async Task A_creation_without_answer_and_without_trace_is_left_to_the_operator()
    {
        fixture.Answer(Nothing).Answer(HttpStatusCode.BadGateway, "").Answer(Nothing);
        await Assert.ThrowsAsync<AmbiguousCreationException>(DeployAsync);
        Assert.Single(fixture.Sent, sent => sent.Method == "POST");
    }

    [Fact]
    public async Task When_atlas_does_not_say_when_the_new_ones_began_it_is_now()
    {
        fixture.Answer(Nothing).Answer(HttpStatusCode.Created, """{"measurements":[101,102]}""").Answer(HttpStatusCode.Forbidden, "{}");
        Assert.All(await DeployAsync(), measurement => Assert.Equal(fixture.Time.GetUtcNow(), measurement.Start));
    }

    /// <summary>What runs goes on until the new one is there: if Atlas refuses it, nothing is lost.</summary>
    [Fact]
    public async Task A_replacement_is_created_before_the_old_one_is_stopped()
    {
        fixture.Answer(Nothing).Answer(HttpStatusCode.BadRequest, """{"error":{"detail":"no"}}""");
        var plan = await Deployer().PlanAsync(Network, new ProbeSelectionOptions(), Probes);
        var replacing = plan with { Create = [], Replace = [.. plan.Create.Select((wanted, index) => new ReplacedMeasurement(Old(index), wanted))] };
        Assert.True(replacing.HasRoomForBoth);
        await Assert.ThrowsAsync<AtlasException>(() => Deployer().ApplyAsync(replacing));
        Assert.DoesNotContain(fixture.Sent, sent => sent.Method == "DELETE");
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Results")]
    [InlineData("Credits")]
    [InlineData("Target")]
    public async Task Where_there_is_no_room_for_both_the_old_one_is_stopped_first(string tight)
    {
        fixture.Answer(Nothing);
        var plan = await Deployer().PlanAsync(Network, new ProbeSelectionOptions(), Probes);
        var limits = tight switch
        {
            "Running" => new AtlasLimits { Running = 3 },
            "Results" => new AtlasLimits { ResultsPerDay = 191 },
            "Credits" => new AtlasLimits { CreditsPerDay = 1247 },
            _ => new AtlasLimits { MeasurementsPerTarget = 1 },
        };
        var replacing = plan with { Create = [], Replace = [.. plan.Create.Select((wanted, index) => new ReplacedMeasurement(Old(index), wanted))], Limits = limits };
        Assert.False(replacing.HasRoomForBoth);
        fixture.Answer(HttpStatusCode.NoContent, "").Answer(HttpStatusCode.NoContent, "")
            .Answer(HttpStatusCode.Created, """{"measurements":[101,102]}""").Answer(Listed());
        await Deployer().ApplyAsync(replacing);
        Assert.Equal(["GET", "DELETE", "DELETE", "POST", "GET"], fixture.Sent.Select(sent => sent.Method));
    }

    /// <summary>Two probes each hour: 48 results a day, 480 credits by DNS and 144 by ping.</summary>
    private static AtlasMeasurement Old(int index) => new(50 + index) { EstimatedResultsPerDay = 48, CreditsPerResult = index == 0 ? 10 : 3 };

    [Fact]
    public async Task A_plan_with_problems_is_not_carried_out()
    {
        var plan = new MeasurementPlan { Problems = ["too much"], Stop = [new(1)] };
        await Assert.ThrowsAsync<ConfigurationException>(() => Deployer().ApplyAsync(plan));
        Assert.Empty(fixture.Sent);
    }

    [Fact]
    public async Task Following_takes_name_and_interval_from_atlas()
    {
        fixture.Answer("""{"id":10310,"type":"dns","af":4,"query_argument":"Hostname.BIND.","interval":14400}""");
        var plan = new MeasurementPlan { Follow = [new FollowedMeasurement(10310, "b-root", MeasurementKind.Dns, 4)] };
        Assert.Equal([new StoredMeasurement(10310, "b-root", MeasurementKind.Dns, 4, "hostname.bind", 14400) { IsFollowed = true }], await Deployer().ApplyAsync(plan));
    }

    [Fact]
    public async Task Following_something_else_than_was_meant_is_refused()
    {
        fixture.Answer("""{"id":1001,"type":"ping","af":4}""");
        var plan = new MeasurementPlan { Follow = [new FollowedMeasurement(1001, "k-root", MeasurementKind.Dns, 4)], Stop = [new AtlasMeasurement(77)] };
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => Deployer().ApplyAsync(plan));
        Assert.Equal("Follow of target k-root names measurement 1001 as dns over IPv4; it is ping over IPv4", problem.Message);
        Assert.DoesNotContain(fixture.Sent, sent => sent.Method == "DELETE");
    }

    private static string Listed() => $$"""{"next":null,"results":[{{Object(101, "dns", "")}},{{Object(102, "ping", "")}}]}""";

    private static string Detail(long id, string type, string probes) => Object(id, type, $$""","current_probes":[{{probes}}],"probes":[1,2,3,4,5]""");

    private static string Object(long id, string type, string more) =>
        $$"""
        {"id":{{id}},"type":"{{type}}","af":4,"status":{"id":2,"name":"Ongoing"},"tags":["anycast-measurement"],"target_ip":"192.0.2.53","interval":3600,"start_time":1750000000,
         "description":"anycast-measurement ns1 {{(type == "dns" ? "dns4 id.server" : "ping4")}}"{{more}}}
        """;

    private MeasurementDeployer Deployer() => new(fixture.Atlas, new AtlasOptions(), fixture.Time, NullLogger<MeasurementDeployer>.Instance);

    private async Task<IReadOnlyList<StoredMeasurement>> DeployAsync()
    {
        var deployer = Deployer();
        var plan = await deployer.PlanAsync(Network, new ProbeSelectionOptions(), Probes);
        return await deployer.ApplyAsync(plan);
    }
}
