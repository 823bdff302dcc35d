using System.Runtime.CompilerServices;

namespace Collector.Results;

/// <summary>The packets and aggregates of a ping result, and what they come to.</summary>
/// <remarks>
/// The aggregates are computed by Atlas, not by the probe; where they are missing (old firmware, raw probe output) they are
/// computed here in the same way: duplicates and late replies do not count.
/// </remarks>
internal struct PingResult
{
    /// <summary>Reason of a ping whose packets were sent and none came back: what the firmware writes as <c>"x":"*"</c>.</summary>
    public const string Timeout = "timeout";

    /// <summary>Reason of a ping that has no packets at all.</summary>
    public const string NothingSent = "nothing-sent";

    /// <summary>Aggregates by Atlas: NaN when absent, −∞ when no number; times are −1 when nothing came back.</summary>
    public double Min, Avg, Max, Sent, Received, Duplicates;

    private Packets packets;

    private enum Member
    {
        Unknown,
        Rtt,
        Lost,
        Duplicate,
        Late,
        Error,
    }

    /// <summary>Whether there is a list of packets.</summary>
    public readonly bool HasPackets => packets.AreThere;

    /// <summary>Whether an element of the list is no packet, as in the hops of a traceroute.</summary>
    public readonly bool HasStrangers => packets.HaveStrangers;

    /// <summary>Whether Atlas said how it went.</summary>
    public readonly bool HasAggregates => !double.IsNaN(Min) || !double.IsNaN(Avg) || !double.IsNaN(Max) || !double.IsNaN(Sent);

    /// <summary>The number of a packet's member, for <see cref="KeyOrder"/>.</summary>
    public static int MemberOf(ReadOnlySpan<byte> key) => (int)(
        key.SequenceEqual("rtt"u8) ? Member.Rtt
        : key.SequenceEqual("x"u8) ? Member.Lost
        : key.SequenceEqual("dup"u8) ? Member.Duplicate
        : key.SequenceEqual("late"u8) ? Member.Late
        : key.SequenceEqual("error"u8) ? Member.Error
        : Member.Unknown);

    /// <summary>Reads the list of packets, whose opening is next. There was none before.</summary>
    public void ReadPackets(ref JsonScanner scanner, DecoderMemory memory)
    {
        packets.AreThere = true;
        if (!scanner.Open((byte)']'))
        {
            return;
        }

        do
        {
            if (scanner.Peek() == (byte)'{')
            {
                ReadPacket(ref scanner, memory);
            }
            else
            {
                packets.HaveStrangers = true;
                scanner.SkipValue();
            }
        }
        while (scanner.More((byte)']'));
    }

    /// <summary>Before anything was read.</summary>
    public void Begin()
    {
        Min = double.NaN;
        Avg = double.NaN;
        Max = double.NaN;
        Sent = double.NaN;
        Received = double.NaN;
        Duplicates = double.NaN;
        packets = default;
    }

    /// <summary>Takes back what a list of packets said.</summary>
    public void ForgetPackets() => packets = default;

    /// <summary>Fills in the observation; null, or why it is none.</summary>
    /// <param name="observation">With everything that all kinds have in common.</param>
    /// <param name="error">The result's own error, outside the packets; null when it has none.</param>
    public readonly string? Observe(ref Observation observation, string? error)
    {
        if (!HasPackets && !HasAggregates && error is null)
        {
            return RejectionReasons.NoResult;
        }

        var counted = packets.Replies + packets.Losses > 0;
        if (HasStrangers && !counted && packets.Error is null)
        {
            return RejectionReasons.BadResult;
        }

        observation.Sent = Count(Sent, HasPackets ? packets.Replies + packets.Losses : -1);
        observation.Received = Count(Received, HasPackets ? packets.Replies : -1);
        observation.Duplicates = Count(Duplicates, HasPackets ? packets.Duplicates : -1);
        if (IsTime(Min) && IsTime(Avg) && IsTime(Max))
        {
            (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs) = (Min, Avg, Max);
        }
        else if (packets.Replies > 0)
        {
            (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs) = (packets.Fastest, packets.Sum / packets.Replies, packets.Slowest);
        }
        else if (IsTime(Min))
        {
            observation.RttMinMs = Min;
        }
        else if (!IsSilence(Min))
        {
            return RejectionReasons.BadRtt;
        }

        if (!double.IsNaN(observation.RttMinMs))
        {
            observation.Outcome = Outcome.Answered;
        }
        else if (!counted && (error ?? packets.Error) is { } reason)
        {
            observation.Outcome = Outcome.Failed;
            observation.Reason = reason;
        }
        else if (observation.Sent == 0)
        {
            observation.Outcome = Outcome.Failed;
            observation.Reason = NothingSent;
        }
        else
        {
            observation.Outcome = Outcome.Unanswered;
            observation.Reason = Timeout;
        }

        return null;
    }

    private static bool IsTime(double milliseconds) => milliseconds is >= 0 and <= ResultDecoder.MaximumRttMs;

    // −1 says that nothing came back.
    private static bool IsSilence(double milliseconds) => double.IsNaN(milliseconds) || milliseconds == -1;

    private static int Count(double said, int counted) =>
        said is >= 0 and <= int.MaxValue && Math.Floor(said) == said ? (int)said : counted;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadPacket(ref JsonScanner scanner, DecoderMemory memory)
    {
        var rtt = double.NaN;
        var (isLost, isSpare, isDuplicate) = (false, false, false);
        string? error = null;
        var at = scanner.Position;
        scanner.Enter(ref at);
        var keys = memory.PacketKeys;
        ref var name = ref keys.Start;
        while ((name = ref keys.Next(ref scanner, ref at, ref name)).Member != KeyOrder.End)
        {
            switch ((Member)name.Member)
            {
                case Member.Rtt:
                    rtt = scanner.Number(ref at);
                    break;
                case Member.Lost:
                    isLost = true;
                    scanner.Skip(ref at);
                    break;
                case Member.Duplicate:
                    isDuplicate = scanner.Number(ref at) > 0;
                    break;
                case Member.Late:
                    isSpare = true;
                    scanner.Skip(ref at);
                    break;
                case Member.Error:
                    error = scanner.TryText(ref at, out var text) ? memory.ErrorText(text) : DecoderMemory.Error;
                    break;
                default:
                    scanner.Skip(ref at);
                    break;
            }
        }

        scanner.Position = at;

        if (isDuplicate)
        {
            packets.Duplicates++;
        }
        else if (isSpare)
        {
            // A reply to a packet of an earlier run.
        }
        else if (error is not null)
        {
            packets.Error ??= error;
        }
        else if (IsTime(rtt))
        {
            packets.Fastest = packets.Replies == 0 ? rtt : Math.Min(packets.Fastest, rtt);
            packets.Slowest = Math.Max(packets.Slowest, rtt);
            packets.Sum += rtt;
            packets.Replies++;
        }
        else if (isLost || !double.IsNaN(rtt))
        {
            packets.Losses++;
        }
        else
        {
            packets.HaveStrangers = true;
        }
    }

    /// <summary>What a list of packets comes to.</summary>
    private struct Packets
    {
        public bool AreThere, HaveStrangers;
        public int Replies, Losses, Duplicates;
        public double Fastest, Slowest, Sum;

        /// <summary>The first packet's error; null when none has one.</summary>
        public string? Error;
    }
}
