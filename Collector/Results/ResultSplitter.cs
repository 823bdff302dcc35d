using System.Buffers;
using System.IO.Compression;

namespace Collector.Results;

/// <summary>Cuts a stream of bytes into results, without looking into them: the first half of reading, fit for a thread of its own.</summary>
/// <remarks>
/// <para>Understood, and told apart by looking: one result a line; JSON arrays, in one line, with a line for each element or
/// indented; indented objects; the object of <c>/latest/</c>, with a list for each probe; several of these one after the other;
/// all that gzipped, in any number of members.</para>
/// <para>What is wrong with one result stays with it: where results have lines of their own the next line begins anew, and one
/// that is too long is left out.</para>
/// </remarks>
public sealed class ResultSplitter : IDisposable
{
    /// <summary>Results longer than this are rejected unless it is set otherwise: 4 MiB. The longest that Atlas sends is some 100 KiB.</summary>
    public const int DefaultMaximumLength = 4 * 1024 * 1024;

    private const int BlockSize = 256 * 1024;

    // What is handed on of a result that is too long to keep.
    private const int ShownOfTooLong = 1024;

    // Enough to see {"1234567890": [ however it is indented.
    private const int ProbesLookAhead = 64;

    private readonly int maximumLength;
    private Stream input;
    private GZipStream? gzip;
    private bool isStarted;
    private bool isEnded;

    // The bytes that are neither handed on nor done with are those from "at" to "filled".
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private List<ResultBlock.Part> parts = [];
    private int filled;
    private int at;

    // Where between results we are, and whether results have lines of their own: that shows at the first one.
    private int openArrays;
    private bool inProbes;
    private bool? isOnLines;
    private bool isLost;

    // What began at "at", and up to where it was looked at.
    private Item item;
    private JsonExtent extent;
    private int looked;
    private bool isTooLong;

    /// <param name="input">What to read; stays open.</param>
    /// <param name="maximumLength">Longest result, in bytes.</param>
    public ResultSplitter(Stream input, int maximumLength = DefaultMaximumLength)
    {
        this.input = input;
        this.maximumLength = maximumLength;
    }

    private enum Item
    {
        /// <summary>Between results.</summary>
        None,

        /// <summary>A result that ends with its line.</summary>
        Line,

        /// <summary>A result that ends with its closing brace.</summary>
        Object,

        /// <summary>Something else, up to the end of the line or element.</summary>
        Junk,
    }

    /// <summary>Bytes read so far, after unpacking.</summary>
    public long Bytes { get; private set; }

    /// <summary>In words, how the input ended before its end; null while it has not.</summary>
    public string? Incomplete { get; private set; }

    /// <summary>The next results; null at the end.</summary>
    public ResultBlock? Next()
    {
        while (true)
        {
            if (Take() is { } block)
            {
                return block;
            }

            if (isEnded)
            {
                return null;
            }

            MakeRoom();
            while (!isEnded && filled < buffer.Length)
            {
                try
                {
                    Received(input.Read(buffer, filled, buffer.Length - filled));
                }
                catch (Exception problem) when (problem is IOException or InvalidDataException)
                {
                    Interrupted(problem);
                }
            }
        }
    }

    /// <summary>The same without blocking the thread.</summary>
    public async ValueTask<ResultBlock?> NextAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            if (Take() is { } block)
            {
                return block;
            }

            if (isEnded)
            {
                return null;
            }

            MakeRoom();
            while (!isEnded && filled < buffer.Length)
            {
                try
                {
                    Received(await input.ReadAsync(buffer.AsMemory(filled), cancellation));
                }
                catch (Exception problem) when (problem is IOException or InvalidDataException)
                {
                    Interrupted(problem);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gzip?.Dispose();
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            (at, filled, isEnded) = (0, 0, true);
        }
    }

    private void Received(int count)
    {
        filled += count;
        Bytes += count;
        isEnded = count == 0;
    }

    private void Interrupted(Exception problem)
    {
        isEnded = true;
        Incomplete = problem is InvalidDataException ? "the gzip data is damaged or cut off" : problem.Message;
    }

