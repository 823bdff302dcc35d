using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Collector.Results;

/// <content>
/// The forms that results really have, for the loops that see every byte. The position is the caller's own local variable, which
/// stays in a register since all this is inlined: half the time would go into storing and loading it otherwise. Strings are
/// taken 32 bytes at a time and numbers eight. Whatever is not of that form is left to the other half of the scanner.
/// </content>
internal ref partial struct JsonScanner
{
    // What these make is below 2⁵³, so a double holds it exactly.
    private const int MostDigits = 15;

    // Powers of ten that a double holds exactly.
    private static ReadOnlySpan<double> ExactPowersOfTen => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

    private static ReadOnlySpan<long> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>Steps into an object, whose opening is here; its end is found by <see cref="KeyOrder.Next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(ref int at)
    {
        position = at;
        Enter();
        at = position;
    }

    /// <summary>Whether the object ends right here; then it is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLeave(ref int at)
    {
        if (at < length && Unsafe.Add(ref data, at) == (byte)'}')
        {
            at++;
            depth--;
            return true;
        }

        return false;
    }

    /// <summary>Steps over these bytes when they are next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TrySkip(in KeyOrder.Known known, ref int at)
    {
        if (known.Reach > length - at)
        {
            return false;
        }

        ref var next = ref Unsafe.Add(ref data, at);
        var differences = ((Unsafe.ReadUnaligned<ulong>(ref next) ^ known.Head)
            | (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref next, known.TailOffset)) ^ known.Tail)) & known.Mask;
        if (differences != 0
            || (known.Length > 2 * sizeof(ulong) && Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref next, sizeof(ulong))) != known.Middle))
        {
            return false;
        }

        at += known.Length;
        return true;
    }

    /// <summary>The value here as a text; see <see cref="TryText(out ReadOnlySpan{byte})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryText(ref int at, out ReadOnlySpan<byte> text)
    {
        var start = at + 1;
        if (TrySkipString(ref at))
        {
            text = Slice(start, at - 1);
            return true;
        }

        position = at;
        var isText = TryText(out text);
        at = position;
        return isText;
    }

    /// <summary>The value here as a number; see <see cref="Number()"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Number(ref int at)
    {
        if (TryDecimal(ref at, out var number))
        {
            return number;
        }

        position = at;
        number = Number();
        at = position;
        return number;
    }

    /// <summary>The value here as a whole number; see <see cref="Whole(long)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Whole(ref int at, long absent)
    {
        if (TryDigits(ref at, out var number))
        {
            return number;
        }

        position = at;
        number = Whole(absent);
        at = position;
        return number;
    }

    /// <summary>Steps over the value here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(ref int at)
    {
        if (TrySkipString(ref at) || TrySkipDigits(ref at))
        {
            return;
        }

        position = at;
        SkipValue();
        at = position;
    }

    /// <summary>Steps over a nested value, whose opening is next.</summary>
    private void SkipNested()
    {
        // One bit a level, the innermost lowest: set for an object.
        ulong objects = 0;
        var outside = depth;
        var at = position;
        do
        {
            var next = BehindSpace(ref at);
            if (next is (byte)'{' or (byte)'[')
            {
                var isObject = next == (byte)'{';
                objects = (objects << 1) | (isObject ? 1UL : 0);
                Enter(ref at);
                if (BehindSpace(ref at) != (isObject ? (byte)'}' : (byte)']'))
                {
                    if (isObject)
                    {
                        SkipKey(ref at);
                    }

                    continue;
                }
            }
            else
            {
                Skip(ref at);
            }

            // What follows a value: a comma, or the end of what it is in.
            while (depth != outside)
            {
                var inObject = (objects & 1) != 0;
                var closing = inObject ? (byte)'}' : (byte)']';
                next = BehindSpace(ref at);
                if (next == closing)
                {
                    at++;
                    depth--;
                    objects >>= 1;
                    continue;
                }

                if (next != (byte)',')
                {
                    Fail();
                    return;
                }

                at++;
                if (inObject)
                {
                    SkipKey(ref at);
                }

                break;
            }
        }
        while (depth != outside);

        position = at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipKey(ref int at)
    {
        var start = at;
        if (TrySkipString(ref at) && At(at) == (byte)':')
        {
            at++;
            return;
        }

        position = start;
        Key();
        at = position;
    }

    /// <summary>The first byte of the next token, which stays there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte BehindSpace(ref int at)
    {
        if (At(at) is > (byte)' ' and var next)
        {
            return next;
        }

        position = at;
        next = Peek();
        at = position;
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte At(int at) => at < length ? Unsafe.Add(ref data, at) : (byte)0;

    /// <summary>Steps over an ASCII string without escapes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TrySkipString(ref int at)
    {
        if (At(at) != (byte)'"')
        {
            return false;
        }

        var from = at + 1;
        uint marks;
        while (true)
        {
            var missing = from + Vector256<byte>.Count - length;
            if (missing <= 0)
            {
                marks = Marks(ref Unsafe.Add(ref data, from));
                if (marks != 0)
                {
                    break;
                }

                from += Vector256<byte>.Count;
            }
            else if (missing < Vector256<byte>.Count && length >= Vector256<byte>.Count)
            {
                // Look back far enough that nothing behind the end is read.
                marks = Marks(ref Unsafe.Add(ref data, from - missing)) >> missing;
                if (marks != 0)
                {
                    break;
                }

                return false;
            }
            else
            {
                return false;
            }
        }

        from += BitOperations.TrailingZeroCount(marks);
        if (Unsafe.Add(ref data, from) != (byte)'"')
        {
            return false;
        }

        at = from + 1;
        return true;
    }

    /// <summary>A bit for each of 32 bytes that ends a string or takes a second look: quote, backslash, control character, not ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Marks(ref byte start)
    {
        var bytes = Vector256.LoadUnsafe(ref start);
        return (Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1f)), bytes)
            | bytes).ExtractMostSignificantBits();
    }

    /// <summary>Steps over a whole number in plain digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TrySkipDigits(ref int at)
    {
        var digits = at + (2 * sizeof(ulong)) < length ? PlainDigits(ref Unsafe.Add(ref data, at)) : 0;
        at += digits;
        return digits > 0;
    }

    /// <summary>Takes a whole number in plain digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDigits(ref int at, out long value)
    {
        value = 0;
        if (at + (2 * sizeof(ulong)) >= length)
        {
            return false;
        }

        ref var start = ref Unsafe.Add(ref data, at);
        var digits = PlainDigits(ref start);
        if (digits == 0)
        {
            return false;
        }

        var text = Unsafe.ReadUnaligned<ulong>(ref start);
        value = digits <= sizeof(ulong)
            ? Value(text, digits)
            : (Value(text, sizeof(ulong)) * PowersOfTen[digits - sizeof(ulong)])
                + Value(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, sizeof(ulong))), digits - sizeof(ulong));
        at += digits;
        return true;
    }

    /// <summary>Takes a number of plain digits, with or without a point between.</summary>
    /// <remarks>Exact as one division, while digits without the point and power of ten both fit a double (Clinger 1990).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecimal(ref int at, out double value)
    {
        var isWhole = TryDigits(ref at, out var digits);
        value = digits;
        if (isWhole || at + (3 * sizeof(ulong)) + 2 > length)
        {
            return isWhole;
        }

        ref var start = ref Unsafe.Add(ref data, at);
        var text = Unsafe.ReadUnaligned<ulong>(ref start);
        var whole = DigitCount(text);
        if (whole is 0 or sizeof(ulong) || Unsafe.Add(ref start, whole) != (byte)'.')
        {
            return false;
        }

        ref var behindPoint = ref Unsafe.Add(ref start, whole + 1);
        var decimals = Unsafe.ReadUnaligned<ulong>(ref behindPoint);
        var fraction = DigitCount(decimals);
        var mantissa = (Value(text, whole) * PowersOfTen[fraction]) + Value(decimals, fraction);
        if (fraction == sizeof(ulong))
        {
            decimals = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref behindPoint, sizeof(ulong)));
            var more = DigitCount(decimals);
            mantissa = (mantissa * PowersOfTen[more]) + Value(decimals, more);
            fraction += more;
        }

        if (fraction == 0 || whole + fraction > MostDigits || !IsEnd(Unsafe.Add(ref behindPoint, fraction)) || (whole > 1 && start == (byte)'0'))
        {
            return false;
        }

        at += whole + 1 + fraction;
        value = mantissa / ExactPowersOfTen[fraction];
        return true;
    }

    /// <summary>How many plain digits begin here, when a whole number of them ends there; else 0. Looks at 17 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlainDigits(ref byte start)
    {
        var digits = DigitCount(Unsafe.ReadUnaligned<ulong>(ref start));
        if (digits == sizeof(ulong))
        {
            digits += DigitCount(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, sizeof(ulong))));
        }

        return digits is > 0 and <= MostDigits && IsEnd(Unsafe.Add(ref start, digits)) && (digits == 1 || start != (byte)'0') ? digits : 0;
    }

    /// <summary>Whether a number can end before this.</summary>
    private static bool IsEnd(byte next) => next is (byte)',' or (byte)'}' or (byte)']';

    /// <summary>How many of eight characters are digits, counted from the first up to one that is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DigitCount(ulong text)
    {
        // 0 to 9 become themselves, and 10 and more carry into the highest bit.
        var values = text ^ 0x3030_3030_3030_3030;
        return BitOperations.TrailingZeroCount((values | (values + 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080) >> 3;
    }

    /// <summary>The number that the first so many of eight characters, all digits, make.</summary>
    /// <remarks>Neighbours are put together: eight digits to four numbers below 100, to two below 10,000, to one.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Value(ulong text, int count)
    {
        // Zeros in front; in two steps, for no shift moves all 64 bits.
        var half = 4 * (sizeof(ulong) - count);
        var digits = ((text ^ 0x3030_3030_3030_3030) << half) << half;
        digits = (digits * 10) + (digits >> 8);
        return (long)((((digits & 0x0000_00FF_0000_00FF) * ((1_000_000UL << 32) + 100))
            + (((digits >> 16) & 0x0000_00FF_0000_00FF) * ((10_000UL << 32) + 1))) >> 32);
    }
}
