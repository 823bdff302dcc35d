using Analyzer.Catchments;
using Analyzer.Comparisons;

namespace Analyzer.Annotations;

/// <summary>One probe of the panel.</summary>
/// <param name="Before">What it did before.</param>
/// <param name="After">What it did after.</param>
/// <param name="From">The PoP that served it before.</param>
/// <param name="To">The PoP that serves it after; the same unless it moved for good.</param>
internal readonly record struct PanelProbe(ProbeCatchment Before, ProbeCatchment After, string From, string To)
{
    /// <summary>Its network; a probe whose network is unknown is one by itself.</summary>
    public ulong Cluster => After.Asn ?? ((1UL << 32) + (ulong)After.Id);
}

/// <summary>What two windows tell of a change at a PoP, or of one everywhere.</summary>
internal sealed class ChangeEvidence
{
    /// <summary>From so much on a PoP farther away than the nearest is a detour, kilometres: less may be the geography of cables.</summary>
    public const double DetourKm = 1000;

    // A PoP came or went when at least so many probes did, and no more than a tenth stays …
    private const int FewestOfPop = 5;
    private const double Rest = 0.1;

    // … and it is no work of the change itself when so many of them came from, or went to, other PoPs.
    private const double Elsewhere = 0.2;

    private readonly string? pop;
    private readonly List<PanelProbe> panel;

    /// <param name="comparison">Before and after.</param>
    /// <param name="pop">The code of the PoP that was changed; null: everywhere.</param>
    public ChangeEvidence(Comparison comparison, string? pop)
    {
        this.pop = pop;
        var before = comparison.Before.Probes.Where(probe => probe.Pop is not null).ToDictionary(probe => probe.Id);
        var flipped = comparison.Flipped.Select(pair => pair.After.Id).ToHashSet();

        // Whoever alternates, or did not stay long enough, is taken to have stayed.
        panel =
        [
            .. comparison.After.Probes.Where(probe => probe.Pop is not null && before.ContainsKey(probe.Id)).Select(probe =>
            {
                var earlier = before[probe.Id];
                return new PanelProbe(earlier, probe, earlier.Pop!.Code, flipped.Contains(probe.Id) ? probe.Pop!.Code : earlier.Pop.Code);
            }),
        ];
        Meanwhile = pop is null ? [] : [.. Others().Where(CameOrWent).Order(StringComparer.Ordinal)];
        panel.RemoveAll(probe => Meanwhile.Contains(probe.From) || Meanwhile.Contains(probe.To));
        Concerned = pop is null ? panel : panel.FindAll(probe => IsPop(probe.From) || IsPop(probe.To));
    }

    /// <summary>PoPs that came or went at the same time; their clients are left out.</summary>
    public IReadOnlyList<string> Meanwhile { get; }

    /// <summary>The probes that are looked at.</summary>
    public IReadOnlyList<PanelProbe> Panel => panel;

    /// <summary>Those whom the change concerns: the PoP's clients before or after, or all.</summary>
    public IReadOnlyList<PanelProbe> Concerned { get; }

    /// <summary>The PoP's clients.</summary>
    public BeforeAfter Clients => new(panel.Count(probe => IsPop(probe.From)), panel.Count(probe => IsPop(probe.To)));

    /// <summary>The change of the PoP's share of the panel.</summary>
    public MeanInterval? Share => Bootstrap.OfMean(panel.Select(probe => (probe.Cluster, (IsPop(probe.To) ? 1.0 : 0) - (IsPop(probe.From) ? 1 : 0))));

    /// <summary>Who came to the PoP.</summary>
    public Movement Gained => MovementOf(probe => IsPop(probe.To), probe => IsPop(probe.From));

    /// <summary>Who left it.</summary>
    public Movement Lost => MovementOf(probe => IsPop(probe.From), probe => IsPop(probe.To));

