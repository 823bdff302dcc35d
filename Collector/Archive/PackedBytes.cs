using Microsoft.Win32.SafeHandles;

namespace Collector.Archive;

/// <summary>The bytes of a file between two places, read in chunks and, from some place on, one by one.</summary>
/// <remarks>.NET does not say where packed bytes end: it reads ahead. Given one byte at a time it asks for none that it does not need.</remarks>
/// <param name="file">The file.</param>
/// <param name="from">The first byte.</param>
/// <param name="to">Behind the last.</param>
/// <param name="singlyFrom">From where on one byte at a time is given.</param>
internal sealed class PackedBytes(SafeFileHandle file, long from, long to, long singlyFrom = long.MaxValue) : Stream
{
    /// <summary>The place of the next byte.</summary>
    public long At { get; private set; } = from;

    /// <summary>Where the bytes given last began.</summary>
    public long LastAt { get; private set; } = from;

    /// <summary>Whether more was asked for than there is.</summary>
    public bool HasEnded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = At >= singlyFrom ? Math.Min(1, buffer.Length) : (int)Math.Min(buffer.Length, singlyFrom - At);
        var read = RandomAccess.Read(file, buffer[..(int)Math.Min(wanted, to - At)], At);
        HasEnded |= read == 0 && wanted > 0;
        LastAt = At;
        At += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
