namespace Collector.Store;

/// <summary>One state of a probe, and the first and last snapshot that showed it.</summary>
internal sealed record ProbeVersion(long Since, long Seen, long? Connected, string Description);

/// <summary>The history of one probe: what each snapshot said, with equal neighbours folded into one.</summary>
internal static class ProbeVersions
{
    /// <summary>The history with one more snapshot, which may be older than those it holds.</summary>
    /// <param name="history">Ascending; no two neighbours have the same description.</param>
    /// <param name="snapshot">What the snapshot says.</param>
    /// <returns>The new history, ascending; the same list when nothing changes.</returns>
    public static IReadOnlyList<ProbeVersion> With(IReadOnlyList<ProbeVersion> history, ProbeVersion snapshot)
    {
        var at = snapshot.Since;
        var spread = new List<ProbeVersion>(history.Count + 2) { snapshot };
        foreach (var version in history)
        {
            if (version.Description == snapshot.Description || at < version.Since || at > version.Seen)
            {
                spread.Add(version);
                continue;
            }

            // Seen before and after with other words: it changed and changed back. At the very instant the later word counts.
            if (version.Since < at)
            {
                spread.Add(version with { Seen = version.Since });
            }

            if (version.Seen > at)
            {
                spread.Add(version with { Since = version.Seen });
            }
        }

        spread.Sort((one, other) => one.Since.CompareTo(other.Since));
        var folded = new List<ProbeVersion>(spread.Count);
        foreach (var version in spread)
        {
            if (folded.Count > 0 && folded[^1].Description == version.Description)
            {
                var before = folded[^1];
                folded[^1] = before with
                {
                    Seen = Math.Max(before.Seen, version.Seen),
                    Connected = Later(before.Connected, version.Connected),
                };
            }
            else
            {
                folded.Add(version);
            }
        }

        return folded.SequenceEqual(history) ? history : folded;
    }

    /// <summary>The version that held at an instant: the latest that began by then, else the first.</summary>
    public static ProbeVersion At(IReadOnlyList<ProbeVersion> history, long at) =>
        history.LastOrDefault(version => version.Since <= at) ?? history[0];

    private static long? Later(long? one, long? other) => one is null ? other : other is null ? one : Math.Max(one.Value, other.Value);
}
