using System.Numerics;

namespace Reports.Canvas;

/// <summary>At most 256 colours that stand for all of a picture, and which of them each pixel has.</summary>
/// <param name="Colours">Red, green and blue of each.</param>
/// <param name="Indices">The colour of each pixel.</param>
internal sealed record PngPalette(byte[] Colours, byte[] Indices)
{
    private const int Most = 256;

    // More different colours than this has no map, only a photograph.
    private const int MostCountedBits = 14;
    private const int MostCounted = 1 << MostCountedBits;

    // A colour of one pixel in so many is an area.
    private const int AreaShare = 500;

    /// <summary>The palette; null when no 256 colours come near enough to all.</summary>
    /// <param name="rgb">Red, green and blue of each pixel.</param>
    /// <param name="tolerance">How far a pixel may be off, of 255, weighed as eyes do, and twice as far where 256 colours do not reach; 0: not at all.</param>
    /// <remarks>
    /// A map has a few dozen colours, and thousands of blends of two of them where edges are smoothed. Of these a hundred are
    /// enough: nobody sees the difference, and the file is a third as large. Which hundred: those of large areas, which stay exactly what they
    /// are, then again and again the one that is farthest from those chosen, and among such those that many pixels have.
    /// </remarks>
    public static PngPalette? Of(ReadOnlySpan<byte> rgb, int tolerance)
    {
        var pixels = SpareArrays<short>.Rent(rgb.Length / 3);
        try
        {
            return Count(rgb, pixels) is { } counted && Choose(counted, tolerance) is { } chosen ? Of(rgb.Length / 3, pixels, counted, chosen) : null;
        }
        finally
        {
            SpareArrays<short>.Return(pixels);
        }
    }

    private static PngPalette Of(int pixelCount, short[] pixels, List<(int Colour, int Pixels)> counted, (List<int> Palette, byte[] Nearest) chosen)
    {
        var indices = new byte[pixelCount];
        for (var i = 0; i < indices.Length; i++)
        {
            indices[i] = chosen.Nearest[pixels[i]];
        }

        return new PngPalette([.. chosen.Palette.SelectMany(number => (byte[])[(byte)(counted[number].Colour >> 16), (byte)(counted[number].Colour >> 8), (byte)counted[number].Colour])], indices);
    }

    /// <summary>The colours in order of first appearance, and which of them each pixel has; null when there are too many.</summary>
    private static List<(int Colour, int Pixels)>? Count(ReadOnlySpan<byte> rgb, Span<short> pixels)
    {
        var slots = new short[2 * MostCounted];
        var counted = new List<(int Colour, int Pixels)>();
        var (previous, number, run) = (-1, (short)0, 0);
        for (int i = 0, pixel = 0; i < rgb.Length; i += 3, pixel++)
        {
            var colour = (rgb[i] << 16) | (rgb[i + 1] << 8) | rgb[i + 2];
            if (colour != previous)
            {
                End(number, run);
                run = 0;
                previous = colour;
                var slot = (int)(((uint)colour * 2654435769u) >> (31 - MostCountedBits));
                while (slots[slot] != 0 && counted[slots[slot] - 1].Colour != colour)
                {
                    slot = (slot + 1) & (slots.Length - 1);
                }

                if (slots[slot] == 0)
                {
                    if (counted.Count == MostCounted)
                    {
                        return null;
                    }

                    counted.Add((colour, 0));
                    slots[slot] = (short)counted.Count;
                }

                number = (short)(slots[slot] - 1);
            }

            run++;
            pixels[pixel] = number;
        }

        End(number, run);
        return counted;

        void End(int number, int run)
        {
            if (run > 0)
            {
                counted[number] = (counted[number].Colour, counted[number].Pixels + run);
            }
        }
    }

    /// <summary>The colours that stand for all, and for each colour which of them does; null when 256 are too few.</summary>
    private static (List<int> Palette, byte[] Nearest)? Choose(List<(int Colour, int Pixels)> counted, int tolerance)
    {
        var (palette, nearest, distance) = (new List<int>(), new byte[counted.Count], new int[counted.Count]);
        Array.Fill(distance, int.MaxValue);
        var least = counted.Sum(colour => (long)colour.Pixels) / AreaShare;
        for (var i = 0; i < counted.Count && palette.Count < Most; i++)
        {
            if (counted[i].Pixels > least)
            {
                Add(i);
            }
        }

        while (Farthest(out var worst) is var next && (palette.Count == 0 || worst > 7L * tolerance * tolerance))
        {
            if (palette.Count == Most)
            {
                // A map of very many colours: twice as far off is still less than truecolour costs.
                return worst <= 4 * 7L * tolerance * tolerance ? (palette, nearest) : null;
            }

            Add(next);
        }

        return (palette, nearest);

        int Farthest(out long worst)
        {
            var (farthest, best) = (0, -1L);
            worst = -1;
            for (var i = 0; i < distance.Length; i++)
            {
                // Twice as far counts as much as sixteen times the pixels.
                var weight = (long)distance[i] << (BitOperations.Log2((uint)counted[i].Pixels) / 2);
                (best, farthest) = weight > best ? (weight, i) : (best, farthest);
                worst = Math.Max(worst, distance[i]);
            }

            return farthest;
        }

        void Add(int number)
        {
            for (var i = 0; i < distance.Length; i++)
            {
                if (Distance(counted[i].Colour, counted[number].Colour) is var off && off < distance[i])
                {
                    distance[i] = off;
                    nearest[i] = (byte)palette.Count;
                }
            }

            palette.Add(number);
        }
    }

    // Eyes tell greens apart better than reds, and those better than blues.
    private static int Distance(int one, int other)
    {
        var (red, green, blue) = (((one >> 16) & 255) - ((other >> 16) & 255), ((one >> 8) & 255) - ((other >> 8) & 255), (one & 255) - (other & 255));
        return (2 * red * red) + (4 * green * green) + (blue * blue);
    }
}
