using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tests.Atlas;
using Tests.Store;
using Xunit;

namespace Tests.Series;

/// <summary>Servers, or proxies before them, that refuse much or everything: a line for each reason, and an end.</summary>
public sealed class InfluxRefusalTests : IDisposable
{
    private const int Points = 20_000;

    private readonly TemporaryFolder folder = new();
    private readonly Lines log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_export_to_a_server_that_finds_everything_too_large_ends_with_one_line()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 413;
        });
        var sink = Sink(server.Address, spool: false);
        var refused = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await WriteAsync(sink);
            await sink.FlushAsync(default);
        });
        await sink.DisposeAsync();
        Assert.Matches("even [0-9]+ bytes are too large for it .*413.*raise the limit of the server, or of the proxy before it", refused.Message);
        Assert.Empty(sink.State.Refused);
        Assert.Empty(log.All);
        Assert.InRange(server.Requests.Count, 1, 300);
    }

    [Fact]
    public async Task In_the_service_what_such_a_server_does_not_take_waits_and_follows_once_the_limit_is_raised()
    {
        var isFixed = false;
        var points = 0;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
            using var reader = new StreamReader(gzip, Encoding.UTF8);
            var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            context.Response.StatusCode = Volatile.Read(ref isFixed) ? 204 : 413;
            Interlocked.Add(ref points, isFixed ? lines.Length : 0);
        });
        await using var sink = Sink(server.Address, spool: true);
        await WriteAsync(sink);
        await sink.FlushAsync(default);
        Assert.Equal(Points, sink.State.WaitingPoints);
        Assert.Contains("raise the limit", sink.State.Problem, StringComparison.Ordinal);
        Assert.Single(log.All);

        Volatile.Write(ref isFixed, true);
        await Streaming.Waiting.Until(() => sink.State.WaitingPoints == 0, "what waited is written");
        Assert.Equal(Points, Volatile.Read(ref points));
        Assert.Empty(sink.State.Refused);
    }

    [Fact]
    public async Task Where_a_limit_is_lower_than_our_batches_they_are_sent_in_halves_and_nothing_is_lost()
    {
        var points = 0;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            using var unpacked = new MemoryStream();
            body.Position = 0;
            await using (var gzip = new GZipStream(body, CompressionMode.Decompress))
            {
                await gzip.CopyToAsync(unpacked);
            }

            var isSmall = unpacked.Length <= 50_000;
            context.Response.StatusCode = isSmall ? 204 : 413;
            Interlocked.Add(ref points, isSmall ? unpacked.ToArray().Count(letter => letter == (byte)'\n') : 0);
        });
        await using var sink = Sink(server.Address, spool: false);
        await WriteAsync(sink);
        await sink.FlushAsync(default);
        Assert.Equal(Points, Volatile.Read(ref points));
        Assert.Empty(log.All);
    }

    [Fact]
    public async Task A_reason_is_told_once_and_then_counted()
    {
        // 2.x keeps nothing of a batch in which a line does not parse, and this one parses none.
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"code":"invalid","message":"unable to parse 'm n=1i 1': bad"}""");
        });
        await using (var sink = Sink(server.Address, spool: true))
        {
            await WriteAsync(sink, 500);
            await sink.FlushAsync(default);
            Assert.Equal(500, sink.State.Refused["malformed"]);
            Assert.Single(log.All);
        }

        Assert.Equal(2, log.All.Count);
        Assert.Contains("refused 499 points (malformed)", log.All.Last(), StringComparison.Ordinal);
    }

    private InfluxSink Sink(Uri address, bool spool) => new(
        new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = address, Dialect = InfluxDialect.V2, Database = "anycast", Compression = InfluxCompression.Gzip },
        spool ? folder["spool"] : null, TimeProvider.System, log, TimeSpan.FromMilliseconds(5));

    private static async Task WriteAsync(InfluxSink sink, int points = Points)
    {
        for (var i = 0; i < points; i += 100)
        {
            await sink.WriteAsync(SeriesPlace.Rollups, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(i, 100).Select(n => $"m,probe={n} n={n}i 1\n"))), 100, default);
        }
    }

    private sealed class Lines : ILogger<InfluxSink>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                All.Enqueue(formatter(state, exception));
            }
        }
    }
}
