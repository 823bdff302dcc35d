using System.Runtime.CompilerServices;

namespace Collector.Results;

/// <summary>The answer of a DNS result, and what it comes to.</summary>
internal struct DnsResult
{
    private int answersStart;
    private int answersEnd;
    private bool hasMessage;

    private enum Member
    {
        Unknown,
        Rtt,
        Message,
        Answers,
        Size,
    }

    /// <summary>Whether there is an answer.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>The number of a member's name, for <see cref="KeyOrder"/>.</summary>
    public static int MemberOf(ReadOnlySpan<byte> key) => (int)(
        key.SequenceEqual("rt"u8) ? Member.Rtt
        : key.SequenceEqual("abuf"u8) ? Member.Message
        : key.SequenceEqual("answers"u8) ? Member.Answers
        : key.SequenceEqual("size"u8) ? Member.Size
        : Member.Unknown);

    /// <summary>Before anything was read.</summary>
    /// <param name="observation">It has the answer's values.</param>
    public void Begin(ref Observation observation)
    {
        this = default;
        observation.RttMs = double.NaN;
        observation.Rcode = -1;
        observation.Query = null;
        observation.Identity = null;
        observation.Nsid = null;
    }

    /// <summary>Reads the answer, whose opening is next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Read(ref JsonScanner scanner, ref Observation observation, DecoderMemory memory)
    {
        var at = scanner.Position;
        scanner.Enter(ref at);
        var keys = memory.AnswerKeys;
        ref var name = ref keys.Start;
        while ((name = ref keys.Next(ref scanner, ref at, ref name)).Member != KeyOrder.End)
        {
            switch ((Member)name.Member)
            {
                case Member.Rtt:
                    observation.RttMs = scanner.Number(ref at);
                    IsAnswered = true;
                    break;
                case Member.Message:
                    if (scanner.TryText(ref at, out var base64))
                    {
                        var message = memory.Message(base64);
                        observation.Rcode = message.Rcode;
                        observation.Query = memory.Question(message.Question);
                        observation.Identity = memory.Identity(message.FirstTxt);
                        observation.Nsid = memory.Nsid(message.Nsid);
                        hasMessage = !base64.IsEmpty;
                        IsAnswered = true;
                    }

                    break;
                case Member.Answers:
                    IsAnswered = true;
                    answersStart = at;
                    scanner.Skip(ref at);
                    answersEnd = at;
                    break;
                case Member.Size:
                    IsAnswered = true;
                    scanner.Skip(ref at);
                    break;
                default:
                    scanner.Skip(ref at);
                    break;
            }
        }

        scanner.Position = at;
    }

    /// <summary>Fills in the observation; null, or why it is none.</summary>
    /// <param name="observation">With everything that all kinds have in common.</param>
    /// <param name="error">Why it was not answered.</param>
    /// <param name="json">What the scanner walked over.</param>
    /// <param name="memory">Makes strings.</param>
    public readonly string? Observe(ref Observation observation, in ErrorKeys error, ReadOnlySpan<byte> json, DecoderMemory memory)
    {
        // With both, a first try failed and a later one worked.
        if (IsAnswered)
        {
            if (observation.RttMs is < 0 or > ResultDecoder.MaximumRttMs)
            {
                return RejectionReasons.BadRtt;
            }

            observation.Outcome = Outcome.Answered;
            if (!hasMessage && answersEnd > answersStart)
            {
                observation.Identity = IdentityOf(json[answersStart..answersEnd], memory);
            }

            return null;
        }

        if (error.Reason is null)
        {
            return RejectionReasons.NoResult;
        }

        observation.Outcome = error.Outcome;
        observation.Reason = error.Reason;
        return null;
    }

    /// <summary>The text of the first TXT record that the firmware printed: a list of texts, or one text up to firmware 4700.</summary>
    private static string? IdentityOf(ReadOnlySpan<byte> answers, DecoderMemory memory)
    {
        var scanner = new JsonScanner(answers, memory.Scratch);
        if (scanner.Peek() != (byte)'[' || !scanner.Open((byte)']'))
        {
            return null;
        }

        do
        {
            if (scanner.Peek() != (byte)'{' || !scanner.Open((byte)'}'))
            {
                scanner.SkipValue();
                continue;
            }

            var isTxt = false;
            byte[]? text = null;
            do
            {
                var key = scanner.Key();
                if (key.SequenceEqual("TYPE"u8))
                {
                    // A number is seen for types that the firmware has no name for.
                    isTxt = scanner.Peek() == (byte)'"' ? scanner.TryText(out var type) && type.SequenceEqual("TXT"u8) : scanner.Number() == 16;
                }
                else if (key.SequenceEqual("RDATA"u8))
                {
                    text = Joined(ref scanner);
                }
                else
                {
                    scanner.SkipValue();
                }
            }
            while (scanner.More((byte)'}'));

            if (isTxt)
            {
                return memory.Answer(text);
            }
        }
        while (scanner.More((byte)']'));

        return null;
    }

    private static byte[]? Joined(ref JsonScanner scanner)
    {
        if (scanner.Peek() != (byte)'[')
        {
            return scanner.TryText(out var only) ? only.ToArray() : null;
        }

        var joined = new List<byte>();
        if (scanner.Open((byte)']'))
        {
            do
            {
                if (scanner.TryText(out var text))
                {
                    joined.AddRange(text);
                }
            }
            while (scanner.More((byte)']'));
        }

        return [.. joined];
    }
}
