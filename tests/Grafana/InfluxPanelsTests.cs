using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Grafana;

/// <summary>Every query of every dashboard, run on a real InfluxDB that holds the demo.</summary>
[Collection(DemoDatabase.Collection)]
public sealed partial class InfluxPanelsTests(DemoDatabase database)
{
    // What may be empty all the same, and why.
    private static readonly Dictionary<string, string> MayBeEmpty = new()
    {
        ["overview.json, «Critical findings»"] = "so few probes need not show anything critical",
        ["findings.json, «Critical now»"] = "so few probes need not show anything critical",
        ["findings.json, «Warnings now»"] = "nor anything to warn of",
        ["findings.json, «For information now»"] = "no check need have anything to say for information",
        ["findings.json, «Critical, noticed»"] = "as above",
        ["findings.json, «Warnings, noticed»"] = "as above",
    };

    public static TheoryData<string> Names => [.. Dashboard.OnInflux.Select(dashboard => dashboard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_panel_gets_rows_and_the_columns_that_it_names(string name)
    {
        var dashboard = Dashboard.All.Single(one => one.Name == name);
        var server = await database.ServerAsync();
        var from = DemoDatabase.End.AddDays(-7);
        var variables = await database.VariablesAsync(dashboard, from);
        var problems = new List<string>();
        foreach (var values in Choices(dashboard, variables))
        {
            var expansion = new Expansion(from, DemoDatabase.End, values);
            foreach (var panel in dashboard.Panels)
            {
                await CheckAsync(server, panel, expansion, problems);
            }
        }

        Assert.Empty(problems.Distinct());
    }

    [Fact]
    public async Task Annotations_bring_the_text_and_the_tags_that_they_name()
    {
        var server = await database.ServerAsync();
        foreach (var dashboard in Dashboard.OnInflux)
        {
            var variables = await database.VariablesAsync(dashboard, DemoDatabase.End.AddDays(-21));
            var expansion = new Expansion(DemoDatabase.End.AddDays(-21), DemoDatabase.End, Single(variables));
            foreach (var target in dashboard.Annotations.Select(annotation => annotation["target"]!))
            {
                var rows = await server.QueryAsync(expansion.Of((string)target["query"]!));
                Assert.True(rows.Count > 0 || (string)target["name"]! == "Critical findings", $"{dashboard.Name}: {target["name"]} has no rows");
                Assert.All(rows, row => Assert.Superset(new HashSet<string> { (string)target["textColumn"]!, (string)target["tagsColumn"]! }, row.Row.Keys.ToHashSet()));
            }
        }
    }

    private static async Task CheckAsync(Servers.InfluxServer server, Panel panel, Expansion expansion, List<string> problems)
    {
        var tables = new List<IReadOnlyList<string>>();
        var named = new HashSet<string>();
        var isEmpty = true;
        foreach (var target in panel.Targets)
        {
            var query = (string)target["query"]!;
            var from = panel.Root["timeFrom"] is not null ? expansion.To.AddDays(-1) : panel.Root["timeShift"] is not null ? expansion.From.AddDays(-7) : expansion.From;
            var to = panel.Root["timeShift"] is not null ? expansion.To.AddDays(-7) : expansion.To;
            var rows = await server.QueryAsync((expansion with { From = from, To = to }).Of(query));
            isEmpty &= rows.Count == 0;
            if (rows.Count == 0)
            {
                // Unnamed columns keep their panel from being looked at further.
                tables.Add([]);
                continue;
            }

            tables.Add([.. rows[0].Row.Keys.Concat(rows[0].Tags.Keys).Select(column => column == "time" ? "Time" : column)]);
            if ((string?)target["alias"] is { } alias)
            {
                foreach (Match tag in Tag().Matches(alias))
                {
                    if (!rows[0].Tags.ContainsKey(tag.Groups[1].Value))
                    {
                        problems.Add($"{panel}: {alias} names a tag that the query is not grouped by: {query}");
                    }
                }

                named.UnionWith(rows.SelectMany(row => row.Row.Keys.Where(column => column != "time").Select(column =>
                    Tag().Replace(alias.Replace("$col", column, StringComparison.Ordinal), tag => row.Tags.GetValueOrDefault(tag.Groups[1].Value, "")))));
            }
        }

        if (isEmpty)
        {
            if (!MayBeEmpty.ContainsKey(panel.ToString()))
            {
                problems.Add($"{panel}: no rows with {string.Join(", ", expansion.Values.Select(pair => $"{pair.Key} {string.Join('|', pair.Value)}"))}");
            }

            return;
        }

        if (named.Count > 0)
        {
            problems.AddRange(panel.Overridden.Except(named).Select(name => $"{panel}: there is no series {name}, but {string.Join(", ", named)}"));
            return;
        }

        if (tables.Exists(table => table.Count == 0))
        {
            return;
        }

        var columns = Frame.Columns(tables, panel.Root["transformations"]!.AsArray(), problem => problems.Add($"{panel}: {problem}"));
        IEnumerable<string?> wanted = panel.Type switch
        {
            "geomap" => new[] { "latitude", "longitude" }.Select(key => (string?)panel.Root["options"]!["layers"]![0]!["location"]![key])
                .Append((string?)panel.Root["options"]!["layers"]![0]!["config"]!["style"]!["color"]!["field"]),
            "barchart" => [(string?)panel.Root["options"]!["xField"]],
            "table" => panel.Root["options"]!["sortBy"]!.AsArray().Select(sort => (string?)sort!["displayName"]),
            _ => [],
        };
        problems.AddRange(wanted.Concat(panel.Overridden).Except(columns).Select(column => $"{panel}: there is no column {column}, but {string.Join(", ", columns)}"));
        var linked = Data().Matches(panel.Root.ToJsonString()).Select(match => match.Groups[1].Value);
        problems.AddRange(linked.Except(columns).Select(column => $"{panel}: a link names {column}, there are {string.Join(", ", columns)}"));
    }

    /// <summary>One value of each, or all where that can be chosen; two where several can be.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, IReadOnlyList<string>>> Choices(Dashboard dashboard, Dictionary<string, IReadOnlyList<string>> variables)
    {
        var multiple = dashboard.Variables.Where(variable => (bool?)variable["multi"] is true).ToDictionary(variable => (string)variable["name"]!);
        IReadOnlyDictionary<string, IReadOnlyList<string>> With(Func<string, IReadOnlyList<string>> choose) =>
            variables.ToDictionary(pair => pair.Key, pair => multiple.ContainsKey(pair.Key) ? choose(pair.Key) : [pair.Value[0]]);

        yield return With(name => (bool)multiple[name]["includeAll"]! ? (string?)multiple[name]["allValue"] is null ? variables[name] : [] : [variables[name][0]]);
        if (multiple.Count > 0)
        {
            yield return With(name => [.. variables[name].Take(2)]);
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> Single(Dictionary<string, IReadOnlyList<string>> variables) =>
        variables.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value[0]]);

    [GeneratedRegex(@"\$tag_([a-z]+)")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\$\{__data\.fields\.([A-Za-z_]+)(?:\.numeric)?\}")]
    private static partial Regex Data();
}
