using Collector.Geography;

namespace Analyzer.Catchments;

/// <summary>
/// Weights that make probes speak for users. Probes are hosted by volunteers, thick in some networks and countries and thin in
/// others: each ⟨country, AS⟩ counts once inside its country, shared by its probes, and each country counts by its Internet
/// population. (Post-stratification: Holt and Smith, "Post Stratification", Journal of the Royal Statistical Society A 142, 1979.)
/// </summary>
public sealed class PostStratification
{
    private PostStratification(double[] weights, double[] withinCountry)
    {
        Weights = weights;
        WithinCountry = withinCountry;
    }

    /// <summary>Each probe's weight: its <see cref="WithinCountry"/> times the Internet population of its country; 0 where the country or its
    /// population is unknown, so that such a probe moves no weighted share.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Each probe's weight inside its country; these sum to 1 a country. Probes without a country form one together, and
    /// in each country those without an AS form one AS together.</summary>
    public IReadOnlyList<double> WithinCountry { get; }

    /// <summary>The weights of probes, in their order.</summary>
    /// <param name="strata">Country (ISO 3166 alpha-2) and AS of each probe; null: unknown.</param>
    /// <param name="population">Internet users of the countries.</param>
    public static PostStratification Of(IReadOnlyList<(string? Country, uint? Asn)> strata, InternetPopulation population)
    {
        ArgumentNullException.ThrowIfNull(strata);
        ArgumentNullException.ThrowIfNull(population);

        // Country and AS both have a place for "unknown": no country is empty, no AS number is over 32 bits.
        static (string, ulong) Stratum((string? Country, uint? Asn) probe) => (probe.Country ?? "", probe.Asn ?? ulong.MaxValue);

        var probesPerStratum = strata.CountBy(Stratum).ToDictionary();
        var asesPerCountry = probesPerStratum.Keys.CountBy(stratum => stratum.Item1, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var users = asesPerCountry.Keys.ToDictionary(country => country, country => (double)population.UsersOf(country), StringComparer.Ordinal);

        var weights = new double[strata.Count];
        var withinCountry = new double[strata.Count];
        for (var index = 0; index < strata.Count; index++)
        {
            var stratum = Stratum(strata[index]);
            withinCountry[index] = 1.0 / ((double)asesPerCountry[stratum.Item1] * probesPerStratum[stratum]);
            weights[index] = users[stratum.Item1] * withinCountry[index];
        }

        return new PostStratification(weights, withinCountry);
    }

    /// <summary>How many equally weighted probes these are worth: (Σw)² ÷ Σw² (L. Kish, "Survey Sampling", 1965); 0 when none weighs anything.</summary>
    public static double EffectiveSampleSize(IEnumerable<double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double sum = 0, squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }

        return squares > 0 ? sum * sum / squares : 0;
    }
}
