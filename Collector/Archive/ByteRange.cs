namespace Collector.Archive;

/// <summary>Bytes of a file.</summary>
/// <param name="From">The first.</param>
/// <param name="To">Behind the last.</param>
internal readonly record struct ByteRange(long From, long To)
{
    /// <summary>How many.</summary>
    public long Length => To - From;

    /// <summary>Where a place is when these ranges have been taken out before it.</summary>
    /// <param name="at">The place; inside a range it becomes where that one was.</param>
    /// <param name="ranges">Ascending, without overlap.</param>
    public static long Without(long at, IReadOnlyList<ByteRange> ranges) =>
        at - ranges.Where(range => range.From < at).Sum(range => Math.Min(at, range.To) - range.From);
}
