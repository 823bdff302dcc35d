namespace Collector.Store;

/// <summary>What became of a sample that was to be merged.</summary>
internal enum MergeResult
{
    /// <summary>There was none of that time.</summary>
    Added,

    /// <summary>The same, or a better one, was there.</summary>
    Known,

    /// <summary>It is better than the one that was there.</summary>
    Won,
}

/// <summary>Brings samples of one measurement and probe together, so that neither order nor repetition makes a difference.</summary>
/// <remarks>A sample's key is its time and its place in the resultset. Of two samples with one key the better content stays: a
/// total order of contents, in which texts count by what they say and never by their ids, makes the merge a semilattice join.</remarks>
internal static class SampleMerge
{
    /// <summary>Before or after by key.</summary>
    public static int CompareKeys(in Sample one, in Sample other)
    {
        var order = one.At.CompareTo(other.At);
        return order != 0 ? order : one.Sub.CompareTo(other.Sub);
    }

    /// <summary>Whether two samples say the same. Texts of one store have one id each, so comparing ids is enough.</summary>
    public static bool HaveSameContent(in Sample one, in Sample other) =>
        one.Outcome == other.Outcome
        && one.RttMicroseconds == other.RttMicroseconds
        && one.Identity == other.Identity
        && one.Nsid == other.Nsid
        && one.Reason == other.Reason
        && one.Rcode == other.Rcode
        && one.AverageMicroseconds == other.AverageMicroseconds
        && one.MaximumMicroseconds == other.MaximumMicroseconds
        && one.Sent == other.Sent
        && one.Received == other.Received
        && one.Duplicates == other.Duplicates;

    /// <summary>Which of two contents is better: negative when the first is. Answered before unanswered before failed, then the
    /// faster, then the texts by their UTF-16 code units, then the other numbers; present before absent.</summary>
    public static int CompareContents(in Sample one, in Sample other, Func<int, string?> text)
    {
        var order = one.Outcome.CompareTo(other.Outcome);
        order = order != 0 ? order : Number(one.RttMicroseconds, other.RttMicroseconds);
        order = order != 0 ? order : Text(one.Identity, other.Identity, text);
        order = order != 0 ? order : Text(one.Nsid, other.Nsid, text);
        order = order != 0 ? order : Text(one.Reason, other.Reason, text);
        order = order != 0 ? order : Number(one.Rcode, other.Rcode);
        order = order != 0 ? order : Number(one.AverageMicroseconds, other.AverageMicroseconds);
        order = order != 0 ? order : Number(one.MaximumMicroseconds, other.MaximumMicroseconds);
        order = order != 0 ? order : Number(one.Sent, other.Sent);
        order = order != 0 ? order : Number(one.Received, other.Received);
        return order != 0 ? order : Number(one.Duplicates, other.Duplicates);
    }

    /// <summary>Merges arrivals into what is there.</summary>
    /// <param name="known">Ascending by key, one sample a key.</param>
    /// <param name="arrivals">Ascending by key; a key may come several times.</param>
    /// <param name="text">The text of an id.</param>
    /// <param name="merged">Filled with the outcome, ascending by key.</param>
    /// <param name="results">What became of each arrival.</param>
    /// <returns>Whether anything differs from what was known.</returns>
    public static bool Merge(
        ReadOnlySpan<Sample> known, ReadOnlySpan<Sample> arrivals, Func<int, string?> text, List<Sample> merged, Span<MergeResult> results)
    {
        merged.Clear();
        merged.EnsureCapacity(known.Length + arrivals.Length);
        var changed = false;
        var next = 0;
        for (var arrival = 0; arrival < arrivals.Length; arrival++)
        {
            ref readonly var sample = ref arrivals[arrival];
            while (next < known.Length && CompareKeys(known[next], sample) <= 0)
            {
                merged.Add(known[next++]);
            }

            if (merged.Count == 0 || CompareKeys(merged[^1], sample) != 0)
            {
                merged.Add(sample);
                results[arrival] = MergeResult.Added;
                changed = true;
            }
            else if (!HaveSameContent(merged[^1], sample) && CompareContents(sample, merged[^1], text) < 0)
            {
                merged[^1] = sample;
                results[arrival] = MergeResult.Won;
                changed = true;
            }
            else
            {
                results[arrival] = MergeResult.Known;
            }
        }

        merged.AddRange(known[next..]);
        return changed;
    }

    /// <summary>Smaller before larger before none.</summary>
    private static int Number(int one, int other) =>
        one == other ? 0 : one < 0 && other >= 0 ? 1 : other < 0 && one >= 0 ? -1 : one.CompareTo(other);

    private static int Text(int one, int other, Func<int, string?> text) =>
        one == other ? 0 : one == 0 ? 1 : other == 0 ? -1 : string.CompareOrdinal(text(one), text(other));
}
