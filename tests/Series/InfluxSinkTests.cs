using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Atlas;
using Tests.Store;
using Xunit;

namespace Tests.Series;

/// <summary>Against servers that answer as 2.x and 3 do, which no package here brings, and as badly as a network can.</summary>
public sealed class InfluxSinkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<string> lines = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(InfluxDialect.V1, "/write?db=anycast&precision=ns", "/write?db=anycast&rp=raw&precision=ns", "Basic YTpi")]
    [InlineData(InfluxDialect.V2, "/api/v2/write?org=an%20operator&bucket=anycast&precision=ns", "/api/v2/write?org=an%20operator&bucket=anycast%2fraw&precision=ns", "Token secret")]
    [InlineData(InfluxDialect.V3, "/api/v3/write_lp?db=anycast&precision=nanosecond&accept_partial=true&no_sync=false", "/api/v3/write_lp?db=anycast%2Fraw&precision=nanosecond&accept_partial=true&no_sync=false", "Bearer secret")]
    public async Task Each_dialect_is_spoken_to_in_its_way(InfluxDialect dialect, string rollups, string raw, string credentials)
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            seen.Enqueue($"{context.Request.Headers.Authorization} {context.Request.Headers.ContentEncoding} {context.Request.Headers.Accept}");
            await TakeAsync(context);
            context.Response.StatusCode = 204;
        });
        var options = Options(server.Address, dialect) with { Organization = "an operator" };
        options = dialect == InfluxDialect.V1 ? options with { User = "a", Password = "b" } : options with { Token = "secret" };
        await using (var sink = Sink(options, spool: false))
        {
            await WriteAsync(sink, SeriesPlace.Rollups, "a x=1 1");
            await WriteAsync(sink, SeriesPlace.Raw, "b x=1 1");
            Assert.Equal(2, sink.State.Written);
        }

        Assert.Equal([rollups, raw], server.Requests);
        Assert.Equal(["a x=1 1", "b x=1 1"], lines);
        Assert.All(seen, one => Assert.Equal($"{credentials} gzip application/json", one));
    }

    /// <summary>Our own lines are sent from disk as they lie there; InfluxDB.Client takes lines only, and says that they are not compressed.</summary>
    [Theory]
    [InlineData(InfluxDialect.V1, "", "gzip")]
    [InlineData(InfluxDialect.V2, "identity", "identity")]
    public async Task What_is_not_compressed_on_the_way_is_compressed_on_disk(InfluxDialect dialect, string direct, string fromDisk)
    {
        var isUp = false;
        var encodings = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            encodings.Enqueue(context.Request.Headers.ContentEncoding.ToString());
            var isGzip = encodings.Last() == "gzip";
            if (Volatile.Read(ref isUp))
            {
                (isGzip ? await ReadAsync(context) : [await new StreamReader(context.Request.Body).ReadToEndAsync()]).ForEach(line => lines.Enqueue(line.TrimEnd('\n')));
                context.Response.StatusCode = 204;
                return;
            }

            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "0";
        });
        await using var sink = Sink(Options(server.Address, dialect) with { Compression = InfluxCompression.Auto }, spool: true);
        await WriteAsync(sink, SeriesPlace.Rollups, "m n=1i 1");
        var onDisk = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder["spool"])));
        Assert.Equal([0x1F, 0x8B], onDisk[..2]);
        Volatile.Write(ref isUp, true);
        await EmptyAsync(sink);
        await WriteAsync(sink, SeriesPlace.Rollups, "m n=2i 1");
        Assert.Equal(["m n=1i 1", "m n=2i 1"], lines);
        Assert.Equal((direct, fromDisk, direct), (encodings.First(), encodings.ElementAt(encodings.Count - 2), encodings.Last()));
    }

    [Theory]
    [InlineData(InfluxCompression.Auto, "http://127.0.0.1:8086/", false)]
    [InlineData(InfluxCompression.Auto, "http://[::1]:8086/", false)]
    [InlineData(InfluxCompression.Auto, "http://localhost/", false)]
    [InlineData(InfluxCompression.Auto, "https://influx.example/", true)]
    [InlineData(InfluxCompression.Gzip, "http://127.0.0.1:8086/", true)]
    [InlineData(InfluxCompression.None, "https://influx.example/", false)]
    public void Requests_are_compressed_unless_they_stay_on_this_machine(InfluxCompression compression, string url, bool expected)
    {
        using var http = InfluxServer.Client();
        Assert.Equal(expected, new InfluxServer(new TimeSeriesOptions { Url = new Uri(url), Compression = compression }, http, TimeProvider.System).IsCompressing);
    }

    /// <summary>2.x keeps nothing of a request with one bad line, and says no more than that.</summary>
    [Fact]
    public async Task A_batch_that_is_refused_whole_goes_in_halves_until_the_bad_lines_stand_alone()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var sent = await ReadAsync(context);
            if (sent.Any(line => line.StartsWith("bad", StringComparison.Ordinal)))
            {
                context.Response.StatusCode = 400;
                await context.Response.WriteAsync("""{"code":"invalid","message":"unable to parse 'bad': missing fields"}""");
                return;
            }

            sent.ForEach(lines.Enqueue);
            context.Response.StatusCode = 204;
        });
        await using var sink = Sink(Options(server.Address, InfluxDialect.V2), spool: true);
        var batch = Enumerable.Range(0, 100).Select(number => number is 17 or 80 ? $"bad{number}" : $"m n={number}i 1").ToArray();
        await WriteAsync(sink, SeriesPlace.Rollups, batch);
        Assert.Equal(batch.Where(line => line[0] == 'm'), lines);
        Assert.Equal(2, sink.State.Refused["malformed"]);
        Assert.Equal((98, 0, null), (sink.State.Written, sink.State.WaitingPoints, sink.State.Problem));
    }

    [Fact]
    public async Task What_waited_on_disk_is_sent_in_order_and_before_what_comes_later()
    {
        var isUp = false;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (Volatile.Read(ref isUp))
            {
                await TakeAsync(context);
                context.Response.StatusCode = 204;
                return;
            }

            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "0";
        });
        var options = Options(server.Address, InfluxDialect.V2);
        await using (var sink = Sink(options, spool: true))
        {
            for (var number = 0; number < 20; number++)
            {
                await WriteAsync(sink, SeriesPlace.Rollups, $"m n={number}i 1");
            }

            Assert.Equal(20, sink.State.WaitingPoints);
            Assert.Equal($"InfluxDB at {server.Address}: status 503", sink.State.Problem);
        }

        // Another process finds what the first left, and sends it before its own.
        await using var next = Sink(options, spool: true);
        await WriteAsync(next, SeriesPlace.Rollups, "m n=20i 1");
        Volatile.Write(ref isUp, true);
        await EmptyAsync(next);
        Assert.Equal(Enumerable.Range(0, 21).Select(number => $"m n={number}i 1"), lines);
        Assert.Null(next.State.Problem);
        Assert.Empty(Directory.GetFiles(folder["spool"]));
    }

    /// <summary>A cut that ends behind the packed data is the one that .NET's reader does not notice.</summary>
    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("gone")]
    public async Task A_damaged_request_on_disk_is_set_aside_and_the_others_are_sent(string damage)
    {
        var isUp = false;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (Volatile.Read(ref isUp))
            {
                await TakeAsync(context);
                context.Response.StatusCode = 204;
                return;
            }

            context.Response.StatusCode = 503;
        });
        var options = Options(server.Address, InfluxDialect.V2);
        var spool = folder["spool"];
        for (var round = 0; round < 2; round++)
        {
            Volatile.Write(ref isUp, false);
            await using (var sink = Sink(options, spool: true))
            {
                foreach (var number in Enumerable.Range(0, 3))
                {
                    await WriteAsync(sink, SeriesPlace.Rollups, $"m n={number}i 1");
                }
            }

            var second = Directory.GetFiles(spool, "*.lp.gz").Order(StringComparer.Ordinal).ElementAt(1);
            var bytes = await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken);
            switch (damage)
            {
                case "flip":
                    bytes[12] ^= 8;
                    break;
                case "cut":
                    bytes = bytes[..^6];
                    break;
                case "empty":
                    bytes = [];
                    break;
            }

            File.Delete(second);
            if (damage != "gone")
            {
                await File.WriteAllBytesAsync(second, bytes, TestContext.Current.CancellationToken);
            }

            lines.Clear();
            Volatile.Write(ref isUp, true);
            await using var next = Sink(options, spool: true);
            await EmptyAsync(next);
            Assert.Equal(["m n=0i 1", "m n=2i 1"], lines);

            // One more each time, though the names of the requests begin anew.
            var aside = Directory.GetFiles(spool);
            Assert.Equal(damage == "gone" ? 0 : round + 1, aside.Length);
            Assert.All(aside, file => Assert.Equal(bytes, File.ReadAllBytes(file)));
        }
    }

    [Fact]
    public async Task A_full_spool_refuses_and_keeps_what_it_has()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var sink = Sink(Options(server.Address, InfluxDialect.V2) with { SpoolMegabytes = 1 }, spool: true);
        var random = new Random(1);
        var noise = Enumerable.Range(0, 20_000).Select(number => $"m n={random.NextInt64()}i {random.NextInt64()}").ToArray();
        await WriteAsync(sink, SeriesPlace.Rollups, noise);
        var waiting = sink.State.WaitingPoints;
        var problem = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await WriteAsync(sink, SeriesPlace.Rollups, noise);
            await WriteAsync(sink, SeriesPlace.Rollups, noise);
        });
        Assert.StartsWith($"the spool {folder["spool"]} is full: ", problem.Message, StringComparison.Ordinal);
        Assert.True(waiting > 0 && sink.State.WaitingPoints >= waiting);
        Assert.InRange(sink.State.WaitingBytes, 1, 1 << 20);
    }

    [Theory]
    [InlineData(InfluxDialect.V2)]
    [InlineData(InfluxDialect.V3)]
    public async Task A_server_that_does_not_answer_is_given_up_and_said(InfluxDialect dialect)
    {
        var release = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(_ => release.Task);
        await using var sink = Sink(Options(server.Address, dialect) with { RequestTimeout = TimeSpan.FromSeconds(1) }, spool: true);
        await WriteAsync(sink, SeriesPlace.Raw, "m n=1i 1");
        Assert.Equal($"InfluxDB at {server.Address}: no answer within 1 s", sink.State.Problem);
        Assert.Equal(1, sink.State.WaitingPoints);
        release.SetResult();
    }

    [Theory]
    [InlineData(InfluxDialect.V1)]
    [InlineData(InfluxDialect.V2)]
    public async Task Without_a_spool_a_server_that_is_down_is_an_error_in_one_line(InfluxDialect dialect)
    {
        Uri gone;
        await using (var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask))
        {
            gone = server.Address;
        }

        await using var sink = Sink(Options(gone, dialect), spool: false);
        var problem = await Assert.ThrowsAsync<IOException>(() => WriteAsync(sink, SeriesPlace.Rollups, "m n=1i 1"));
        Assert.Equal($"InfluxDB at {gone}: Connection refused", problem.Message);
    }

    [Fact]
    public async Task Without_a_spool_what_is_lost_ends_the_writing_and_not_only_the_last_of_it()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        await using var sink = Sink(Options(server.Address, InfluxDialect.V2), spool: false);
        var batch = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(number => $"m n={number}i 1\n")));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var problem = await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await sink.WriteAsync(SeriesPlace.Raw, batch, 1000, patience.Token);
            }
        });
        Assert.Equal($"InfluxDB at {server.Address}: the credentials are not accepted (status 401)", problem.Message);
    }

    [Fact]
    public async Task Missing_buckets_of_2x_are_created_with_their_retention()
    {
        var created = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/api/v2/orgs")
            {
                await context.Response.WriteAsync("""{"orgs":[{"id":"0123456789abcdef","name":"an operator"}]}""");
            }
            else if (context.Request.Path == "/api/v2/buckets")
            {
                created.Enqueue(await new StreamReader(context.Request.Body).ReadToEndAsync());
                context.Response.StatusCode = 201;
            }
            else if (created.Count < 2)
            {
                context.Response.StatusCode = 404;
                await context.Response.WriteAsync("""{"code":"not found","message":"bucket \"anycast\" not found"}""");
            }
            else
            {
                await TakeAsync(context);
                context.Response.StatusCode = 204;
            }
        });
        await using var sink = Sink(Options(server.Address, InfluxDialect.V2) with { Organization = "an operator" }, spool: true);
        await WriteAsync(sink, SeriesPlace.Raw, "m n=1i 1");
        Assert.Equal(["m n=1i 1"], lines);
        Assert.Equal(
            [
                """{"orgID":"0123456789abcdef","name":"anycast","retentionRules":[]}""",
                """{"orgID":"0123456789abcdef","name":"anycast/raw","retentionRules":[{"type":"expire","everySeconds":2592000}]}""",
            ],
            created);
    }

    /// <summary>All that goes out in the second dialect is InfluxDB.Client's; nothing of the others is.</summary>
    [Theory]
    [InlineData(InfluxDialect.V1, false)]
    [InlineData(InfluxDialect.V2, true)]
    [InlineData(InfluxDialect.V3, false)]
    public async Task The_second_dialect_is_spoken_by_the_package_and_the_others_by_us(InfluxDialect dialect, bool isPackage)
    {
        var seen = new ConcurrentQueue<(string Path, string Agent)>();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            seen.Enqueue((context.Request.Path, context.Request.Headers.UserAgent.ToString()));
            context.Response.StatusCode = context.Request.Path.ToString().Contains("write", StringComparison.Ordinal) ? 404 : 200;
            await context.Response.WriteAsync("""{"orgs":[{"id":"0123456789abcdef","name":"o"}],"results":[{}]}""");
        });
        await using (var sink = Sink(Options(server.Address, dialect) with { Organization = "o" }, spool: true))
        {
            await WriteAsync(sink, SeriesPlace.Raw, "m n=1i 1");
        }

        Assert.True(seen.Select(one => one.Path).Distinct().Count() > 1, string.Join(' ', seen));
        Assert.All(seen, one => Assert.Equal(isPackage, one.Agent.StartsWith("influxdb-client-csharp/", StringComparison.Ordinal)));
        using var http = InfluxServer.Client();
        using var other = new InfluxServer(Options(server.Address, dialect), http, TimeProvider.System);
        Assert.Equal(isPackage ? true : null, await other.PingAsync(default));
        Assert.Equal(isPackage, seen.Any(one => one.Path == "/ping"));
    }

    /// <summary>What the package demands is not sent when it is not configured; a login by name goes along with each request.</summary>
    [Fact]
    public async Task Without_an_organization_none_is_named_and_a_login_by_name_is_sent_as_it_is()
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            seen.Enqueue($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}");
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        await using (var sink = Sink(Options(server.Address, InfluxDialect.V2) with { User = "a", Password = "b" }, spool: false))
        {
            await WriteAsync(sink, SeriesPlace.Raw, "m n=1i 1");
        }

        Assert.Equal(["/api/v2/write?bucket=anycast%2fraw&precision=ns Basic YTpi"], seen);
    }

    /// <summary>The package takes any 2xx for a success, reads bodies whole, and leaves its own reader's exceptions to the caller.</summary>
    [Theory]
    [InlineData(200, "<html>Welcome</html>", "not what InfluxDB answers")]
    [InlineData(302, "", "not what InfluxDB answers (status 302)")]
    [InlineData(503, "{\"a\":", "503: {\"a\":")]
    [InlineData(500, "deep", "500: [[[[[")]
    [InlineData(500, "long", "500: yyyyy")]
    public async Task Whatever_answers_in_the_place_of_influxdb_is_not_taken_for_it(int status, string body, string problem)
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
            if (body == "long")
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(new string('y', 100_000), context.RequestAborted);
                }
            }

            await context.Response.WriteAsync(body == "deep" ? new string('[', 10_000) : body);
        });
        await using var sink = Sink(Options(server.Address, InfluxDialect.V2), spool: true);
        await WriteAsync(sink, SeriesPlace.Rollups, "m n=1i 1");
        Assert.StartsWith($"InfluxDB at {server.Address}: {problem}", sink.State.Problem, StringComparison.Ordinal);
        Assert.Equal((0, 1), (sink.State.Written, sink.State.WaitingPoints));
    }

    [Fact]
    public async Task Many_points_go_in_batches_and_none_is_left_behind()
    {
        var requests = 0;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            Interlocked.Increment(ref requests);
            await TakeAsync(context);
            context.Response.StatusCode = 204;
        });
        await using (var sink = Sink(Options(server.Address, InfluxDialect.V3), spool: true))
        {
            for (var block = 0; block < 100; block++)
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(block * 50, 50).Select(number => $"m n={number}i 1\n")));
                await sink.WriteAsync(SeriesPlace.Raw, text, 50, default);
            }
        }

        Assert.Equal(5, requests);
        Assert.Equal(Enumerable.Range(0, 5000).Select(number => $"m n={number}i 1").Order(), lines.Order());
    }

    private static TimeSeriesOptions Options(Uri url, InfluxDialect dialect) =>
        new() { Provider = TimeSeriesProvider.InfluxDb, Url = url, Dialect = dialect, BatchSize = 1000, FlushInterval = TimeSpan.FromMinutes(10), Compression = InfluxCompression.Gzip };

    private InfluxSink Sink(TimeSeriesOptions options, bool spool) =>
        new(options, spool ? folder["spool"] : null, TimeProvider.System, NullLogger<InfluxSink>.Instance, TimeSpan.FromMilliseconds(5));

    private static async Task WriteAsync(InfluxSink sink, SeriesPlace place, params string[] lines)
    {
        await sink.WriteAsync(place, Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), lines.Length, default);
        await sink.FlushAsync(default);
    }

    private static async Task EmptyAsync(InfluxSink sink)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (sink.State.WaitingPoints > 0)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private async Task TakeAsync(HttpContext context) => (await ReadAsync(context)).ForEach(lines.Enqueue);

    private static async Task<List<string>> ReadAsync(HttpContext context)
    {
        await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return [.. (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
