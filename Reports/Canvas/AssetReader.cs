using System.IO.Compression;

namespace Reports.Canvas;

/// <summary>Reads the packed assets that ship inside the program: zlib around variable-length numbers.</summary>
internal sealed class AssetReader
{
    private readonly byte[] bytes;
    private int at;

    private AssetReader(byte[] bytes) => this.bytes = bytes;

    /// <summary>Opens an embedded asset and checks the four letters it starts with.</summary>
    public static AssetReader Open(string resource, string magic)
    {
        using var packed = typeof(AssetReader).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidDataException($"the program was built without {resource}");
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        using var memory = new MemoryStream();
        unpacked.CopyTo(memory);
        var reader = new AssetReader(memory.ToArray());
        return reader.Ascii(magic.Length) == magic ? reader : throw new InvalidDataException($"{resource} does not start with {magic}");
    }

    public byte Byte() => bytes[at++];

    public string Ascii(int length)
    {
        var text = System.Text.Encoding.ASCII.GetString(bytes, at, length);
        at += length;
        return text;
    }

    /// <summary>Unsigned LEB128.</summary>
    public int Varint()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>A signed number, signs interleaved: 0, −1, 1, −2, …</summary>
    public int Zigzag()
    {
        var value = Varint();
        return (value >> 1) ^ -(value & 1);
    }
}
