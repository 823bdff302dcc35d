using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Collector.Archive;

/// <summary>Finds the good members of an archive file, whatever lies between them.</summary>
/// <remarks>
/// <para>A member is good when all of it has been unpacked and the checksum and length of its content match. What is no good member ends where
/// the next good one begins. Two kinds of beginnings are believed when they are found by looking for them: members that name the archive's key and whose
/// own checksum matches; and any other good member from which good members follow without a gap up to the end of the file, or up to one with
/// the key. Bytes inside a damaged member that only look like one fulfil neither: what a stranger sent does not know the key, and is followed by the rest of
/// the member it lies in.</para>
/// <para>Members of earlier versions have no key. Where one of them is damaged, but its header leads to another header, that is believed too.</para>
/// <para>Memory: one member of ours, and what it unpacks to, up to <see cref="MostBuffered"/>; anything larger is unpacked twice.</para>
/// </remarks>
internal sealed class MemberReader : IDisposable
{
    /// <summary>Packed or unpacked bytes of one member that are kept in memory. Ours have about 1 MiB of content.</summary>
    private const int MostBuffered = 64 << 20;

    /// <summary>As long as a header with an extra field and two short texts may be.</summary>
    private const int MostHeaderBytes = 80_000;

    private const int WindowBytes = 1 << 20;

    private readonly SafeFileHandle file;
    private readonly HashSet<ulong> keys = [];
    private readonly HashSet<long> deadEnds = [];
    private readonly byte[] chunk = new byte[1 << 17];
    private readonly byte[] start = new byte[MostHeaderBytes];
    private byte[] packed = new byte[1 << 19];
    private bool isKeyed;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The archive's key; null: not known.</param>
    /// <param name="length">How much of the file is looked at; null: all that it has now.</param>
    public MemberReader(string path, ulong? key, long? length = null)
    {
        file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = Math.Min(length ?? long.MaxValue, RandomAccess.GetLength(file));
        if (key is { } known)
        {
            keys.Add(known);
        }
    }

    /// <summary>How much of the file is looked at.</summary>
    public long Length { get; }

    /// <summary>Reads the member at a place where a member has to begin.</summary>
    /// <param name="at">The place.</param>
    /// <param name="content">Emptied, then filled with what was packed, unless that is too much.</param>
    /// <param name="member">The member, when this is true.</param>
    public bool TryRead(long at, MemoryStream content, out Member member)
    {
        var header = HeaderAt(at);
        if (TryReadOurs(at, header, content, out member) || TryReadAny(at, content, out member))
        {
            if (member.IsAsWritten)
            {
                isKeyed = header?.Key is not null;
                if (header?.Key is { } key)
                {
                    keys.Add(key);
                }
            }

            return true;
        }

        return false;
    }

    /// <summary>What it unpacks to, of a member that was read and is too large to be kept.</summary>
    public Stream Unpack(Member member) =>
        new DeflateStream(new PackedBytes(file, member.DataAt, member.End - GzipMember.TrailerBytes), CompressionMode.Decompress);

    /// <summary>Where the next good member begins, behind a place where none does; the end, when none follows.</summary>
    public long Next(long at)
    {
        var header = HeaderAt(at);
        isKeyed |= header?.Key is not null;
        if (!isKeyed && header is { Length: var length } && Leads(at, length))
        {
            return at + length;
        }

        // The magic number may lie across two windows.
        var window = new byte[WindowBytes];
        var overlap = GzipMember.Magic.Length - 1;
        for (var from = at + 1; from < Length; from += WindowBytes - overlap)
        {
            var read = Fill(window.AsSpan(0, (int)Math.Min(WindowBytes, Length - from)), from);
            for (var place = 0; place < read; place++)
            {
                var found = window.AsSpan(place, read - place).IndexOf(GzipMember.Magic);
                if (found < 0)
                {
                    break;
                }

                place += found;
                if (IsKeyed(from + place) || LeadsToTheEnd(from + place))
                {
                    return from + place;
                }
            }
        }

        return Length;
    }

    /// <summary>Whether a member with the archive's key begins here, whole to the bit; nothing is unpacked.</summary>
    public bool IsKeyed(long at) =>
        HeaderAt(at) is { Key: { } key } header && keys.Contains(key) && TryFill(at, header.Length) && GzipMember.IsWhole(packed.AsSpan(0, (int)header.Length));

    /// <summary>The header of a member of ours at a place; null: there is none.</summary>
    public MemberHeader? HeaderAt(long at)
    {
        Span<byte> bytes = stackalloc byte[GzipMember.HeaderBytes];
        var read = Fill(bytes, at);
        return GzipMember.Header(bytes[..read]) is { } header && header.Length >= header.Bytes + GzipMember.TrailerBytes ? header : null;
    }

    /// <summary>Whether there is a header of a member of ours, or what was one before a bit or two flipped.</summary>
    public bool IsAlmostHeaderAt(long at)
    {
        Span<byte> bytes = stackalloc byte[GzipMember.HeaderBytes];
        return GzipMember.IsAlmostHeader(bytes[..Fill(bytes, at)]);
    }

    /// <summary>Whether a member's packed bytes match its own checksum; null: it has none, and only unpacking can tell.</summary>
    public bool? Matches(long at, MemberHeader header) =>
        header.Key is null ? null : TryFill(at, header.Length) && GzipMember.IsWhole(packed.AsSpan(0, (int)header.Length));

