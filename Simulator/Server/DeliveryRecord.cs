namespace Simulator.Server;

/// <summary>Every result that the simulator sent, as it sent it, in a file: what whoever collects from it must end up with.</summary>
public sealed class DeliveryRecord : IDisposable
{
    private readonly FileStream file;

    /// <summary>Begins a file, in the place of any other.</summary>
    public DeliveryRecord(string path) => file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>A body that remembers what is written through it.</summary>
    internal static RecordedBody Through(Stream body) => new(body);

    /// <summary>Adds the results that were sent whole.</summary>
    internal void Add(RecordedBody body)
    {
        var lines = body.Lines;
        lock (file)
        {
            file.Write(lines.Span);
            file.Flush();
        }
    }
}

/// <summary>A response's body that keeps a copy of what is sent.</summary>
internal sealed class RecordedBody(Stream inner) : Stream
{
    private readonly MemoryStream copy = new();

    /// <summary>The lines that were sent to their end.</summary>
    public ReadOnlyMemory<byte> Lines
    {
        get
        {
            var sent = copy.GetBuffer().AsMemory(0, (int)copy.Length);
            return sent[..(sent.Span.LastIndexOf((byte)'\n') + 1)];
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
        // What cannot be sent any more is not delivered.
        await inner.WriteAsync(buffer, cancellationToken);
        copy.Write(buffer.Span);
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
