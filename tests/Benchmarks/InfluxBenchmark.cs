using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Analyzer.Time;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using InfluxServer = Tests.Servers.InfluxServer;

namespace Benchmarks;

/// <summary>Points a second into a real InfluxDB, against curl that replays the same requests over two connections. Each run has a fresh server.</summary>
internal static class InfluxBenchmark
{
    private const int Points = 1_500_000;
    private const int Repetitions = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        try
        {
            var pieces = await PiecesAsync(args.Length > 0 ? args[0] : Path.Combine(folder, "store"), Points);
            var points = pieces.Sum(piece => piece.Points);
            var batch = new TimeSeriesOptions().BatchSize;
            var requests = Requests(pieces, batch);
            foreach (var (request, index) in requests.Select((request, index) => (request, index)))
            {
                await File.WriteAllBytesAsync(FileOf(folder, index, gzip: false), request);
                await using var file = File.Create(FileOf(folder, index, gzip: true));
                await using var gzip = new GZipStream(file, CompressionLevel.Fastest);
                await gzip.WriteAsync(request);
            }

            Console.WriteLine(Text($"{points:N0} points in {requests.Count} requests, {requests.Sum(request => (long)request.Length) >> 20} MiB"));
            foreach (var gzip in new[] { false, true })
            {
                var (ours, curl) = (new List<double>(), new List<double>());
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    // Whichever comes first finds a machine that has rested: turn about.
                    foreach (var isOurs in repetition % 2 == 0 ? new[] { true, false } : [false, true])
                    {
                        await using var server = await InfluxServer.StartAsync();
                        await CreateAsync(server);
                        var rate = points / (isOurs ? await SinkAsync(server.Url, InfluxDialect.V1, pieces, gzip) : await CurlAsync(server, folder, requests.Count, gzip));
                        (isOurs ? ours : curl).Add(rate);
                        var count = (await server.QueryAsync("SELECT count(\"rtt_ms\") FROM \"raw\".\"probe_rtt\""))[0].Row["count"].GetInt64();
                        if (count != points)
                        {
                            throw new InvalidOperationException(Text($"{count} of {points} points came in"));
                        }
                    }
                }

                Console.WriteLine(Text($"{(gzip ? "gzip" : "plain"),-6} ours {Show(ours)}, curl {Show(curl)}: {Median(ours) / Median(curl):0.00}"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes them all as the service would.</summary>
    /// <returns>How many seconds it took.</returns>
    public static async Task<double> SinkAsync(Uri url, InfluxDialect dialect, List<Piece> pieces, bool gzip)
    {
        var options = new TimeSeriesOptions
        {
            Provider = TimeSeriesProvider.InfluxDb,
            Url = url,
            Dialect = dialect,
            Token = dialect == InfluxDialect.V2 ? "none" : null,
            Compression = gzip ? InfluxCompression.Gzip : InfluxCompression.None,
        };
        var spool = Directory.CreateTempSubdirectory("measurement-benchmark-spool-").FullName;
        try
        {
            var watch = Stopwatch.StartNew();
            await using (var sink = new InfluxSink(options, spool, TimeProvider.System, NullLogger<InfluxSink>.Instance))
            {
                foreach (var piece in pieces)
                {
                    await sink.WriteAsync(SeriesPlace.Raw, piece.Lines, piece.Points, default);
                }

                await sink.FlushAsync(default);
                if (sink.State.Written != pieces.Sum(piece => piece.Points))
                {
                    throw new InvalidOperationException(Text($"{sink.State.Written} points were written: {sink.State.Problem}"));
                }
            }

            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(spool, recursive: true);
        }
    }

    private static async Task<double> CurlAsync(InfluxServer server, string folder, int requests, bool gzip)
    {
        var config = Path.Combine(folder, "curl");
        await File.WriteAllLinesAsync(config, Enumerable.Range(0, requests).SelectMany(index => new[]
        {
            index > 0 ? "next" : "# the same requests",
            $"url = \"{server.Url}write?db=anycast&rp=raw&precision=ns\"",
            $"data-binary = \"@{FileOf(folder, index, gzip)}\"",
            "header = \"Content-Type: text/plain; charset=utf-8\"",
            gzip ? "header = \"Content-Encoding: gzip\"" : "header = \"Accept: application/json\"",
            "fail",
        }));
        var watch = Stopwatch.StartNew();

        // It shows its progress even when it is told not to.
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-q", "--silent", "-Z", "--parallel-max", "2", "--config", config]) { RedirectStandardError = true })!;
        await curl.StandardError.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return curl.ExitCode == 0 ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"curl ended with {curl.ExitCode}");
    }

    private static async Task CreateAsync(InfluxServer server)
    {
        await server.QueryAsync("CREATE DATABASE \"anycast\"");
        await server.QueryAsync("CREATE RETENTION POLICY \"raw\" ON \"anycast\" DURATION INF REPLICATION 1 SHARD DURATION 1d");
    }

    /// <summary>Raw points of a simulated week, as the service hands them to its sink.</summary>
    public static async Task<List<Piece>> PiecesAsync(string folder, int most)
    {
        var (store, network, world) = await SimulatedStore.OpenAsync(folder, 12_000, 1);
        using (store)
        {
            await using var sink = new Collected(most);
            using var progress = new ExportProgress(isQuiet: true);
            var start = DateTimeOffset.FromUnixTimeSeconds(world.Start);
            await new SeriesExport(store, network, sink, 500).RunAsync(new Window(start, start.AddDays(3)), progress, default);
            return sink.Pieces;
        }
    }

    /// <summary>What the sink makes of them: as many whole pieces as fit into a batch.</summary>
    private static List<byte[]> Requests(List<Piece> pieces, int batch)
    {
        var requests = new List<byte[]>();
        var (open, points) = (new MemoryStream(), 0);
        foreach (var piece in pieces)
        {
            if (points > 0 && points + piece.Points > batch)
            {
                requests.Add(open.ToArray());
                (open, points) = (new MemoryStream(), 0);
            }

            open.Write(piece.Lines);
            points += piece.Points;
        }

        requests.Add(open.ToArray());
        return requests;
    }

    private static string FileOf(string folder, int index, bool gzip) => Path.Combine(folder, Text($"{index}{(gzip ? ".gz" : "")}"));

    public static double Median(List<double> rates) => rates.Order().ElementAt(rates.Count / 2);

    public static string Show(List<double> rates) => Text($"{Median(rates):N0} points/s ({rates.Min():N0} to {rates.Max():N0})");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public sealed record Piece(byte[] Lines, int Points);

    /// <summary>Keeps attempts of probes, up to a number of them.</summary>
    private sealed class Collected(int most) : ITimeSeriesSink
    {
        private int points;

        public List<Piece> Pieces { get; } = [];

        public SinkState State => new();

        public ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
        {
            if (lines.Span.StartsWith("probe_rtt"u8) && this.points < most)
            {
                Pieces.Add(new Piece(lines.ToArray(), points));
                this.points += points;
            }

            return ValueTask.CompletedTask;
        }

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
