using Analyzer.Catchments;
using Analyzer.Hours;

namespace App.Series;

/// <summary>What the database holds of one day of a target and family, as far as it was written here.</summary>
/// <remarks>So that a rewritten hour can say what it no longer holds, and that a probe's point is written once: the PoP is a part of its
/// identity, and a point that is attributed differently a day later would be there twice. 13,000 probes with hourly rounds and pings are 5 MB a day.</remarks>
public sealed class WrittenDay
{
    // Probe, second of the day, source; ascending.
    private ulong[] points = [];

    /// <summary>PoPs with their countries.</summary>
    public HashSet<(string Pop, string Country)> Countries { get; } = [];

    /// <summary>PoPs with their ASes.</summary>
    public HashSet<(string Pop, string Asn)> Asns { get; } = [];

    /// <summary>Changes of PoP.</summary>
    public HashSet<(string From, string To)> Flips { get; } = [];

    /// <summary>Who led where at the end of the day.</summary>
    public Leaders Leaders { get; set; } = new();

    /// <summary>PoPs.</summary>
    public IEnumerable<string> Pops => Countries.Select(pair => pair.Pop).Distinct(StringComparer.Ordinal);

    /// <summary>Probes' points, by <see cref="KeyOf"/>, ascending.</summary>
    public IReadOnlyList<ulong> Points => points;

    /// <summary>What a point goes by among those of its day.</summary>
    public static ulong KeyOf(in AttributedRtt point) =>
        ((ulong)(uint)point.Probe << 18) | ((ulong)(point.At % 86_400) << 1) | (point.Source == RttSource.Ping ? 1UL : 0);

    /// <summary>Whether a point was written.</summary>
    public bool Has(in AttributedRtt point) => Array.BinarySearch(points, KeyOf(point)) >= 0;

    /// <summary>Adds points that were written.</summary>
    public void Add(IReadOnlyList<ulong> written)
    {
        ArgumentNullException.ThrowIfNull(written);
        if (written.Count > 0)
        {
            points = [.. points, .. written];
            Array.Sort(points);
        }
    }

    /// <summary>Adds what an hour holds.</summary>
    public void Add(HourRollup rollup)
    {
        ArgumentNullException.ThrowIfNull(rollup);
        Countries.UnionWith(rollup.Countries.Select(row => (row.Pop, row.Part!)));
        Asns.UnionWith(rollup.Asns.Select(row => (row.Pop, row.Part!)));
        Flips.UnionWith(rollup.Flips.Select(flip => (flip.From, flip.To)));
    }
}
