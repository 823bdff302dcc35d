using System.Buffers;
using System.Threading.Channels;

namespace Collector.Streaming;

/// <summary>Gathers single results into batches and queues them. It never waits: what the queue has no room for is dropped and counted.</summary>
/// <remarks>Each batch costs the store a commit and the archive a gzip member a measurement, which pack badly when they are small.</remarks>
internal sealed class StreamBatcher : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamLimits limits;
    private readonly ChannelWriter<StreamBatch> queue;
    private readonly Action<int> dropped;
    private readonly ITimer timer;
    private Dictionary<long, ArrayBufferWriter<byte>> lines = [];
    private int results;
    private int bytes;

    /// <summary>Begins with nothing.</summary>
    /// <param name="limits">When a batch is full, or old enough.</param>
    /// <param name="queue">Where batches go.</param>
    /// <param name="dropped">Told how many results were dropped.</param>
    /// <param name="time">The clock.</param>
    public StreamBatcher(StreamLimits limits, ChannelWriter<StreamBatch> queue, Action<int> dropped, TimeProvider time)
    {
        this.limits = limits;
        this.queue = queue;
        this.dropped = dropped;
        timer = time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds one result.</summary>
    public void Add(long measurement, ReadOnlySpan<byte> result)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(measurement, out var text))
            {
                lines.Add(measurement, text = new ArrayBufferWriter<byte>(16 * 1024));
            }

            var line = text.GetSpan(result.Length + 1);
            result.CopyTo(line);

            // Between tokens any white space is as good; inside texts JSON allows no line end.
            line[..result.Length].Replace((byte)'\n', (byte)' ');
            line[..result.Length].Replace((byte)'\r', (byte)' ');
            line[result.Length] = (byte)'\n';
            text.Advance(result.Length + 1);
            bytes += result.Length + 1;
            if (++results >= limits.BatchResults || bytes >= limits.BatchBytes)
            {
                Flush();
            }
            else if (results == 1)
            {
                timer.Change(limits.BatchAge, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Queues what there is.</summary>
    public void Flush()
    {
        lock (gate)
        {
            if (results == 0)
            {
                return;
            }

            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (!queue.TryWrite(new StreamBatch(lines.ToDictionary(pair => pair.Key, pair => pair.Value.WrittenMemory), results)))
            {
                dropped(results);
            }

            lines = [];
            results = bytes = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();
}
