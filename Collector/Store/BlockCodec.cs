using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Collector.Archive;
using Collector.Results;

namespace Collector.Store;

/// <summary>Packs the samples of one probe, measurement and day into a few bytes a sample, and back.</summary>
/// <remarks>
/// <para>A block is: a version byte; the number of samples; the column of times; three bytes of modes, two bits a column; the
/// other columns; and a CRC-32C of all that, little endian. Every number is a base-128 varint, signed ones in zigzag.</para>
/// <para>Times are kept as differences of differences, because a probe keeps its phase in every round: mostly one byte a
/// sample. Each other column is absent (every sample has the usual value), one number (every sample has the same value), or
/// one difference a sample. The times are never folded, so that a block of n samples has more than n bytes and a damaged
/// count cannot ask for much memory.</para>
/// </remarks>
internal static class BlockCodec
{
    private const byte Version = 1;
    private const int ModeBytes = 3;
    private const int ChecksumBytes = 4;

    /// <summary>Longest varint of 64 bits.</summary>
    private const int LongBytes = 10;

    /// <summary>Longest varint of the difference of two 32-bit numbers.</summary>
    private const int IntBytes = 5;

    private const int Columns = 12;

    private enum Mode
    {
        Usual = 0,
        Same = 1,
        Each = 2,
    }

    private interface IColumn
    {
        static abstract int Usual { get; }

        static abstract int Get(in Sample sample);

        static abstract void Set(ref Sample sample, int value);
    }

    /// <summary>How many bytes a block of so many samples has at most.</summary>
    public static int MaximumLength(int samples) =>
        checked(1 + IntBytes + ModeBytes + ChecksumBytes + (Columns * IntBytes) + (samples * (LongBytes + (Columns * IntBytes))));

    /// <summary>Packs samples, in the order given.</summary>
    /// <param name="samples">Any samples.</param>
    /// <param name="origin">Unix seconds that the times are counted from: the start of the block's day keeps them short.</param>
    /// <param name="block">Room for <see cref="MaximumLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(ReadOnlySpan<Sample> samples, long origin, Span<byte> block)
    {
        var writer = new Writer(block);
        writer.Byte(Version);
        writer.Unsigned((uint)samples.Length);

        var previous = origin;
        long difference = 0;
        foreach (ref readonly var sample in samples)
        {
            var now = unchecked(sample.At - previous);
            writer.Signed(unchecked(now - difference));
            difference = now;
            previous = sample.At;
        }

        var modes = writer.Position;
        writer.Skip(ModeBytes);
        var mode = 0;
        mode |= (int)Encode<SubColumn>(samples, ref writer);
        mode |= (int)Encode<OutcomeColumn>(samples, ref writer) << 2;
        mode |= (int)Encode<RttColumn>(samples, ref writer) << 4;
        mode |= (int)Encode<AverageColumn>(samples, ref writer) << 6;
        mode |= (int)Encode<MaximumColumn>(samples, ref writer) << 8;
        mode |= (int)Encode<IdentityColumn>(samples, ref writer) << 10;
        mode |= (int)Encode<NsidColumn>(samples, ref writer) << 12;
        mode |= (int)Encode<ReasonColumn>(samples, ref writer) << 14;
        mode |= (int)Encode<RcodeColumn>(samples, ref writer) << 16;
        mode |= (int)Encode<SentColumn>(samples, ref writer) << 18;
        mode |= (int)Encode<ReceivedColumn>(samples, ref writer) << 20;
        mode |= (int)Encode<DuplicatesColumn>(samples, ref writer) << 22;
        block[modes] = (byte)mode;
        block[modes + 1] = (byte)(mode >> 8);
        block[modes + 2] = (byte)(mode >> 16);

        BinaryPrimitives.WriteUInt32LittleEndian(block[writer.Position..], Checksum(block[..writer.Position]));
        return writer.Position + ChecksumBytes;
    }

