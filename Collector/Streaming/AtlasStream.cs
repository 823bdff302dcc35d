using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.WebSockets;
using System.Threading.Channels;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;

namespace Collector.Streaming;

/// <summary>The streaming API of RIPE Atlas: results of public measurements, seconds after they were stored.</summary>
/// <remarks>
/// Nothing guarantees delivery, so nothing relies on it: the stream never moves a watermark, and what it missed comes with the next
/// collection over HTTP. That allows it to drop what it cannot keep, and never to wait for the store. A lost connection is made again, with
/// pauses that double, and its subscriptions with it.
/// </remarks>
public sealed partial class AtlasStream : IDisposable
{
    // More objections than these on one connection are noise.
    private const int ObjectionsTold = 10;

    private static readonly Counter<long> ResultCount = MeasurementMeter.Meter.CreateCounter<long>("measurement.stream.results", "{result}", "Results received over the stream.");
    private static readonly Counter<long> DroppedCount = MeasurementMeter.Meter.CreateCounter<long>("measurement.stream.dropped", "{result}", "Results dropped because the store was slower than the stream.");
    private static readonly Counter<long> RejectedCount = MeasurementMeter.Meter.CreateCounter<long>("measurement.stream.rejected", "{frame}", "Frames that made no sense or were not asked for.");
    private static readonly Counter<long> ConnectionCount = MeasurementMeter.Meter.CreateCounter<long>("measurement.stream.connections", "{connection}", "Connections made to the stream.");
    private static readonly UpDownCounter<long> OpenCount = MeasurementMeter.Meter.CreateUpDownCounter<long>("measurement.stream.connected", "{connection}", "Whether the stream is connected.");

    private readonly AtlasOptions options;
    private readonly StreamLimits limits;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Uri address;
    private readonly Channel<StreamBatch> queue;
    private readonly StreamBatcher batcher;
    private readonly Lock gate = new();
    private Wanted wanted = new([]);
    private StreamState state = new();

    /// <summary>For a server; nothing is connected yet.</summary>
    public AtlasStream(AtlasOptions options, TimeProvider time, ILogger<AtlasStream> logger)
        : this(options, new StreamLimits(), time, logger)
    {
    }

    internal AtlasStream(AtlasOptions options, StreamLimits limits, TimeProvider time, ILogger<AtlasStream> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.limits = limits;
        this.time = time;
        this.logger = logger;
        address = Address(options);
        queue = Channel.CreateBounded<StreamBatch>(limits.QueuedBatches);
        batcher = new StreamBatcher(limits, queue.Writer, Drop, time);
    }

    /// <summary>What has arrived. Who reads it slowly loses some, and the connection nothing.</summary>
    public ChannelReader<StreamBatch> Batches => queue.Reader;

    /// <summary>How it is doing.</summary>
    public StreamState State
    {
        get
        {
            lock (gate)
            {
                return state;
            }
        }
    }

