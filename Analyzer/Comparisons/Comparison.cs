using Analyzer.Catchments;
using Collector.Geography;

namespace Analyzer.Comparisons;

/// <summary>Probes that moved from one PoP to another.</summary>
/// <param name="From">The code of the PoP before.</param>
/// <param name="To">The code of the PoP after.</param>
/// <param name="Probes">How many.</param>
public sealed record Flow(string From, string To, int Probes);

/// <summary>A country whose dominant PoP changed.</summary>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="From">The code of the PoP before.</param>
/// <param name="To">The code of the PoP after.</param>
public sealed record DominantChange(string Country, string From, string To);

/// <summary>Two windows of the same target and family, over the probes attributed in both: the panel. Whoever has no data in one of
/// them has not changed.</summary>
/// <param name="Before">The earlier window.</param>
/// <param name="After">The later window.</param>
public sealed record Comparison(Catchment Before, Catchment After)
{
    /// <summary>Probes attributed in both windows.</summary>
    public int Panel { get; init; }

    /// <summary>The weighted share of the panel that has the same served PoP in both windows; null when the panel is empty.</summary>
    public double? Similarity { get; init; }

    /// <summary>Probes with another served PoP than before, that both windows' served PoPs held for at least
    /// <see cref="FlipDetector.RoundsToPersist"/> rounds in a row, and that are load-balanced in neither.</summary>
    public int Flips { get; init; }

    /// <summary>The flips by PoP before and after: most probes first, then by codes. Together they are <see cref="Flips"/>.</summary>
    public IReadOnlyList<Flow> Flows { get; init; } = [];

    /// <summary>Probes with the same served PoP in both windows, by its code.</summary>
    public IReadOnlyDictionary<string, int> Stayed { get; init; } = new Dictionary<string, int>();

    /// <summary>Probes with another served PoP that is no flip, because they are load-balanced.</summary>
    public int LoadBalanced { get; init; }

    /// <summary>Probes with another served PoP that is no flip, because one of the two did not persist.</summary>
    public int Unsettled { get; init; }

    /// <summary>Countries of at least three panel probes whose dominant PoP the flips changed; by country.</summary>
    public IReadOnlyList<DominantChange> Changed { get; init; } = [];

    /// <summary>The probes that flipped, with what they did in the later window; ascending by id.</summary>
    public IReadOnlyList<(ProbeCatchment Before, ProbeCatchment After)> Flipped { get; init; } = [];

    /// <summary>Compares two windows: two weeks, or the time before and after a change.</summary>
    /// <param name="before">The earlier window.</param>
    /// <param name="after">The later window, of the same target and family.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    public static Comparison Of(Catchment before, Catchment after, InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Target.Name != after.Target.Name || before.Family != after.Family)
        {
            throw new ArgumentException("not the same target and family", nameof(after));
        }

