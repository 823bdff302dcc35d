using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;

namespace Collector.Results;

/// <summary>The members of a result, or of an element of a resultset, which repeats some of them.</summary>
internal struct ResultMembers
{
    // 9999-12-31T23:59:59Z, the last second that DateTimeOffset knows.
    private const long LatestTime = 253_402_300_799;

    private const long Absent = -1;

    private Observation observation;

    private Kind kind;
    private Kind kindByName;
    private long measurement;
    private long probe;
    private double timestamp;
    private double time;
    private long subId;
    private string? address;
    private string? oldAddress;
    private string? name;
    private string? oldName;
    private long family;
    private long oldFamily;
    private Shape shape;
    private DnsResult dns;
    private PingResult ping;
    private ErrorKeys error;
    private string? queryAsked;
    private bool isElement;

    private enum Kind : byte
    {
        None,
        Dns,
        Ping,
        Other,
    }

    // In the order of what their values are.
    private enum Member
    {
        Unknown,

        // Of their own kind.
        Result,
        Elements,
        Error,

        // Text.
        Type,
        KindName,
        From,
        Address,
        OldAddress,
        Name,
        OldName,
        Protocol,
        QueryAsked,

        // Whole numbers.
        Measurement,
        Probe,
        Family,
        OldFamily,
        Firmware,
        SubId,

        // Numbers.
        Timestamp,
        Time,
        StoredAt,
        Min,
        Max,
        Avg,
        Sent,
        Received,
        Duplicates,
    }

    private enum Shape : byte
    {
        None,
        Object,
        Array,
        Other,
    }

    /// <summary>The observation, complete after <see cref="Observe"/>.</summary>
    [UnscopedRef]
    public readonly ref readonly Observation Observation => ref observation;

    /// <summary>Where the resultset begins.</summary>
    public int ElementsStart { get; private set; }

    /// <summary>Where it ends; the same when there is none.</summary>
    public int ElementsEnd { get; private set; }

    /// <summary>The element's own number; 0 when it has none that can be one.</summary>
    public readonly int SubId => subId is > 0 and <= 1_000_000 ? (int)subId : 0;

    /// <summary>Before anything was read; all of it is zero then.</summary>
    public void Begin()
    {
        measurement = Absent;
        probe = Absent;
        timestamp = double.NaN;
        time = double.NaN;
        observation.RttMinMs = double.NaN;
        observation.RttAvgMs = double.NaN;
        observation.RttMaxMs = double.NaN;
        observation.Sent = -1;
        observation.Received = -1;
        observation.Duplicates = -1;
        observation.Firmware = -1;
        dns.Begin(ref observation);
        ping.Begin();
    }

    /// <summary>What an element of this result's resultset begins with.</summary>
    public readonly ResultMembers OfElement()
    {
        // Its own time is that of its query; the result's is that of the whole set.
        var element = this;
        element.isElement = true;
        element.timestamp = First(timestamp, time);
        element.time = double.NaN;
        element.subId = 0;
        element.shape = Shape.None;
        element.error = default;
        element.dns.Begin(ref element.observation);
        element.ping.ForgetPackets();
        return element;
    }

