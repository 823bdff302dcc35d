namespace Collector.Results;

/// <summary>Makes observations of results. It keeps the texts it has met; one per thread.</summary>
public sealed class ResultDecoder
{
    /// <summary>No round trip takes longer: Atlas waits at most 30 s for a DNS answer, and tries at most eleven times. Milliseconds.</summary>
    public const double MaximumRttMs = 600_000;

    private readonly DecoderMemory memory = new();

    /// <summary>What became of everything it was given.</summary>
    public ResultCounts Counts { get; } = new();

    /// <summary>Decodes one result: one JSON object, or several with nothing but white space between.</summary>
    /// <remarks>What is no JSON, or no result, becomes a rejection; nothing is thrown.</remarks>
    public void Decode(ReadOnlySpan<byte> result, IResultHandler handler)
    {
        int next;
        do
        {
            var scanner = new JsonScanner(result, memory.Scratch);
            ResultMembers members = default;
            members.Begin();
            if (scanner.Peek() == (byte)'{')
            {
                members.Read(ref scanner, memory);
            }
            else
            {
                scanner.Fail();
            }

            var end = scanner.Position;
            var follower = scanner.Peek();
            next = scanner.Position;
            if (scanner.Failed || (next < result.Length && follower != (byte)'{') || !scanner.IsUtf8())
            {
                RejectResult(RejectionReasons.BadJson, result, handler);
                return;
            }

            Counts.CountResult();
            Observe(ref members, next < result.Length ? result[..end] : result, handler);
            result = result[next..];
        }
        while (!result.IsEmpty);
    }

    /// <summary>Counts and hands on what is not even looked into.</summary>
    internal void RejectResult(string reason, ReadOnlySpan<byte> result, IResultHandler handler)
    {
        Counts.CountResult();
        Reject(reason, result, handler);
    }

    private void Observe(ref ResultMembers members, ReadOnlySpan<byte> result, IResultHandler handler)
    {
        if (members.ElementsEnd == 0)
        {
            // Old firmware sends the elements of a resultset as results of their own, which share their time: the number of
            // the element keeps them apart.
            HandOn(ref members, result, members.SubId, result, handler);
            return;
        }

        var elements = result[members.ElementsStart..members.ElementsEnd];
        var scanner = new JsonScanner(elements, memory.Scratch);
        scanner.Peek();
        if (!scanner.Open((byte)']'))
        {
            Reject(RejectionReasons.NoResult, result, handler);
            return;
        }

        var sub = 0;
        do
        {
            sub++;
            var element = members.OfElement();
            if (scanner.Peek() != (byte)'{')
            {
                scanner.SkipValue();
                Reject(RejectionReasons.BadResult, result, handler);
                continue;
            }

            element.Read(ref scanner, memory);

            // With measurement, probe and time it names one observation, so a number that does not ascend is replaced.
            sub = Math.Max(sub, element.SubId);
            HandOn(ref element, elements, sub, result, handler);
        }
        while (scanner.More((byte)']'));
    }

    private void Reject(string reason, ReadOnlySpan<byte> result, IResultHandler handler)
    {
        Counts.CountRejection(reason);
        handler.Reject(reason, result);
    }

    private void HandOn(ref ResultMembers members, ReadOnlySpan<byte> json, int sub, ReadOnlySpan<byte> result, IResultHandler handler)
    {
        if (members.Observe(json, sub, memory) is { } reason)
        {
            Reject(reason, result, handler);
            return;
        }

        Counts.CountObservation();
        handler.Accept(in members.Observation, result);
    }
}
