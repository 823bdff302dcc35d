using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Grafana;

/// <summary>The alert rules for Grafana itself.</summary>
[Collection(DemoDatabase.Collection)]
public sealed class AlertRulesTests(DemoDatabase database)
{
    private static readonly JsonArray Rules = Yaml.Read("grafana/provisioning/alerting/rules.yaml")["groups"]![0]!["rules"]!.AsArray();

    public static TheoryData<string> Uids => [.. Rules.Select(rule => (string)rule!["uid"]!)];

    [Theory]
    [MemberData(nameof(Uids))]
    public void It_says_what_happened_what_it_means_and_what_to_do(string uid)
    {
        var rule = Of(uid);
        Assert.All(new[] { "summary", "description", "runbook" }, name => Assert.NotEqual("", (string?)rule["annotations"]![name] ?? ""));
        Assert.Contains((string)rule["labels"]!["severity"]!, new[] { "info", "warning", "critical" });
        Assert.Equal("measurement", (string)rule["labels"]!["service"]!);
        Assert.Contains($"| {rule["title"]} |", File.ReadAllText(Repository.File("docs/grafana.md")), StringComparison.Ordinal);
        foreach (Match page in Regex.Matches((string)rule["annotations"]!["runbook"]!, @"docs/[a-z/-]+\.md"))
        {
            Assert.True(File.Exists(Repository.File(page.Value)), page.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Its_steps_build_upon_each_other_and_the_last_one_decides(string uid)
    {
        var rule = Of(uid);
        var known = new HashSet<string>();
        foreach (var step in rule["data"]!.AsArray().Select(step => step!))
        {
            var model = step["model"]!;
            Assert.Equal((string)step["refId"]!, (string)model["refId"]!);
            if ((string)step["datasourceUid"]! == "__expr__")
            {
                Assert.Contains((string)model["type"]!, new[] { "math", "reduce", "threshold" });
                var named = (string)model["type"]! == "math" ? Regex.Matches((string)model["expression"]!, @"\$([A-Z])").Select(match => match.Groups[1].Value) : [(string)model["expression"]!];
                Assert.All(named, name => Assert.Contains(name, known));
            }
            else
            {
                Assert.Equal("measurement", (string)step["datasourceUid"]!);
                Assert.True((int)step["relativeTimeRange"]!["from"]! > (int)step["relativeTimeRange"]!["to"]!);
            }

            known.Add((string)step["refId"]!);
        }

        Assert.Equal(known.Last(), (string)rule["condition"]!);
        Assert.Contains((string)rule["noDataState"]!, new[] { "OK", "Alerting", "NoData", "KeepLast" });
        Assert.Contains((string)rule["execErrState"]!, new[] { "OK", "Alerting", "Error", "KeepLast" });
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public async Task Its_queries_name_what_we_write_and_bring_what_the_texts_name(string uid)
    {
        var server = await database.ServerAsync();
        var rule = Of(uid);
        var labels = new HashSet<string>();
        foreach (var step in rule["data"]!.AsArray().Where(step => (string)step!["datasourceUid"]! == "measurement"))
        {
            var query = (string)step!["model"]!["query"]!;
            Assert.Empty(InfluxQl.Problems(query));

            // Six hours may see no change and nothing critical: the queries of those two look at the whole demo.
            var from = uid is "measurement-changes" or "measurement-critical-findings" ? TimeSpan.FromDays(21) : TimeSpan.FromSeconds((int)step["relativeTimeRange"]!["from"]!);
            var rows = await server.QueryAsync(new Expansion(DemoDatabase.End - from, DemoDatabase.End, new Dictionary<string, IReadOnlyList<string>>()).Of(query));
            Assert.True(rows.Count > 0 || uid == "measurement-critical-findings", query);
            labels.UnionWith(rows.SelectMany(row => row.Tags.Keys));
            labels.UnionWith(Regex.Matches(query[query.IndexOf("GROUP BY", StringComparison.Ordinal)..], "\"([a-z]+)\"").Select(match => match.Groups[1].Value));
        }

        Assert.All(
            Regex.Matches(rule["annotations"]!.ToJsonString(), @"\$labels\.([a-z]+)").Select(match => match.Groups[1].Value),
            label => Assert.Contains(label, labels));
    }

    private static JsonObject Of(string uid) => Rules.Single(rule => (string)rule!["uid"]! == uid)!.AsObject();
}
