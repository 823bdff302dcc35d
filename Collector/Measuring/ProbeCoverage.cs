using Collector.Geography;
using Collector.Probes;

namespace Collector.Measuring;

/// <summary>What part of the Internet the selected probes stand for, in one address family.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="Probes">Selected probes.</param>
/// <param name="Countries">Countries with a selected probe, of those where Atlas has one that could measure.</param>
/// <param name="Networks">ASes, likewise.</param>
/// <param name="UserShare">Share of the world's Internet users who live in a covered country, 0 to 1.</param>
public sealed record ProbeCoverage(int Family, int Probes, CoveredOf Countries, CoveredOf Networks, double UserShare)
{
    private const int MostListed = 10;

    /// <summary>The countries without a selected probe that have the most Internet users, most first; at most ten. Where Atlas has no
    /// probe that could measure, no selection helps.</summary>
    public IReadOnlyList<MissedCountry> MissedCountries { get; init; } = [];

    /// <summary>The ASes without a selected probe that host the most probes, most first; at most ten. How many users an AS has is not
    /// known; where many probes are, many people are.</summary>
    public IReadOnlyList<MissedNetwork> MissedNetworks { get; init; } = [];

    /// <summary>What is to be included and is not, since no probe of it can measure: away, excluded, or misspelt.</summary>
    public IReadOnlyList<string> NotFound { get; init; } = [];

    /// <summary>Compares what was selected with what there is.</summary>
    /// <param name="family">4 or 6.</param>
    /// <param name="selected">The selected probes.</param>
    /// <param name="probes">All that Atlas has.</param>
    /// <param name="include">What was to be included.</param>
    /// <param name="population">Internet users; null: the table shipped.</param>
    public static ProbeCoverage Of(
        int family, IReadOnlyCollection<Probe> selected, IEnumerable<Probe> probes, IReadOnlyList<string>? include = null, InternetPopulation? population = null)
    {
        population ??= InternetPopulation.Shipped;
        var able = probes.Where(probe => probe.Status == ProbeStatus.Connected && ProbeSelection.CanMeasure(probe, family)).DistinctBy(probe => probe.Id).ToList();
        var countries = Counted(able.Select(probe => probe.Country).OfType<string>());
        var networks = Counted(able.Select(probe => probe.Asn(family)).OfType<uint>());
        var coveredCountries = selected.Select(probe => probe.Country).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var coveredNetworks = selected.Select(probe => probe.Asn(family)).OfType<uint>().ToHashSet();
        return new ProbeCoverage(
            family,
            selected.Count,
            new CoveredOf(coveredCountries.Count, countries.Keys.Count(country => !coveredCountries.Contains(country))),
            new CoveredOf(coveredNetworks.Count, networks.Keys.Count(network => !coveredNetworks.Contains(network))),
            population.Total == 0 ? 0 : (double)coveredCountries.Sum(population.UsersOf) / population.Total)
        {
            NotFound = [.. (include ?? []).Where(text => ProbePattern.TryParse(text) is not { } pattern || !selected.Any(probe => pattern.Matches(probe, family)))],
            MissedCountries = [.. Geography.Countries.All
                .Where(country => !coveredCountries.Contains(country.Alpha2))
                .Select(country => new MissedCountry(country.Alpha2, country.Name, population.UsersOf(country.Alpha2), countries.GetValueOrDefault(country.Alpha2)))
                .Where(country => country.Users > 0)
                .OrderByDescending(country => country.Users).ThenBy(country => country.Country, StringComparer.Ordinal)
                .Take(MostListed)],
            MissedNetworks = [.. networks
                .Where(network => !coveredNetworks.Contains(network.Key))
                .Select(network => new MissedNetwork(network.Key, network.Value))
                .OrderByDescending(network => network.Probes).ThenBy(network => network.Asn)
                .Take(MostListed)
                .Select(network => network with { Name = able.Find(probe => probe.Asn(family) == network.Asn)?.AsName(family) })],
        };
    }

    private static Dictionary<T, int> Counted<T>(IEnumerable<T> items)
        where T : notnull => items.GroupBy(item => item).ToDictionary(group => group.Key, group => group.Count());
}

/// <summary>How much of something is covered.</summary>
/// <param name="Covered">With a selected probe.</param>
/// <param name="Missed">With probes that could measure, none of them selected.</param>
public readonly record struct CoveredOf(int Covered, int Missed);

/// <summary>A country without a selected probe.</summary>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Name">For people.</param>
/// <param name="Users">Its Internet users.</param>
/// <param name="Probes">Probes there that could measure.</param>
public sealed record MissedCountry(string Country, string Name, long Users, int Probes);

/// <summary>An AS without a selected probe.</summary>
/// <param name="Asn">Its number.</param>
/// <param name="Probes">Probes there that could measure.</param>
public sealed record MissedNetwork(uint Asn, int Probes)
{
    /// <summary>Its name; null: unknown.</summary>
    public string? Name { get; init; }
}
