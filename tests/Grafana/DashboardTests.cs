using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Grafana;

/// <summary>What anybody who opens a dashboard may expect of it.</summary>
public sealed partial class DashboardTests
{
    // Names that Grafana knows, as far as we use them.
    private static readonly HashSet<string> Units = ["bytes", "cps", "d", "dateTimeAsIso", "ms", "none", "percentunit", "reqps", "s", "short", "string"];

    // Those that come with Grafana.
    private static readonly HashSet<string> PanelTypes = ["barchart", "geomap", "stat", "state-timeline", "table", "timeseries"];

    public static TheoryData<string> Names => [.. Dashboard.All.Select(dashboard => dashboard.Name)];

    [Fact]
    public void There_are_seven_each_with_an_address_of_its_own()
    {
        Assert.Equal(
            ["measurement-findings", "measurement-networks", "measurement-overview", "measurement-pop", "measurement-probe", "measurement-service", "measurement-weeks"],
            Dashboard.All.Select(dashboard => (string)dashboard.Root["uid"]!));
        Assert.Equal(7, Dashboard.All.Select(dashboard => (string)dashboard.Root["title"]!).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_can_be_provisioned_anywhere(string name)
    {
        var root = Of(name).Root;
        Assert.True(((string)root["uid"]!).Length <= 40);
        Assert.False(root.ContainsKey("id"), "a numeric id belongs to one Grafana");
        Assert.False((bool)root["editable"]!);
        Assert.Equal(42, (int)root["schemaVersion"]!);
        Assert.Contains("measurement", root["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.NotEqual("", (string?)root["description"] ?? "");
        Assert.Equal("utc", (string)root["timezone"]!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_say_what_they_show_and_what_good_looks_like(string name)
    {
        foreach (var panel in Of(name).Panels)
        {
            Assert.True(PanelTypes.Contains(panel.Type), $"{panel} is a {panel.Type}");
            Assert.NotEqual("", (string?)panel.Root["title"] ?? "");
            Assert.Matches(@"\bGood: .+\.", (string?)panel.Root["description"] ?? "");
            var units = panel.Root["fieldConfig"]!["overrides"]!.AsArray().SelectMany(one => one!["properties"]!.AsArray())
                .Where(property => (string)property!["id"]! == "unit").Select(property => (string)property!["value"]!)
                .Append((string?)panel.Root["fieldConfig"]!["defaults"]!["unit"] ?? "none");
            Assert.All(units, unit => Assert.True(Units.Contains(unit), $"{panel} has the unit {unit}"));
            Assert.NotEmpty(panel.Targets);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Everything_asks_the_data_source_that_is_chosen_above(string name)
    {
        var dashboard = Of(name);
        var asked = dashboard.Panels.Select(panel => panel.Root["datasource"]!)
            .Concat(dashboard.Panels.SelectMany(panel => panel.Targets).Select(target => target["datasource"]!))
            .Concat(dashboard.Annotations.Select(annotation => annotation["datasource"]!))
            .Concat(dashboard.Variables.Where(variable => (string)variable["type"]! == "query").Select(variable => variable["datasource"]!));
        Assert.All(asked, source => Assert.Equal((dashboard.DataSource, "${datasource}"), ((string)source["type"]!, (string)source["uid"]!)));
        Assert.All(dashboard.Panels, panel => Assert.Equal(panel.Targets.Count(), panel.Targets.Select(target => (string)target["refId"]!).Distinct().Count()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_have_ids_of_their_own_and_do_not_lie_upon_each_other(string name)
    {
        var panels = Of(name).Root["panels"]!.AsArray().Select(panel => panel!).ToList();
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        var cells = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            var (x, y, w, h) = ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!, (int)panel["gridPos"]!["w"]!, (int)panel["gridPos"]!["h"]!);
            Assert.True(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, $"{panel["title"]} lies at {x}, {y}, {w} wide");
            for (var cell = 0; cell < w * h; cell++)
            {
                Assert.True(cells.Add((x + (cell % w), y + (cell / w))), $"{panel["title"]} lies upon another");
            }
        }

        // Lines are full: nothing stands beside a hole.
        Assert.Equal(24 * (cells.Max(cell => cell.Y) + 1), cells.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Variables_follow_the_time_and_are_all_used(string name)
    {
        var dashboard = Of(name);
        var text = dashboard.Root.ToJsonString();
        foreach (var variable in dashboard.Variables)
        {
            var own = (string)variable["name"]!;
            Assert.True((string)variable["type"]! != "query" || (int)variable["refresh"]! == 2, $"{own} is not asked for again when the time changes");
            Assert.NotEqual("", (string?)variable["label"] ?? "");
            Assert.Contains("${" + own, text.Replace("$" + own, "${" + own, StringComparison.Ordinal), StringComparison.Ordinal);
        }

        var known = dashboard.Variables.Select(variable => (string)variable["name"]!).ToHashSet();
        var queries = dashboard.Panels.SelectMany(panel => panel.Targets).Select(target => (string?)target["query"] ?? (string)target["expr"]!);
        Assert.All(queries.SelectMany(query => Used().Matches(query)).Select(match => match.Groups[1].Value), used => Assert.True(
            known.Contains(used) || used is "timeFilter" or "__interval" or "__rate_interval" or "__to", $"there is no variable {used}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Several_values_are_asked_for_with_a_regular_expression_and_one_in_quotes(string name)
    {
        var dashboard = Of(name);
        foreach (var variable in dashboard.Variables.Where(variable => (string)variable["type"]! == "query"))
        {
            var own = (string)variable["name"]!;
            var right = (bool)variable["multi"]! ? new[] { "regex" } : ["singlequote", "raw"];
            var queries = dashboard.Panels.SelectMany(panel => panel.Targets).Concat(dashboard.Annotations.Select(annotation => annotation["target"]!)).Concat(dashboard.Variables);
            Assert.All(
                queries.Select(one => (string?)one["query"]).OfType<string>().SelectMany(query => Regex.Matches(query, @"\$\{?" + own + @"\b(?::([a-z]+)\})?")),
                use => Assert.Contains(use.Groups[1].Value, right));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Links_lead_to_dashboards_that_are_there_and_variables_that_they_have(string name)
    {
        foreach (Match link in Link().Matches(Of(name).Root.ToJsonString()))
        {
            var target = Assert.Single(Dashboard.All, dashboard => (string)dashboard.Root["uid"]! == link.Groups["uid"].Value);
            var variables = target.Variables.Select(variable => (string)variable["name"]!).ToHashSet();
            Assert.All(Set().Matches(link.Value).Select(match => match.Groups[1].Value), set => Assert.Contains(set, variables));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Times_turn_red_where_the_targets_do_by_default(string name)
    {
        var limit = new Collector.Network.Target("any").GreenBelowMs.ToString(CultureInfo.InvariantCulture);
        var red = Of(name).Panels.Where(panel => (string?)panel.Root["fieldConfig"]!["defaults"]!["unit"] == "ms")
            .Select(panel => panel.Root["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray().Where(step => (string)step!["color"]! == "red").Select(step => step!["value"]!.ToJsonString()))
            .Where(steps => steps.Any());
        Assert.All(red, steps => Assert.Equal([limit], steps));
    }

    private static Dashboard Of(string name) => Dashboard.All.Single(dashboard => dashboard.Name == name);

    [GeneratedRegex(@"\$\{?([_a-z]+[A-Za-z_]*)")]
    private static partial Regex Used();

    [GeneratedRegex(@"/d/(?<uid>[a-z-]+)\?[^""]*")]
    private static partial Regex Link();

    [GeneratedRegex(@"[?&]var-([a-z]+)=")]
    private static partial Regex Set();
}
