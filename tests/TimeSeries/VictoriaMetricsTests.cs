using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Analyzer.TimeSeries;
using Analyzer.TimeSeries.Influx;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Servers;
using Tests.Store;
using Xunit;

namespace Tests.TimeSeries;

/// <summary>The way of the v2 dialect on the wire, against a real server that speaks it. It accepts nearly everything, and so proves no error.</summary>
public sealed class VictoriaMetricsTests
{
    [SkippableFact]
    public async Task What_is_written_over_the_v2_dialect_is_there()
    {
        var program = ServerProgram.Require("victoria-metrics", "/usr/bin", "/usr/local/bin");
        using var folder = new TemporaryFolder();
        var url = FreeAddress();
        using var server = Process.Start(new ProcessStartInfo(
            program,
            [
                $"-storageDataPath={folder["data"]}", $"-httpListenAddr={url.Authority}", "-retentionPeriod=1y", "-memory.allowedPercent=5",
                "-search.latencyOffset=0s", "-loggerLevel=ERROR",
            ]))!;
        using var http = new HttpClient { BaseAddress = url };
        try
        {
            await UntilAsync(async () => (await http.GetAsync(new Uri("/health", UriKind.Relative))).IsSuccessStatusCode);
            var now = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
            await using (var sink = new InfluxSink(
                new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = url, Dialect = InfluxDialect.V2, Token = "none", BatchSize = 500 },
                folder["spool"], TimeProvider.System, NullLogger<InfluxSink>.Instance))
            {
                var lines = string.Concat(Enumerable.Range(1, 5000).Select(number => string.Create(
                    CultureInfo.InvariantCulture, $"catchment,target=ns-a,pop=P{number % 10} probes={number}i {now - number}000000000\n")));
                await sink.WriteAsync(SeriesPlace.Rollups, Encoding.UTF8.GetBytes(lines), 5000, default);
                await sink.FlushAsync(default);
                Assert.Equal((5000, 0), (sink.State.Written, sink.State.WaitingPoints));
            }

            await UntilAsync(async () =>
            {
                var found = await http.GetStringAsync(new Uri("/api/v1/export?match[]=catchment_probes&nocache=1", UriKind.Relative));
                var values = found.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())).ToList();
                return values.Count == 5000 && values.Sum() == 5000 * 5001 / 2;
            });
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
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

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }
}
