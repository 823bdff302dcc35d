using Collector.Archive;

namespace Collector.Import;

/// <summary>What of the archive could not be read, and was set aside in files beside it.</summary>
/// <param name="Places">How many pieces: a file each.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Acknowledged">Pieces of which the store does not show that none of their results had been acknowledged.</param>
public readonly record struct AsideCounts(int Places, long Bytes, int Acknowledged)
{
    /// <summary>Whether results that had been acknowledged may be missing from the archive now.</summary>
    public bool IsLoss => Acknowledged > 0;

    /// <summary>Two of them together.</summary>
    public AsideCounts Plus(AsideCounts other) => new(Places + other.Places, Bytes + other.Bytes, Acknowledged + other.Acknowledged);
}

/// <summary>An archive file that was read again.</summary>
/// <param name="Summary">What the store learned from it.</param>
/// <param name="Damaged">What was set aside, by its places in the file as it was.</param>
internal sealed record RecoveredFile(ImportSummary Summary, IReadOnlyList<ByteRange> Damaged);