    private void MakeRoom()
    {
        if (at == 0 && filled == buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(MoveRest(buffer.Length * 2));
        }
        else if (at > 0)
        {
            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            Shift();
        }
    }

    /// <summary>Goes on in another buffer, and gives back the old one.</summary>
    private byte[] MoveRest(int size)
    {
        var old = buffer;
        buffer = ArrayPool<byte>.Shared.Rent(size);
        old.AsSpan(at, filled - at).CopyTo(buffer);
        Shift();
        return old;
    }

    private void Shift()
    {
        looked -= at;
        filled -= at;
        at = 0;
    }

    /// <summary>The results that are complete in the buffer; null when there is none.</summary>
    private ResultBlock? Take()
    {
        if (!isStarted && !Start())
        {
            return null;
        }

        while (at < filled && Step())
        {
        }

        if (isEnded && at >= filled && (openArrays > 0 || inProbes))
        {
            Incomplete ??= "the JSON array is not closed";
        }

        if (parts.Count == 0)
        {
            return null;
        }

        var complete = parts;
        parts = new(complete.Count);
        return new ResultBlock(MoveRest(Math.Max(BlockSize, 2 * (filled - at))), complete);
    }

    /// <summary>Looks whether it is gzip, once there is something to look at.</summary>
    private bool Start()
    {
        var start = buffer.AsSpan(0, filled);
        if (start.IsEmpty)
        {
            return false;
        }

        if (gzip is null && start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            input = gzip = new GZipStream(new ReplayStream(start.ToArray(), input), CompressionMode.Decompress);
            (filled, Bytes, isEnded) = (0, 0, false);
            return false;
        }

        isStarted = true;
        at = start.StartsWith("\uFEFF"u8) ? 3 : 0;
        return true;
    }

    /// <summary>One step ahead; false when that takes more bytes.</summary>
    private bool Step() => item switch
    {
        Item.None => Between(buffer[at]),
        Item.Line => InLine(),
        Item.Object => InObject(),
        _ => InJunk(),
    };

    private bool Between(byte next)
    {
        var inProbesObject = inProbes && openArrays == 0;
        switch (next)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',':
                break;
            case (byte)'{':
                return BeforeObject();
            case var _ when isLost:
                // Behind a broken result that had more than one line, up to the next one.
                return Begin(Item.Junk);
            case (byte)'[':
                openArrays++;
                break;
            case (byte)']' when openArrays > 0:
                openArrays--;
                break;
            case (byte)'}' when inProbesObject:
                inProbes = false;
                break;
            case (byte)':' when inProbesObject:
                break;
            case (byte)'"' when inProbesObject:
                return SkipProbe();
            default:
                return Begin(Item.Junk);
        }

