using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Collector.Results;

/// <summary>Remembers which string some bytes became, so that a million equal texts are one string.</summary>
/// <remarks>Two places for each hash, and never more than a fixed number of places: hostile texts make it forget, not grow.</remarks>
internal sealed class TextCache
{
    // Longer texts are rare and not worth the memory.
    private const int LongestKept = 256;

    private const int PlacesAtFirst = 64;

    private readonly int mostPlaces;
    private readonly Func<byte[], string?> make;
    private Entry[] entries = new Entry[PlacesAtFirst];
    private int made;
    private int last;

    /// <param name="mostPlaces">A power of two.</param>
    /// <param name="make">What the bytes become; null for nothing.</param>
    public TextCache(int mostPlaces, Func<byte[], string?> make)
    {
        this.mostPlaces = mostPlaces;
        this.make = make;
    }

    /// <summary>The string of these bytes; null when they say nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string? Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > LongestKept)
        {
            return bytes.IsEmpty ? null : make(bytes.ToArray());
        }

        // Targets and questions are the same for millions of results.
        var (head, tail) = Ends(bytes);
        ref var entry = ref entries[last];
        if (entry.Matches(head, tail, bytes))
        {
            return entry.Text;
        }

        last = Place(head, tail, bytes);
        entry = ref entries[last];
        if (entry.Matches(head, tail, bytes))
        {
            return entry.Text;
        }

        last ^= 1;
        entry = ref entries[last];
        return entry.Matches(head, tail, bytes) ? entry.Text : Make(head, tail, bytes);
    }

    private string? Make(ulong head, ulong tail, ReadOnlySpan<byte> bytes)
    {
        if (++made > entries.Length && entries.Length < mostPlaces)
        {
            Grow();
        }

        // The new text takes the first place, and what was there has a second chance.
        var copy = bytes.ToArray();
        last = Place(head, tail, bytes);
        entries[last ^ 1] = entries[last];
        entries[last] = new() { Head = head, Tail = tail, Length = copy.Length, Bytes = copy.Length > 16 ? copy : null, Text = make(copy) };
        return entries[last].Text;
    }

    private void Grow()
    {
        var old = entries;
        entries = new Entry[2 * old.Length];
        made = 0;
        foreach (ref readonly var entry in old.AsSpan())
        {
            if (entry.Length > 0)
            {
                var place = HashPlace(entry.Head, entry.Tail, entry.Length, entry.Bytes);
                entries[entries[place].Length == 0 ? place : place ^ 1] = entry;
                made++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(ulong head, ulong tail, ReadOnlySpan<byte> bytes) => HashPlace(head, tail, bytes.Length, bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int HashPlace(ulong head, ulong tail, int length, ReadOnlySpan<byte> bytes)
    {
        var hash = (head * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft(tail * 0xC2B2AE3D27D4EB4F, 31) ^ (ulong)length;
        if (length > 16)
        {
            hash ^= Middle(bytes);
        }

        hash *= 0x9E3779B97F4A7C15;
        return (int)(hash >> 32) & (entries.Length - 1);
    }

    /// <summary>The first and the last eight bytes, which may overlap; of a shorter text, all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        if (bytes.Length >= 8)
        {
            return (Unsafe.ReadUnaligned<ulong>(ref start), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, bytes.Length - 8)));
        }

        if (bytes.Length >= 4)
        {
            return (Unsafe.ReadUnaligned<uint>(ref start), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, bytes.Length - 4)));
        }

        return ((ulong)(start | (bytes[bytes.Length >> 1] << 8) | (bytes[^1] << 16)), 0);
    }

    private static ulong Middle(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes[8..^1]))
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ word) * 0xC2B2AE3D27D4EB4F;
        }

        return hash ^ (hash >> 29);
    }

    private struct Entry
    {
        public ulong Head;
        public ulong Tail;

        /// <summary>0 while the place is free.</summary>
        public int Length;

        /// <summary>All of it, where the two ends do not say it.</summary>
        public byte[]? Bytes;

        public string? Text;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Matches(ulong head, ulong tail, ReadOnlySpan<byte> bytes) =>
            Head == head && Tail == tail && Length == bytes.Length && (bytes.Length <= 16 || bytes.SequenceEqual(Bytes));
    }
}
