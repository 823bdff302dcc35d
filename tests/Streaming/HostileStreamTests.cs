using System.Net;
using System.Net.WebSockets;
using System.Text;
using Collector.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Tests.Streaming;

/// <summary>Whoever sits at the other end may send anything.</summary>
public sealed class HostileStreamTests
{
    private const string Result = """["atlas_result",{"msm_id":7,"prb_id":1}]""";

    [Theory]
    [InlineData("not JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("[\"atlas_result\"]")]
    [InlineData("[\"atlas_result\",5]")]
    [InlineData("[\"atlas_result\",[{\"msm_id\":7}]]")]
    [InlineData("[\"atlas_result\",{\"msm_id\":7}")]
    [InlineData("[\"atlas_result\",{\"msm_id\":7}] more")]
    [InlineData("[\"atlas_result\",{\"msm_id\":7},3]")]
    [InlineData("[\"atlas_result\",{\"msm_id\":8}]")] // not asked for
    [InlineData("[\"atlas_result\",{\"msm_id\":\"7\"}]")]
    [InlineData("[\"atlas_result\",{\"msm_id\":7e99}]")]
    [InlineData("[\"atlas_result\",{\"x\":{\"msm_id\":7}}]")]
    public async Task A_frame_that_makes_no_sense_is_counted_and_passed_over(string frame)
    {
        var (state, lines) = await Talk(async socket =>
        {
            await Send(socket, frame);
            await Send(socket, Result);
        });
        Assert.Equal("""{"msm_id":7,"prb_id":1}""", Assert.Single(lines));
        Assert.Equal((1, 1, 1), (state.Rejected, state.Results, state.Connections));
    }

    [Fact]
    public async Task Nesting_without_end_is_one_frame_that_makes_no_sense()
    {
        var (state, _) = await Talk(async socket =>
        {
            await Send(socket, "[\"atlas_result\"," + new string('[', 500_000));
            await Send(socket, Result);
        });
        Assert.Equal(1, state.Rejected);
    }

    [Theory]
    [InlineData("[\"atlas_metadata\",{\"msm_id\":7}]")]
    [InlineData("[\"atlas_probestatus\",[1,2,{}]]")]
    [InlineData("[\"something_new\"]")]
    [InlineData("[\"atlas_subscribed\",null]")]
    public async Task Types_that_we_have_no_use_for_are_no_offence(string frame)
    {
        var (state, lines) = await Talk(async socket =>
        {
            await Send(socket, frame);
            await Send(socket, Result);
        });
        Assert.Single(lines);
        Assert.Equal(0, state.Rejected);
    }

    [Fact]
    public async Task A_result_written_over_several_lines_becomes_one()
    {
        var (_, lines) = await Talk(socket => Send(socket, "[\"atlas_result\",{\r\n  \"msm_id\":7\r\n}]"));
        Assert.Equal("{    \"msm_id\":7  }", Assert.Single(lines));
    }

    [Fact]
    public async Task A_frame_of_a_hundred_megabytes_is_given_up_at_its_first_and_costs_the_connection()
    {
        var connections = 0;
        var (state, lines) = await Talk(async socket =>
        {
            if (Interlocked.Increment(ref connections) > 1)
            {
                await Send(socket, Result);
                return;
            }

            var part = new byte[1 << 20];
            for (var parts = 0; parts < 100; parts++)
            {
                await socket.SendAsync(part, WebSocketMessageType.Text, parts == 99, CancellationToken.None);
            }
        });
        Assert.Single(lines);
        Assert.Equal((2, 1), (state.Connections, state.Rejected));
        Assert.Contains("a frame of more than 1048576 bytes", state.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_went_silent_is_left()
    {
        var connections = 0;
        var (state, lines) = await Talk(
            async socket =>
            {
                if (Interlocked.Increment(ref connections) > 1)
                {
                    await Send(socket, Result);
                }
            },
            StreamFixture.Quick with { PingAfter = TimeSpan.FromMilliseconds(100), PongWithin = TimeSpan.FromMilliseconds(200) },
            isDeaf: true);
        Assert.Single(lines);
        Assert.True(state.Connections > 1);
    }

    private static Task Send(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Runs a stream for measurement 7 against a server until it brings something.</summary>
    /// <param name="say">What the server says on each connection once it was asked.</param>
    /// <param name="limits">Bounds; default: quick ones.</param>
    /// <param name="isDeaf">Whether the server never reads again, so that it answers no ping either.</param>
    private static async Task<(StreamState State, string[] Lines)> Talk(Func<WebSocket, Task> say, StreamLimits? limits = null, bool isDeaf = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var server = builder.Build();
        server.UseWebSockets();
        server.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[4096];
            try
            {
                await socket.ReceiveAsync(buffer, context.RequestAborted);
                await say(socket);
                while (!isDeaf)
                {
                    await socket.ReceiveAsync(buffer, context.RequestAborted);
                }

                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (Exception problem) when (problem is WebSocketException or OperationCanceledException or IOException)
            {
                // The client left.
            }
        });
        await server.StartAsync();

        var address = new UriBuilder(server.Urls.First()) { Scheme = "ws", Path = "/stream/" }.Uri;
        using var stream = new AtlasStream(StreamFixture.Options(address), limits ?? StreamFixture.Quick, TimeProvider.System, NullLogger<AtlasStream>.Instance);
        stream.Subscribe([7]);
        using var ended = new CancellationTokenSource();
        var running = stream.RunAsync(ended.Token);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var batch = await stream.Batches.ReadAsync(limit.Token);
        var state = stream.State;
        await ended.CancelAsync();
        await Waiting.End(running);
        await server.StopAsync(new CancellationToken(canceled: true));
        return (state, Encoding.UTF8.GetString(batch.Lines[7].Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