        at++;
        return true;
    }

    private bool Begin(Item begun)
    {
        // Of junk, one byte at least.
        item = begun;
        extent = default;
        looked = begun == Item.Junk ? at + 1 : at;
        return true;
    }

    private bool BeforeObject()
    {
        isLost = false;
        if (openArrays > 0 || inProbes)
        {
            return Begin(Item.Object);
        }

        switch (IsProbes())
        {
            case null:
                return false;
            case true:
                inProbes = true;
                at++;
                return true;
            default:
                return Begin(isOnLines == true ? Item.Line : Item.Object);
        }
    }

    /// <summary>Whether an object at the top is that of <c>/latest/</c>, as in <c>{"123": [</c>; null when too little is there to tell.</summary>
    private bool? IsProbes()
    {
        var rest = buffer.AsSpan(at + 1, Math.Min(filled - at - 1, ProbesLookAhead)).TrimStart(" \t\r\n"u8);
        if (rest is [(byte)'"', >= (byte)'0' and <= (byte)'9', ..])
        {
            rest = rest[1..].TrimStart("0123456789"u8);
            if (rest is [(byte)'"', ..])
            {
                rest = rest[1..].TrimStart(" \t\r\n"u8);
                if (rest is [(byte)':', ..])
                {
                    rest = rest[1..].TrimStart(" \t\r\n"u8);
                    if (rest is [var value, ..])
                    {
                        return value is (byte)'[' or (byte)'{';
                    }
                }
            }
        }

        // Something else, or cut.
        return rest.Length <= 1 && !isEnded && filled - at <= ProbesLookAhead ? null : false;
    }

    private bool SkipProbe()
    {
        var end = buffer.AsSpan(at + 1, Math.Min(filled - at - 1, ProbesLookAhead)).IndexOf((byte)'"');
        if (end >= 0)
        {
            at += end + 2;
            return true;
        }

        return (isEnded || filled - at > ProbesLookAhead) && Begin(Item.Junk);
    }

    private bool InLine()
    {
        var end = buffer.AsSpan(looked, filled - looked).IndexOf((byte)'\n');
        if (end >= 0)
        {
            return Finish(looked + end, null);
        }

        looked = filled;
        if (!isEnded || isTooLong)
        {
            return Wait();
        }

        // The last line has no end; it may be whole all the same.
        return extent.Find(buffer.AsSpan(at, filled - at), stopAtNewLine: false, out _) == JsonExtent.Stop.Closed
            ? Finish(filled, null)
            : Truncated();
    }

    private bool InObject()
    {
        var stop = extent.Find(buffer.AsSpan(looked, filled - looked), stopAtNewLine: isOnLines != false, out var position);
        position += looked;
        looked = position;
        switch (stop)
        {
            case JsonExtent.Stop.Closed when isOnLines is null:
                isOnLines = true;
                return openArrays > 0 || inProbes ? Finish(position, null) : Begin(Item.Line);
            case JsonExtent.Stop.Closed:
                return Finish(position, null);
            case JsonExtent.Stop.BrokenString:
                isLost = isOnLines == false;
                return Finish(position, RejectionReasons.BadJson);
            case JsonExtent.Stop.NewLine when isOnLines is null && position + 1 < filled:
                // Further lines of an indented object do not begin like its first one.
                isOnLines = buffer[position + 1] == (byte)'{';
                return true;
            case JsonExtent.Stop.NewLine when isOnLines is true:
                return Finish(position, RejectionReasons.BadJson);
            default:
                return isEnded ? Truncated() : Wait();
        }
    }

    private bool InJunk()
    {
        var rest = buffer.AsSpan(looked, filled - looked);
        var end = openArrays > 0 || inProbes ? rest.IndexOfAny((byte)'\n', (byte)',', (byte)']') : rest.IndexOf((byte)'\n');
        if (end < 0 && !isEnded)
        {
            looked = filled;
            return Wait();
        }

        end = end < 0 ? filled : looked + end;
        if (isLost)
        {
            item = Item.None;
            at = end;
            return true;
        }

        return Finish(end, RejectionReasons.BadJson);
    }

    /// <summary>The item is complete.</summary>
    private bool Finish(int end, string? problem)
    {
        if (!isTooLong)
        {
            var length = buffer.AsSpan(at, end - at).TrimEnd(" \t\r"u8).Length;
            parts.Add(length > maximumLength ? TooLong() : new(at, length, problem));
        }

        item = Item.None;
        isTooLong = false;
        at = end;
        return true;
    }

    private ResultBlock.Part TooLong() => new(at, Math.Min(ShownOfTooLong, maximumLength), RejectionReasons.TooLong);

    private bool Truncated()
    {
        Incomplete ??= "the last result is cut off";
        return Finish(filled, RejectionReasons.Truncated);
    }

    /// <summary>The item takes more bytes. What is too long is reported, once, and then only its end is looked for.</summary>
    private bool Wait()
    {
        if (!isTooLong && filled - at > maximumLength)
        {
            parts.Add(TooLong());
            isTooLong = true;
        }

        if (isTooLong)
        {
            at = filled;
        }

        return false;
    }

    /// <summary>Bytes that were read already, and then the stream they came from, which stays open.</summary>
    private sealed class ReplayStream(byte[] start, Stream rest) : Stream
    {
        private int replayed;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Replay(buffer);
            return count > 0 ? count : rest.Read(buffer);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Replay(buffer.Span);
            return count > 0 ? new(count) : rest.ReadAsync(buffer, cancellationToken);
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Replay(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, start.Length - replayed);
            start.AsSpan(replayed, count).CopyTo(buffer);
            replayed += count;
            return count;
        }
    }
}
