using System.Text.RegularExpressions;
using Tests.Servers;
using Xunit;

namespace Tests.Grafana;

/// <summary>What asks Prometheus for our metrics: the dashboard of the service, and the alert rules.</summary>
public sealed partial class PrometheusTests
{
    private const string Rules = "grafana/rules/measurement.rules.yaml";

    [Fact]
    public async Task Every_panel_of_the_service_gets_the_series_and_the_labels_that_it_names()
    {
        await using var page = await ServicePage.StartAsync();
        await using var server = await PrometheusServer.StartAsync(page.Address);
        var problems = new List<string>();
        foreach (var dashboard in Dashboard.All.Where(dashboard => dashboard.DataSource == "prometheus"))
        {
            var expansion = new Expansion(default, DateTimeOffset.UtcNow, dashboard.Variables.ToDictionary(variable => (string)variable["name"]!, _ => (IReadOnlyList<string>)[]));
            foreach (var panel in dashboard.Panels)
            {
                await CheckAsync(server, panel, expansion, problems);
            }

            foreach (var query in dashboard.Variables.Where(variable => (string)variable["type"]! == "query").Select(variable => (string)variable["query"]!))
            {
                var values = LabelValues().Match(query);
                Assert.Contains(await server.QueryAsync(values.Groups[1].Value), series => series.ContainsKey(values.Groups[2].Value));
            }
        }

        Assert.Empty(problems);
    }

    [Fact]
    public async Task Every_metric_and_label_that_is_asked_for_is_told()
    {
        await using var page = await ServicePage.StartAsync();
        var told = Line().Matches(page.Text).GroupBy(line => line.Groups[1].Value)
            .ToDictionary(group => group.Key, group => group.SelectMany(line => Label().Matches(line.Groups[2].Value)).Select(label => label.Groups[1].Value).ToHashSet());

        // What is told only where the stream is used; docs/http.md has it, and a test holds the page against the program.
        foreach (var name in new[] { "connected", "connections_total", "results_total", "dropped_total", "rejected_total" })
        {
            told[$"measurement_stream_{name}"] = [];
        }

        var expressions = Dashboard.All.Where(dashboard => dashboard.DataSource == "prometheus").SelectMany(dashboard => dashboard.Panels).SelectMany(panel => panel.Targets).Select(target => (string)target["expr"]!)
            .Concat(Yaml.Read(Rules)["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => (string)rule!["expr"]!)).ToList();
        Assert.True(expressions.Count > 40);
        foreach (var expression in expressions)
        {
            foreach (Match metric in Metric().Matches(expression))
            {
                var name = metric.Groups[1].Value;
                Assert.True(told.ContainsKey(name), $"{name} is nowhere told: {expression}");
                Assert.All(
                    Matcher().Matches(metric.Groups[2].Value).Select(label => label.Groups[1].Value).Where(label => label is not "instance"),
                    label => Assert.True(told[name].Contains(label), $"{name} has no label {label}: {expression}"));
            }

            // Grouped by what the metric has, as Prometheus calls it.
            var all = Metric().Matches(expression).SelectMany(metric => told[metric.Groups[1].Value]).Select(label => label == "job" ? "exported_job" : label).Append("instance").ToHashSet();
            Assert.All(
                By().Matches(expression).SelectMany(by => by.Groups[1].Value.Split(',')).Select(label => label.Trim()),
                label => Assert.True(all.Contains(label), $"there is no label {label}: {expression}"));
        }
    }

    [Fact]
    public async Task Alert_rules_are_correct_and_fire_when_they_should_and_only_then()
    {
        await PromtoolAsync("check", "rules", Repository.File(Rules));
        await PromtoolAsync("test", "rules", Repository.File("grafana/rules/measurement.tests.yaml"));
    }

    [Fact]
    public void Every_alert_says_what_happened_what_it_means_and_what_to_do_and_has_a_test()
    {
        var rules = Yaml.Read(Rules)["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!).ToList();
        var tests = File.ReadAllText(Repository.File("grafana/rules/measurement.tests.yaml"));
        var page = File.ReadAllText(Repository.File("docs/grafana.md"));
        Assert.Equal(rules.Count, rules.Select(rule => (string)rule["alert"]!).Distinct().Count());
        foreach (var rule in rules)
        {
            var name = (string)rule["alert"]!;
            Assert.All(new[] { "summary", "description", "runbook" }, part => Assert.NotEqual("", (string?)rule["annotations"]![part] ?? ""));
            Assert.Contains((string)rule["labels"]!["severity"]!, new[] { "info", "warning", "critical" });
            Assert.True(tests.Contains($"alertname=\"{name}\"", StringComparison.Ordinal) || tests.Contains($"alertname: {name}\n", StringComparison.Ordinal), $"{name} has no test");
            Assert.Contains($"`{name}`", page, StringComparison.Ordinal);
            foreach (Match file in Regex.Matches((string)rule["annotations"]!["runbook"]!, @"docs/[a-z/-]+\.md"))
            {
                Assert.True(File.Exists(Repository.File(file.Value)), file.Value);
            }
        }
    }

    private static async Task CheckAsync(PrometheusServer server, Panel panel, Expansion expansion, List<string> problems)
    {
        var tables = new List<IReadOnlyList<string>>();
        var ids = panel.Targets.Select(target => (string)target["refId"]!).ToList();
        foreach (var target in panel.Targets)
        {
            var expression = expansion.Of((string)target["expr"]!, "1m");
            var found = await server.QueryAsync(expression);
            if (found.Count == 0)
            {
                // Nothing streams here, and no check need notice anything.
                if (!expression.Contains("measurement_stream_", StringComparison.Ordinal) && !expression.Contains("measurement_findings", StringComparison.Ordinal))
                {
                    problems.Add($"{panel}: nothing for {expression}");
                }

                continue;
            }

            tables.Add(["Time", .. found[0].Keys, ids.Count == 1 ? "Value" : $"Value #{target["refId"]}"]);
            problems.AddRange(Legend().Matches((string?)target["legendFormat"] ?? "").Select(match => match.Groups[1].Value).Where(label => !found[0].ContainsKey(label))
                .Select(label => $"{panel}: there is no label {label} in {expression}"));
        }

        if (panel.Type == "table")
        {
            var columns = Frame.Columns(tables, panel.Root["transformations"]!.AsArray(), problem => problems.Add($"{panel}: {problem}"));
            problems.AddRange(panel.Overridden.Concat(panel.Root["options"]!["sortBy"]!.AsArray().Select(sort => (string)sort!["displayName"]!)).Except(columns)
                .Select(column => $"{panel}: there is no column {column}, but {string.Join(", ", columns)}"));
        }
    }

    private static async Task PromtoolAsync(params string[] arguments)
    {
        var (code, said) = await ServerProgram.RunAsync(ServerProgram.Require("promtool"), arguments);
        Assert.True(code == 0, said);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^label_values\((\w+), (\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"^(measurement_\w+)(\{.*\})? ", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("[{,](\\w+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex(@"\b(measurement_\w+)(\{[^}]*\})?")]
    private static partial Regex Metric();

    [GeneratedRegex("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(?:by|on) \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Legend();
}
