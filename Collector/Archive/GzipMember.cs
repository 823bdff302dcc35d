using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace Collector.Archive;

/// <summary>The members an archive file consists of: ordinary gzip (RFC 1952) that any tool reads, each with its own length and a checksum of
/// its packed bytes in its header.</summary>
/// <remarks>
/// <para>Two extra fields, numbers little endian: "ML" with the whole member's length, header and trailer included (4 bytes); "MK" with the
/// key of the archive (8 bytes) and a CRC-32C of the whole member but for these last 4 bytes. The length lets a reader step from member to
/// member without unpacking, the checksum tells any flipped bit without unpacking, those in the header too, of which gzip's own
/// knows nothing.</para>
/// <para>The key is a random number of each archive. Results are what strangers sent, and lie in a member as they are where they do not pack:
/// bytes that look like a member are one only where they name the key, which nobody outside knows.</para>
/// <para>Members of earlier versions have the first field alone.</para>
/// </remarks>
internal static class GzipMember
{
    /// <summary>Length of the header that we write: the fixed part, the length of the extra fields, and the two fields.</summary>
    public const int HeaderBytes = FixedBytes + 2 + 8 + 16;

    /// <summary>The bytes that any gzip member begins with: the magic number and the only method there is.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 8];

    /// <summary>CRC-32 and length of the content, behind the packed bytes.</summary>
    public const int TrailerBytes = 8;

    /// <summary>The fixed part of a header, and all of the one that .NET writes.</summary>
    public const int FixedBytes = 10;

    private const int EarlierHeaderBytes = FixedBytes + 2 + 8;
    private const int LengthAt = 16;
    private const int KeyAt = 24;
    private const int ChecksumAt = 32;

    private static ReadOnlySpan<byte> Start => [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 4, 255, 24, 0, (byte)'M', (byte)'L', 4, 0];

    private static ReadOnlySpan<byte> EarlierStart => [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 4, 255, 8, 0, (byte)'M', (byte)'L', 4, 0];

    private static ReadOnlySpan<byte> KeyStart => [(byte)'M', (byte)'K', 12, 0];

    /// <summary>Packs one member.</summary>
    /// <param name="write">Writes what is to be packed.</param>
    /// <param name="key">The archive's.</param>
    /// <param name="member">Emptied, then filled with the member.</param>
    public static void Pack(Action<Stream> write, ulong key, MemoryStream member)
    {
        // .NET's header is written where the last bytes of ours will be.
        member.SetLength(HeaderBytes - FixedBytes);
        member.Position = member.Length;
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            write(gzip);
        }

        var whole = member.GetBuffer().AsSpan(0, checked((int)member.Length));
        Start.CopyTo(whole);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[LengthAt..], (uint)whole.Length);
        KeyStart.CopyTo(whole[(KeyAt - KeyStart.Length)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(whole[KeyAt..], key);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[ChecksumAt..], Checksum(whole));
    }

    /// <summary>Packs one member from a few pieces.</summary>
    public static byte[] Pack(IEnumerable<byte[]> pieces, ulong key)
    {
        using var member = new MemoryStream();
        Pack(
            gzip =>
            {
                foreach (var piece in pieces)
                {
                    gzip.Write(piece);
                }
            },
            key,
            member);
        return member.ToArray();
    }

    /// <summary>What a header of ours says; null when these bytes are none.</summary>
    /// <param name="bytes">The member's first <see cref="HeaderBytes"/>, or what the file has of them.</param>
    public static MemberHeader? Header(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= HeaderBytes && bytes.StartsWith(Start) && bytes[(KeyAt - KeyStart.Length)..].StartsWith(KeyStart))
        {
            return new MemberHeader(
                HeaderBytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthAt..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[KeyAt..]));
        }

        return bytes.Length >= EarlierHeaderBytes && bytes.StartsWith(EarlierStart)
            ? new MemberHeader(EarlierHeaderBytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthAt..]), Key: null)
            : null;
    }

    /// <summary>Whether these bytes are a header of ours, or were one before a bit or two of its fixed part flipped.</summary>
    public static bool IsAlmostHeader(ReadOnlySpan<byte> bytes)
    {
        const int MostFlipped = 3;
        return bytes.Length >= HeaderBytes && Differing(bytes, Start) + Differing(bytes[(KeyAt - KeyStart.Length)..], KeyStart) <= MostFlipped;

        static int Differing(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected)
        {
            var bits = 0;
            for (var index = 0; index < expected.Length; index++)
            {
                bits += BitOperations.PopCount((uint)(bytes[index] ^ expected[index]));
            }

            return bits;
        }
    }

    /// <summary>Whether a member with a key is as it was written, to the bit.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> member) => BinaryPrimitives.ReadUInt32LittleEndian(member[ChecksumAt..]) == Checksum(member);

    /// <summary>The length of any gzip header (RFC 1952, section 2.3), ours or another program's; null when these bytes are none.</summary>
    /// <param name="bytes">The member's first bytes: as many as a header may have.</param>
    public static int? AnyHeaderLength(ReadOnlySpan<byte> bytes)
    {
        const int HasChecksum = 2;
        const int HasExtra = 4;
        const int HasName = 8;
        const int HasComment = 16;
        const int Reserved = 0xE0;
        if (bytes.Length < FixedBytes || !bytes.StartsWith(Magic) || (bytes[3] & Reserved) != 0)
        {
            return null;
        }

        int flags = bytes[3];
        var length = FixedBytes;
        if ((flags & HasExtra) != 0)
        {
            if (bytes.Length < length + 2)
            {
                return null;
            }

            length += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]);
        }

        foreach (var text in (ReadOnlySpan<int>)[HasName, HasComment])
        {
            if ((flags & text) != 0)
            {
                var end = length < bytes.Length ? bytes[length..].IndexOf((byte)0) : -1;
                if (end < 0)
                {
                    return null;
                }

                length += end + 1;
            }
        }

        if ((flags & HasChecksum) != 0)
        {
            if (bytes.Length < length + 2
                || BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]) != (ushort)Crc.End(Crc.AddGzip(Crc.Begin, bytes[..length])))
            {
                return null;
            }

            length += 2;
        }

        return length <= bytes.Length ? length : null;
    }

    private static uint Checksum(ReadOnlySpan<byte> member) =>
        Crc.End(Crc.AddCastagnoli(Crc.AddCastagnoli(Crc.Begin, member[..ChecksumAt]), member[(ChecksumAt + sizeof(uint))..]));
}

/// <summary>What the header of a member of ours says.</summary>
/// <param name="Bytes">How long the header is.</param>
/// <param name="Length">How long the member says that it is.</param>
/// <param name="Key">The key of the archive it was written to; null: an earlier version wrote it, without key and checksum.</param>
internal readonly record struct MemberHeader(int Bytes, long Length, ulong? Key);
