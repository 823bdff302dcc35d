namespace Collector.Results;

/// <summary>How many results there were, and what became of them.</summary>
public sealed class ResultCounts
{
    private readonly SortedDictionary<string, long> rejected = new(StringComparer.Ordinal);

    /// <summary>Results. A resultset is one result, whatever its elements become.</summary>
    public long Results { get; private set; }

    /// <summary>Observations.</summary>
    public long Observations { get; private set; }

    /// <summary>Rejections by reason (<see cref="RejectionReasons"/>), of results and of elements of resultsets.</summary>
    public IReadOnlyDictionary<string, long> Rejected => rejected;

    /// <summary>Rejections of all reasons.</summary>
    public long RejectedTotal => rejected.Values.Sum();

    /// <summary>Adds those of another decoder or input.</summary>
    public void Add(ResultCounts other)
    {
        Results += other.Results;
        Observations += other.Observations;
        foreach (var (reason, count) in other.Rejected)
        {
            rejected[reason] = rejected.GetValueOrDefault(reason) + count;
        }
    }

    internal void CountResult() => Results++;

    internal void CountObservation() => Observations++;

    internal void CountRejection(string reason) => rejected[reason] = rejected.GetValueOrDefault(reason) + 1;
}
