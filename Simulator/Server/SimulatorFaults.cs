using System.Collections.Concurrent;
using Simulator.Worlds;

namespace Simulator.Server;

/// <summary>Ways in which an API disappoints.</summary>
public enum SimulatorFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>429 with <c>Retry-After</c> and a body that is no JSON.</summary>
    TooManyRequests,

    /// <summary>500 in Atlas' error shape.</summary>
    ServerError,

    /// <summary>No answer; the connection is dropped in the end.</summary>
    Timeout,

    /// <summary>The connection ends in the middle of the body.</summary>
    CutBody,

    /// <summary>The body comes in small pieces with pauses.</summary>
    SlowBody,

    /// <summary>200 with a body that does not parse.</summary>
    WrongJson,
}

/// <summary>How often the simulator misbehaves, or exactly when. The same seed and the same requests misbehave the same way, in whatever order
/// they come: each path and query counts for itself.</summary>
public sealed class SimulatorFaults
{
    private readonly ConcurrentQueue<SimulatorFault> script = new();
    private readonly ConcurrentDictionary<string, int> attempts = new();
    private readonly ConcurrentDictionary<SimulatorFault, int> counts = new();

    /// <summary>Key of the chance.</summary>
    public int Seed { get; init; }

    /// <summary>How often a request meets each fault: 0 to 1 each, 1 together. Faults that are not named do not happen.</summary>
    public IReadOnlyDictionary<SimulatorFault, double> Probabilities { get; init; } = new Dictionary<SimulatorFault, double>();

    /// <summary>What 429 asks the client to wait. Default: one second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When an unanswered request is dropped. Default: two minutes.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause between the pieces of a slow body. Default: 50 milliseconds.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many results of the stream never arrive: 0 to 1. The same result is lost in every connection. Default: none.</summary>
    public double StreamLoss { get; init; }

    /// <summary>How many results of the stream arrive twice: 0 to 1. Default: none.</summary>
    public double StreamDuplicates { get; init; }

    /// <summary>After how many results a connection of the stream is dropped. Default: never.</summary>
    public int? StreamLength { get; init; }

    /// <summary>How often each fault was met.</summary>
    public IReadOnlyDictionary<SimulatorFault, int> Counts => counts;

    /// <summary>Every fault equally often, together as often as given.</summary>
    /// <param name="rate">0 to 1.</param>
    /// <param name="seed">Key of the chance.</param>
    public static SimulatorFaults Of(double rate, int seed = 0) => new()
    {
        Seed = seed,
        Probabilities = Enum.GetValues<SimulatorFault>().Where(fault => fault != SimulatorFault.None).ToDictionary(fault => fault, _ => rate / 6),
    };

    /// <summary>What the next requests meet, one each, before chance decides again.</summary>
    public void Script(params IEnumerable<SimulatorFault> faults)
    {
        foreach (var fault in faults)
        {
            script.Enqueue(fault);
        }
    }

    /// <summary>How often a result comes over the stream: not at all, once, or twice.</summary>
    internal int Deliveries(ReadOnlySpan<byte> result)
    {
        var hash = Mix.Of((ulong)Seed, 0x57);
        foreach (var octet in result)
        {
            hash = (hash ^ octet) * 0x100000001B3;
        }

        double draw = Mix.Below(Mix.Of(hash), 1_000_000);
        return draw < StreamLoss * 1_000_000 ? 0 : draw < (StreamLoss + StreamDuplicates) * 1_000_000 ? 2 : 1;
    }

    internal SimulatorFault Next(string request)
    {
        if (!script.TryDequeue(out var fault) && Probabilities.Count > 0)
        {
            var attempt = attempts.AddOrUpdate(request, 1, (_, before) => before + 1);
            var hash = request.Aggregate(Mix.Of((ulong)Seed, (ulong)attempt), (hash, letter) => Mix.Of(hash, letter));
            double draw = Mix.Below(hash, 1_000_000);
            foreach (var (candidate, probability) in Probabilities.OrderBy(pair => pair.Key))
            {
                draw -= probability * 1_000_000;
                if (draw < 0)
                {
                    fault = candidate;
                    break;
                }
            }
        }

        counts.AddOrUpdate(fault, 1, (_, before) => before + 1);
        return fault;
    }
}

/// <summary>Ends a response before its end: the web server flushes what there is and closes the connection.</summary>
internal sealed class CutException() : IOException("cut on request");

/// <summary>A body that is cut off after so many bytes, or dripped out.</summary>
internal sealed class FaultyBody(Stream inner, int cutAfter, TimeSpan pause) : Stream
{
    private const int Piece = 2048;
    private int written;
    private int cutAfter = cutAfter;

    /// <summary>Whether the body is to end before its end.</summary>
    public bool IsCut => cutAfter < int.MaxValue;

    /// <summary>Makes sure that a body of a known length is cut.</summary>
    public void CutWithin(int length)
    {
        if (IsCut)
        {
            cutAfter = Math.Min(cutAfter, Math.Max(1, length / 2));
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, Math.Max(1, Math.Min(pause > TimeSpan.Zero ? Piece : int.MaxValue, cutAfter - written)))];
            await inner.WriteAsync(piece, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            buffer = buffer[piece.Length..];
            written += piece.Length;
            if (written >= cutAfter)
            {
                throw new CutException();
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
