using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Simulator.Worlds;

/// <summary>One DNS response in the pieces that a result is put together from; only its message id differs from result to result.</summary>
internal sealed class DnsAnswer
{
    private const int TypeTxt = 16;
    private const int TypeOpt = 41;

    private DnsAnswer(byte flags, byte[] beforeId, byte[] rest, byte[] tail, byte[] tailOfOldFirmware)
    {
        Flags = flags;
        BeforeId = beforeId;
        Rest = rest;
        Tail = tail;
        TailOfOldFirmware = tailOfOldFirmware;
    }

    /// <summary>Third octet of the message: together with the id it makes the first four characters of its base64.</summary>
    public byte Flags { get; }

    /// <summary>From behind the round-trip time to the abuf's first character, or to the id where no abuf is wanted.</summary>
    public byte[] BeforeId { get; }

    /// <summary>The abuf from its fifth character on, up to the id's value; empty where no abuf is wanted.</summary>
    public byte[] Rest { get; }

    /// <summary>From behind the id's value to the end of the result object.</summary>
    public byte[] Tail { get; }

    /// <summary>The same with RDATA as a plain string, as firmware before 4740 wrote it.</summary>
    public byte[] TailOfOldFirmware { get; }

    /// <summary>Builds a response.</summary>
    /// <param name="question">The name asked.</param>
    /// <param name="questionClass">Its class: 3 is CHAOS.</param>
    /// <param name="identity">Text of the answer; null: no answer record.</param>
    /// <param name="nsid">Name server identifier; null: none, or not asked for.</param>
    /// <param name="edns">Whether the query carried an OPT record, so that the response does.</param>
    /// <param name="rcode">Header code.</param>
    /// <param name="authoritative">Whether the AA bit is set; boxes in the path set RA instead.</param>
    /// <param name="withMessage">Whether the measurement asked for the abuf.</param>
    public static DnsAnswer Build(string question, int questionClass, string? identity, string? nsid, bool edns, int rcode, bool authoritative, bool withMessage)
    {
        var message = new List<byte>();
        void Short(int value)
        {
            message.Add((byte)(value >> 8));
            message.Add((byte)value);
        }

        var flags = (byte)(0x80 | (authoritative ? 0x04 : 0x00));
        Short(0);
        message.Add(flags);
        message.Add((byte)((authoritative ? 0x00 : 0x80) | (rcode & 15)));
        Short(1);
        Short(identity is null ? 0 : 1);
        Short(0);
        Short(edns ? 1 : 0);
        foreach (var label in question.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)Math.Min(63, label.Length));
            message.AddRange(Encoding.Latin1.GetBytes(label[..Math.Min(63, label.Length)]));
        }

        message.Add(0);
        Short(TypeTxt);
        Short(questionClass);
        if (identity is not null)
        {
            var text = Encoding.UTF8.GetBytes(identity);
            Short(0xC00C);
            Short(TypeTxt);
            Short(questionClass);
            Short(0);
            Short(0);
            Short(text.Length + 1);
            message.Add((byte)text.Length);
            message.AddRange(text);
        }

        if (edns)
        {
            var id = nsid is null ? [] : Encoding.ASCII.GetBytes(nsid);
            message.Add(0);
            Short(TypeOpt);
            Short(1232);
            Short(0);
            Short(0);
            Short(nsid is null ? 0 : id.Length + 4);
            if (nsid is not null)
            {
                Short(3);
                Short(id.Length);
                message.AddRange(id);
            }
        }

        var size = string.Create(CultureInfo.InvariantCulture, $",\"size\":{message.Count},");
        var counts = $",\"ANCOUNT\":{(identity is null ? 0 : 1)},\"QDCOUNT\":1,\"NSCOUNT\":0,\"ARCOUNT\":{(edns ? 1 : 0)}";
        return new DnsAnswer(
            flags,
            ByteText.Utf8(size + (withMessage ? "\"abuf\":\"" : "\"ID\":")),
            withMessage ? ByteText.Utf8(Convert.ToBase64String([.. message.Skip(3)]) + "\",\"ID\":") : [],
            ByteText.Utf8(counts + Answers(question, identity, list: true) + "}"),
            ByteText.Utf8(counts + Answers(question, identity, list: false) + "}"));
    }

    /// <summary>The first four characters of the abuf.</summary>
    public void WriteId(ByteText text, ushort id)
    {
        Span<byte> head = stackalloc byte[3];
        BinaryPrimitives.WriteUInt16BigEndian(head, id);
        head[2] = Flags;
        Span<byte> encoded = stackalloc byte[4];
        System.Buffers.Text.Base64.EncodeToUtf8(head, encoded, out _, out _);
        text.Add(encoded);
    }

    private static string Answers(string question, string? identity, bool list)
    {
        if (identity is null)
        {
            return "";
        }

        // The firmware writes quotes, backslashes and everything outside printable ASCII as \DDD.
        var escaped = string.Concat(Encoding.UTF8.GetBytes(identity).Select(octet =>
            octet is >= 0x20 and <= 0x7e and not (byte)'"' and not (byte)'\\' ? ((char)octet).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\\\{octet:000}")));
        return list
            ? $",\"answers\":[{{\"TYPE\":\"TXT\",\"NAME\":\"{question}\",\"RDATA\":[\"{escaped}\"]}}]"
            : $",\"answers\":[{{\"NAME\":\"{question}\",\"RDATA\":\"{escaped}\",\"TYPE\":\"TXT\"}}]";
    }
}
