using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Collector.Results;

/// <summary>Finds where a JSON object or array ends, by its brackets and quotes alone, in pieces of any size.</summary>
/// <remarks>64 bytes at a time, after Langdale and Lemire, "Parsing gigabytes of JSON per second" (2019), section 3.1.</remarks>
internal struct JsonExtent
{
    private const int BlockSize = 64;

    private int depth;
    private ulong inString;
    private bool isEscaped;

    /// <summary>What stopped the search.</summary>
    public enum Stop
    {
        /// <summary>The end of the piece.</summary>
        None,

        /// <summary>The closing bracket; the position is the one behind it.</summary>
        Closed,

        /// <summary>A line feed between tokens; the position is its own.</summary>
        NewLine,

        /// <summary>A line feed in a string, where JSON has none; the position is its own.</summary>
        BrokenString,
    }

    /// <summary>Looks through the next piece.</summary>
    /// <param name="bytes">It begins where the former piece ended, or with the opening bracket.</param>
    /// <param name="stopAtNewLine">Whether a line feed between tokens is of interest; going on behind it continues the search.</param>
    /// <param name="position">Where it stopped.</param>
    public Stop Find(ReadOnlySpan<byte> bytes, bool stopAtNewLine, out int position)
    {
        Span<byte> padded = stackalloc byte[BlockSize];
        for (var start = 0; start < bytes.Length; start += BlockSize)
        {
            var size = Math.Min(BlockSize, bytes.Length - start);
            if (size < BlockSize)
            {
                padded.Fill((byte)' ');
                bytes[start..].CopyTo(padded);
            }

            ref var block = ref size < BlockSize
                ? ref MemoryMarshal.GetReference(padded)
                : ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), start);
            var low = Vector256.LoadUnsafe(ref block);
            var high = Vector256.LoadUnsafe(ref block, (nuint)Vector256<byte>.Count);

            var quotes = Equal(low, high, (byte)'"');
            var backslashes = Equal(low, high, (byte)'\\');
            if (backslashes != 0 || isEscaped)
            {
                quotes &= ~Escaped(backslashes, size);
            }

            var strings = PrefixXor(quotes) ^ inString;
            inString = (ulong)((long)strings >> 63);

            // { and [ differ in the bit of lower case alone, and so do } and ].
            var caseless = Vector256.Create((byte)0xDF);
            var openings = Equal(low & caseless, high & caseless, (byte)'[') & ~strings;
            var closings = Equal(low & caseless, high & caseless, (byte)']') & ~strings;
            var lines = Equal(low, high, (byte)'\n');
            var stops = openings | closings | (stopAtNewLine ? lines : lines & strings);
            while (stops != 0)
            {
                var bit = stops & (0 - stops);
                stops ^= bit;
                if ((bit & openings) != 0)
                {
                    depth++;
                    continue;
                }

                position = start + BitOperations.TrailingZeroCount(bit);
                if ((bit & lines) != 0)
                {
                    if ((bit & strings) != 0)
                    {
                        return Stop.BrokenString;
                    }

                    // Outside of strings, so nothing but the depth is carried on.
                    inString = 0;
                    isEscaped = false;
                    return Stop.NewLine;
                }

                if (--depth <= 0)
                {
                    position++;
                    return Stop.Closed;
                }
            }
        }

        position = bytes.Length;
        return Stop.None;
    }

    private static ulong Equal(Vector256<byte> low, Vector256<byte> high, byte value) =>
        Vector256.Equals(low, Vector256.Create(value)).ExtractMostSignificantBits()
        | ((ulong)Vector256.Equals(high, Vector256.Create(value)).ExtractMostSignificantBits() << 32);

    /// <summary>Each bit becomes the parity of itself and all below: set from an opening quote up to its closing one.</summary>
    private static ulong PrefixXor(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }

    private ulong Escaped(ulong backslashes, int size)
    {
        var escaped = isEscaped ? 1UL : 0;
        backslashes &= ~escaped;
        isEscaped = false;
        while (backslashes != 0)
        {
            var next = BitOperations.TrailingZeroCount(backslashes) + 1;
            if (next == size)
            {
                isEscaped = true;
                break;
            }

            escaped |= 1UL << next;
            backslashes &= ~(3UL << (next - 1));
        }

        return escaped;
    }
}
