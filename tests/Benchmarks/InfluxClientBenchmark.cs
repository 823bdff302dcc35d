using System.Diagnostics;
using Collector.Configuration;
using Tests.Servers;

namespace Benchmarks;

/// <summary>The second dialect, which InfluxDB.Client speaks, against the first, which we do: points a second into one VictoriaMetrics, which takes both.</summary>
internal static class InfluxClientBenchmark
{
    private const int Points = 500_000;
    private const int Repetitions = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        var url = new Uri($"http://127.0.0.1:{ServerProgram.FreePort()}/");
        using var server = Process.Start(new ProcessStartInfo(
            ServerProgram.Require("victoria-metrics", "/usr/bin", "/usr/local/bin"),
            [$"-storageDataPath={Path.Combine(folder, "server")}", $"-httpListenAddr={url.Authority}", "-retentionPeriod=100y", "-memory.allowedPercent=10", "-loggerLevel=ERROR"]))!;
        try
        {
            var pieces = await InfluxBenchmark.PiecesAsync(args.Length > 0 ? args[0] : Path.Combine(folder, "store"), Points);
            var points = pieces.Sum(piece => piece.Points);
            Console.WriteLine(InfluxBenchmark.Text($"{points:N0} points"));
            foreach (var gzip in new[] { false, true })
            {
                var rates = new Dictionary<InfluxDialect, List<double>> { [InfluxDialect.V1] = [], [InfluxDialect.V2] = [] };
                var work = new Dictionary<InfluxDialect, List<double>> { [InfluxDialect.V1] = [], [InfluxDialect.V2] = [] };

                // The first round is for the server, which meets its series, and for code that is compiled; turn about in the others.
                for (var repetition = -1; repetition < Repetitions; repetition++)
                {
                    foreach (var dialect in repetition % 2 == 0 ? new[] { InfluxDialect.V1, InfluxDialect.V2 } : [InfluxDialect.V2, InfluxDialect.V1])
                    {
                        var before = Environment.CpuUsage.TotalTime;
                        var seconds = await InfluxBenchmark.SinkAsync(url, dialect, pieces, gzip);
                        if (repetition >= 0)
                        {
                            rates[dialect].Add(points / seconds);
                            work[dialect].Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
                        }
                    }
                }

                Console.WriteLine(InfluxBenchmark.Text(
                    $"{(gzip ? "gzip" : "plain"),-6} package {InfluxBenchmark.Show(rates[InfluxDialect.V2])}, ours {InfluxBenchmark.Show(rates[InfluxDialect.V1])}: {InfluxBenchmark.Median(rates[InfluxDialect.V2]) / InfluxBenchmark.Median(rates[InfluxDialect.V1]):0.00}; processor {InfluxBenchmark.Median(work[InfluxDialect.V2]):0.00} s against {InfluxBenchmark.Median(work[InfluxDialect.V1]):0.00} s"));
            }

            return 0;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
