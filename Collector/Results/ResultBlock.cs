using System.Buffers;

namespace Collector.Results;

/// <summary>Some complete results, in the order they came. Whoever takes it disposes of it, on any thread.</summary>
public sealed class ResultBlock : IDisposable
{
    private readonly List<Part> parts;
    private byte[]? bytes;

    internal ResultBlock(byte[] bytes, List<Part> parts)
    {
        this.bytes = bytes;
        this.parts = parts;
    }

    /// <summary>How many results, those that are none included.</summary>
    public int Count => parts.Count;

    /// <summary>The bytes of one.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(bytes is null, this);
            return bytes.AsMemory(parts[index].Start, parts[index].Length);
        }
    }

    /// <summary>Decodes them all.</summary>
    public void Decode(ResultDecoder decoder, IResultHandler handler)
    {
        ObjectDisposedException.ThrowIf(bytes is null, this);
        foreach (var part in parts)
        {
            var result = bytes.AsSpan(part.Start, part.Length);
            if (part.Problem is null)
            {
                decoder.Decode(result, handler);
            }
            else
            {
                decoder.RejectResult(part.Problem, result, handler);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref bytes, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Where one result is, and why it is none when that is known already.</summary>
    internal readonly record struct Part(int Start, int Length, string? Problem);
}