    /// <summary>The round-trip times of those concerned; null: none was measured on both sides.</summary>
    public RttChange? Rtt()
    {
        var timed = Concerned.Where(probe => probe is { Before.RttMs: not null, After.RttMs: not null } && probe.Before.RttSource == probe.After.RttSource)
            .Select(probe => (probe.Cluster, Before: probe.Before.RttMs!.Value.P50, After: probe.After.RttMs!.Value.P50)).ToList();
        if (timed.Count == 0)
        {
            return null;
        }

        var change = new RttChange(
            Median(timed.Select(probe => probe.Before)),
            Median(timed.Select(probe => probe.After)),
            Bootstrap.OfMean(timed.Select(probe => (probe.Cluster, probe.After - probe.Before))),
            timed.Count);
        return change with
        {
            MedianChange = Median(timed.Select(probe => probe.After - probe.Before)),
            Shorter = timed.Count(probe => probe.Before - probe.After >= change.Matters),
            Longer = timed.Count(probe => probe.After - probe.Before >= change.Matters),
        };
    }

    /// <summary>Those concerned who are served far out of their way, and the change of their share.</summary>
    public (BeforeAfter? Count, MeanInterval? Change) Detours()
    {
        // One yardstick for both sides, the nearest PoP after: one that came into service makes nobody's way longer.
        var placed = Concerned.Where(probe => !probe.After.IsMisplaced && probe is { Before.DistanceKm: not null, After.DistanceKm: not null, After.NearestKm: not null })
            .Select(probe => (probe.Cluster, Before: probe.Before.DistanceKm - probe.After.NearestKm >= DetourKm, After: probe.After.DistanceKm - probe.After.NearestKm >= DetourKm))
            .ToList();
        return placed.Count == 0
            ? (null, null)
            : (new BeforeAfter(placed.Count(probe => probe.Before), placed.Count(probe => probe.After)),
                Bootstrap.OfMean(placed.Select(probe => (probe.Cluster, (probe.After ? 1.0 : 0) - (probe.Before ? 1 : 0)))));
    }

    /// <summary>The PoP's clients that are served far out of their way.</summary>
    public BeforeAfter FarClients() => new(
        panel.Count(probe => IsPop(probe.From) && probe.Before.DistanceKm - probe.After.NearestKm >= DetourKm),
        panel.Count(probe => IsPop(probe.To) && probe.After.DistanceKm - probe.After.NearestKm >= DetourKm));

    private bool IsPop(string code) => string.Equals(code, pop, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> Others() => panel.SelectMany(probe => new[] { probe.From, probe.To }).Distinct(StringComparer.OrdinalIgnoreCase).Where(code => !IsPop(code));

    private bool CameOrWent(string code)
    {
        bool Is(string one) => string.Equals(one, code, StringComparison.OrdinalIgnoreCase);
        var (before, after) = (panel.Count(probe => Is(probe.From)), panel.Count(probe => Is(probe.To)));
        var isGone = before >= FewestOfPop && after <= Rest * before;
        var isNew = after >= FewestOfPop && before <= Rest * after;
        var moved = isGone ? panel.Where(probe => Is(probe.From) && !Is(probe.To)).Select(probe => probe.To).ToList()
            : isNew ? panel.Where(probe => Is(probe.To) && !Is(probe.From)).Select(probe => probe.From).ToList()
            : [];
        return moved.Count > 0 && moved.Count(other => !IsPop(other)) >= Elsewhere * moved.Count;
    }

    private Movement MovementOf(Func<PanelProbe, bool> here, Func<PanelProbe, bool> there)
    {
        var moved = panel.Where(probe => here(probe) && !there(probe)).ToList();
        var stayed = panel.Where(there).ToList();
        var asns = stayed.Select(probe => probe.After.Asn).ToHashSet();
        var countries = stayed.Select(probe => probe.After.Country).ToHashSet();
        return new Movement(
            moved.Count,
            [.. moved.Where(probe => probe.After.Asn is not null && !asns.Contains(probe.After.Asn)).CountBy(probe => probe.After.Asn!.Value)
                .OrderByDescending(count => count.Value).ThenBy(count => count.Key).Select(count => count.Key)],
            [.. moved.Where(probe => probe.After.Country is not null && !countries.Contains(probe.After.Country)).CountBy(probe => probe.After.Country!)
                .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Select(count => count.Key)])
        {
            AsNames = moved.Where(probe => probe.After is { Asn: not null, AsName: not null } && !asns.Contains(probe.After.Asn))
                .DistinctBy(probe => probe.After.Asn).ToDictionary(probe => probe.After.Asn!.Value, probe => probe.After.AsName!),
        };
    }

    private static double Median(IEnumerable<double> values) => Quantiles.At([.. values.Order()], 0.5);
}