    /// <summary>The number of a member's name, for <see cref="KeyOrder"/>.</summary>
    public static int MemberOf(ReadOnlySpan<byte> key) => (int)(key.Length switch
    {
        2 when key.SequenceEqual("af"u8) => Member.Family,
        2 when key.SequenceEqual("fw"u8) => Member.Firmware,
        2 when key.SequenceEqual("pf"u8) => Member.OldFamily,
        3 when key.SequenceEqual("min"u8) => Member.Min,
        3 when key.SequenceEqual("max"u8) => Member.Max,
        3 when key.SequenceEqual("avg"u8) => Member.Avg,
        3 when key.SequenceEqual("dup"u8) => Member.Duplicates,
        4 when key.SequenceEqual("from"u8) => Member.From,
        4 when key.SequenceEqual("type"u8) => Member.Type,
        4 when key.SequenceEqual("sent"u8) => Member.Sent,
        4 when key.SequenceEqual("rcvd"u8) => Member.Received,
        4 when key.SequenceEqual("time"u8) => Member.Time,
        4 when key.SequenceEqual("addr"u8) => Member.OldAddress,
        4 when key.SequenceEqual("name"u8) => Member.OldName,
        4 when key.SequenceEqual("qbuf"u8) => Member.QueryAsked,
        5 when key.SequenceEqual("proto"u8) => Member.Protocol,
        5 when key.SequenceEqual("error"u8) => Member.Error,
        5 when key.SequenceEqual("subid"u8) => Member.SubId,
        6 when key.SequenceEqual("msm_id"u8) => Member.Measurement,
        6 when key.SequenceEqual("prb_id"u8) => Member.Probe,
        6 when key.SequenceEqual("result"u8) => Member.Result,
        8 when key.SequenceEqual("dst_addr"u8) => Member.Address,
        8 when key.SequenceEqual("dst_name"u8) => Member.Name,
        8 when key.SequenceEqual("msm_name"u8) => Member.KindName,
        9 when key.SequenceEqual("timestamp"u8) => Member.Timestamp,
        9 when key.SequenceEqual("resultset"u8) => Member.Elements,
        16 when key.SequenceEqual("stored_timestamp"u8) => Member.StoredAt,
        _ => Member.Unknown,
    });

    /// <summary>Reads an object, whose opening is next. Of members that come twice, the last counts.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Read(ref JsonScanner scanner, DecoderMemory memory)
    {
        var at = scanner.Position;
        scanner.Enter(ref at);
        var keys = memory.ResultKeys;
        ref var name = ref keys.Start;
        while ((name = ref keys.Next(ref scanner, ref at, ref name)).Member != KeyOrder.End)
        {
            var member = (Member)name.Member;
            if (member >= Member.Timestamp)
            {
                ReadNumber(member, scanner.Number(ref at));
            }
            else if (member >= Member.Measurement)
            {
                ReadWhole(member, scanner.Whole(ref at, Absent));
            }
            else if (member >= Member.Type)
            {
                var isText = scanner.TryText(ref at, out var text);
                ReadText(member, isText, text, memory);
            }
            else if (member == Member.Unknown)
            {
                scanner.Skip(ref at);
            }
            else
            {
                scanner.Position = at;
                ReadNested(member, ref scanner, memory);
                at = scanner.Position;
            }
        }

        scanner.Position = at;
    }

    /// <summary>Completes the observation; null, or why it is none.</summary>
    /// <param name="json">What the scanner walked over.</param>
    /// <param name="sub">Position in a resultset.</param>
    /// <param name="memory">Makes strings.</param>
    public string? Observe(ReadOnlySpan<byte> json, int sub, DecoderMemory memory)
    {
        var decided = Decided();
        if (decided is not (Kind.Dns or Kind.Ping))
        {
            return RejectionReasons.UnknownKind;
        }

        if (measurement <= 0)
        {
            return RejectionReasons.NoMeasurement;
        }

        if (probe is <= 0 or > int.MaxValue)
        {
            return RejectionReasons.NoProbe;
        }

        var at = Seconds(isElement ? First(time, timestamp) : First(timestamp, time));
        if (at < 0)
        {
            return RejectionReasons.NoTime;
        }

        observation.Kind = decided == Kind.Dns ? MeasurementKind.Dns : MeasurementKind.Ping;
        observation.Measurement = measurement;
        observation.Probe = (int)probe;
        observation.At = at;
        observation.Sub = sub;
        observation.Target = address ?? oldAddress ?? name ?? oldName;
        observation.Family = FamilyOf(observation.Target);
        if (decided == Kind.Dns)
        {
            var problem = shape is Shape.Array or Shape.Other ? RejectionReasons.BadResult : dns.Observe(ref observation, error, json, memory);
            observation.Query ??= queryAsked;
            return problem;
        }

        return shape is Shape.Object or Shape.Other ? RejectionReasons.BadResult : ping.Observe(ref observation, error.Reason);
    }

    private static double First(double one, double other) => double.IsNaN(one) ? other : one;

    // A probe's clock may start at the epoch.
    private static long Seconds(double seconds) => seconds is >= 0 and < LatestTime + 1 ? (long)seconds : Absent;

    private static Kind KindOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("dns"u8) ? Kind.Dns : type.SequenceEqual("ping"u8) ? Kind.Ping : Kind.Other;

