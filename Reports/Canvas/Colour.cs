using System.Globalization;

namespace Reports.Canvas;

/// <summary>A colour in sRGB, 8 bits a channel, alpha not multiplied in.</summary>
internal readonly record struct Colour(byte R, byte G, byte B, byte A = 255)
{
    /// <summary>Reads <c>#rrggbb</c>.</summary>
    public static Colour Hex(string text)
    {
        var value = int.Parse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new Colour((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    /// <summary>The colour as <c>#rrggbb</c>, or <c>#rgb</c> where that says the same.</summary>
    public string ToHex() =>
        R % 17 == 0 && G % 17 == 0 && B % 17 == 0 ? $"#{R / 17:x}{G / 17:x}{B / 17:x}" : $"#{R:x2}{G:x2}{B:x2}";

    /// <summary>The same colour, less opaque.</summary>
    public Colour WithAlpha(double alpha) => this with { A = (byte)Math.Round(Math.Clamp(alpha, 0, 1) * 255) };

    /// <summary>This colour with a share of another in it, mixed as light mixes.</summary>
    /// <param name="other">The colour to mix in.</param>
    /// <param name="share">0 (none of the other) to 1 (nothing but the other).</param>
    public Colour Mix(Colour other, double share)
    {
        return new Colour(Channel(R, other.R), Channel(G, other.G), Channel(B, other.B), A);

        byte Channel(byte from, byte to)
        {
            double a = LinearLight.ToLinear(from);
            double b = LinearLight.ToLinear(to);
            return LinearLight.ToSrgb((ushort)Math.Round(a + ((b - a) * share)));
        }
    }
}
