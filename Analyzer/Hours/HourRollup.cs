using System.Globalization;
using System.Runtime.InteropServices;
using Analyzer.Catchments;
using Collector.Geography;
using Collector.Network;

namespace Analyzer.Hours;

/// <summary>Round-trip times of some probes, in milliseconds.</summary>
/// <param name="Min">The fastest.</param>
/// <param name="P10">A tenth is below it.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">A tenth is above it.</param>
/// <param name="P95">A twentieth is above it.</param>
/// <param name="P99">A hundredth is above it.</param>
public readonly record struct RttSpread(double Min, double P10, double P50, double P90, double P95, double P99)
{
    /// <summary>Of numbers sorted ascending; null when there are none.</summary>
    public static RttSpread? OfSorted(ReadOnlySpan<double> sorted) => sorted.IsEmpty ? null : new RttSpread(
        sorted[0],
        Quantiles.At(sorted, 0.1),
        Quantiles.At(sorted, 0.5),
        Quantiles.At(sorted, 0.9),
        Quantiles.At(sorted, 0.95),
        Quantiles.At(sorted, 0.99));
}

/// <summary>One PoP, or a word for what is none, in one hour; with a country or an AS, its probes there.</summary>
/// <param name="Pop">The PoP's code, or one of <see cref="HourTable"/>'s words.</param>
/// <param name="Part">A country (ISO 3166 alpha-2, <c>ZZ</c> where it is unknown) or an AS (<c>AS64500</c>, <c>AS0</c> where it is unknown,
/// <see cref="HourRollup.OtherAsns"/>); null: all of them.</param>
public sealed record RollupRow(string Pop, string? Part)
{
    /// <summary>Its probes.</summary>
    public int Probes { get; init; }

    /// <summary>Those of them that something answered.</summary>
    public int Answered { get; init; }

    /// <summary>Those of them below the target's threshold.</summary>
    public int Green { get; init; }

    /// <summary>Those of them from the threshold on.</summary>
    public int Red { get; init; }

    /// <summary>Probes ÷ attributed probes, of the part where there is one; null: it is no PoP, or nothing was attributed.</summary>
    public double? Share { get; init; }

    /// <summary>The same post-stratified (<see cref="PostStratification"/>); null: no PoP, of one part only, or nothing has a weight.</summary>
    public double? WeightedShare { get; init; }

    /// <summary>Over the probes' times; null: they have none.</summary>
    public RttSpread? Rtt { get; init; }
}

/// <summary>A target and family in one hour: exact counts and quantiles.</summary>
/// <param name="Hour">Hours since 1970.</param>
public sealed record HourRollup(long Hour)
{
    /// <summary>The word for all ASes that have no rows of their own.</summary>
    public const string OtherAsns = "other";

    /// <summary>The hour's first instant, Unix seconds.</summary>
    public long At => Hour * HourReader.Hour;

    /// <summary>Probes that asked.</summary>
    public int Asked { get; init; }

    /// <summary>Probes that were answered.</summary>
    public int Answered { get; init; }

    /// <summary>Probes that reached a PoP.</summary>
    public int Attributed { get; init; }

    /// <summary>By PoP or word, ascending by it.</summary>
    public IReadOnlyList<RollupRow> Pops { get; init; } = [];

    /// <summary>By PoP or word and country, ascending by both.</summary>
    public IReadOnlyList<RollupRow> Countries { get; init; } = [];

    /// <summary>By PoP or word and AS, ascending by both.</summary>
    public IReadOnlyList<RollupRow> Asns { get; init; } = [];

    /// <summary>Probes whose change of PoP persisted, by the PoPs before and after.</summary>
    public IReadOnlyList<(string From, string To, int Probes)> Flips { get; init; } = [];

