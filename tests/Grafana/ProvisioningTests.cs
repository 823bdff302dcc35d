using System.Text.Json.Nodes;
using Collector.Configuration;
using Xunit;

namespace Tests.Grafana;

/// <summary>The files that Grafana reads at its start.</summary>
public sealed class ProvisioningTests
{
    private const string Folder = "grafana/provisioning/";

    [Theory]
    [InlineData("influxdb-v1.yaml", "user", null)]
    [InlineData("influxdb-v2.yaml", null, "Token ${MEASUREMENT_INFLUX_TOKEN}")]
    [InlineData("influxdb-v3.yaml", null, "Bearer ${MEASUREMENT_INFLUX_TOKEN}")]
    public void Each_dialect_has_a_data_source_and_all_are_the_same_one(string file, string? user, string? header)
    {
        var source = Assert.Single(Yaml.Read($"{Folder}datasources/{file}")["datasources"]!.AsArray())!;
        Assert.Equal(("Measurement", "measurement", "influxdb", "proxy"), ((string)source["name"]!, (string)source["uid"]!, (string)source["type"]!, (string)source["access"]!));
        Assert.Equal(new TimeSeriesOptions().Database, (string)source["jsonData"]!["dbName"]!);
        Assert.Null(source["jsonData"]!["version"]);
        Assert.Equal(user is null, source["user"] is null);
        Assert.Equal(header is null ? null : "Authorization", (string?)source["jsonData"]!["httpHeaderName1"]);
        Assert.Equal(header, (string?)source["secureJsonData"]!["httpHeaderValue1"]);
        Assert.Equal("${MEASUREMENT_INFLUX_URL}", (string)source["url"]!);
    }

    [Fact]
    public void Every_dialect_that_we_write_has_a_file() =>
        Assert.All(Enum.GetNames<InfluxDialect>(), dialect => Assert.True(File.Exists(Repository.File($"{Folder}datasources/influxdb-{dialect.ToLowerInvariant()}.yaml"))));

    [Fact]
    public void The_dashboards_are_read_from_where_the_page_says_they_are_put()
    {
        var provider = Assert.Single(Yaml.Read($"{Folder}dashboards/measurement.yaml")["providers"]!.AsArray())!;
        Assert.Equal("file", (string)provider["type"]!);
        Assert.False((bool)provider["allowUiUpdates"]!);
        Assert.Contains($"/grafana/dashboards:{provider["options"]!["path"]}:ro", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_asked_of_the_environment_is_on_the_page()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.File(Folder), "*", SearchOption.AllDirectories))
        {
            foreach (System.Text.RegularExpressions.Match name in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), @"\$\{(MEASUREMENT_[A-Z_]+)\}"))
            {
                Assert.Contains($"`{name.Groups[1].Value}`", Page(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_tree_of_policies_replaces_the_operators_only_when_he_wants_it()
    {
        Assert.Empty(Directory.EnumerateFiles(Repository.File(Folder + "alerting"), "polic*.y*ml"));
        var policies = Yaml.Read($"{Folder}alerting/policies.yaml.example");
        var points = Yaml.Read($"{Folder}alerting/contact-points.yaml")["contactPoints"]!.AsArray().Select(point => (string)point!["name"]!);
        var route = Assert.Single(policies["policies"]![0]!["routes"]!.AsArray())!;
        Assert.Contains((string)route["receiver"]!, points);
        Assert.Equal("""["service","=","measurement"]""", Assert.Single(route["object_matchers"]!.AsArray())!.ToJsonString());
    }

    [Fact]
    public void Names_that_grafana_keeps_are_short_enough_and_there_once()
    {
        var uids = Directory.EnumerateFiles(Repository.File(Folder + "alerting"), "*.yaml").Select(path => Yaml.Read(Path.Combine(Folder, "alerting", Path.GetFileName(path))))
            .SelectMany(Uids).ToList();
        Assert.True(uids.Count > 5);
        Assert.All(uids, uid => Assert.Matches("^[a-z-]{1,40}$", uid));
        Assert.Equal(uids.Count, uids.Distinct().Count());

        static IEnumerable<string> Uids(JsonNode? node) => node switch
        {
            JsonObject one => one.SelectMany(pair => pair is { Key: "uid", Value: JsonValue uid } && (string)uid! != "__expr__" ? [(string)uid!] : Uids(pair.Value)),
            JsonArray many => many.SelectMany(Uids),
            _ => [],
        };
    }

    private static string Page() => File.ReadAllText(Repository.File("docs/grafana.md"));
}
