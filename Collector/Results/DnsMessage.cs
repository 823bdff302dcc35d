using System.Buffers.Binary;
using System.Text;

namespace Collector.Results;

/// <summary>What we want of a DNS message (RFC 1035): the parts are slices of the message, empty where it has none.</summary>
/// <remarks>
/// The message is hostile: cut, looping, with counts that lie. What can be read before the first contradiction is taken;
/// a record that reaches beyond the end is not.
/// </remarks>
internal ref struct DnsMessage
{
    /// <summary>A DNS message is at most this long.</summary>
    public const int MaximumSize = 65_535;

    private const int HeaderSize = 12;
    private const int Txt = 16;
    private const int Opt = 41;
    private const int NsidOption = 3;

    // Longest name in wire format (RFC 1035, 2.3.4).
    public const int LongestName = 255;

    /// <summary>The header's four bits; −1 when the message is too short to have them.</summary>
    public int Rcode;

    /// <summary>The question's name in wire format: labels, each after its length, the root's too.</summary>
    public ReadOnlySpan<byte> Question;

    /// <summary>The data of the answer section's first TXT record: strings, each after its length.</summary>
    public ReadOnlySpan<byte> FirstTxt;

    /// <summary>The name server identifier (RFC 5001).</summary>
    public ReadOnlySpan<byte> Nsid;

    /// <param name="message">The message.</param>
    /// <param name="nameRoom">Room for a question's name that is compressed.</param>
    public static DnsMessage Read(ReadOnlySpan<byte> message, Span<byte> nameRoom)
    {
        var read = new DnsMessage { Rcode = message.Length < 4 ? -1 : message[3] & 15 };
        if (message.Length < HeaderSize)
        {
            return read;
        }

        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var authorities = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        var additionals = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);

        var at = HeaderSize;
        for (var question = 0; question < questions; question++)
        {
            var end = NameEnd(message, at, out var compressed);
            if (end < 0 || end + 4 > message.Length)
            {
                return read;
            }

            if (question == 0)
            {
                read.Question = compressed ? Follow(message, at, nameRoom) : end - at <= LongestName ? message[at..end] : default;
            }

            at = end + 4;
        }

        var txtWanted = true;
        var records = answers + (additionals == 0 ? 0 : authorities + additionals);
        for (var record = 0; record < records; record++)
        {
            at = NameEnd(message, at, out _);
            if (at < 0 || at + 10 > message.Length)
            {
                return read;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var size = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + size > message.Length)
            {
                return read;
            }

            var data = message.Slice(at, size);
            if (type == Txt && txtWanted && record < answers)
            {
                read.FirstTxt = data;
                txtWanted = false;
                if (additionals == 0)
                {
                    return read;
                }
            }
            else if (type == Opt && record >= answers + authorities)
            {
                read.Nsid = OptionOf(data);
                return read;
            }

            at += size;
        }

        return read;
    }

    /// <summary>The strings of a TXT record, joined; null where their lengths contradict the record's.</summary>
    public static byte[]? Join(ReadOnlySpan<byte> txt)
    {
        var joined = new byte[txt.Length];
        var written = 0;
        while (!txt.IsEmpty)
        {
            var size = txt[0];
            if (size >= txt.Length)
            {
                return null;
            }

            txt.Slice(1, size).CopyTo(joined.AsSpan(written));
            written += size;
            txt = txt[(1 + size)..];
        }

        return joined[..written];
    }

    /// <summary>A name in wire format as people write it: lower case, without final dot, odd bytes as <c>\DDD</c> (RFC 4343).</summary>
    public static string NameText(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        while (name is [> 0, ..])
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            var label = name.Slice(1, name[0]);
            foreach (var octet in label)
            {
                if (octet is (byte)'.' or (byte)'\\')
                {
                    text.Append('\\').Append((char)octet);
                }
                else if (octet is > (byte)' ' and < 0x7f)
                {
                    text.Append(char.ToLowerInvariant((char)octet));
                }
                else
                {
                    text.Append('\\').Append((char)('0' + (octet / 100))).Append((char)('0' + (octet / 10 % 10))).Append((char)('0' + (octet % 10)));
                }
            }

            name = name[(1 + label.Length)..];
        }

        return text.Length == 0 ? "." : text.ToString();
    }

    /// <summary>The position behind a name; −1 when it has no end.</summary>
    private static int NameEnd(ReadOnlySpan<byte> message, int at, out bool compressed)
    {
        compressed = false;
        while ((uint)at < (uint)message.Length)
        {
            var label = message[at];
            switch (label & 0xC0)
            {
                case 0xC0:
                    compressed = true;
                    return at + 2;
                case 0 when label == 0:
                    return at + 1;
                case 0:
                    at += 1 + label;
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }

    /// <summary>A name with pointers in it, put together in the room; empty when they lead nowhere or in circles.</summary>
    private static ReadOnlySpan<byte> Follow(ReadOnlySpan<byte> message, int at, Span<byte> room)
    {
        var written = 0;
        var jumps = 0;
        while ((uint)at < (uint)message.Length)
        {
            var label = message[at];
            if (label == 0)
            {
                room[written++] = 0;
                return room[..written];
            }

            if ((label & 0xC0) == 0xC0)
            {
                if (at + 1 >= message.Length || ++jumps > LongestName / 2)
                {
                    return default;
                }

                at = ((label & 0x3F) << 8) | message[at + 1];
                continue;
            }

            if (label > 63 || at + 1 + label > message.Length || written + 1 + label >= LongestName)
            {
                return default;
            }

            message.Slice(at, 1 + label).CopyTo(room[written..]);
            written += 1 + label;
            at += 1 + label;
        }

        return default;
    }

    private static ReadOnlySpan<byte> OptionOf(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 4)
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(options);
            var size = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            if (4 + size > options.Length)
            {
                break;
            }

            if (code == NsidOption)
            {
                return options.Slice(4, size);
            }

            options = options[(4 + size)..];
        }

        return default;
    }
}
