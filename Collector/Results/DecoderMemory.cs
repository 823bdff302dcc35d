using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Collector.Results;

/// <summary>What a decoder keeps from one result to the next: texts, the order of members, room to work in.</summary>
internal sealed class DecoderMemory
{
    /// <summary>Reason where an error does not say what it is.</summary>
    public const string Error = "error";

    // Longer than any address, host name or protocol.
    private const int LongestName = 255;

    private const int LongestReason = 64;

    private readonly byte[] message = new byte[DnsMessage.MaximumSize + 3];
    private readonly byte[] nameRoom = new byte[DnsMessage.LongestName];
    private readonly TextCache addresses = new(1 << 15, bytes => IdentityText.Normalise(bytes, LongestName));
    private readonly TextCache protocols = new(1 << 4, bytes => IdentityText.Normalise(bytes, LongestName)?.ToLowerInvariant());
    private readonly TextCache questions = new(1 << 10, bytes => DnsMessage.NameText(bytes));
    private readonly TextCache identities = new(1 << 13, bytes => DnsMessage.Join(bytes) is { } joined ? IdentityText.Normalise(joined) : null);
    private readonly TextCache nsids = new(1 << 13, bytes => IdentityText.Normalise(bytes));
    private readonly TextCache answers = new(1 << 10, bytes => IdentityText.Normalise(UndoDecimalEscapes(bytes)));
    private readonly TextCache reasons = new(1 << 8, bytes => IdentityText.Normalise(bytes, LongestReason));
    private readonly TextCache errorTexts = new(1 << 8, ReasonOf);

    /// <summary>The order of a result's members.</summary>
    public KeyOrder ResultKeys { get; } = new(ResultMembers.MemberOf);

    /// <summary>The order of a DNS answer's members.</summary>
    public KeyOrder AnswerKeys { get; } = new(DnsResult.MemberOf);

    /// <summary>The order of a ping packet's members.</summary>
    public KeyOrder PacketKeys { get; } = new(PingResult.MemberOf);

    /// <summary>Room for texts with escapes: enough for the Base64 of the longest DNS message.</summary>
    public byte[] Scratch { get; } = new byte[128 * 1024];

    /// <summary>An address, or the name in its place.</summary>
    public string? Address(ReadOnlySpan<byte> text) => addresses.Get(text);

    /// <summary>A protocol's name, lower case.</summary>
    public string? Protocol(ReadOnlySpan<byte> text) => protocols.Get(text);

    /// <summary>A question's name in wire format.</summary>
    public string? Question(ReadOnlySpan<byte> name) => questions.Get(name);

    /// <summary>The data of a TXT record.</summary>
    public string? Identity(ReadOnlySpan<byte> txt) => identities.Get(txt);

    /// <summary>A name server identifier.</summary>
    public string? Nsid(ReadOnlySpan<byte> nsid) => nsids.Get(nsid);

    /// <summary>The text of a TXT record as the firmware prints it.</summary>
    public string? Answer(ReadOnlySpan<byte> text) => answers.Get(text);

    /// <summary>A key of an error object.</summary>
    public string Reason(ReadOnlySpan<byte> key) => reasons.Get(key) ?? Error;

    /// <summary>What an error's text says before its first colon, in kebab-case: <c>connect failed: Permission denied</c> becomes
    /// <c>connect-failed</c>.</summary>
    public string ErrorText(ReadOnlySpan<byte> text) => errorTexts.Get(text) ?? Error;

    /// <summary>The DNS message in some Base64, as much of it as is Base64.</summary>
    public DnsMessage Message(ReadOnlySpan<byte> base64)
    {
        if (base64.Length > Base64.GetMaxEncodedToUtf8Length(DnsMessage.MaximumSize))
        {
            base64 = base64[..Base64.GetMaxEncodedToUtf8Length(DnsMessage.MaximumSize)];
        }

        if (Base64.DecodeFromUtf8(base64, message, out _, out var written) != OperationStatus.Done)
        {
            written = DecodeLetters(base64, message);
        }

        return DnsMessage.Read(message.AsSpan(0, written), nameRoom);
    }

    /// <summary>Base64 up to the first byte that is none, with or without padding.</summary>
    private static int DecodeLetters(ReadOnlySpan<byte> base64, Span<byte> bytes)
    {
        var (written, bits, pending) = (0, 0, 0);
        foreach (var letter in base64)
        {
            int value;
            switch (letter)
            {
                case >= (byte)'A' and <= (byte)'Z':
                    value = letter - 'A';
                    break;
                case >= (byte)'a' and <= (byte)'z':
                    value = letter - 'a' + 26;
                    break;
                case >= (byte)'0' and <= (byte)'9':
                    value = letter - '0' + 52;
                    break;
                case (byte)'+':
                    value = 62;
                    break;
                case (byte)'/':
                    value = 63;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    continue;
                default:
                    return written;
            }

            bits = (bits << 6) | value;
            pending += 6;
            if (pending >= 8)
            {
                pending -= 8;
                bytes[written++] = (byte)(bits >> pending);
            }
        }

        return written;
    }

    /// <summary>Undoes the firmware's <c>\DDD</c> for the bytes it does not print.</summary>
    private static byte[] UndoDecimalEscapes(byte[] text)
    {
        var bytes = new byte[text.Length];
        var written = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == (byte)'\\' && Utf8Parser.TryParse(text.AsSpan(at + 1, Math.Min(3, text.Length - at - 1)), out byte octet, out var digits)
                && digits == 3)
            {
                bytes[written++] = octet;
                at += 3;
            }
            else
            {
                bytes[written++] = text[at];
            }
        }

        return bytes[..written];
    }

    private static string? ReasonOf(byte[] text)
    {
        var reason = new StringBuilder();
        foreach (var octet in text)
        {
            if (octet == (byte)':' || reason.Length == LongestReason)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit((char)octet))
            {
                reason.Append(char.ToLowerInvariant((char)octet));
            }
            else if (reason.Length > 0 && reason[^1] != '-')
            {
                reason.Append('-');
            }
        }

        var trimmed = reason.ToString().TrimEnd('-');
        return trimmed.Length == 0 ? null : trimmed;
    }
}
