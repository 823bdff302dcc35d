using System.Text;

namespace Simulator.Worlds;

/// <summary>A growing buffer of UTF-8 text, for the generator's hot loop.</summary>
internal sealed class ByteText
{
    private byte[] bytes = new byte[160 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    public void Add(byte character)
    {
        Room(1)[0] = character;
        Length++;
    }

    /// <summary>Repeats what was written since a position.</summary>
    public void Repeat(int from)
    {
        var count = Length - from;
        Room(count);
        bytes.AsSpan(from, count).CopyTo(bytes.AsSpan(Length));
        Length += count;
    }

    /// <summary>A whole number.</summary>
    public void Number(long value)
    {
        if (value < 0)
        {
            Add((byte)'-');
            value = -value;
        }

        Digits((ulong)value, 1);
    }

    /// <summary>A number of so many decimals, given as a whole; zeros at its end are dropped, as Atlas does.</summary>
    public void Fixed(long value, int decimals)
    {
        var scale = Scales[decimals];
        Digits((ulong)(value / scale), 1);
        var rest = value % scale;
        if (rest == 0)
        {
            return;
        }

        while (rest % 10 == 0)
        {
            rest /= 10;
            decimals--;
        }

        Add((byte)'.');
        Digits((ulong)rest, decimals);
    }

    private static readonly long[] Scales = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000];

    private void Digits(ulong value, int least)
    {
        var room = Room(20);
        var position = 20;
        do
        {
            room[--position] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0 || 20 - position < least);
        room[position..20].CopyTo(room);
        Length += 20 - position;
    }

    private Span<byte> Room(int count)
    {
        if (bytes.Length - Length < count)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
        }

        return bytes.AsSpan(Length);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
