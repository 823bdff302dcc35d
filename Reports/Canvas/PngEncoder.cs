using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Reports.Canvas;

/// <summary>Writes PNG files (W3C PNG Specification, third edition): 8-bit RGB, or a palette where at most 256 colours occur.</summary>
internal static class PngEncoder
{
    // Maps are flat areas with sharp edges: zlib's higher levels cost several times the time for a few percent of size. With a third of the
    // bytes there is time for a little more.
    private const int Level = 2;
    private const int PaletteLevel = 5;

    // Sixteen rows of every 224 are packed on trial.
    private const int TrialRows = 16;
    private const int TrialEvery = 224;

    private static readonly uint[][] CrcTables = MakeCrcTables();

    /// <summary>A whole file from rows of RGB bytes.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="rgb">Red, green and blue of each pixel.</param>
    /// <param name="tolerance">How far a pixel may be off, of 255, for a smaller file; 0: not at all.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> rgb, int tolerance = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, width * height * 3);
        var palette = PngPalette.Of(rgb, tolerance);
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)(palette is null ? 2 : 3);
        Chunk(file, "IHDR", header);

        // Rendering intent 0, perceptual: the numbers are sRGB, as they claim to be.
        Chunk(file, "sRGB", [0]);
        if (palette is not null)
        {
            Chunk(file, "PLTE", palette.Colours);
        }

        using var data = palette is null ? Filtered(width * 3, height, rgb) : Plain(width, height, palette.Indices);
        Chunk(file, "IDAT", data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    // Palette indices are names, not amounts: differences between them mean nothing, so they stay as they are.
    private static MemoryStream Plain(int stride, int height, ReadOnlySpan<byte> pixels) => Packed(stride, height, pixels, filter: false, PaletteLevel);

    // Filters help where colours run into each other and hurt where the same shapes come again and again, as markers and letters
    // do: zlib finds those by itself. No rule foretells which it is; packing a few bands of rows both ways does.
    private static MemoryStream Filtered(int stride, int height, ReadOnlySpan<byte> pixels)
    {
        if (height <= TrialEvery)
        {
            var plain = Packed(stride, height, pixels, filter: false);
            var filtered = Packed(stride, height, pixels, filter: true);
            return plain.Length <= filtered.Length ? plain : filtered;
        }

        var sample = new byte[((height + TrialEvery - 1) / TrialEvery) * TrialRows * stride];
        var rows = 0;
        for (var y = 0; y < height; y += TrialEvery)
        {
            var band = pixels.Slice(y * stride, Math.Min(TrialRows, height - y) * stride);
            band.CopyTo(sample.AsSpan(rows * stride));
            rows += band.Length / stride;
        }

        var filter = Packed(stride, rows, sample, filter: true).Length < Packed(stride, rows, sample, filter: false).Length;
        return Packed(stride, height, pixels, filter);
    }

    private static MemoryStream Packed(int stride, int rows, ReadOnlySpan<byte> pixels, bool filter, int level = Level)
    {
        var length = (stride + 1) * rows;
        var lines = SpareArrays<byte>.Rent(length);
        if (filter)
        {
            Filter(stride, rows, pixels, lines);
        }
        else
        {
            for (var y = 0; y < rows; y++)
            {
                lines[y * (stride + 1)] = 0;
                pixels.Slice(y * stride, stride).CopyTo(lines.AsSpan((y * (stride + 1)) + 1));
            }
        }

        var packed = new MemoryStream(length / 8);
        using (var zlib = new ZLibStream(packed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            zlib.Write(lines, 0, length);
        }

        SpareArrays<byte>.Return(lines);
        return packed;
    }

    private static void Filter(int stride, int rows, ReadOnlySpan<byte> pixels, Span<byte> lines)
    {
        var sub = new byte[stride];
        var up = new byte[stride];
        var paeth = new byte[stride];
        ReadOnlySpan<byte> above = new byte[stride];
        for (var y = 0; y < rows; y++)
        {
            var row = pixels.Slice(y * stride, stride);
            var line = lines.Slice(y * (stride + 1), stride + 1);
            Difference(row[3..], row[..^3], sub.AsSpan(3));
            row[..3].CopyTo(sub);
            Difference(row, above, up);

            // The usual guess: the filter whose bytes, taken as signed, are smallest in sum packs best.
            var (type, best, sum) = ((byte)2, up, Magnitude(up));
            if (sum > 0 && Magnitude(sub) is var subSum && subSum < sum)
            {
                (type, best, sum) = (1, sub, subSum);
            }

            // Paeth's choice per byte pays only where there is much to predict.
            if (sum > stride)
            {
                Paeth(row, above, paeth);
                if (Magnitude(paeth) < sum)
                {
                    (type, best) = (4, paeth);
                }
            }

            line[0] = type;
            best.CopyTo(line[1..]);
            above = row;
        }
    }

    private static void Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        var i = 0;
        for (; i <= a.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (new Vector<byte>(a[i..]) - new Vector<byte>(b[i..])).CopyTo(result[i..]);
        }

        for (; i < a.Length; i++)
        {
            result[i] = (byte)(a[i] - b[i]);
        }
    }

    private static int Magnitude(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        var i = 0;
        for (; i <= bytes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            // min(b, 256 − b): the distance from zero of a byte taken as signed.
            var vector = new Vector<byte>(bytes[i..]);
            Vector.Widen(Vector.Min(vector, Vector<byte>.Zero - vector), out var low, out var high);
            sum += Vector.Sum(low + high);
        }

        for (; i < bytes.Length; i++)
        {
            sum += Math.Min(bytes[i], 256 - bytes[i]);
        }

        return sum;
    }

    private static void Paeth(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> result)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var a = i < 3 ? 0 : row[i - 3];
            int b = above[i];
            var c = i < 3 ? 0 : above[i - 3];
            var toA = Math.Abs(b - c);
            var toB = Math.Abs(a - c);
            var toC = Math.Abs(a + b - c - c);
            var predicted = toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
            result[i] = (byte)(row[i] - predicted);
        }
    }

    private static void Chunk(MemoryStream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, data.Length);
        file.Write(four);
        Encoding.ASCII.GetBytes(type, four);
        file.Write(four);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(four, ~Crc(Crc(uint.MaxValue, four), data));
        file.Write(four);
    }

    // Eight bytes a step, each through a table of its own that knows how many bytes come after it.
    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        var t = CrcTables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][(byte)low] ^ t[6][(byte)(low >> 8)] ^ t[5][(byte)(low >> 16)] ^ t[4][low >> 24]
                ^ t[3][(byte)high] ^ t[2][(byte)(high >> 8)] ^ t[1][(byte)(high >> 16)] ^ t[0][high >> 24];
        }

        foreach (var b in bytes)
        {
            crc = t[0][(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[][] MakeCrcTables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++)
            {
                c = (c & 1) == 0 ? c >> 1 : 0xedb88320 ^ (c >> 1);
            }

            tables[0][i] = c;
        }

        for (var k = 1; k < 8; k++)
        {
            for (var i = 0; i < 256; i++)
            {
                var c = tables[k - 1][i];
                tables[k][i] = tables[0][(byte)c] ^ (c >> 8);
            }
        }

        return tables;
    }
}
