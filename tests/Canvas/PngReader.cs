using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Tests.Canvas;

/// <summary>Reads PNG files on its own, by the specification: what the encoder is held to.</summary>
internal sealed class PngReader
{
    private PngReader(byte[] png)
    {
        if (!png.AsSpan(0, 8).SequenceEqual(new byte[] { 137, 80, 78, 71, 13, 10, 26, 10 }))
        {
            throw new InvalidDataException("signature");
        }

        var packed = new MemoryStream();
        byte[] palette = [];
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = Encoding.ASCII.GetString(png, at + 4, 4);
            var data = png.AsSpan(at + 8, length);
            if (Crc(png.AsSpan(at + 4, length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)))
            {
                throw new InvalidDataException($"checksum of {type}");
            }

            Chunks.Add(type);
            switch (type)
            {
                case "IHDR":
                    Width = BinaryPrimitives.ReadInt32BigEndian(data);
                    Height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
                    (BitDepth, ColourType) = (data[8], data[9]);
                    break;
                case "PLTE":
                    palette = data.ToArray();
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
            }

            at += length + 12;
        }

        packed.Position = 0;
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        using var lines = new MemoryStream();
        zlib.CopyTo(lines);
        var pixels = Unfilter(lines.ToArray(), ColourType == 2 ? 3 : 1);
        Rgb = ColourType == 2 ? pixels : [.. pixels.SelectMany(index => new[] { palette[index * 3], palette[(index * 3) + 1], palette[(index * 3) + 2] })];
    }

    public int Width { get; }

    public int Height { get; }

    public int BitDepth { get; }

    public int ColourType { get; }

    public List<string> Chunks { get; } = [];

    public HashSet<int> Filters { get; } = [];

    public byte[] Rgb { get; }

    public static PngReader Read(byte[] png) => new(png);

    public (int R, int G, int B) At(int x, int y)
    {
        var i = ((y * Width) + x) * 3;
        return (Rgb[i], Rgb[i + 1], Rgb[i + 2]);
    }

    private byte[] Unfilter(byte[] lines, int step)
    {
        var stride = Width * step;
        if (lines.Length != (stride + 1) * Height)
        {
            throw new InvalidDataException("length");
        }

        var result = new byte[stride * Height];
        for (var y = 0; y < Height; y++)
        {
            int filter = lines[y * (stride + 1)];
            Filters.Add(filter);
            for (var x = 0; x < stride; x++)
            {
                var a = x < step ? 0 : result[(y * stride) + x - step];
                var b = y == 0 ? 0 : result[((y - 1) * stride) + x];
                var c = x < step || y == 0 ? 0 : result[((y - 1) * stride) + x - step];
                var p = a + b - c;
                var predicted = filter switch
                {
                    0 => 0,
                    1 => a,
                    2 => b,
                    3 => (a + b) / 2,
                    4 => Math.Abs(p - a) <= Math.Abs(p - b) && Math.Abs(p - a) <= Math.Abs(p - c) ? a : Math.Abs(p - b) <= Math.Abs(p - c) ? b : c,
                    _ => throw new InvalidDataException($"filter {filter}"),
                };
                result[(y * stride) + x] = (byte)(lines[(y * (stride + 1)) + 1 + x] + predicted);
            }
        }

        return result;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xedb88320 & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
