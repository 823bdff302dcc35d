using System.IO.Compression;

namespace Collector.Archive;

/// <summary>Unpacks an archive file from some length on, member by member: nothing of a member is handed out before all of it has been
/// unpacked and its checksum has matched.</summary>
/// <remarks>A torn member ends the stream; see <see cref="GoodLength"/>. Members that another program wrote have no length in their header
/// and are unpacked together, to the end of the file.</remarks>
internal sealed class MemberStream : Stream
{
    private readonly string path;
    private readonly FileStream file;
    private readonly MemoryStream unpacked = new();
    private readonly byte[] chunk = new byte[1 << 17];
    private bool ended;

    public MemberStream(string path, long from)
    {
        this.path = path;
        file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16, FileOptions.SequentialScan)
        {
            Position = from,
        };
        GoodLength = from;
    }

    /// <summary>The file's length up to the end of the last good member.</summary>
    public long GoodLength { get; private set; }

    /// <summary>Why it could not be read on; readers of streams take that for the end, but nothing behind it may be cut off then.</summary>
    public Exception? Failure { get; private set; }

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
        while (unpacked.Position == unpacked.Length)
        {
            try
            {
                ended = ended || !Unpack();
            }
            catch (Exception problem) when (problem is IOException or InvalidDataException)
            {
                Failure = problem;
                ended = true;
                throw;
            }

            if (ended)
            {
                return 0;
            }
        }

        return unpacked.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Unpack()
    {
        file.Position = GoodLength;
        var header = new byte[GzipMember.HeaderBytes];
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }

        if (GzipMember.Length(header.AsSpan(0, read)) is not { } length)
        {
            return !GzipMember.IsCutHeader(header.AsSpan(0, read)) && UnpackForeign(header.AsSpan(0, read));
        }

        if (length < GzipMember.HeaderBytes || GoodLength + length > file.Length)
        {
            return false;
        }

        var member = new byte[length];
        file.Position = GoodLength;
        file.ReadExactly(member);
        using var packed = new MemoryStream(member);
        if (!TryUnpack(packed))
        {
            return false;
        }

        GoodLength += length;
        return true;
    }

    /// <summary>Unpacks the rest of the file, which begins with no header of ours.</summary>
    private bool UnpackForeign(ReadOnlySpan<byte> header)
    {
        // Zeros are what a power cut leaves of bytes that were not written out: nobody's data.
        if (header.IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        file.Position = GoodLength;
        if (!TryUnpack(file))
        {
            throw new InvalidDataException(
                $"{path} is damaged from byte {GoodLength} on, and that part was not written by this program: put the file aside, or repair it");
        }

        GoodLength = file.Length;
        return true;
    }

    private bool TryUnpack(Stream packed)
    {
        unpacked.SetLength(0);
        try
        {
            // Not CopyTo, which takes a cut for the end.
            using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            for (int read; (read = gzip.Read(chunk)) > 0;)
            {
                unpacked.Write(chunk, 0, read);
            }

            unpacked.Position = 0;
            return true;
        }
        catch (InvalidDataException)
        {
            unpacked.SetLength(0);
            return false;
        }
    }
}
