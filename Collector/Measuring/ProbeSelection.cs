using Collector.Configuration;
using Collector.Geography;
using Collector.Probes;

namespace Collector.Measuring;

/// <summary>Which probes measure. Pure, and the same every day as long as the probes are.</summary>
/// <remarks>
/// Two steps. Countries share the places by the square root of their Internet users: by users alone, a few large countries
/// would take most places; with equal parts, the largest would count as much as the smallest (Bankier's power allocation,
/// The American Statistician 42, 1988, with an exponent of one half). Inside a country its ASes share by the number of their
/// probes, up to three each before any gets a fourth: three are what a finding about an AS needs. Both steps divide by
/// Sainte-Laguë's method (quotients 1, 3, 5 …), which treats large and small alike. A probe's own place in its AS is decided
/// by a hash of its id.
/// </remarks>
public static class ProbeSelection
{
    /// <summary>Probes of one AS before the others have had their turn.</summary>
    private const int FirstOfAs = 3;

    // Countries without a figure, and the smallest with one: they host probes, so somebody is there.
    private const double FewestUsers = 100_000;

    /// <summary>How long a probe that measures for us may be away before another takes its place.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Selects probes for one address family.</summary>
    /// <param name="probes">All that Atlas has.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="options">How many are wanted, who is always in and who never.</param>
    /// <param name="keep">Those that measure already: they stay while they can; null: none.</param>
    /// <param name="now">For how long a disconnected one has been away.</param>
    /// <param name="population">Internet users; null: the table shipped.</param>
    /// <returns>At most as many as wanted, unless more are always in; ascending by id.</returns>
    public static IReadOnlyList<Probe> Select(
        IEnumerable<Probe> probes, int family, ProbeSelectionOptions options, IReadOnlySet<int>? keep, DateTimeOffset now, InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        population ??= InternetPopulation.Shipped;
        var include = options.Include.Select(ProbePattern.TryParse).OfType<ProbePattern>().ToList();
        var exclude = options.Exclude.Select(ProbePattern.TryParse).OfType<ProbePattern>().ToList();
        var able = probes
            .Where(probe => CanMeasure(probe, family) && (probe.Status == ProbeStatus.Connected || (keep?.Contains(probe.Id) == true && IsAway(probe, now))))
            .Where(probe => !exclude.Exists(pattern => pattern.Matches(probe, family)))
            .DistinctBy(probe => probe.Id)
            .ToList();
        var chosen = able.Where(probe => include.Exists(pattern => pattern.Matches(probe, family))).ToDictionary(probe => probe.Id);
        if (options.Selection == SelectionMode.Listed || chosen.Count >= options.Count)
        {
            return [.. chosen.Values.OrderBy(probe => probe.Id)];
        }

        var count = options.Count;
        if (able.Count <= count)
        {
            return [.. able.OrderBy(probe => probe.Id)];
        }

        var kept = keep is null ? [] : able.Where(probe => keep.Contains(probe.Id) && !chosen.ContainsKey(probe.Id)).ToList();
        if (kept.Count + chosen.Count <= count)
        {
            foreach (var probe in kept)
            {
                chosen.Add(probe.Id, probe);
            }
        }

        foreach (var probe in InOrder(able, family, keep, population))
        {
            if (chosen.Count == count)
            {
                break;
            }

            chosen.TryAdd(probe.Id, probe);
        }

        return [.. chosen.Values.OrderBy(probe => probe.Id)];
    }

    /// <summary>Whether a probe can measure over a family: Atlas' own tags say so; where there are none, its addresses do.</summary>
    public static bool CanMeasure(Probe probe, int family)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var works = family == 6 ? "system-ipv6-works" : "system-ipv4-works";
        return probe.Tags.Contains(works)
            || (!probe.Tags.Any(tag => tag.StartsWith("system-ipv", StringComparison.Ordinal))
                && (probe.Asn(family) is not null || (family == 6 ? probe.AddressV6 : probe.AddressV4) is not null));
    }

    private static bool IsAway(Probe probe, DateTimeOffset now) =>
        probe.Status == ProbeStatus.Disconnected && probe.LastConnected is { } last && now - last <= Patience;

    /// <summary>All probes, the most wanted first.</summary>
    private static IEnumerable<Probe> InOrder(List<Probe> probes, int family, IReadOnlySet<int>? keep, InternetPopulation population)
    {
        var countries = probes
            .GroupBy(probe => probe.Country ?? "", StringComparer.Ordinal)
            .Select(country => (
                Weight: Math.Sqrt(Math.Max(FewestUsers, population.UsersOf(country.Key))),
                Name: country.Key,
                Probes: InOrder(country, family, keep)))
            .ToList();
        return Share(countries, int.MaxValue);
    }

    /// <summary>The probes of one country, the most wanted first.</summary>
    private static List<Probe> InOrder(IEnumerable<Probe> country, int family, IReadOnlySet<int>? keep)
    {
        var networks = country
            .GroupBy(probe => probe.Asn(family) ?? 0)
            .Select(network => (
                Weight: (double)network.Count(),
                Name: network.Key,

                // Where both families work, one probe tells whether they go the same way.
                Probes: network
                    .OrderByDescending(probe => keep?.Contains(probe.Id) == true)
                    .ThenByDescending(probe => CanMeasure(probe, 4) && CanMeasure(probe, 6))
                    .ThenBy(probe => Hash(probe.Id))
                    .ToList()))
            .ToList();
        var first = Share(networks, FirstOfAs);
        var rest = Share([.. networks.Select(network => (network.Weight, network.Name, network.Probes[Math.Min(FirstOfAs, network.Probes.Count)..]))], int.MaxValue);
        return [.. first, .. rest];
    }

    /// <summary>Lines up the probes of several groups by Sainte-Laguë's quotients.</summary>
    /// <param name="groups">With their weights; equal quotients go by weight, then by name.</param>
    /// <param name="most">Probes that a group may bring.</param>
    private static IEnumerable<Probe> Share<TName>(List<(double Weight, TName Name, List<Probe> Probes)> groups, int most)
    {
        var queue = new PriorityQueue<(int Group, int Index), (double Quotient, double Weight, TName Name)>(Comparer<(double Quotient, double Weight, TName Name)>.Create(
            (left, right) => right.Quotient.CompareTo(left.Quotient) is var byQuotient and not 0 ? byQuotient
                : right.Weight.CompareTo(left.Weight) is var byWeight and not 0 ? byWeight
                : Compare(left.Name, right.Name)));
        for (var group = 0; group < groups.Count; group++)
        {
            Enqueue(group, 0);
        }

        while (queue.TryDequeue(out var next, out _))
        {
            yield return groups[next.Group].Probes[next.Index];
            Enqueue(next.Group, next.Index + 1);
        }

        void Enqueue(int group, int index)
        {
            var (weight, name, probes) = groups[group];
            if (index < Math.Min(most, probes.Count))
            {
                queue.Enqueue((group, index), (weight / ((2 * index) + 1), weight, name));
            }
        }
    }

    private static int Compare<TName>(TName left, TName right) =>
        left is string text ? string.CompareOrdinal(text, right as string) : Comparer<TName>.Default.Compare(left, right);

    /// <summary>Mixes an id well (the finaliser of SplitMix64): neighbouring ids, which are often neighbours in kind, end up far apart.</summary>
    private static ulong Hash(int id)
    {
        var mixed = (ulong)(uint)id + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
