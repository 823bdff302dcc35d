using System.Text.Json.Nodes;

namespace Tests.Grafana;

/// <summary>One of the dashboards that we ship.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Root">What the file holds.</param>
internal sealed record Dashboard(string Name, JsonObject Root)
{
    /// <summary>The folder of the dashboards.</summary>
    public static string Folder => Repository.File("grafana/dashboards");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dashboard> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal)
            .Select(path => new Dashboard(Path.GetFileName(path), JsonNode.Parse(File.ReadAllText(path))!.AsObject())),
    ];

    /// <summary>Those that ask InfluxDB.</summary>
    public static IEnumerable<Dashboard> OnInflux => All.Where(dashboard => dashboard.DataSource == "influxdb");

    /// <summary>What it asks: <c>influxdb</c> or <c>prometheus</c>.</summary>
    public string DataSource => (string)Variables.Single(variable => (string)variable["name"]! == "datasource")["query"]!;

    /// <summary>Its variables, in order.</summary>
    public IEnumerable<JsonNode> Variables => Root["templating"]!["list"]!.AsArray()!;

    /// <summary>Its panels, without the headings between them.</summary>
    public IEnumerable<Panel> Panels => Root["panels"]!.AsArray().Where(panel => (string)panel!["type"]! != "row").Select(panel => new Panel(this, panel!));

    /// <summary>Its annotations.</summary>
    public IEnumerable<JsonNode> Annotations => Root["annotations"]!["list"]!.AsArray()!;
}

/// <summary>A panel of a dashboard.</summary>
internal sealed record Panel(Dashboard Dashboard, JsonNode Root)
{
    /// <summary>What kind it is.</summary>
    public string Type => (string)Root["type"]!;

    /// <summary>Its queries.</summary>
    public IEnumerable<JsonNode> Targets => Root["targets"]!.AsArray()!;

    /// <summary>The names that its overrides are for.</summary>
    public IEnumerable<string> Overridden => Root["fieldConfig"]!["overrides"]!.AsArray()
        .Where(one => (string)one!["matcher"]!["id"]! == "byName").Select(one => (string)one!["matcher"]!["options"]!);

    /// <inheritdoc/>
    public override string ToString() => $"{Dashboard.Name}, «{Root["title"]}»";
}
