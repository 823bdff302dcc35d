using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Collector.Results;

/// <summary>Walks once over the bytes of one JSON value, from front to back, and checks all of it.</summary>
/// <remarks>
/// <para>Nothing is thrown: at the first error <see cref="Failed"/> becomes true, and from then on every question gets the answer
/// that ends the asking loop. Two ways to ask: what is in this file knows every form of JSON, and moves the scanner; what is in
/// the other half takes the forms that results really have, in a loop of its own, and falls back on this.</para>
/// <code>
/// if (scanner.Open((byte)'}')) { do { var key = scanner.Key(); scanner.SkipValue(); } while (scanner.More((byte)'}')); }
/// </code>
/// </remarks>
internal ref partial struct JsonScanner
{
    /// <summary>Objects and arrays inside one another; the default limit of System.Text.Json.</summary>
    public const int MaximumDepth = 64;

    // What ends a string or breaks it.
    private static readonly SearchValues<byte> StringMarks = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, ' ').Select(code => (byte)code)]);

    private readonly ref byte data;
    private readonly int length;
    private readonly Span<byte> scratch;
    private int position;
    private int depth;
    private bool isAscii = true;
    private bool escaped;

    /// <param name="json">What to walk over.</param>
    /// <param name="scratch">Room for texts with escapes; longer ones are cut.</param>
    public JsonScanner(ReadOnlySpan<byte> json, Span<byte> scratch)
    {
        data = ref MemoryMarshal.GetReference(json);
        length = json.Length;
        this.scratch = scratch;
    }

    /// <summary>Whether this is not JSON.</summary>
    public bool Failed { get; private set; }

    /// <summary>Where the next token, or the white space before it, begins.</summary>
    public int Position
    {
        readonly get => position;
        set => position = value;
    }

    /// <summary>The bytes from one position to another.</summary>
    public readonly ReadOnlySpan<byte> Slice(int start, int end) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref data, start), end - start);

    /// <summary>The first byte of the next token, which stays there; 0 at the end.</summary>
    public byte Peek()
    {
        for (; position < length; position++)
        {
            var next = Unsafe.Add(ref data, position);
            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return next;
            }
        }

        return 0;
    }

    /// <summary>Steps into an object or array, whose opening is next; false when it is empty, and then it has been left.</summary>
    /// <param name="closing">The bracket or brace that ends it.</param>
    public bool Open(byte closing)
    {
        Enter();
        if (!Failed && Peek() == closing)
        {
            position++;
            depth--;
            return false;
        }

        return !Failed;
    }

    /// <summary>Steps over the comma to a further member or element; false when there is none, and then the object or array has been left.</summary>
    public bool More(byte closing)
    {
        var next = Peek();
        if (next == (byte)',')
        {
            position++;
            return true;
        }

        if (next == closing)
        {
            position++;
            depth--;
            return false;
        }

        return Fail();
    }

    /// <summary>The next member's name, without escapes; the value comes next. Valid until the next text.</summary>
    public ReadOnlySpan<byte> Key()
    {
        if (Peek() == (byte)'"' && SkipString(out var start, out var end) && Peek() == (byte)':')
        {
            position++;
            return escaped ? Unescape(start, end) : Slice(start, end);
        }

        Fail();
        return default;
    }

    /// <summary>The next value's text, without escapes; anything but a string is stepped over and gives false. Valid until the next text.</summary>
    public bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Peek() != (byte)'"')
        {
            SkipValue();
            return false;
        }

        if (!SkipString(out var start, out var end))
        {
            return false;
        }

        text = escaped ? Unescape(start, end) : Slice(start, end);
        return true;
    }

    /// <summary>The next value as a number, also where it is written as text; NaN for null, and −∞ for all else that is no finite number.</summary>
    public double Number()
    {
        var next = Peek();
        if (next is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            var start = position;
            SkipNumber();
            return Failed ? double.NegativeInfinity : Parse(Slice(start, position));
        }

        if (next != (byte)'"')
        {
            SkipValue();
            return next == (byte)'n' ? double.NaN : double.NegativeInfinity;
        }

        return TryText(out var text) && !text.IsEmpty && NumberLength(text) == text.Length ? Parse(text) : double.NegativeInfinity;
    }

    /// <summary>The next value as a whole number, however it is written; <paramref name="absent"/> where it is not one of 0 to 2⁵³.</summary>
    public long Whole(long absent) =>
        Number() is >= 0 and <= 1L << 53 and var value && Math.Floor(value) == value ? (long)value : absent;

    /// <summary>Steps over the next value, whatever it is, and checks it.</summary>
    public void SkipValue()
    {
        switch (Peek())
        {
            case (byte)'"':
                SkipString(out _, out _);
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                SkipNumber();
                break;
            case (byte)'{' or (byte)'[':
                SkipNested();
                break;
            case (byte)'n':
                SkipLiteral("null"u8);
                break;
            case (byte)'t':
                SkipLiteral("true"u8);
                break;
            case (byte)'f':
                SkipLiteral("false"u8);
                break;
            default:
                Fail();
                break;
        }
    }

    /// <summary>Gives up.</summary>
    public bool Fail()
    {
        Failed = true;
        position = length;
        return false;
    }

    /// <summary>Whether the bytes up to here are UTF-8. Between strings there is only ASCII, or it would not have got this far.</summary>
    public readonly bool IsUtf8() => isAscii || Utf8.IsValid(Slice(0, position));

    /// <summary>Steps behind the opening of an object or array.</summary>
    private void Enter()
    {
        position++;
        if (++depth > MaximumDepth)
        {
            Fail();
        }
    }

    /// <summary>Steps over a string, whose opening quote is next.</summary>
    private bool SkipString(out int start, out int end)
    {
        escaped = false;
        start = position + 1;
        end = NextMark(start);
        while (end < length)
        {
            switch (Unsafe.Add(ref data, end))
            {
                case (byte)'"':
                    position = end + 1;
                    return true;
                case (byte)'\\' when EscapeLength(end) is > 0 and var escape:
                    escaped = true;
                    end = NextMark(end + escape);
                    break;
                default:
                    return Fail();
            }
        }

        return Fail();
    }

    /// <summary>The bytes that an escape takes, or 0 when it is none.</summary>
    private readonly int EscapeLength(int at)
    {
        if (at + 1 >= length)
        {
            return 0;
        }

        switch (Unsafe.Add(ref data, at + 1))
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return 2;
            case (byte)'u' when at + 6 <= length && CodeUnit(Slice(at, at + 6)) >= 0:
                return 6;
            default:
                return 0;
        }
    }

    /// <summary>The first quote, backslash or control character from here on; the length when there is none.</summary>
    private int NextMark(int from)
    {
        var rest = Slice(Math.Min(from, length), length);
        var mark = rest.IndexOfAny(StringMarks);
        mark = mark < 0 ? rest.Length : mark;
        isAscii &= Ascii.IsValid(rest[..mark]);
        return from + mark;
    }

    private void SkipLiteral(ReadOnlySpan<byte> literal)
    {
        if (length - position >= literal.Length && Slice(position, position + literal.Length).SequenceEqual(literal))
        {
            position += literal.Length;
        }
        else
        {
            Fail();
        }
    }

    private void SkipNumber()
    {
        var number = NumberLength(Slice(position, length));
        position += number;
        if (number == 0)
        {
            Fail();
        }
    }

    /// <summary>The length of the JSON number at the start of a text; 0 when there is none.</summary>
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        var at = text is [(byte)'-', ..] ? 1 : 0;
        var digits = DigitsAt(text, at);
        if (digits == 0 || (digits > 1 && text[at] == (byte)'0'))
        {
            return 0;
        }

        at += digits;
        if (at < text.Length && text[at] == (byte)'.')
        {
            digits = DigitsAt(text, at + 1);
            if (digits == 0)
            {
                return 0;
            }

            at += digits + 1;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            digits = DigitsAt(text, at);
            if (digits == 0)
            {
                return 0;
            }

            at += digits;
        }

        return at;
    }

    private static int DigitsAt(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at - start;
    }

    private static double Parse(ReadOnlySpan<byte> number)
    {
        // Short whole numbers, such as those at the end of a result, need no parser.
        if (number.Length <= MostDigits && !number.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            long value = 0;
            foreach (var digit in number)
            {
                value = (value * 10) + (digit - '0');
            }

            return value;
        }

        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed)
            ? parsed
            : double.NegativeInfinity;
    }

    /// <summary>The text between two positions without its escapes, in the scratch room, cut where that ends.</summary>
    private readonly ReadOnlySpan<byte> Unescape(int start, int end)
    {
        var text = Slice(start, end);
        var written = 0;

        // One character takes four bytes at most.
        while (!text.IsEmpty && written + 4 <= scratch.Length)
        {
            if (text[0] != (byte)'\\')
            {
                var plain = text.IndexOf((byte)'\\');
                plain = Math.Min(plain < 0 ? text.Length : plain, scratch.Length - 3 - written);
                text[..plain].CopyTo(scratch[written..]);
                written += plain;
                text = text[plain..];
                continue;
            }

            var taken = 2;
            switch (text[1])
            {
                case (byte)'b':
                    scratch[written++] = (byte)'\b';
                    break;
                case (byte)'f':
                    scratch[written++] = (byte)'\f';
                    break;
                case (byte)'n':
                    scratch[written++] = (byte)'\n';
                    break;
                case (byte)'r':
                    scratch[written++] = (byte)'\r';
                    break;
                case (byte)'t':
                    scratch[written++] = (byte)'\t';
                    break;
                case (byte)'u':
                    var unit = (char)CodeUnit(text);
                    taken = 6;
                    if (!Rune.TryCreate(unit, out var rune))
                    {
                        // Half a surrogate pair; with the other half behind it, a character.
                        taken = Rune.TryCreate(unit, (char)Math.Max(0, CodeUnit(text[6..])), out rune) ? 12 : 6;
                        rune = taken == 12 ? rune : Rune.ReplacementChar;
                    }

                    written += rune.EncodeToUtf8(scratch[written..]);
                    break;
                case var itself:
                    scratch[written++] = itself;
                    break;
            }

            text = text[taken..];
        }

        return scratch[..written];
    }

    /// <summary>The number of a <c>\uXXXX</c> at the start of a text; −1 when there is none.</summary>
    private static int CodeUnit(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || text[0] != (byte)'\\' || text[1] != (byte)'u')
        {
            return -1;
        }

        var unit = 0;
        foreach (var digit in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return -1;
            }

            unit = (unit << 4) | ((digit & 15) + ((digit >> 6) * 9));
        }

        return unit;
    }
}
