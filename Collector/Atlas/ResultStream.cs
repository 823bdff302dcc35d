using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Collector.Atlas;

/// <summary>A download of results that ended before its end. What was read of it is good.</summary>
public sealed class CutOffException : AtlasException
{
    /// <summary>With what is known.</summary>
    /// <param name="message">For the operator.</param>
    /// <param name="bytes">How much had arrived.</param>
    /// <param name="insideLine">See <see cref="InsideLine"/>.</param>
    /// <param name="innerException">What the network said.</param>
    public CutOffException(string message, long bytes, bool insideLine, Exception? innerException = null)
        : base(message, innerException)
    {
        Bytes = bytes;
        InsideLine = insideLine;
    }

    /// <summary>For completeness only.</summary>
    public CutOffException()
    {
    }

    /// <summary>With a message only.</summary>
    public CutOffException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause only.</summary>
    public CutOffException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>How many bytes had arrived.</summary>
    public long Bytes { get; }

    /// <summary>Whether the transfer was whole by HTTP's rules, and only the last of several lines was no whole JSON value. Atlas
    /// cannot signal an error in the middle of an answer, so this is mostly one; always at the same place it is odd data.</summary>
    public bool InsideLine { get; }
}

/// <summary>The body of a results download: a stream that is read once, from its beginning to its end.</summary>
/// <remarks>
/// Reading throws <see cref="CutOffException"/> where the connection breaks, where nothing comes for the idle time, where the
/// text ends in the middle of a line (NDJSON) or of the array, and where it is something else altogether. So a consumer that
/// sees the end has seen everything.
/// </remarks>
public sealed class ResultStream : Stream
{
    // A result has 300 to 3,000 bytes; an abuf of 64 KiB makes 90 kB of base64. Longer lines are judged by their end only.
    private const int MaximumTail = 256 * 1024;

    private readonly Stream source;
    private readonly string what;
    private readonly TimeSpan idle;
    private readonly TimeProvider time;
    private readonly IDisposable? owner;
    private readonly ArrayBufferWriter<byte> tail = new();

    private CancellationTokenSource idleTimer;
    private bool anything;
    private bool isArray;
    private bool isLines;
    private bool hasLines;
    private byte last;
    private bool tailTooLong;
    private bool ended;

    /// <summary>Wraps a body.</summary>
    /// <param name="source">Where the bytes come from; disposed with this.</param>
    /// <param name="what">The request, for messages: <c>GET measurements/1/results/</c>.</param>
    /// <param name="idle">How long nothing may come.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="owner">What else to dispose with this, such as the response.</param>
    public ResultStream(Stream source, string what, TimeSpan idle, TimeProvider time, IDisposable? owner = null)
    {
        this.source = source;
        this.what = what;
        this.idle = idle;
        this.time = time;
        this.owner = owner;
        idleTimer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>How many bytes have arrived.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether the body was read to its end, and that end was sound.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What went wrong while it was read; null: nothing so far.</summary>
    public CutOffException? Failure { get; private set; }

    /// <summary>Set to take a last line that is no whole JSON value as odd data, not as a cut.</summary>
    public bool ToleratesOddEnd { get; set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ended || buffer.IsEmpty)
        {
            return 0;
        }

        int read;
        using (var linked = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idleTimer.Token) : null)
        {
            idleTimer.CancelAfter(idle);
            try
            {
                read = await source.ReadAsync(buffer, linked?.Token ?? idleTimer.Token);
            }
            catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
            {
                var seconds = idle.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                throw Cut($"nothing came for {seconds} s", insideLine: false, problem);
            }
            catch (Exception problem) when (problem is IOException or HttpRequestException or InvalidDataException)
            {
                throw Cut(Json.OneLine(problem.Message, 200), insideLine: false, problem);
            }
        }

        if (!idleTimer.TryReset())
        {
            idleTimer.Dispose();
            idleTimer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        }

        if (read == 0)
        {
            ended = true;
            if (!ToleratesOddEnd && !EndsSoundly())
            {
                throw Cut("its last line is not whole", insideLine: hasLines);
            }

            IsComplete = true;
            return 0;
        }

        BytesRead += read;
        Watch(buffer.Span[..read]);
        if (anything && !isArray && !isLines)
        {
            // A proxy's page, handed on with a success: nothing of it may count as a result, or as the absence of results.
            throw Cut("it is not JSON", insideLine: false);
        }

        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        // The idle time needs a cancellable read, and only the asynchronous one is; there is no context here to deadlock on.
        var reading = ReadAsync(buffer.AsMemory(offset, count));
        return reading.IsCompletedSuccessfully ? reading.Result : reading.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, 64 * 1024));
        try
        {
            var read = Read(rented, 0, Math.Min(buffer.Length, rented.Length));
            rented.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            owner?.Dispose();
            idleTimer.Dispose();
        }

        base.Dispose(disposing);
    }

    private CutOffException Cut(string why, bool insideLine, Exception? cause = null)
    {
        ended = true;
        var message = string.Create(CultureInfo.InvariantCulture, $"the answer to {what} ended early, after {BytesRead} bytes: {why}");
        return Failure = new CutOffException(message, BytesRead, insideLine, cause);
    }

    // Keeps the bytes behind the last line end: at the end they are nothing, or one whole value.
    private void Watch(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0)
        {
            if (bytes.Contains((byte)'\n'))
            {
                hasLines |= isLines;
                ForgetTail();
            }

            return;
        }

        var began = anything;
        if (!anything)
        {
            anything = true;
            isArray = bytes[first] == '[';
            isLines = bytes[first] == '{';
        }

        last = bytes[bytes.LastIndexOfAnyExcept(" \t\r\n"u8)];
        if (isArray)
        {
            return;
        }

        var lineEnd = bytes.LastIndexOf((byte)'\n');
        if (lineEnd >= 0)
        {
            hasLines |= began || lineEnd > first;
            ForgetTail();
        }

        var rest = bytes[(lineEnd + 1)..];
        tailTooLong |= tail.WrittenCount + rest.Length > MaximumTail;
        if (!tailTooLong)
        {
            tail.Write(rest);
        }
    }

    private void ForgetTail()
    {
        tail.ResetWrittenCount();
        tailTooLong = false;
    }

    private bool EndsSoundly()
    {
        if (!anything)
        {
            return true;
        }

        if (isArray)
        {
            return last == ']';
        }

        if (tailTooLong)
        {
            return last == '}';
        }

        if (tail.WrittenSpan.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(tail.WrittenSpan);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
