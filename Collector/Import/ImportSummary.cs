using Collector.Results;

namespace Collector.Import;

/// <summary>What became of an input.</summary>
public sealed record ImportSummary
{
    /// <summary>Results, observations and rejections by reason.</summary>
    public required ResultCounts Counts { get; init; }

    /// <summary>Observations that the store did not have.</summary>
    public long New { get; init; }

    /// <summary>Observations that the store had, or had a better one of.</summary>
    public long Known { get; init; }

    /// <summary>Observations that replaced one of the same probe and time, because they tell more.</summary>
    public long Replaced { get; init; }

    /// <summary>Observations that were not wanted.</summary>
    public long Unwanted { get; init; }

    /// <summary>Rejected results that were not kept, because so many are kept already.</summary>
    public long Dropped { get; init; }

    /// <summary>Length, after unpacking.</summary>
    public long Bytes { get; init; }

    /// <summary>When the earliest result was taken, Unix seconds; null when there is none.</summary>
    public long? Earliest { get; init; }

    /// <summary>In words, how the input ended before its end; null when it was whole.</summary>
    public string? Incomplete { get; init; }

    /// <summary>Two inputs together.</summary>
    public ImportSummary Plus(ImportSummary other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var counts = new ResultCounts();
        counts.Add(Counts);
        counts.Add(other.Counts);
        return new ImportSummary
        {
            Counts = counts,
            New = New + other.New,
            Known = Known + other.Known,
            Replaced = Replaced + other.Replaced,
            Unwanted = Unwanted + other.Unwanted,
            Dropped = Dropped + other.Dropped,
            Bytes = Bytes + other.Bytes,
            Earliest = Earliest is null ? other.Earliest : other.Earliest is null ? Earliest : Math.Min(Earliest.Value, other.Earliest.Value),
            Incomplete = Incomplete ?? other.Incomplete,
        };
    }
}

/// <summary>How far an import is.</summary>
/// <param name="Committed">Observations that are safe in archive and store.</param>
public readonly record struct ImportProgress(long Committed);