    private static Kind KindOfName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("Tdig"u8) ? Kind.Dns : name.SequenceEqual("Ping"u8) || name.SequenceEqual("PingMeasurement"u8) ? Kind.Ping : Kind.None;

    /// <summary>By type; where that is missing, by the measurement's name; else by the shape.</summary>
    private readonly Kind Decided()
    {
        if ((kind == Kind.None ? kindByName : kind) is not Kind.None and var said)
        {
            return said;
        }

        if (dns.IsAnswered || isElement)
        {
            return Kind.Dns;
        }

        return ping.HasStrangers ? Kind.None : ping.HasPackets || ping.HasAggregates ? Kind.Ping : error.Reason is null ? Kind.None : Kind.Dns;
    }

    private readonly byte FamilyOf(string? target) => (family is 4 or 6 ? family : oldFamily) switch
    {
        4 => 4,
        6 => 6,
        _ when target is null => 0,
        _ when target.Contains(':') => 6,
        _ => (byte)(target.AsSpan().Count('.') == 3 && IPAddress.TryParse(target, out _) ? 4 : 0),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadNumber(Member member, double number)
    {
        switch (member)
        {
            case Member.Timestamp:
                timestamp = number;
                break;
            case Member.Time:
                time = number;
                break;
            case Member.StoredAt:
                observation.StoredAt = Math.Max(0, Seconds(number));
                break;
            case Member.Min:
                ping.Min = number;
                break;
            case Member.Max:
                ping.Max = number;
                break;
            case Member.Avg:
                ping.Avg = number;
                break;
            case Member.Sent:
                ping.Sent = number;
                break;
            case Member.Received:
                ping.Received = number;
                break;
            case Member.Duplicates:
                ping.Duplicates = number;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadWhole(Member member, long number)
    {
        switch (member)
        {
            case Member.Measurement:
                measurement = number;
                break;
            case Member.Probe:
                probe = number;
                break;
            case Member.Family:
                family = number;
                break;
            case Member.OldFamily:
                oldFamily = number;
                break;
            case Member.Firmware:
                observation.Firmware = number <= int.MaxValue ? (int)number : -1;
                break;
            case Member.SubId:
                subId = number;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadText(Member member, bool isText, ReadOnlySpan<byte> text, DecoderMemory memory)
    {
        switch (member)
        {
            case Member.Type:
                kind = isText ? KindOf(text) : Kind.None;
                break;
            case Member.KindName:
                kindByName = KindOfName(text);
                break;
            case Member.From:
                observation.From = memory.Address(text);
                break;
            case Member.Address:
                address = memory.Address(text);
                break;
            case Member.OldAddress:
                oldAddress = memory.Address(text);
                break;
            case Member.Name:
                name = memory.Address(text);
                break;
            case Member.OldName:
                oldName = memory.Address(text);
                break;
            case Member.Protocol:
                observation.Protocol = memory.Protocol(text);
                break;
            case Member.QueryAsked:
                queryAsked = memory.Question(memory.Message(text).Question);
                break;
        }
    }

    private void ReadNested(Member member, ref JsonScanner scanner, DecoderMemory memory)
    {
        switch (member)
        {
            case Member.Result:
                ReadResult(ref scanner, memory);
                break;
            case Member.Elements:
                var isArray = scanner.Peek() == (byte)'[';
                var start = scanner.Position;
                scanner.SkipValue();
                (ElementsStart, ElementsEnd) = isArray ? (start, scanner.Position) : (0, 0);
                break;
            case Member.Error:
                error = ErrorKeys.Read(ref scanner, memory);
                break;
        }
    }

    private void ReadResult(ref JsonScanner scanner, DecoderMemory memory)
    {
        dns.Begin(ref observation);
        ping.ForgetPackets();
        switch (scanner.Peek())
        {
            case (byte)'{':
                shape = Shape.Object;
                dns.Read(ref scanner, ref observation, memory);
                break;
            case (byte)'[':
                shape = Shape.Array;
                ping.ReadPackets(ref scanner, memory);
                break;
            case (byte)'n':
                shape = Shape.None;
                scanner.SkipValue();
                break;
            default:
                shape = Shape.Other;
                scanner.SkipValue();
                break;
        }
    }
}
