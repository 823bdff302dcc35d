namespace Reports.Canvas;

/// <summary>Between sRGB bytes and amounts of light in 16 bits.</summary>
/// <remarks>An edge that covers half a pixel lets half of the light through; half of the sRGB number is only a fifth of the light.
/// Blending the numbers instead of the light darkens every edge between two bright colours.
/// Transfer function: IEC 61966-2-1. Sixteen bits keep even the darkest sRGB steps about twenty units apart, so that a byte
/// survives the way there and back.</remarks>
internal static class LinearLight
{
    private static readonly ushort[] Linear = MakeLinear();
    private static readonly byte[] Srgb = MakeSrgb();

    /// <summary>sRGB byte to light, 0 to 65535.</summary>
    public static ushort ToLinear(byte srgb) => Linear[srgb];

    /// <summary>Light, 0 to 65535, to the nearest sRGB byte.</summary>
    public static byte ToSrgb(ushort linear) => Srgb[linear];

    /// <summary>Pixels of light, red in the lowest sixteen bits, then green and blue, to sRGB bytes.</summary>
    public static void ToSrgb(ReadOnlySpan<ulong> pixels, Span<byte> rgb)
    {
        var table = Srgb;
        var (last, r, g, b) = (0UL, (byte)0, (byte)0, (byte)0);
        var at = 0;
        foreach (var pixel in pixels)
        {
            // Most pixels are like the one before.
            if (pixel != last)
            {
                last = pixel;
                r = table[(ushort)pixel];
                g = table[(ushort)(pixel >> 16)];
                b = table[(ushort)(pixel >> 32)];
            }

            rgb[at] = r;
            rgb[at + 1] = g;
            rgb[at + 2] = b;
            at += 3;
        }
    }

    private static ushort[] MakeLinear()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var v = i / 255.0;
            table[i] = (ushort)Math.Round(65535 * (v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4)));
        }

        return table;
    }

    private static byte[] MakeSrgb()
    {
        var table = new byte[65536];
        for (var i = 0; i < table.Length; i++)
        {
            var v = i / 65535.0;
            table[i] = (byte)Math.Round(255 * (v <= 0.0031308 ? v * 12.92 : (1.055 * Math.Pow(v, 1 / 2.4)) - 0.055));
        }

        return table;
    }
}