        var panel = PanelOf(before, after);
        var kinds = panel.ConvertAll(pair => KindOf(pair.Before, pair.After));
        var flipped = panel.Where((_, index) => kinds[index] == ChangeKind.Flip).ToList();
        return new Comparison(before, after)
        {
            Panel = panel.Count,
            Similarity = SimilarityOf(panel, population),
            Flips = flipped.Count,
            Flows =
            [
                .. flipped
                    .CountBy(pair => (From: pair.Before.Pop!.Code, To: pair.After.Pop!.Code))
                    .Select(count => new Flow(count.Key.From, count.Key.To, count.Value))
                    .OrderByDescending(flow => flow.Probes)
                    .ThenBy(flow => flow.From, StringComparer.Ordinal)
                    .ThenBy(flow => flow.To, StringComparer.Ordinal),
            ],
            Stayed = new SortedDictionary<string, int>(
                panel.Where((_, index) => kinds[index] == ChangeKind.None).CountBy(pair => pair.After.Pop!.Code).ToDictionary(),
                StringComparer.Ordinal),
            LoadBalanced = kinds.Count(kind => kind == ChangeKind.LoadBalanced),
            Unsettled = kinds.Count(kind => kind == ChangeKind.Unsettled),
            Changed = ChangedOf(panel, kinds),
            Flipped = flipped,
        };
    }

    /// <summary>
    /// The similarity of two windows, Φ = Σ w·[same PoP] ÷ Σ w over the probes attributed in both (X. Song and J. Heidemann, Fenrir, "Rediscovering Recurring Routing Results", 2025), each weighted for the
    /// users it stands for; where no weight is known, all the same. Null when no probe is in both.
    /// </summary>
    public static double? SimilarityOf(Catchment before, Catchment after, InternetPopulation? population = null) =>
        SimilarityOf(PanelOf(before, after), population);

    private static double? SimilarityOf(List<(ProbeCatchment Before, ProbeCatchment After)> panel, InternetPopulation? population)
    {
        if (panel.Count == 0)
        {
            return null;
        }

        var weights = PostStratification.Of([.. panel.Select(pair => (pair.After.Country, pair.After.Asn))], population ?? InternetPopulation.Shipped).Weights;
        var total = weights.Sum();
        var same = 0.0;
        for (var index = 0; index < panel.Count; index++)
        {
            if (IsSame(panel[index].Before, panel[index].After))
            {
                same += total > 0 ? weights[index] : 1;
            }
        }

        return Math.Min(1, same / (total > 0 ? total : panel.Count));
    }

    private static List<(ProbeCatchment Before, ProbeCatchment After)> PanelOf(Catchment before, Catchment after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var earlier = before.Probes.Where(probe => probe.Pop is not null).ToDictionary(probe => probe.Id);
        return [.. after.Probes.Where(probe => probe.Pop is not null && earlier.ContainsKey(probe.Id)).Select(probe => (earlier[probe.Id], probe))];
    }

    private static bool IsSame(ProbeCatchment before, ProbeCatchment after) =>
        string.Equals(before.Pop!.Code, after.Pop!.Code, StringComparison.OrdinalIgnoreCase);

    private static ChangeKind KindOf(ProbeCatchment before, ProbeCatchment after) =>
        IsSame(before, after) ? ChangeKind.None
        : before.IsLoadBalanced || after.IsLoadBalanced ? ChangeKind.LoadBalanced
        : IsSettled(before) && IsSettled(after) ? ChangeKind.Flip
        : ChangeKind.Unsettled;

    private static bool IsSettled(ProbeCatchment probe) =>
        probe.Stays.Any(stay => stay.Pop == probe.Pop!.Code && stay.Rounds >= FlipDetector.RoundsToPersist);

    private static List<DominantChange> ChangedOf(List<(ProbeCatchment Before, ProbeCatchment After)> panel, List<ChangeKind> kinds)
    {
        var changes = new List<DominantChange>();
        var byCountry = panel
            .Select((pair, index) => (pair.Before, pair.After, Kind: kinds[index]))
            .Where(member => member.After.Country is not null)
            .GroupBy(member => member.After.Country!, StringComparer.Ordinal)
            .OrderBy(country => country.Key, StringComparer.Ordinal);
        foreach (var country in byCountry)
        {
            // Same probes, same weights: only who moved for good can change the lead. An alternating probe is taken to stay.
            var members = country.ToList();
            var weights = PostStratification.Of([.. members.Select(member => (member.After.Country, member.After.Asn))], InternetPopulation.Shipped).WithinCountry;
            var before = Dominance.Of([.. members.Select((member, index) => (member.Before.Pop!.Code, weights[index]))])!;
            var after = Dominance.Of(
                [.. members.Select((member, index) => ((member.Kind == ChangeKind.Flip ? member.After : member.Before).Pop!.Code, weights[index]))])!;
            if (after.Verdict != Verdict.TooFew && !string.Equals(before.Pop, after.Pop, StringComparison.OrdinalIgnoreCase))
            {
                changes.Add(new DominantChange(country.Key, before.Pop, after.Pop));
            }
        }

        return changes;
    }

    private enum ChangeKind
    {
        None,
        Flip,
        LoadBalanced,
        Unsettled,
    }
}
