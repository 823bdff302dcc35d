namespace Collector.Geolocation;

/// <summary>A value of the MaxMind DB format.</summary>
public abstract record MaxMindValue
{
    private MaxMindValue()
    {
    }

    /// <summary>The member of a map; null where this is no map or has no such member.</summary>
    public MaxMindValue? this[string key] => this is Map map && map.Members.TryGetValue(key, out var value) ? value : null;

    /// <summary>UTF-8 text.</summary>
    public sealed record Text(string Value) : MaxMindValue;

    /// <summary>A double.</summary>
    public sealed record Double(double Value) : MaxMindValue;

    /// <summary>A float.</summary>
    public sealed record Float(float Value) : MaxMindValue;

    /// <summary>Bytes.</summary>
    public sealed record Bytes(ReadOnlyMemory<byte> Value) : MaxMindValue;

    /// <summary>An unsigned integer of 16, 32, 64 or 128 bits.</summary>
    public sealed record Unsigned(UInt128 Value) : MaxMindValue;

    /// <summary>A signed integer of 32 bits.</summary>
    public sealed record Signed(int Value) : MaxMindValue;

    /// <summary>True or false.</summary>
    public sealed record Boolean(bool Value) : MaxMindValue;

    /// <summary>A map from text to values.</summary>
    public sealed record Map(IReadOnlyDictionary<string, MaxMindValue> Members) : MaxMindValue;

    /// <summary>An array.</summary>
    public sealed record List(IReadOnlyList<MaxMindValue> Items) : MaxMindValue;
}
