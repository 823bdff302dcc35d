using System.Collections.Frozen;

namespace Collector.Geography;

/// <summary>All countries. The table and its sources: <c>Data/countries.tsv</c>.</summary>
public static class Countries
{
    private static readonly Lazy<FrozenDictionary<string, Country>> ByCode = new(() => Index(All));

    private static readonly Lazy<IReadOnlyList<Country>> Table = new(Load);

    /// <summary>The 249 of ISO 3166-1 and Kosovo, by alpha-2 code.</summary>
    public static IReadOnlyList<Country> All => Table.Value;

    /// <summary>The country of an alpha-2, alpha-3 or numeric code, in any case; null for none, for unknown ones, and for what databases
    /// write when they do not know the country: EU, AP, A1, A2, ZZ, XX. UK and EL are taken for GB and GR.</summary>
    public static Country? Find(string? code) => code is { Length: 2 or 3 } && ByCode.Value.TryGetValue(code, out var country) ? country : null;

    private static FrozenDictionary<string, Country> Index(IReadOnlyList<Country> countries)
    {
        var index = new Dictionary<string, Country>(StringComparer.OrdinalIgnoreCase);
        foreach (var country in countries)
        {
            index.Add(country.Alpha2, country);
            index.Add(country.Alpha3, country);
            if (country.Numeric is { } numeric)
            {
                index.Add(numeric, country);
            }
        }

        // Exceptionally reserved in ISO 3166, but the codes that the British use and that the EU uses for Greece.
        index.Add("UK", index["GB"]);
        index.Add("EL", index["GR"]);
        return index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static List<Country> Load()
    {
        var countries = new List<Country>(250);
        using var table = GeographyTable.Shipped("countries.tsv");
        while (table.Read())
        {
            countries.Add(new Country(
                table.Text("alpha2"),
                table.Text("alpha3"),
                table.OptionalText("numeric"),
                table.Text("name"),
                ContinentNames.Parse(table.Text("continent")) ?? throw table.Bad("continent", "a continent"),
                table.Text("subregion"),
                table.Position()));
        }

        return countries;
    }
}
