using System.Buffers.Binary;
using System.IO.Compression;

namespace Collector.Archive;

/// <summary>The members an archive file consists of: ordinary gzip (RFC 1952) that any tool reads, each with its own length in its header.</summary>
/// <remarks>The length is in an extra field with the identification "ML" and four bytes, little endian: the whole member's length, header
/// and trailer included. It lets a reader step from member to member, and tell a torn one, without unpacking.</remarks>
internal static class GzipMember
{
    /// <summary>Length of the header that we write: the fixed part, the length of the extra fields, and one of four bytes.</summary>
    public const int HeaderBytes = FixedBytes + 2 + 4 + 4;

    /// <summary>Length of the header that .NET writes: the fixed part alone.</summary>
    private const int FixedBytes = 10;

    private const byte HasExtraFields = 4;

    private static ReadOnlySpan<byte> Start => [0x1F, 0x8B, 8, HasExtraFields, 0, 0, 0, 0, 4, 255, 8, 0, (byte)'M', (byte)'L', 4, 0];

    /// <summary>Packs one member.</summary>
    /// <param name="write">Writes what is to be packed.</param>
    /// <param name="member">Emptied, then filled with the member.</param>
    public static void Pack(Action<Stream> write, MemoryStream member)
    {
        // .NET's header is written where the last bytes of ours will be.
        member.SetLength(HeaderBytes - FixedBytes);
        member.Position = member.Length;
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            write(gzip);
        }

        var header = member.GetBuffer().AsSpan(0, HeaderBytes);
        Start.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[Start.Length..], checked((uint)member.Length));
    }

    /// <summary>Packs one member from a few pieces.</summary>
    public static byte[] Pack(IEnumerable<byte[]> pieces)
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
            member);
        return member.ToArray();
    }

    /// <summary>The member's length, from its header; null when these bytes are no header of ours.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    public static long? Length(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderBytes && header.StartsWith(Start) ? BinaryPrimitives.ReadUInt32LittleEndian(header[Start.Length..]) : null;

    /// <summary>Whether these bytes could be the beginning of a member of ours that was cut.</summary>
    public static bool IsCutHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length < HeaderBytes && Start.StartsWith(bytes[..Math.Min(bytes.Length, Start.Length)]);
}
