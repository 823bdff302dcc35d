using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using App.Jobs;
using App.Metrics;
using Collector.Measuring;
using Tests.Servers;
using Tests.Web;
using Xunit;

namespace Tests.Metrics;

public sealed class MetricsTests : IAsyncLifetime
{
    private static readonly ToolState State = new(WebHost.Now) { Credits = new CreditOutlook(12_000, 561_600, 21_600, WebHost.Now) };

    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Prometheus_own_checker_finds_nothing_to_say()
    {
        var promtool = ServerProgram.Require("promtool");
        host.Analyze();
        using var process = Process.Start(new ProcessStartInfo(promtool, "check metrics")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(await host.TextAsync("/metrics"));
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, said));
    }

    [Fact]
    public async Task Catchments_are_told_per_pop_in_base_units_with_a_nought_where_nobody_goes()
    {
        host.Analyze();
        var lines = await LinesAsync();
        Assert.Contains("measurement_catchment_asked_probes{target=\"service\",family=\"4\"} 5", lines);
        Assert.Contains("measurement_catchment_attributed_probes{target=\"service\",family=\"4\"} 3", lines);
        Assert.Contains("measurement_catchment_probes{target=\"service\",family=\"4\",pop=\"JNB\"} 3", lines);
        Assert.Contains("measurement_catchment_probes{target=\"service\",family=\"4\",pop=\"FMT\"} 0", lines);
        Assert.Contains("measurement_catchment_share_ratio{target=\"service\",family=\"4\",pop=\"JNB\"} 1", lines);
        Assert.Contains("measurement_catchment_rtt_seconds{target=\"service\",family=\"4\",pop=\"JNB\",percentile=\"50\"} 0.18", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("measurement_catchment_rtt_seconds", StringComparison.Ordinal) && line.Contains("FMT", StringComparison.Ordinal));
        Assert.Contains("measurement_findings{check=\"continental-detour\",severity=\"warning\"} 1", lines);
        Assert.DoesNotContain(lines, line => line.Contains("probe=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_known_has_no_line()
    {
        var lines = await LinesAsync();
        Assert.DoesNotContain(lines, line => line.StartsWith("measurement_catchment", StringComparison.Ordinal) || line.StartsWith("measurement_findings", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("measurement_store_size", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("measurement_job_last_success", StringComparison.Ordinal) && line.Contains("weekly-report", StringComparison.Ordinal));
        host.World.Store.Problem = new IOException("away");
        Assert.Contains("measurement_job_failures_total{job=\"collect\"} 1", await LinesAsync());
    }

    [Fact]
    public async Task Credits_are_told_and_the_tool_s_own_findings_even_where_nothing_is_measured_any_more()
    {
        var finding = new Finding("no-results", Severity.Critical, null, null, Scope.AllTargets, WebHost.Now, WebHost.Now, 5, 3, 0, [], "nothing", "look");
        host.Last = new Analysis(WebHost.Now, new Window(WebHost.Now.AddDays(-1), WebHost.Now), [], [finding]) { Tool = State };
        var lines = await LinesAsync();
        Assert.Contains("measurement_atlas_credits 12000", lines);
        Assert.Contains("measurement_atlas_credits_spent_per_day 561600", lines);
        Assert.Contains("measurement_atlas_credits_earned_per_day 21600", lines);
        Assert.Contains("measurement_findings{check=\"no-results\",severity=\"critical\"} 1", lines);
        Assert.Contains("measurement_findings{check=\"credits-low\",severity=\"critical\"} 0", lines);
        Assert.DoesNotContain(lines, line => line.Contains("check=\"black-hole\"", StringComparison.Ordinal));
        Assert.Contains("nothing", await host.TextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_and_watermarks_are_told()
    {
        var lines = await LinesAsync();
        Assert.Contains("measurement_job_running{job=\"collect\"} 0", lines);
        Assert.Contains("measurement_job_failing{job=\"collect\"} 1", lines);
        Assert.Contains("measurement_job_last_duration_seconds{job=\"collect\"} 60", lines);
        Assert.Contains($"measurement_job_share_last_success_timestamp_seconds{{job=\"collect\",measurement=\"1000001\",target=\"service\"}} {WebHost.At(-9).ToUnixTimeSeconds()}", lines);
        Assert.Contains("measurement_watermark_age_seconds{measurement=\"1000001\",target=\"service\",kind=\"dns\",family=\"4\"} 3600", lines);
    }

    [Fact]
    public async Task Each_name_is_on_the_page_for_operators_and_the_other_way_round()
    {
        host.Analyze();
        host.Last = host.Last! with { Tool = State };
        var page = File.ReadAllText(Repository.File("docs/http.md"));
        var described = page[page.IndexOf("## Metrics", StringComparison.Ordinal)..].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Regex.Matches(line.Split('|')[1], "`([a-z_]+)`").Select(match => "measurement_" + match.Groups[1].Value));

        // What only happens once Atlas has been asked, or on an embedded store, may not have happened here.
        string[] elsewhere =
        [
            "measurement_atlas_requests_total", "measurement_results_imported_total", "measurement_results_rejected_total", "measurement_store_size_bytes",
            "measurement_stream_connected", "measurement_stream_connections_total", "measurement_stream_results_total", "measurement_stream_dropped_total",
            "measurement_stream_rejected_total", "measurement_geoip_disagreements", "measurement_geoip_damaged",
            "measurement_alerts_active", "measurement_alerts_sent_total", "measurement_alerts_waiting", "measurement_alerts_failing", "measurement_alerts_last_success_timestamp_seconds",
        ];
        var told = (await LinesAsync()).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).Concat(elsewhere).Distinct();
        Assert.Equal(described.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Labels_are_escaped_and_unknown_ones_left_out() =>
        Assert.Equal(
            """{a="say \"hi\"\\\n·",family="4"}""",
            PrometheusText.Labels([new("a", "say \"hi\"\\\n\u0007"), new("b", null), new("family", 4)]));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-3, "-3")]
    [InlineData(1795269135.736, "1795269135.736")]
    [InlineData(1e20, "1E+20")]
    [InlineData(0.000001, "1E-06")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Numbers_are_written_as_prometheus_reads_them(double value, string text) => Assert.Equal(text, PrometheusText.Number(value));

    [Fact]
    public void A_counter_ends_in_total_and_a_unit_is_a_word()
    {
        using var meter = new Meter("test");
        Assert.Equal("a_b_seconds_total", PrometheusText.NameOf(meter.CreateObservableCounter("a.b", () => 1.0, "s")));
        Assert.Equal("a_bytes", PrometheusText.NameOf(meter.CreateObservableGauge("a", () => 1.0, "By")));
        Assert.Equal("a_share_ratio", PrometheusText.NameOf(meter.CreateObservableGauge("a.share", () => 1.0, "1")));
        Assert.Equal("a_total", PrometheusText.NameOf(meter.CreateCounter<long>("a", "{thing}")));
    }

    private async Task<string[]> LinesAsync() => (await host.TextAsync("/metrics")).Split('\n');
}
