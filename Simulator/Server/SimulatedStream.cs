using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Worlds;

namespace Simulator.Server;

/// <summary>One client of the simulator's stream: it subscribes to measurements and gets their results as they are stored.</summary>
/// <param name="socket">The connection.</param>
/// <param name="faults">What is lost, and what comes twice.</param>
/// <param name="pause">Real time between two looks at the clock: the simulated one may stand still, or be moved by hand.</param>
/// <param name="length">After how many results it ends without a word; null: never.</param>
/// <param name="find">A public measurement by its id.</param>
/// <param name="time">The simulated present.</param>
/// <param name="write">Appends the results of a measurement, and of one probe if it is named, that were stored in (after, now].</param>
internal sealed class SimulatedStream(
    WebSocket socket,
    SimulatorFaults faults,
    TimeSpan pause,
    int? length,
    Func<long, SimulatedMeasurement?> find,
    TimeProvider time,
    Action<ByteText, SimulatedMeasurement, int?, long, long> write) : IDisposable
{
    private const int MaximumRequest = 64 * 1024;

    // What a client gets that asks for what came just before.
    private const long Backlog = 3600;

    private readonly Dictionary<(long Measurement, int? Probe), Subscription> subscriptions = [];
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly ByteText text = new();
    private readonly ByteText frame = new();
    private int sent;

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Answers and sends until either side ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] sides = [ReadAsync(ended.Token), PushAsync(ended.Token)];
        await Task.WhenAny(sides);
        await ended.CancelAsync();
        await Task.WhenAll(sides);
    }

    /// <inheritdoc/>
    public void Dispose() => sending.Dispose();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MaximumRequest];
        while (true)
        {
            var used = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(used), cancellationToken);
                used += part.Count;
                if (part.MessageType == WebSocketMessageType.Close || used == buffer.Length)
                {
                    return;
                }
            }
            while (!part.EndOfMessage);

            var (type, payload) = Answer(buffer.AsSpan(0, used));
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(new JsonArray(type, payload)), cancellationToken);
        }
    }

    private (string Type, JsonNode Payload) Answer(ReadOnlySpan<byte> request)
    {
        JsonNode? json = null;
        try
        {
            json = JsonNode.Parse(request);
        }
        catch (JsonException)
        {
            // Said below.
        }

        if (json is not JsonArray { Count: 2 } pair || pair[0]?.GetValueKind() != JsonValueKind.String || pair[1] is not JsonObject wanted)
        {
            return Refusal("a frame is a JSON array of a type and an object");
        }

        var type = pair[0]!.GetValue<string>();
        if (type is not ("atlas_subscribe" or "atlas_unsubscribe"))
        {
            return Refusal($"\"{type}\" is not a type: atlas_subscribe or atlas_unsubscribe");
        }

        if ((wanted["streamType"] ?? wanted["stream_type"])?.ToString() is not ("result" or null))
        {
            return Refusal("only streamType \"result\" is served");
        }

        if (!long.TryParse(wanted["msm"]?.ToString(), out var id) || find(id) is not { } measurement)
        {
            return Refusal($"msm {wanted["msm"]?.ToJsonString() ?? "is missing: it"} is not a public measurement");
        }

        int? probe = int.TryParse(wanted["prb"]?.ToString(), out var number) ? number : null;
        lock (subscriptions)
        {
            if (type == "atlas_unsubscribe")
            {
                subscriptions.Remove((id, probe));
                return ("atlas_unsubscribed", wanted.DeepClone());
            }

            var hasBacklog = (wanted["sendBacklog"] ?? wanted["send_backlog"])?.GetValueKind() == JsonValueKind.True;
            subscriptions[(id, probe)] = new Subscription(measurement, probe) { SentUpTo = Now - (hasBacklog ? Backlog : 0) };
            return ("atlas_subscribed", wanted.DeepClone());
        }
    }

    private static (string Type, JsonNode Payload) Refusal(string detail) => ("atlas_error", new JsonObject { ["detail"] = detail });

    private async Task PushAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            List<Subscription> due;
            lock (subscriptions)
            {
                due = [.. subscriptions.Values];
            }

            foreach (var subscription in due)
            {
                var now = Now;
                if (now <= subscription.SentUpTo)
                {
                    continue;
                }

                text.Clear();
                write(text, subscription.Measurement, subscription.Probe, subscription.SentUpTo, now);
                subscription.SentUpTo = now;
                if (!await SendLinesAsync(text.Written, cancellationToken))
                {
                    return;
                }
            }
        }
    }

    private async Task<bool> SendLinesAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var line = lines[..end];
            lines = lines[(end + 1)..];
            for (var deliveries = faults.Deliveries(line.Span); deliveries > 0; deliveries--)
            {
                if (sent++ >= length)
                {
                    return false;
                }

                frame.Clear();
                frame.Add("[\"atlas_result\","u8);
                frame.Add(line.Span);
                frame.Add((byte)']');
                await SendAsync(frame.Written, cancellationToken);
            }
        }

        return true;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    private sealed class Subscription(SimulatedMeasurement measurement, int? probe)
    {
        public SimulatedMeasurement Measurement { get; } = measurement;

        public int? Probe { get; } = probe;

        /// <summary>Everything stored by then has been sent.</summary>
        public long SentUpTo { get; set; }
    }
}