    /// <summary>Tries to connect, once.</summary>
    /// <returns>Why it cannot; null: it can.</returns>
    public static async Task<string?> TryAsync(AtlasOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var socket = await OpenAsync(options, new StreamLimits(), time, cancellationToken);
            return null;
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested && IsLoss(problem))
        {
            return Explain(problem);
        }
    }

    /// <summary>Names the measurements whose results are wanted, instead of those named before; takes effect at once.</summary>
    public void Subscribe(IEnumerable<long> measurements)
    {
        var next = new Wanted([.. measurements]);
        Wanted before;
        lock (gate)
        {
            before = wanted;
            if (before.Measurements.SetEquals(next.Measurements))
            {
                return;
            }

            wanted = next;
            state = state with { Measurements = next.Measurements.Count };
        }

        before.Changed.TrySetResult();
    }

    /// <summary>Keeps the connection, as long as measurements are wanted.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            while (Asked() is { Measurements.Count: 0 } nothing)
            {
                await nothing.Changed.Task.WaitAsync(cancellationToken);
            }

            var began = time.GetTimestamp();
            string reason;
            try
            {
                reason = await ConnectAsync(cancellationToken);
            }
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested && IsLoss(problem))
            {
                reason = Explain(problem);
            }

            failures = time.GetElapsedTime(began) >= limits.Proven ? 1 : failures + 1;
            var pause = limits.PauseAfter(failures, Random.Shared.NextDouble());
            Change(state => state with { Problem = reason });
            Lost(reason, Math.Round(pause.TotalSeconds, 1));
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => batcher.Dispose();

    private static Uri Address(AtlasOptions options) =>
        options.StreamUrl.Query.Length > 0 ? options.StreamUrl : new UriBuilder(options.StreamUrl) { Query = "client=anycast-measurement" }.Uri;

    private static bool IsLoss(Exception problem) => problem is WebSocketException or IOException or HttpRequestException or OperationCanceledException;

    private static string Explain(Exception problem) =>
        problem is OperationCanceledException ? "no answer in time" : Json.OneLine((problem.InnerException ?? problem).Message, 200);

    private static async Task<ClientWebSocket> OpenAsync(AtlasOptions options, StreamLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.Proxy = null;
            socket.Options.KeepAliveInterval = limits.PingAfter;
            socket.Options.KeepAliveTimeout = limits.PongWithin;
            socket.Options.SetRequestHeader("User-Agent", string.Join(' ', AtlasAgent.Of(options)));
            using var limit = new CancellationTokenSource(options.RequestTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            await socket.ConnectAsync(Address(options), either.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One connection, from its beginning to its end.</summary>
    /// <returns>Why it ended.</returns>
    private async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        using var socket = await OpenAsync(options, limits, time, cancellationToken);
        Change(state => state with { ConnectedSince = time.GetUtcNow(), Connections = state.Connections + 1 });
        ConnectionCount.Add(1);
        OpenCount.Add(1);
        Connected(address, Asked().Measurements.Count);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var subscribing = KeepSubscribedAsync(socket, ended.Token);
        try
        {
            return await ReadAsync(socket, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await subscribing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batcher.Flush();
            OpenCount.Add(-1);
            Change(state => state with { ConnectedSince = null, Subscribed = 0 });
        }
    }

    /// <summary>Asks for what is wanted and not yet asked for, and no longer for what is not, whenever that changes.</summary>
    private async Task KeepSubscribedAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var asked = new HashSet<long>();
        while (true)
        {
            var next = Asked();
            foreach (var measurement in asked.Except(next.Measurements).ToList())
            {
                await SendAsync("atlas_unsubscribe", measurement);
                asked.Remove(measurement);
            }

            foreach (var measurement in next.Measurements.Except(asked).Order().ToList())
            {
                await SendAsync("atlas_subscribe", measurement);
                asked.Add(measurement);
            }

            await next.Changed.Task.WaitAsync(cancellationToken);
        }

        ValueTask SendAsync(string type, long measurement) =>
            socket.SendAsync(StreamFrame.Request(type, measurement), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);
    }

    private async Task<string> ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var told = new Told();
        var buffer = new byte[Math.Min(64 * 1024, limits.Frame)];
        for (var used = 0; ;)
        {
            if (used == buffer.Length)
            {
                if (used >= limits.Frame)
                {
                    Reject();
                    return string.Create(CultureInfo.InvariantCulture, $"a frame of more than {limits.Frame} bytes");
                }

                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limits.Frame));
            }

            var part = await socket.ReceiveAsync(buffer.AsMemory(used), cancellationToken);
            used += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return Json.OneLine($"closed by the server ({socket.CloseStatus?.ToString() ?? "no reason"} {socket.CloseStatusDescription})", 200);
            }

            if (part.EndOfMessage)
            {
                Take(buffer.AsSpan(0, used), told);
                used = 0;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, Told told)
    {
        var frame = StreamFrame.Read(bytes);
        switch (frame.Kind)
        {
            case StreamFrameKind.Result when Asked().Measurements.Contains(frame.Measurement):
                Change(state => state with { Results = state.Results + 1 });
                ResultCount.Add(1);
                batcher.Add(frame.Measurement, bytes.Slice(frame.Start, frame.Length));
                break;
            case StreamFrameKind.Result:
                Reject();
                break;
            case StreamFrameKind.Subscribed or StreamFrameKind.Unsubscribed:
                var step = frame.Kind == StreamFrameKind.Subscribed ? 1 : -1;
                Change(state => state with { Subscribed = Math.Clamp(state.Subscribed + step, 0, state.Measurements) });
                break;
            case StreamFrameKind.Error:
                var text = frame.Text(bytes);
                Change(state => state with { Problem = text });
                if (told.Objections++ < ObjectionsTold)
                {
                    Objects(text);
                }

                break;
            case StreamFrameKind.Malformed:
                Reject();
                if (!told.Nonsense)
                {
                    told.Nonsense = true;
                    MakesNoSense();
                }

                break;
        }
    }

    private void Reject()
    {
        Change(state => state with { Rejected = state.Rejected + 1 });
        RejectedCount.Add(1);
    }

    private void Drop(int results)
    {
        Change(state => state with { Dropped = state.Dropped + results });
        DroppedCount.Add(results);
        TooFast(results);
    }

    private Wanted Asked()
    {
        lock (gate)
        {
            return wanted;
        }
    }

    private void Change(Func<StreamState, StreamState> change)
    {
        lock (gate)
        {
            state = change(state);
        }
    }

    /// <summary>What is wanted, until something else is.</summary>
    private sealed record Wanted(HashSet<long> Measurements)
    {
        public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What the log knows of one connection.</summary>
    private sealed class Told
    {
        public int Objections { get; set; }

        public bool Nonsense { get; set; }
    }
}
