using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Collector.Results;

/// <summary>Guesses the next member's name from the one before, since results of one firmware all have the same order; one per thread.</summary>
/// <remarks>
/// To compare with one name is much faster than to find the end of a name and look it up. A guess is taken only where the bytes
/// are equal, so a wrong one costs time and nothing else. Of each name the two last followers are remembered. There is room for
/// a fixed number of names; what hostile input brings beyond them is looked up each time.
/// </remarks>
internal sealed class KeyOrder
{
    /// <summary>No name, but the end of the object.</summary>
    public const int End = -1;

    // Where it leads to the end.
    private const int Left = 1;

    // A name that is not kept, because it is long, not ASCII, written with escapes or space, or one too many.
    private const int Other = 2;

    private const int Places = 128;

    private readonly Known[] known = new Known[Places];
    private readonly Func<ReadOnlySpan<byte>, int> memberOf;
    private int count = Other + 1;

    /// <param name="memberOf">The caller's own number for a name, not negative.</param>
    public KeyOrder(Func<ReadOnlySpan<byte>, int> memberOf)
    {
        this.memberOf = memberOf;
        Array.Fill(known, Known.Never);
        known[Left].Member = End;
    }

    /// <summary>Where every object begins.</summary>
    public ref Known Start => ref known[0];

    /// <summary>Steps over the next member's name, with the comma before and the colon behind it, or out of the object.</summary>
    /// <param name="scanner">Inside of an object, before a name or behind a value.</param>
    /// <param name="at">Where.</param>
    /// <param name="place">The name before; <see cref="Start"/> at first.</param>
    /// <returns>The name; one with <see cref="End"/> for its member when the object has been left, or is broken.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Known Next(scoped ref JsonScanner scanner, scoped ref int at, ref Known place)
    {
        ref var guess = ref Unsafe.AddByteOffset(ref place, place.ToFollower);
        if (scanner.TrySkip(in guess, ref at))
        {
            return ref guess;
        }

        scanner.Position = at;
        ref var found = ref known[NextOther(ref scanner, ref place)];
        at = scanner.Position;
        return ref found;
    }

    private int NextOther(ref JsonScanner scanner, ref Known place)
    {
        var at = scanner.Position;
        if (scanner.TryLeave(ref at))
        {
            scanner.Position = at;
            return Left;
        }

        ref var former = ref Unsafe.AddByteOffset(ref place, place.ToFormerFollower);
        int found;
        if (scanner.TrySkip(in former, ref at))
        {
            scanner.Position = at;
            found = IndexOf(ref former);
        }
        else
        {
            found = Find(ref scanner, isFirst: IndexOf(ref place) == 0);
        }

        if (found != Left)
        {
            place.ToFormerFollower = place.ToFollower;
            place.ToFollower = Unsafe.ByteOffset(ref place, ref known[found]);
        }

        return found;
    }

    private int IndexOf(ref Known name) => (int)(Unsafe.ByteOffset(ref known[0], ref name) / Unsafe.SizeOf<Known>());

    /// <summary>The place of a name in any form.</summary>
    private int Find(ref JsonScanner scanner, bool isFirst)
    {
        var start = scanner.Position;
        if (isFirst ? scanner.Peek() == (byte)'}' : !scanner.More((byte)'}'))
        {
            if (isFirst)
            {
                scanner.More((byte)'}');
            }

            return Left;
        }

        var key = scanner.Key();
        if (scanner.Failed)
        {
            return Left;
        }

        var written = scanner.Slice(start, scanner.Position);
        var name = Known.Of(written, memberOf(key));
        if (written.Length == key.Length + (isFirst ? 3 : 4) && written.Length <= Known.Longest && Ascii.IsValid(written))
        {
            for (var place = Other + 1; place < count; place++)
            {
                if (known[place].IsSame(in name))
                {
                    return place;
                }
            }

            if (count < Places)
            {
                known[count] = name;
                return count++;
            }
        }

        known[Other].Member = name.Member;
        return Other;
    }

    /// <summary>A name as it is written, with comma, quotes and colon.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Known
    {
        /// <summary>Longer names are not kept.</summary>
        public const int Longest = 3 * sizeof(ulong);

        /// <summary>Its first eight bytes.</summary>
        public ulong Head;

        /// <summary>Its ninth to sixteenth.</summary>
        public ulong Middle;

        /// <summary>Its last eight; where it is shorter than that, the same as the first.</summary>
        public ulong Tail;

        /// <summary>Which of the first and last eight there are.</summary>
        public ulong Mask;

        /// <summary>Where the last eight begin.</summary>
        public int TailOffset;

        /// <summary>How many there are.</summary>
        public int Length;

        /// <summary>How many are looked at.</summary>
        public int Reach;

        /// <summary>The caller's number.</summary>
        public int Member;

        /// <summary>Distance, in bytes, of the name that came next the last time.</summary>
        public nint ToFollower;

        /// <summary>Of the one that did so before.</summary>
        public nint ToFormerFollower;

        /// <summary>No name at all.</summary>
        public static Known Never => new() { Reach = int.MaxValue };

        /// <param name="written">Three bytes or more; what is beyond <see cref="Longest"/> does not count.</param>
        /// <param name="member">The caller's number.</param>
        public static Known Of(ReadOnlySpan<byte> written, int member)
        {
            Span<byte> padded = stackalloc byte[Longest];
            padded.Clear();
            written = written[..Math.Min(written.Length, Longest)];
            written.CopyTo(padded);
            var tail = Math.Max(0, written.Length - sizeof(ulong));
            return new()
            {
                Head = BitConverter.ToUInt64(padded),
                Middle = BitConverter.ToUInt64(padded[sizeof(ulong)..]),
                Tail = BitConverter.ToUInt64(padded[tail..]),
                Mask = ulong.MaxValue >> (8 * Math.Max(0, sizeof(ulong) - written.Length)),
                TailOffset = tail,
                Length = written.Length,
                Reach = Math.Max(sizeof(ulong), written.Length),
                Member = member,
            };
        }

        /// <summary>Whether it is the same name.</summary>
        public readonly bool IsSame(in Known other) =>
            Length == other.Length && Head == other.Head && Tail == other.Tail && (Length <= 2 * sizeof(ulong) || Middle == other.Middle);
    }
}
