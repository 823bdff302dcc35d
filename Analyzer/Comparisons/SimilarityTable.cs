using Collector.Geography;

namespace Analyzer.Comparisons;

/// <summary>The similarity of every two of some windows: <see cref="Comparison.SimilarityOf(Catchments.Catchment, Catchments.Catchment, InternetPopulation?)"/>,
/// for thousands of pairs at once.</summary>
/// <remarks>
/// Sixty days of 12,000 probes are 1,770 pairs. So all probes get a place in one row, each window is a row of numbers, and a pair is one
/// pass over two rows: within a ⟨country, AS⟩ all probes weigh the same, so that it takes counts only.
/// </remarks>
public sealed class SimilarityTable
{
    private readonly double[] values;

    private SimilarityTable(IReadOnlyList<ServedPops> windows, double[] values)
    {
        Windows = windows;
        this.values = values;
    }

    /// <summary>The windows, in their order.</summary>
    public IReadOnlyList<ServedPops> Windows { get; }

    /// <summary>The similarity of two windows, 0 to 1, by their positions; null: they have too few probes in common to say.</summary>
    public double? this[int one, int other] => one == other ? 1 : values[Place(Math.Min(one, other), Math.Max(one, other))] is var value && double.IsNaN(value) ? null : value;

    /// <summary>Holds every two of them against each other.</summary>
    /// <param name="windows">Of one target and family, ascending by time.</param>
    /// <param name="leastProbes">Fewer probes in common say nothing; nor does less than half of the probes that the lesser of the two has, as
    /// those of one corner of the world do not speak for all.</param>
    /// <param name="population">Internet users of the countries; null: the table shipped.</param>
    public static SimilarityTable Of(IReadOnlyList<ServedPops> windows, int leastProbes = 1, InternetPopulation? population = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var rows = new Rows(windows, population ?? InternetPopulation.Shipped);
        var values = new double[windows.Count * (windows.Count - 1) / 2];
        Parallel.For(0, windows.Count, () => new Counts(rows), (later, _, counts) =>
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                var least = Math.Max(leastProbes, (Math.Min(windows[earlier].Count, windows[later].Count) + 1) / 2);
                values[Place(earlier, later)] = counts.Of(earlier, later, least);
            }

            return counts;
        }, _ => { });
        return new SimilarityTable(windows, values);
    }

    private static int Place(int earlier, int later) => (later * (later - 1) / 2) + earlier;

    /// <summary>The windows as rows of numbers, all probes in the same places.</summary>
    private sealed class Rows
    {
        public Rows(IReadOnlyList<ServedPops> windows, InternetPopulation population)
        {
            var probes = windows.SelectMany(window => window.Probes).Distinct().Order().ToArray();
            Width = probes.Length;
            var pops = new Dictionary<string, short>(StringComparer.OrdinalIgnoreCase);
            var countries = new Dictionary<string, int>(StringComparer.Ordinal);
            var strata = new Dictionary<(int Country, uint Asn), int>();
            foreach (var window in windows)
            {
                var popNumbers = window.Pops.Select(code => NumberOf(pops, code, (short)pops.Count)).ToArray();
                var countryNumbers = window.Countries.Select(code => NumberOf(countries, code, countries.Count)).ToArray();
                var (pop, stratum) = (new short[Width], new int[Width]);
                Array.Fill(pop, (short)-1);
                var place = 0;
                for (var index = 0; index < window.Count; index++)
                {
                    place = Array.BinarySearch(probes, place, Width - place, window.Probes[index]);
                    pop[place] = popNumbers[window.PopOf[index]];
                    stratum[place] = NumberOf(strata, (countryNumbers[window.CountryOf[index]], window.AsnOf[index]), strata.Count);
                }

                Pops.Add(pop);
                Strata.Add(stratum);
            }

            CountryOf = [.. strata.OrderBy(one => one.Value).Select(one => one.Key.Country)];
            Users = [.. countries.OrderBy(one => one.Value).Select(one => one.Key.Length == 0 ? 0 : (double)population.UsersOf(one.Key))];
        }

        public int Width { get; }

        /// <summary>By window: the PoP of each probe; −1: none.</summary>
        public List<short[]> Pops { get; } = [];

        /// <summary>By window: the ⟨country, AS⟩ of each probe, where it has a PoP.</summary>
        public List<int[]> Strata { get; } = [];

        /// <summary>The country of each ⟨country, AS⟩.</summary>
        public int[] CountryOf { get; }

        /// <summary>Internet users of each country; 0 where unknown.</summary>
        public double[] Users { get; }

        private static TNumber NumberOf<TKey, TNumber>(Dictionary<TKey, TNumber> numbers, TKey key, TNumber next)
            where TKey : notnull
        {
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers[key] = number = next;
            }

            return number;
        }
    }

    /// <summary>Room to count in, for one thread.</summary>
    private sealed class Counts(Rows rows)
    {
        private readonly int[] panel = new int[rows.CountryOf.Length];
        private readonly int[] same = new int[rows.CountryOf.Length];
        private readonly int[] networks = new int[rows.Users.Length];
        private readonly List<int> met = [];

        public double Of(int earlier, int later, int least)
        {
            var (before, after, strata) = (rows.Pops[earlier], rows.Pops[later], rows.Strata[later]);
            var (common, unmoved) = (0, 0);
            for (var probe = 0; probe < after.Length; probe++)
            {
                if (after[probe] < 0 || before[probe] < 0)
                {
                    continue;
                }

                var stratum = strata[probe];
                common++;
                if (panel[stratum]++ == 0)
                {
                    met.Add(stratum);
                    networks[rows.CountryOf[stratum]]++;
                }

                if (before[probe] == after[probe])
                {
                    same[stratum]++;
                    unmoved++;
                }
            }

            double similar = 0, total = 0;
            foreach (var stratum in met)
            {
                var country = rows.CountryOf[stratum];
                var weight = rows.Users[country] / networks[country];
                similar += weight * same[stratum] / panel[stratum];
                total += weight;
            }

            foreach (var stratum in met)
            {
                networks[rows.CountryOf[stratum]] = 0;
                panel[stratum] = same[stratum] = 0;
            }

            met.Clear();
            return common == 0 || common < least ? double.NaN : Math.Min(1, total > 0 ? similar / total : (double)unmoved / common);
        }
    }
}
