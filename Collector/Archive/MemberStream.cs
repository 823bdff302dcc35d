namespace Collector.Archive;

/// <summary>Unpacks an archive file from some length on, member by member: nothing of a member is handed out before all of it has been
/// unpacked and its checksum has matched. What cannot be read is left out, and listed.</summary>
/// <remarks>How good members are told from what is none: <see cref="MemberReader"/>.</remarks>
internal sealed class MemberStream : Stream
{
    private readonly MemberReader reader;
    private readonly MemoryStream buffered = new();
    private readonly List<ByteRange> damaged = [];
    private Stream content;
    private long at;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Where a member begins, or the end.</param>
    /// <param name="key">The archive's key; null: not known.</param>
    /// <param name="length">How much of the file is looked at; null: all that it has now.</param>
    public MemberStream(string path, long from, ulong? key, long? length = null)
    {
        reader = new MemberReader(path, key, length);
        content = buffered;
        at = from;
    }

    /// <summary>The ranges that cannot be read, ascending; complete at the end.</summary>
    public IReadOnlyList<ByteRange> Damaged => damaged;

    /// <summary>How many bytes the file had when it was opened.</summary>
    public long FileLength => reader.Length;

    /// <summary>Why it could not be read on; readers of streams take that for the end, but what lies behind is not damaged for that.</summary>
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

    /// <summary>The ranges of a whole file that cannot be read.</summary>
    public static IReadOnlyList<ByteRange> Look(string path, ulong? key, long? length = null)
    {
        using var stream = new MemberStream(path, from: 0, key, length);
        while (stream.NextMember())
        {
        }

        return stream.Damaged;
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                if (content.Read(buffer) is var read and > 0)
                {
                    return read;
                }

                if (!NextMember())
                {
                    return 0;
                }
            }

            return 0;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            Failure = problem;
            throw;
        }
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
            content.Dispose();
            buffered.Dispose();
            reader.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool NextMember()
    {
        while (at < reader.Length)
        {
            if (reader.TryRead(at, buffered, out var member))
            {
                at = member.End;
                content = member.IsBuffered ? buffered : reader.Unpack(member);
                return true;
            }

            var next = reader.Next(at);
            if (damaged.Count > 0 && damaged[^1].To == at)
            {
                damaged[^1] = damaged[^1] with { To = next };
            }
            else
            {
                damaged.Add(new ByteRange(at, next));
            }

            at = next;
        }

        content = Null;
        return false;
    }
}
