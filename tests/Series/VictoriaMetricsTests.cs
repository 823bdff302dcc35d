using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Servers;
using Tests.Store;
using Xunit;

namespace Tests.Series;

/// <summary>The way of the v2 dialect on the wire, against a real server that speaks it. It accepts nearly everything, and so proves no error.</summary>
public sealed class VictoriaMetricsTests
{
    [Fact]
    public async Task A_demo_week_that_is_written_over_the_v2_dialect_is_there_as_the_store_has_it()
    {
        Assert.SkipWhen(DateTimeOffset.UtcNow < SimulatedWeek.End, "it keeps nothing of the future");
        var program = ServerProgram.Require("victoria-metrics", "/usr/bin", "/usr/local/bin");
        using var folder = new TemporaryFolder();
        var url = new Uri($"http://127.0.0.1:{ServerProgram.FreePort()}/");
        using var server = Process.Start(new ProcessStartInfo(
            program,
            [
                $"-storageDataPath={folder["data"]}", $"-httpListenAddr={url.Authority}", "-retentionPeriod=100y", "-memory.allowedPercent=5",
                "-search.latencyOffset=0s", "-loggerLevel=ERROR",
            ]))!;
        using var http = new HttpClient { BaseAddress = url };
        using var week = new SimulatedWeek();
        await week.ArriveAsync(SimulatedWeek.End);
        try
        {
            await UntilAsync(async () => (await http.GetAsync(new Uri("/health", UriKind.Relative))).IsSuccessStatusCode);
            using var progress = new ExportProgress(isQuiet: true);
            await using (var sink = new InfluxSink(
                new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = url, Dialect = InfluxDialect.V2, Token = "none", BatchSize = 5_000 },
                folder["spool"], TimeProvider.System, NullLogger<InfluxSink>.Instance))
            {
                var points = await new SeriesExport(week.Store, week.Network, sink, DatabaseContents.LargestAsns).RunAsync(SimulatedWeek.Window, progress, default);
                Assert.Equal((points, 0), (sink.State.Written, sink.State.WaitingPoints));
            }

            foreach (var family in new[] { 4, 6 })
            {
                var hours = DatabaseContents.Hours(week.Store, week.Network, week.Target, family, SimulatedWeek.Window);
                var probes = hours.SelectMany(hour => hour.Pops.Select(row => Sample(row.Pop, hour.At * 1000, row.Probes))).Order(StringComparer.Ordinal).ToList();

                // The last of what was written shows last, seconds later.
                await UntilAsync(async () => (await SamplesAsync(http, "coverage_asked", family, "target")).Count == hours.Count
                    && (await SamplesAsync(http, "catchment_probes", family, "pop")).Count(sample => !sample.EndsWith(" 0", StringComparison.Ordinal)) == probes.Count);
                Assert.Equal(probes, (await SamplesAsync(http, "catchment_probes", family, "pop")).Where(sample => !sample.EndsWith(" 0", StringComparison.Ordinal)));
                Assert.Equal(
                    hours.SelectMany(hour => hour.Pops.Where(row => row.Rtt is not null)
                        .Select(row => Sample(row.Pop, hour.At * 1000, Math.Round(row.Rtt!.Value.P50, 3, MidpointRounding.AwayFromZero)))).Order(StringComparer.Ordinal),
                    await SamplesAsync(http, "catchment_rtt_p50", family, "pop"));
                Assert.Equal(
                    hours.Select(hour => Sample(week.Target.Name, hour.At * 1000, hour.Asked)).Order(StringComparer.Ordinal),
                    await SamplesAsync(http, "coverage_asked", family, "target"));

                // Its clock is one of milliseconds: the probe's number behind the second is cut off there.
                var rtts = DatabaseContents.Points(week.Store, week.Network, week.Target, family, SimulatedWeek.Window)
                    .Select(point => Sample(point.Pop, (point.At * 1000) + (point.Probe / 1_000_000), point.RttMs)).Order(StringComparer.Ordinal).ToList();
                await UntilAsync(async () => (await SamplesAsync(http, "probe_rtt_rtt_ms", family, "pop")).Count == rtts.Count);
                Assert.Equal(rtts, await SamplesAsync(http, "probe_rtt_rtt_ms", family, "pop"));
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static string Sample(string tag, long milliseconds, double value) => string.Create(CultureInfo.InvariantCulture, $"{tag} {milliseconds} {value:R}");

    /// <summary>All that it holds of a metric: the value of a label, time, value.</summary>
    private static async Task<IReadOnlyList<string>> SamplesAsync(HttpClient http, string metric, int family, string label)
    {
        var match = Uri.EscapeDataString($"{metric}{{family=\"{family}\"}}");
        var found = await http.GetStringAsync(new Uri($"/api/v1/export?match[]={match}&nocache=1", UriKind.Relative));
        var samples = new List<string>();
        foreach (var line in found.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var series = JsonDocument.Parse(line);
            var tag = series.RootElement.GetProperty("metric").GetProperty(label).GetString()!;
            samples.AddRange(series.RootElement.GetProperty("timestamps").EnumerateArray().Zip(series.RootElement.GetProperty("values").EnumerateArray())
                .Select(pair => Sample(tag, pair.First.GetInt64(), pair.Second.GetDouble())));
        }

        return [.. samples.Order(StringComparer.Ordinal)];
    }

    /// <summary>What is written becomes visible seconds later, and no signal says when.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isThere)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                if (await isThere())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It is starting.
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
