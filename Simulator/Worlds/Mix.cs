namespace Simulator.Worlds;

/// <summary>Chance that is the same on every machine: a keyed hash (the finaliser of SplitMix64, Steele, Lea and Flood 2014)
/// and a small generator over it. <see cref="Random"/> and <see cref="HashCode"/> promise no such thing across versions.</summary>
internal static class Mix
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A well-mixed 64-bit value of a 64-bit value.</summary>
    public static ulong Of(ulong value)
    {
        value += Golden;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The same of two values, in this order.</summary>
    public static ulong Of(ulong first, ulong second) => Of(Of(first) ^ (second * 0xD6E8FEB86659FD93));

    /// <summary>The same of three values, in this order.</summary>
    public static ulong Of(ulong first, ulong second, ulong third) => Of(Of(first, second), third);

    /// <summary>The same of four values, in this order.</summary>
    public static ulong Of(ulong first, ulong second, ulong third, ulong fourth) => Of(Of(first, second, third), fourth);

    /// <summary>The hash's value in [0, bound).</summary>
    public static int Below(ulong hash, int bound) => (int)(((hash >> 32) * (ulong)(uint)bound) >> 32);

    /// <summary>Whether the hash falls into so many of a million parts.</summary>
    public static bool PerMillion(ulong hash, int parts) => Below(hash, 1_000_000) < parts;

    /// <summary>A value with an exponential-like tail: its mean is about 1.44 times the scale. Whole arithmetic only, since
    /// logarithms may differ in the last bit between platforms.</summary>
    public static int Tail(ulong hash, int scale)
    {
        var halvings = Math.Min(System.Numerics.BitOperations.LeadingZeroCount(hash), 12);
        return (halvings * scale) + (int)(((hash & 0xFFFFFF) * (ulong)(uint)scale) >> 24);
    }
}

/// <summary>A sequence of such values.</summary>
internal sealed class Chance(ulong key)
{
    private ulong state = key;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix.Of(state++);

    /// <summary>The next value in [0, bound).</summary>
    public int Below(int bound) => Mix.Below(Next(), bound);

    /// <summary>The next value in [from, to].</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>True so many times in a hundred.</summary>
    public bool Percent(int percent) => Below(100) < percent;

    /// <summary>An index, each as likely as its weight.</summary>
    public int Weighted(IReadOnlyList<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var rest = Below(Math.Max(1, total));
        for (var index = 0; index < weights.Count; index++)
        {
            rest -= weights[index];
            if (rest < 0)
            {
                return index;
            }
        }

        return weights.Count - 1;
    }
}
