namespace Collector.Results;

/// <summary>What the keys of a DNS result's error object mean.</summary>
/// <remarks>The keys are those that the firmware writes (evtdig.c); values are texts, numbers or <c>true</c> and say nothing more.</remarks>
internal struct ErrorKeys
{
    // With these the question left the probe, or tried to reach the server, and nothing came back. All others, known or
    // not, say that the probe could not ask. The order decides where an error has several.
    private static readonly string[] Silence = ["timeout", "TU_READ_ERR", "TUCONNECT", "TCPREAD", "TCPREADSIZE", "idmismatch"];

    private int rank;

    /// <summary>The key that counts; null when there is no error.</summary>
    public string? Reason { get; private set; }

    /// <summary>Unanswered or failed.</summary>
    public readonly Outcome Outcome => rank < Silence.Length ? Outcome.Unanswered : Outcome.Failed;

    /// <summary>Reads the value of <c>error</c>, which is next: an object, an array of objects ("query busy"), or a text.</summary>
    public static ErrorKeys Read(ref JsonScanner scanner, DecoderMemory memory)
    {
        var read = new ErrorKeys { rank = int.MaxValue };
        switch (scanner.Peek())
        {
            case (byte)'{':
                read.ReadKeys(ref scanner, memory);
                read.Reason ??= DecoderMemory.Error;
                break;
            case (byte)'[':
                if (scanner.Open((byte)']'))
                {
                    do
                    {
                        if (scanner.Peek() == (byte)'{')
                        {
                            read.ReadKeys(ref scanner, memory);
                        }
                        else
                        {
                            scanner.SkipValue();
                        }
                    }
                    while (scanner.More((byte)']'));
                }

                read.Reason ??= DecoderMemory.Error;
                break;
            case (byte)'n':
                scanner.SkipValue();
                break;
            default:
                read.Reason = scanner.TryText(out var text) ? memory.ErrorText(text) : DecoderMemory.Error;
                break;
        }

        return read;
    }

    private void ReadKeys(ref JsonScanner scanner, DecoderMemory memory)
    {
        if (!scanner.Open((byte)'}'))
        {
            return;
        }

        do
        {
            var key = scanner.Key();
            var known = Rank(key);
            if (known < rank || Reason is null)
            {
                rank = known;

                // The one key that says nothing by itself: {"reason":"address not allowed"}.
                var isText = key.SequenceEqual("reason"u8);
                Reason = known < Silence.Length ? Silence[known] : memory.Reason(key);
                if (isText && scanner.TryText(out var text))
                {
                    Reason = memory.ErrorText(text);
                    continue;
                }

                if (isText)
                {
                    continue;
                }
            }

            scanner.SkipValue();
        }
        while (scanner.More((byte)'}'));
    }

    private static int Rank(ReadOnlySpan<byte> key)
    {
        for (var rank = 0; rank < Silence.Length; rank++)
        {
            if (System.Text.Ascii.Equals(key, Silence[rank]))
            {
                return rank;
            }
        }

        return Silence.Length;
    }
}
