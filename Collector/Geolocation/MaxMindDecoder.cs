using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Collector.Geolocation;

/// <summary>Decodes values of the MaxMind DB format 2.0 from one section of a file.</summary>
/// <remarks>
/// The file may be damaged or made to do damage, so everything is bounded: nesting (pointers that lead in a circle end there too), values
/// and text a record (pointers can make a few bytes unfold without end), and every length by what is left of the section.
/// https://maxmind.github.io/MaxMind-DB/ has the format.
/// </remarks>
internal ref struct MaxMindDecoder
{
    // Genuine records nest five deep and hold some two hundred values; the format's authors allow 512 levels.
    private const int DeepestNesting = 64;
    private const int MostValues = 65_536;
    private const int MostTextBytes = 4 * 1024 * 1024;

    // First offsets that the longer forms of a size and of a pointer stand for.
    private const int Size29 = 29;
    private const int Size30 = 285;
    private const int Size31 = 65_821;
    private const int Pointer1 = 2_048;
    private const int Pointer2 = 526_336;

    private readonly ReadOnlySpan<byte> _section;
    private readonly string _name;
    private int _values;
    private int _textBytes;

    /// <summary>Starts on a section.</summary>
    /// <param name="section">The section; pointers count from its start.</param>
    /// <param name="name">The file, and the section when it is not the data section: for errors.</param>
    public MaxMindDecoder(ReadOnlySpan<byte> section, string name)
    {
        _section = section;
        _name = name;
    }

    /// <summary>How many values were decoded so far.</summary>
    public readonly int Values => _values;

    private enum Kind
    {
        Pointer = 1,
        Text = 2,
        Double = 3,
        Bytes = 4,
        UInt16 = 5,
        UInt32 = 6,
        Map = 7,
        Int32 = 8,
        UInt64 = 9,
        UInt128 = 10,
        Array = 11,
        Boolean = 14,
        Float = 15,
    }

    /// <summary>The value at an offset.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public MaxMindValue Decode(int offset) => Decode(ref offset, depth: 0);

    private MaxMindValue Decode(ref int at, int depth)
    {
        var (kind, size) = Control(ref at);
        if (kind == Kind.Pointer)
        {
            var target = size;
            (kind, size) = Control(ref target);
            if (kind == Kind.Pointer)
            {
                throw Bad(target, "a pointer to a pointer");
            }

            return Decode(kind, size, ref target, depth);
        }

        return Decode(kind, size, ref at, depth);
    }

    private MaxMindValue Decode(Kind kind, int size, ref int at, int depth)
    {
        switch (kind)
        {
            case Kind.Map:
                return DecodeMap(size, ref at, Deeper(at, depth));
            case Kind.Array:
                return DecodeArray(size, ref at, Deeper(at, depth));
            case Kind.Text:
                return new MaxMindValue.Text(Text(size, ref at));
            case Kind.Bytes:
                return new MaxMindValue.Bytes(Counted(size, ref at).ToArray());
            case Kind.Double:
                return new MaxMindValue.Double(BinaryPrimitives.ReadDoubleBigEndian(Exactly(size, sizeof(double), "double", ref at)));
            case Kind.Float:
                return new MaxMindValue.Float(BinaryPrimitives.ReadSingleBigEndian(Exactly(size, sizeof(float), "float", ref at)));
            case Kind.UInt16:
                return new MaxMindValue.Unsigned(Integer(size, 2, ref at));
            case Kind.UInt32:
                return new MaxMindValue.Unsigned(Integer(size, 4, ref at));
            case Kind.UInt64:
                return new MaxMindValue.Unsigned(Integer(size, 8, ref at));
            case Kind.UInt128:
                return new MaxMindValue.Unsigned(Integer(size, 16, ref at));
            case Kind.Int32:
                return new MaxMindValue.Signed(unchecked((int)(uint)Integer(size, 4, ref at)));
            case Kind.Boolean when size <= 1:
                return new MaxMindValue.Boolean(size == 1);
            default:
                throw Bad(at, $"type {(int)kind} with size {size}");
        }
    }

    private MaxMindValue.Map DecodeMap(int size, ref int at, int depth)
    {
        // A member takes two bytes at the least.
        Room(at, size, 2);
        var members = new Dictionary<string, MaxMindValue>(size, StringComparer.Ordinal);
        for (var member = 0; member < size; member++)
        {
            var key = Key(ref at);
            members[key] = Decode(ref at, depth);
        }

        return new MaxMindValue.Map(members);
    }

    private MaxMindValue.List DecodeArray(int size, ref int at, int depth)
    {
        Room(at, size, 1);
        var items = new List<MaxMindValue>(size);
        for (var item = 0; item < size; item++)
        {
            items.Add(Decode(ref at, depth));
        }

        return new MaxMindValue.List(items);
    }

    private string Key(ref int at)
    {
        var (kind, size) = Control(ref at);
        if (kind == Kind.Pointer)
        {
            var target = size;
            (kind, size) = Control(ref target);
            return kind == Kind.Text ? Text(size, ref target) : throw Bad(target, "a map key that is no text");
        }

        return kind == Kind.Text ? Text(size, ref at) : throw Bad(at, "a map key that is no text");
    }

    /// <summary>Reads a control byte and what belongs to it. For a pointer the size is the offset it points to.</summary>
    private readonly (Kind Kind, int Size) Control(ref int at)
    {
        var control = Take(1, ref at)[0];
        var kind = control >> 5;
        if (kind == (int)Kind.Pointer)
        {
            return (Kind.Pointer, Pointer(control, ref at));
        }

        if (kind == 0)
        {
            // The types that need an extended byte start at 8 (int32); lower ones would be written in the control byte.
            var extended = Take(1, ref at)[0];
            kind = extended + 7;
            if (extended is 0)
            {
                throw Bad(at, "an extended type of 7");
            }
        }

        var size = control & 0x1f;
        size = size switch
        {
            29 => Size29 + Take(1, ref at)[0],
            30 => Size30 + BinaryPrimitives.ReadUInt16BigEndian(Take(2, ref at)),
            31 => Size31 + UInt24(Take(3, ref at)),
            _ => size,
        };
        return ((Kind)kind, size);
    }

    private readonly int Pointer(byte control, ref int at)
    {
        var high = control & 0b111;
        long target = ((control >> 3) & 0b11) switch
        {
            0 => (high << 8) | Take(1, ref at)[0],
            1 => Pointer1 + ((high << 16) | BinaryPrimitives.ReadUInt16BigEndian(Take(2, ref at))),
            2 => Pointer2 + ((high << 24) | UInt24(Take(3, ref at))),
            _ => BinaryPrimitives.ReadUInt32BigEndian(Take(4, ref at)),
        };
        return target < _section.Length ? (int)target : throw Bad(at, $"a pointer to {target}, beyond the end at {_section.Length}");
    }

    private string Text(int size, ref int at)
    {
        var bytes = Counted(size, ref at);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Bad(at, "text that is not UTF-8");
    }

    private ReadOnlySpan<byte> Counted(int size, ref int at)
    {
        var bytes = Take(size, ref at);
        if ((_textBytes += size) > MostTextBytes)
        {
            throw Bad(at, $"a record of over {MostTextBytes} bytes of text");
        }

        return bytes;
    }

    private readonly UInt128 Integer(int size, int most, ref int at)
    {
        if (size > most)
        {
            throw Bad(at, $"an integer of {size} bytes; {most} is the most for its type");
        }

        UInt128 value = 0;
        foreach (var part in Take(size, ref at))
        {
            value = (value << 8) | part;
        }

        return value;
    }

    private readonly ReadOnlySpan<byte> Exactly(int size, int expected, string kind, ref int at) =>
        size == expected ? Take(size, ref at) : throw Bad(at, $"a {kind} of {size} bytes; it has {expected}");

    private readonly int Deeper(int at, int depth) =>
        depth < DeepestNesting ? depth + 1 : throw Bad(at, $"maps and arrays nested over {DeepestNesting} deep");

    /// <summary>Refuses a map or array that cannot be as large as it says, before memory is set aside for it.</summary>
    private void Room(int at, int size, int memberBytes)
    {
        if (size > (_section.Length - at) / memberBytes)
        {
            throw Bad(at, $"{size} members, but {_section.Length - at} bytes left for them");
        }

        if ((_values += size) > MostValues)
        {
            throw Bad(at, $"a record of over {MostValues} values");
        }
    }

    private readonly ReadOnlySpan<byte> Take(int size, ref int at)
    {
        if ((uint)at > (uint)_section.Length || size > _section.Length - at)
        {
            throw Bad(at, $"{size} bytes wanted beyond the end at {_section.Length}");
        }

        var bytes = _section.Slice(at, size);
        at += size;
        return bytes;
    }

    private readonly InvalidDataException Bad(int at, string what) => new($"{_name} is damaged at offset {at} of this section: {what}");

    private static int UInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