    /// <summary>Packs samples into an array of its own.</summary>
    public static byte[] Encode(ReadOnlySpan<Sample> samples, long origin)
    {
        var room = ArrayPool<byte>.Shared.Rent(MaximumLength(samples.Length));
        try
        {
            return room[..Encode(samples, origin, room)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>Unpacks a block, adding its samples to a list.</summary>
    /// <param name="block">What <see cref="Encode(ReadOnlySpan{Sample}, long, Span{byte})"/> wrote.</param>
    /// <param name="origin">The origin given then.</param>
    /// <param name="samples">Where they are added; unchanged when the block is damaged.</param>
    /// <exception cref="InvalidDataException">The block is damaged, or of a version this program does not know.</exception>
    public static void Decode(ReadOnlySpan<byte> block, long origin, List<Sample> samples)
    {
        var content = Content(block);
        var reader = new Reader(content[1..]);
        var count = reader.Unsigned();
        if (count > (ulong)content.Length)
        {
            throw new InvalidDataException($"a block of {block.Length} bytes claims {count} samples");
        }

        var before = samples.Count;
        CollectionsMarshal.SetCount(samples, before + (int)count);
        try
        {
            Decode(ref reader, origin, CollectionsMarshal.AsSpan(samples)[before..]);
        }
        catch
        {
            CollectionsMarshal.SetCount(samples, before);
            throw;
        }
    }

    /// <summary>Looks whether a block is as it was written, without unpacking it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a version this program does not know.</exception>
    public static void Verify(ReadOnlySpan<byte> block) => Content(block);

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> block)
    {
        if (block.Length < 2 + ModeBytes + ChecksumBytes)
        {
            throw new InvalidDataException($"a block of samples is cut: {block.Length} bytes");
        }

        if (block[0] != Version)
        {
            throw new InvalidDataException($"a block of samples has version {block[0]}; this program reads version {Version}");
        }

        var content = block[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[content.Length..]) != Checksum(content))
        {
            throw new InvalidDataException("a block of samples is damaged: its checksum does not match");
        }

        return content;
    }

    private static void Decode(ref Reader reader, long origin, Span<Sample> samples)
    {
        var previous = origin;
        long difference = 0;
        foreach (ref var sample in samples)
        {
            difference = unchecked(difference + reader.Signed());
            previous = unchecked(previous + difference);
            sample.At = previous;
        }

        var mode = reader.Byte() | (reader.Byte() << 8) | (reader.Byte() << 16);
        Decode<SubColumn>(samples, mode, ref reader);
        Decode<OutcomeColumn>(samples, mode >> 2, ref reader);
        Decode<RttColumn>(samples, mode >> 4, ref reader);
        Decode<AverageColumn>(samples, mode >> 6, ref reader);
        Decode<MaximumColumn>(samples, mode >> 8, ref reader);
        Decode<IdentityColumn>(samples, mode >> 10, ref reader);
        Decode<NsidColumn>(samples, mode >> 12, ref reader);
        Decode<ReasonColumn>(samples, mode >> 14, ref reader);
        Decode<RcodeColumn>(samples, mode >> 16, ref reader);
        Decode<SentColumn>(samples, mode >> 18, ref reader);
        Decode<ReceivedColumn>(samples, mode >> 20, ref reader);
        Decode<DuplicatesColumn>(samples, mode >> 22, ref reader);
        if (!reader.IsAtEnd)
        {
            throw new InvalidDataException("a block of samples has bytes left over");
        }
    }

    private static Mode Encode<TColumn>(ReadOnlySpan<Sample> samples, ref Writer writer)
        where TColumn : struct, IColumn
    {
        if (samples.IsEmpty)
        {
            return Mode.Usual;
        }

        var first = TColumn.Get(samples[0]);
        var same = true;
        foreach (ref readonly var sample in samples)
        {
            same &= TColumn.Get(sample) == first;
        }

        if (same)
        {
            if (first == TColumn.Usual)
            {
                return Mode.Usual;
            }

            writer.Signed(first);
            return Mode.Same;
        }

        long previous = 0;
        foreach (ref readonly var sample in samples)
        {
            var value = TColumn.Get(sample);
            writer.Signed(value - previous);
            previous = value;
        }

        return Mode.Each;
    }

    private static void Decode<TColumn>(Span<Sample> samples, int mode, ref Reader reader)
        where TColumn : struct, IColumn
    {
        switch ((Mode)(mode & 3))
        {
            case Mode.Usual:
                foreach (ref var sample in samples)
                {
                    TColumn.Set(ref sample, TColumn.Usual);
                }

                break;

            case Mode.Same:
                var value = Narrow(reader.Signed());
                foreach (ref var sample in samples)
                {
                    TColumn.Set(ref sample, value);
                }

                break;

            case Mode.Each:
                long previous = 0;
                foreach (ref var sample in samples)
                {
                    previous = unchecked(previous + reader.Signed());
                    TColumn.Set(ref sample, Narrow(previous));
                }

                break;

            default:
                throw new InvalidDataException("a block of samples has a column of an unknown mode");
        }
    }

    private static int Narrow(long value) =>
        value == (int)value ? (int)value : throw new InvalidDataException($"a block of samples holds {value} where 32 bits are allowed");

    private static uint Checksum(ReadOnlySpan<byte> bytes) => Crc.End(Crc.AddCastagnoli(Crc.Begin, bytes));

    private ref struct Writer(Span<byte> room)
    {
        private readonly Span<byte> room = room;

        public int Position { get; private set; }

        public void Skip(int bytes) => Position += bytes;

        public void Byte(byte value) => room[Position++] = value;

        public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

        public void Unsigned(ulong value)
        {
            while (value >= 0x80)
            {
                room[Position++] = (byte)(value | 0x80);
                value >>= 7;
            }

            room[Position++] = (byte)value;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;
        private int position;

        public readonly bool IsAtEnd => position == bytes.Length;

        public byte Byte() => position < bytes.Length ? bytes[position++] : throw Cut();

        public long Signed()
        {
            var value = Unsigned();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }

        public ulong Unsigned()
        {
            ulong value = Byte();
            if (value < 0x80)
            {
                return value;
            }

            value &= 0x7F;
            for (var shift = 7; shift < 64; shift += 7)
            {
                ulong next = Byte();
                value |= (next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw new InvalidDataException("a block of samples holds a number of more than 64 bits");
        }

        private static InvalidDataException Cut() => new("a block of samples ends too early");
    }

    private readonly struct SubColumn : IColumn
    {
        public static int Usual => 0;

        public static int Get(in Sample sample) => sample.Sub;

        public static void Set(ref Sample sample, int value) => sample.Sub = value;
    }

    private readonly struct OutcomeColumn : IColumn
    {
        public static int Usual => (int)Outcome.Answered;

        public static int Get(in Sample sample) => (int)sample.Outcome;

        public static void Set(ref Sample sample, int value) =>
            sample.Outcome = value is >= byte.MinValue and <= byte.MaxValue
                ? (Outcome)value
                : throw new InvalidDataException($"a block of samples holds the outcome {value}");
    }

    private readonly struct RttColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.RttMicroseconds;

        public static void Set(ref Sample sample, int value) => sample.RttMicroseconds = value;
    }

    private readonly struct AverageColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.AverageMicroseconds;

        public static void Set(ref Sample sample, int value) => sample.AverageMicroseconds = value;
    }

    private readonly struct MaximumColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.MaximumMicroseconds;

        public static void Set(ref Sample sample, int value) => sample.MaximumMicroseconds = value;
    }

    private readonly struct IdentityColumn : IColumn
    {
        public static int Usual => 0;

        public static int Get(in Sample sample) => sample.Identity;

        public static void Set(ref Sample sample, int value) => sample.Identity = value;
    }

    private readonly struct NsidColumn : IColumn
    {
        public static int Usual => 0;

        public static int Get(in Sample sample) => sample.Nsid;

        public static void Set(ref Sample sample, int value) => sample.Nsid = value;
    }

    private readonly struct ReasonColumn : IColumn
    {
        public static int Usual => 0;

        public static int Get(in Sample sample) => sample.Reason;

        public static void Set(ref Sample sample, int value) => sample.Reason = value;
    }

    private readonly struct RcodeColumn : IColumn
    {
        public static int Usual => 0;

        public static int Get(in Sample sample) => sample.Rcode;

        public static void Set(ref Sample sample, int value) => sample.Rcode = value;
    }

    private readonly struct SentColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.Sent;

        public static void Set(ref Sample sample, int value) => sample.Sent = value;
    }

    private readonly struct ReceivedColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.Received;

        public static void Set(ref Sample sample, int value) => sample.Received = value;
    }

    private readonly struct DuplicatesColumn : IColumn
    {
        public static int Usual => -1;

        public static int Get(in Sample sample) => sample.Duplicates;

        public static void Set(ref Sample sample, int value) => sample.Duplicates = value;
    }
}
