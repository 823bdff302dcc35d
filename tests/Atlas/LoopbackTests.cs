using System.Globalization;
using System.IO.Compression;
using System.Text;
using Collector.Atlas;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Tests.Atlas;

/// <summary>The client, its handler and the framework's sockets against a real server: what a scripted network cannot show.</summary>
public sealed class LoopbackTests
{
    private static readonly DateTimeOffset From = DateTimeOffset.FromUnixTimeSeconds(1763510400);
    private static readonly DateTimeOffset To = From.AddDays(1);

    [Fact]
    public async Task Results_are_read_while_the_server_still_writes()
    {
        var firstWasRead = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("{\"n\":1}\n");
            await context.Response.Body.FlushAsync();
            await firstWasRead.Task;
            await context.Response.WriteAsync("{\"n\":2}\n");
        });

        await using var body = await Client(server).Atlas.ResultsAsync(1, From, To);
        using var reader = new StreamReader(body);
        Assert.Equal("{\"n\":1}", await reader.ReadLineAsync());
        firstWasRead.SetResult();
        Assert.Equal("{\"n\":2}", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
        Assert.True(body.IsComplete);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_cut()
    {
        foreach (var answer in new[] { RawServer.WithLength("{\"n\":1}\n", 1000), RawServer.Chunked("{\"n\":1}\n", whole: false) })
        {
            await using var server = new RawServer(_ => answer);
            await using var body = await Client(server.Api).Atlas.ResultsAsync(1, From, To);
            using var copy = new MemoryStream();
            var problem = await Assert.ThrowsAsync<CutOffException>(() => body.CopyToAsync(copy));
            Assert.False(problem.InsideLine);
            Assert.Equal("{\"n\":1}\n", Encoding.UTF8.GetString(copy.ToArray()));
        }
    }

    [Fact]
    public async Task A_sound_transfer_of_a_cut_text_is_a_cut_too()
    {
        foreach (var answer in new[] { RawServer.Chunked("{\"n\":1}\n{\"n\"", whole: true), RawServer.UntilClosed("{\"n\":1}\n{\"n\"") })
        {
            await using var server = new RawServer(_ => answer);
            await using var body = await Client(server.Api).Atlas.ResultsAsync(1, From, To);
            var problem = await Assert.ThrowsAsync<CutOffException>(() => body.CopyToAsync(Stream.Null));
            Assert.True(problem.InsideLine);
        }
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_a_cut()
    {
        var end = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("{\"n\":1}\n");
            await context.Response.Body.FlushAsync();
            await end.Task;
        });
        var client = Client(server);

        await using var body = await client.Atlas.ResultsAsync(1, From, To);
        var buffer = new byte[100];
        Assert.Equal(8, await body.ReadAtLeastAsync(buffer, 8));
        var reading = body.ReadAsync(buffer).AsTask();
        client.Time.Expire();
        await Assert.ThrowsAsync<CutOffException>(() => reading);
        end.SetResult();
    }

    [Fact]
    public async Task A_packed_answer_is_unpacked()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            Assert.Contains("gzip", context.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync("{\"n\":1}\n"u8.ToArray());
        });

        await using var body = await Client(server).Atlas.ResultsAsync(1, From, To);
        using var reader = new StreamReader(body);
        Assert.Equal("{\"n\":1}\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task The_key_does_not_follow_a_redirect_to_another_server()
    {
        await using var thief = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("{\"id\":1}"));
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Redirect(new Uri(thief.Address, "/api/v2/measurements/1/").AbsoluteUri);
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<AtlasException>(() => Client(server).Atlas.MeasurementAsync(1));
        Assert.Empty(thief.Requests);
    }

    [Fact]
    public async Task Bad_weather_passes()
    {
        var answers = new Queue<Func<HttpContext, Task>>([
            context => Answer(context, 429, "slow down", ("Retry-After", "3")),
            context => Answer(context, 500, "oops"),
            context =>
            {
                context.Abort();
                return Task.CompletedTask;
            },
            context => Answer(context, 200, "<html>"),
            context =>
            {
                context.Response.ContentLength = 500;
                return context.Response.WriteAsync("{\"id\":");
            },
            context => Answer(context, 200, "{\"id\":1}"),
        ]);
        await using var server = await LoopbackServer.StartAsync(context => answers.Dequeue()(context));
        var client = Client(server);

        Assert.Equal(1, (await client.Atlas.MeasurementAsync(1)).Id);
        Assert.Equal(6, server.Requests.Count);
        Assert.Equal(3, client.Time.Waits[0].TotalSeconds);
    }

    [Fact]
    public async Task A_creation_on_a_breaking_connection_is_sent_once()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var request = new CreationRequest([new PingDefinition(System.Net.IPAddress.Loopback, "x", null)], [ProbeSet.Of([1])]);
        await Assert.ThrowsAsync<AmbiguousCreationException>(() => Client(server).Atlas.CreateAsync(request));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Nobody_there_says_so()
    {
        Uri address;
        await using (var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask))
        {
            address = server.Api;
        }

        var client = new AtlasFixture(new AtlasOptions { BaseUrl = address, Retries = 1 }, realNetwork: true);
        var problem = await Assert.ThrowsAsync<AtlasException>(() => client.Atlas.MeasurementAsync(1));
        Assert.Contains("refused", problem.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("tried 2 times", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_metadata_answer_is_given_up_before_memory_is()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var megabyte = new byte[1 << 20];
            megabyte.AsSpan().Fill((byte)' ');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(megabyte, context.RequestAborted);
            }
        });

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Client(server).Atlas.MeasurementAsync(1));
        Assert.Contains("longer than 64 MiB", problem.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_fetch_brings_each_day_once_although_bodies_break()
    {
        // The second day breaks on its first two downloads: one connection lost, one line cut inside a sound transfer.
        var broken = 0;
        await using var server = new RawServer(request =>
        {
            var start = long.Parse(request.Split("start=")[1].Split('&')[0], CultureInfo.InvariantCulture);
            var day = (start - From.ToUnixTimeSeconds()) / 86400;
            var body = $"{{\"day\":{day},\"n\":1}}\n{{\"day\":{day},\"n\":2}}\n";
            return day != 1 || broken == 2 ? RawServer.WithLength(body, body.Length) : RawServer.Chunked(body[..20], whole: ++broken == 2);
        });

        var lines = new HashSet<string>();
        var completed = new List<FetchWindow>();
        var summary = await Client(server.Api).Fetcher.FetchAsync(
            new FetchRequest(1, From, From.AddDays(2.5)),
            async (_, body, cancellationToken) =>
            {
                using var reader = new StreamReader(body, Encoding.UTF8, leaveOpen: true);
                while (await reader.ReadLineAsync(cancellationToken) is { } line)
                {
                    lines.Add(line);
                }
            },
            completed.Add);

        // Two lines of 16 bytes a day.
        Assert.Equal(new FetchSummary(Windows: 3, Bytes: 3 * 2 * 16, CutOff: 2), summary);
        Assert.Equal(6, lines.Count);
        Assert.Equal([From, From.AddDays(1), From.AddDays(2)], completed.Select(window => window.From));
        Assert.Equal(From.AddDays(2.5), completed[^1].To);
        Assert.Equal(5, server.Requests.Count);
        Assert.Contains("/api/v2/measurements/1/results/?start=1763683200&stop=1763726399&format=txt", server.Requests);
    }

    [Fact]
    public async Task A_body_that_always_breaks_stops_the_fetch_behind_the_last_whole_window()
    {
        await using var server = new RawServer(request =>
            request.Contains("start=1763510400", StringComparison.Ordinal) ? RawServer.WithLength("", 0) : RawServer.WithLength("{}\n", 100));

        var completed = new List<FetchWindow>();
        await Assert.ThrowsAsync<CutOffException>(() => Client(server.Api).Fetcher.FetchAsync(
            new FetchRequest(1, From, From.AddDays(3)), (_, body, token) => new ValueTask(body.CopyToAsync(Stream.Null, token)), completed.Add));
        Assert.Equal([From], completed.Select(window => window.From));
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task A_last_line_that_is_always_odd_does_not_hold_up_a_day_for_ever()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("{\"n\":1}\n{\"n\":"));
        var text = "";
        var summary = await Client(server).Fetcher.FetchAsync(new FetchRequest(1, From, To), async (_, body, token) =>
        {
            using var reader = new StreamReader(body, Encoding.UTF8, leaveOpen: true);
            text = await reader.ReadToEndAsync(token);
        });
        Assert.Equal("{\"n\":1}\n{\"n\":", text);
        Assert.Equal(3, summary.CutOff);
    }

    [Fact]
    public async Task An_answer_that_is_always_something_else_is_never_taken_for_a_day_without_results()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("{\"count\": 17, \"results\": [{\"id\": "));
        var completed = new List<FetchWindow>();
        await Assert.ThrowsAsync<CutOffException>(() => Client(server).Fetcher.FetchAsync(
            new FetchRequest(1, From, To), (_, body, token) => new ValueTask(body.CopyToAsync(Stream.Null, token)), completed.Add));
        Assert.Empty(completed);
    }

    [Fact]
    public async Task A_consumer_that_hides_a_cut_is_found_out()
    {
        var attempts = 0;
        await using var server = new RawServer(_ => RawServer.Chunked("{\"n\":1}\n", whole: ++attempts == 2));

        var summary = await Client(server.Api).Fetcher.FetchAsync(new FetchRequest(1, From, To), async (_, body, token) =>
        {
            try
            {
                await body.CopyToAsync(Stream.Null, token);
            }
            catch (IOException)
            {
                // As a reader does that takes what it can get.
            }
        });
        Assert.Equal(1, summary.CutOff);
    }

    [Fact]
    public async Task Many_probes_are_asked_for_in_several_requests_a_window()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        var calls = 0;
        await Client(server).Fetcher.FetchAsync(
            new FetchRequest(1, From, To) { Probes = [.. Enumerable.Range(0, 1200).Select(index => 1_000_000 + (index * 2))] },
            (_, body, token) =>
            {
                calls++;
                return new ValueTask(body.CopyToAsync(Stream.Null, token));
            });
        Assert.Equal(3, calls);
        Assert.All(server.Requests, request => Assert.InRange(request.Length, 100, 6000));
    }

    private static AtlasFixture Client(LoopbackServer server) => Client(server.Api);

    private static AtlasFixture Client(Uri api) => new(new AtlasOptions { BaseUrl = api, Key = AtlasFixture.Key }, realNetwork: true);

    private static Task Answer(HttpContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.WriteAsync(body);
    }
}
