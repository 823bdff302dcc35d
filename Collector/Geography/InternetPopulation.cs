using System.Collections.Frozen;

namespace Collector.Geography;

/// <summary>Internet users per country, by which shares are weighted.</summary>
/// <remarks>The table shipped is ITU's share of people online × the World Bank's population (<c>Data/internet-population.tsv</c>). Another
/// can take its place: tab-separated UTF-8 text whose first line names at least the columns <c>country</c> (ISO alpha-2 or alpha-3) and
/// <c>users</c> (a whole number); lines that start with # are comments.</remarks>
public sealed class InternetPopulation
{
    private static readonly Lazy<InternetPopulation> ShippedTable = new(() => Read(GeographyTable.Shipped("internet-population.tsv"), "ITU and World Bank, 2023-2024"));

    private readonly FrozenDictionary<string, long> _users;

    private InternetPopulation(IEnumerable<KeyValuePair<string, long>> users, string source)
    {
        _users = users.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Source = source;
        Total = _users.Values.Sum();
    }

    /// <summary>The table that comes with us.</summary>
    public static InternetPopulation Shipped => ShippedTable.Value;

    /// <summary>Where the figures are from, for footnotes.</summary>
    public string Source { get; }

    /// <summary>Internet users of the world.</summary>
    public long Total { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="stream">UTF-8 text; closed afterwards.</param>
    /// <param name="name">What the table is called, in errors and as <see cref="Source"/>.</param>
    /// <exception cref="InvalidDataException">A line that cannot be understood: one line says which.</exception>
    public static InternetPopulation Load(Stream stream, string name = "Internet population") => Read(new GeographyTable(name, stream, "country", "users"), name);

    /// <summary>Internet users of a country (ISO alpha-2, any case); 0 when unknown.</summary>
    public long UsersOf(string? country) => country is not null && _users.TryGetValue(country, out var users) ? users : 0;

    private static InternetPopulation Read(GeographyTable table, string source)
    {
        var users = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        using (table)
        {
            while (table.Read())
            {
                var country = Countries.Find(table.Text("country")) ?? throw table.Bad("country", "ISO 3166 codes");
                var count = table.Count("users");

                // More than all people there will be in our time: a typing error that would outweigh every other country.
                if (count > 20_000_000_000 || !users.TryAdd(country.Alpha2, count))
                {
                    throw table.Bad("users", "0 to 20000000000, one line per country");
                }
            }
        }

        return new InternetPopulation(users, source);
    }
}
