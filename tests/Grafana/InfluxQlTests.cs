using Xunit;

namespace Tests.Grafana;

public sealed class InfluxQlTests
{
    public static TheoryData<string> Queries =>
    [
        .. Dashboard.OnInflux.SelectMany(dashboard => dashboard.Panels.SelectMany(panel => panel.Targets).Concat(dashboard.Annotations.Select(annotation => annotation["target"]!))
            .Select(target => (string)target["query"]!)
            .Concat(dashboard.Variables.Where(variable => (string)variable["type"]! == "query").Select(variable => (string)variable["query"]!))).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Queries_name_what_we_write_in_words_that_every_influxdb_knows(string query) => Assert.Empty(InfluxQl.Problems(query));

    [Theory]
    [InlineData("SELECT mean(\"share\") FROM \"catchments\" WHERE $timeFilter", "catchments is no measurement that we write")]
    [InlineData("SELECT \"probe\" FROM \"probe_rtt\" WHERE $timeFilter", "probe_rtt is not where it is looked for")]
    [InlineData("SELECT \"probes\" FROM \"raw\".\"catchment\" WHERE $timeFilter", "catchment is not where it is looked for")]
    [InlineData("SELECT mean(\"shares\") FROM \"catchment\" WHERE $timeFilter", "shares is neither a tag nor a field of catchment")]
    [InlineData("SELECT \"rtt_p50\" AS \"median\" FROM \"catchment\" WHERE $timeFilter AND \"median\" > 3", "median is neither a tag nor a field of catchment")]
    [InlineData("SELECT mean(\"share\") FROM \"catchment\" WHERE $timeFilter GROUP BY time($__interval), \"probes\" fill(none)", "probes is no tag of catchment, and cannot be grouped by")]
    [InlineData("SELECT count(\"pop\") FROM \"catchment\" WHERE $timeFilter", "pop is a tag of catchment, and functions take fields")]
    [InlineData("SELECT mean(\"share\") FROM \"catchment\" WHERE $timeFilter AND pop = 'a'", "pop is no word that all versions know, or a name without quotes")]
    [InlineData("SELECT mean(\"share\") FROM \"catchment\" WHERE $timeFilter SLIMIT 3", "SLIMIT is no word that all versions know, or a name without quotes")]
    [InlineData("SHOW SERIES FROM \"catchment\" WHERE $timeFilter", "SERIES is no word that all versions know, or a name without quotes")]
    [InlineData("SHOW TAG VALUES FROM \"catchment\" WITH KEY = \"pop\"", "it is about all times")]
    [InlineData("SELECT mean(\"share\") FROM \"catchment\" WHERE $timeFilter AND \"pop\" =~ /^(who|cares)$/", null)]
    [InlineData("SELECT sum(\"red\") / sum(\"probes\") FROM \"catchment\" WHERE time > ${__to}ms - 4h AND \"pop\" !~ /a\\/b/ GROUP BY \"pop\"", null)]
    [InlineData("SELECT max(\"n\") FROM (SELECT last(\"probes\") AS \"n\" FROM \"catchment\" WHERE $timeFilter GROUP BY \"pop\")", null)]
    public void Wrong_ones_are_told(string query, string? problem) => Assert.Equal(problem is null ? [] : [problem], InfluxQl.Problems(query));
}