    /// <summary>Adds up one hour of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="index">Which of its hours, from 0.</param>
    /// <param name="target">The target, for its threshold.</param>
    /// <param name="asns">The ASes that get rows of their own; null: there are no rows by AS.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    /// <param name="isWhole">Whether to add up countries, ASes and changes too, and not PoPs alone.</param>
    /// <param name="isWeighted">Whether to weigh shares too.</param>
    public static HourRollup Of(
        HourTable table, int index, Target target, IReadOnlySet<uint>? asns = null, InternetPopulation? population = null, bool isWhole = true, bool isWeighted = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(target);
        var hour = table.FromHour + index;
        var probes = table.Probes[index];
        var weights = isWeighted ? Weights(table, probes, population ?? InternetPopulation.Shipped) : new double[probes.Count];
        var attributed = 0;
        var byPop = new Dictionary<int, Sums>();
        var byCountry = new Parts();
        var byAsn = new Parts();
        for (var number = 0; number < probes.Count; number++)
        {
            var probe = probes[number];
            attributed += probe.Pop >= HourTable.FirstPop ? 1 : 0;
            Of(byPop, probe.Pop).Add(probe.RttMs, weights[number], target.GreenBelowMs);
            if (!isWhole)
            {
                continue;
            }

            byCountry.Add(probe, table.Catchments.GetValueOrDefault(probe.Probe)?.Country ?? CatchmentTable.UnknownPlace, target.GreenBelowMs);
            if (asns is not null)
            {
                byAsn.Add(probe, NameOf(table.Catchments.GetValueOrDefault(probe.Probe)?.Asn, asns), target.GreenBelowMs);
            }
        }

        var weight = byPop.Where(pair => pair.Key >= HourTable.FirstPop).OrderBy(pair => pair.Key).Sum(pair => pair.Value.Weight);
        return new HourRollup(hour)
        {
            Asked = probes.Count,
            Answered = probes.Count(probe => probe.Pop != HourTable.UnansweredNumber),
            Attributed = attributed,
            Pops =
            [
                .. byPop.Select(pair => pair.Value.Row(table, pair.Key, null, attributed, weight)).OrderBy(row => row.Pop, StringComparer.Ordinal),
            ],
            Countries = byCountry.Rows(table),
            Asns = byAsn.Rows(table),
            Flips = !isWhole ? [] :
            [
                .. table.Flips.Where(flip => flip.At / HourReader.Hour == hour).CountBy(flip => (flip.From, flip.To))
                    .Select(pair => (pair.Key.From, pair.Key.To, pair.Value)).OrderBy(flip => (flip.From, flip.To)),
            ],
        };
    }

    /// <summary>The weight of each probe; 0 for those without a PoP.</summary>
    private static double[] Weights(HourTable table, List<ProbeHour> probes, InternetPopulation population)
    {
        var attributed = Enumerable.Range(0, probes.Count).Where(number => probes[number].Pop >= HourTable.FirstPop).ToList();
        var strata = PostStratification.Of(
            attributed.ConvertAll(number => table.Catchments.GetValueOrDefault(probes[number].Probe) is { } probe ? (probe.Country, probe.Asn) : (null, null)), population);
        var weights = new double[probes.Count];
        for (var index = 0; index < attributed.Count; index++)
        {
            weights[attributed[index]] = strata.Weights[index];
        }

        return weights;
    }

    private static Sums Of<TKey>(Dictionary<TKey, Sums> sums, TKey key)
        where TKey : notnull
    {
        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        return found ??= new Sums();
    }

    private static string NameOf(uint? asn, IReadOnlySet<uint> named) =>
        asn is not { } number ? CatchmentTable.UnknownAsn : named.Contains(number) ? string.Create(CultureInfo.InvariantCulture, $"AS{number}") : OtherAsns;

    /// <summary>Sums by PoP and country, or by PoP and AS.</summary>
    private sealed class Parts
    {
        private readonly Dictionary<(int Pop, string Part), Sums> sums = [];
        private readonly Dictionary<string, int> attributedIn = new(StringComparer.Ordinal);

        public void Add(in ProbeHour probe, string part, double greenBelowMs)
        {
            if (probe.Pop >= HourTable.FirstPop)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(attributedIn, part, out _)++;
            }

            Of(sums, (probe.Pop, part)).Add(probe.RttMs, 0, greenBelowMs);
        }

        public IReadOnlyList<RollupRow> Rows(HourTable table) =>
        [
            .. sums.Select(pair => pair.Value.Row(table, pair.Key.Pop, pair.Key.Part, attributedIn.GetValueOrDefault(pair.Key.Part), 0))
                .OrderBy(row => row.Pop, StringComparer.Ordinal).ThenBy(row => row.Part, StringComparer.Ordinal),
        ];
    }

    private sealed class Sums
    {
        private readonly List<double> timesMs = [];
        private int probes;
        private int green;

        public double Weight { get; private set; }

        public void Add(double rttMs, double weight, double greenBelowMs)
        {
            probes++;
            Weight += weight;
            if (!double.IsNaN(rttMs))
            {
                timesMs.Add(rttMs);
                green += rttMs < greenBelowMs ? 1 : 0;
            }
        }

        public RollupRow Row(HourTable table, int pop, string? part, int attributed, double weight)
        {
            timesMs.Sort();
            var isPop = pop >= HourTable.FirstPop;
            return new RollupRow(table.Pops[pop], part)
            {
                Probes = probes,
                Answered = pop == HourTable.UnansweredNumber ? 0 : probes,
                Green = green,
                Red = timesMs.Count - green,
                Share = isPop && attributed > 0 ? (double)probes / attributed : null,
                WeightedShare = isPop && weight > 0 ? Weight / weight : null,
                Rtt = RttSpread.OfSorted(CollectionsMarshal.AsSpan(timesMs)),
            };
        }
    }
}