    /// <summary>Whether members of ours fill the file up to a place, by their headers.</summary>
    public bool StepsTo(long place)
    {
        long at = 0;
        while (at < place && HeaderAt(at) is { } header)
        {
            at += header.Length;
        }

        return at == place;
    }

    public void Dispose() => file.Dispose();

    private bool Leads(long at, long length) => at + length == Length || (at + length < Length && HeaderAt(at + length) is not null);

    /// <summary>Whether good members follow each other from a place up to the end, or up to one with the key.</summary>
    private bool LeadsToTheEnd(long at)
    {
        var mayStepOver = !isKeyed;
        var wasKeyed = isKeyed;
        var passed = new List<long>();
        using var content = new MemoryStream();
        try
        {
            for (var place = at; ;)
            {
                if (place == Length || (place > at && IsKeyed(place)))
                {
                    return true;
                }

                if (deadEnds.Contains(place))
                {
                    break;
                }

                passed.Add(place);
                if (TryReadOurs(place, HeaderAt(place), content, out var member) || TryReadAny(place, content, out member))
                {
                    place = member.End;
                }
                else if (mayStepOver && place > at && HeaderAt(place) is { Key: null, Length: var length } && Leads(place, length))
                {
                    place += length;
                }
                else
                {
                    break;
                }
            }

            deadEnds.UnionWith(passed);
            return false;
        }
        finally
        {
            isKeyed = wasKeyed;
        }
    }

    /// <summary>Reads a member whose length is in its header.</summary>
    private bool TryReadOurs(long at, MemberHeader? found, MemoryStream content, out Member member)
    {
        member = default;
        if (found is not { } header || !TryFill(at, header.Length))
        {
            return false;
        }

        var length = (int)header.Length;
        if (header.Key is not null && !GzipMember.IsWhole(packed.AsSpan(0, length)))
        {
            return false;
        }

        content.SetLength(0);
        try
        {
            // Not CopyTo, which takes a cut for the end.
            using var gzip = new GZipStream(new MemoryStream(packed, 0, length), CompressionMode.Decompress);
            for (int read; (read = gzip.Read(chunk)) > 0;)
            {
                if (content.Length + read > MostBuffered)
                {
                    return false;
                }

                content.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        // A wrong length in a header without a checksum.
        if (BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(length - sizeof(uint))) != (uint)content.Length)
        {
            return false;
        }

        content.Position = 0;
        member = new Member(at, at + header.Bytes, at + length, IsBuffered: true, IsAsWritten: true);
        return true;
    }

    /// <summary>Reads a member whose length nothing tells: another program's, one with a flipped bit in its header, or one too large.</summary>
    private bool TryReadAny(long at, MemoryStream content, out Member member)
    {
        member = default;
        if (GzipMember.AnyHeaderLength(start.AsSpan(0, Fill(start, at))) is not { } headerLength)
        {
            return false;
        }

        // Once to see that it ends, and near where; once more from there byte by byte, to see where exactly.
        var dataAt = at + headerLength;
        if (Deflated(dataAt, long.MaxValue, content) is not { } first
            || Deflated(dataAt, first.LastAt, content) is not { } exact)
        {
            return false;
        }

        Span<byte> trailer = stackalloc byte[GzipMember.TrailerBytes];
        if (Fill(trailer, exact.At) < trailer.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != exact.Checksum
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[sizeof(uint)..]) != (uint)exact.Bytes)
        {
            return false;
        }

        content.Position = 0;
        member = new Member(at, dataAt, exact.At + trailer.Length, exact.Bytes <= MostBuffered, IsAsWritten: false);
        return true;
    }

    /// <summary>Unpacks what begins at a place; null: it does not end, or is no packed data.</summary>
    private (long At, long LastAt, uint Checksum, long Bytes)? Deflated(long at, long singlyFrom, MemoryStream content)
    {
        content.SetLength(0);
        using var bytes = new PackedBytes(file, at, Length, singlyFrom);
        using var deflate = new DeflateStream(bytes, CompressionMode.Decompress);
        var checksum = Crc.Begin;
        long total = 0;
        try
        {
            for (int read; (read = deflate.Read(chunk)) > 0;)
            {
                checksum = Crc.AddGzip(checksum, chunk.AsSpan(0, read));
                total += read;
                if (total <= MostBuffered)
                {
                    content.Write(chunk, 0, read);
                }
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return bytes.HasEnded ? null : (bytes.At, bytes.LastAt, Crc.End(checksum), total);
    }

    private bool TryFill(long at, long length)
    {
        if (length > MostBuffered || at + length > Length)
        {
            return false;
        }

        if (packed.Length < length)
        {
            packed = new byte[Math.Max(length, packed.Length * 2)];
        }

        return Fill(packed.AsSpan(0, (int)length), at) == length;
    }

    private int Fill(Span<byte> bytes, long at)
    {
        var filled = 0;
        bytes = bytes[..(int)Math.Clamp(Length - at, 0, bytes.Length)];
        for (int read; filled < bytes.Length && (read = RandomAccess.Read(file, bytes[filled..], at + filled)) > 0;)
        {
            filled += read;
        }

        return filled;
    }
}

/// <summary>A good member.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="DataAt">Where its packed bytes do, behind the header.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsBuffered">Whether its content was kept.</param>
/// <param name="IsAsWritten">Whether this program wrote it, and it is unchanged; else another did, or a bit of its header flipped that does no harm.</param>
internal readonly record struct Member(long At, long DataAt, long End, bool IsBuffered, bool IsAsWritten);
