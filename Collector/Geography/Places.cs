namespace Collector.Geography;

/// <summary>Places by code and by name. Tables and their sources: <c>Data/README.md</c>. All lists come with the most populous place first.</summary>
/// <remarks>A hit is a candidate, not a proof: <c>VAN</c> is an airport in Turkey and somebody's Vancouver. Callers ask the country or
/// the speed of light.</remarks>
public static class Places
{
    // Longer names than any city has; what is longer is not looked at.
    private const int LongestName = 100;

    private static readonly Lazy<Dictionary<string, Place[]>> AirportTable = new(LoadAirports);

    private static readonly Lazy<Dictionary<string, Place[]>> LocodeTable = new(LoadLocodes);

    private static readonly Lazy<Dictionary<string, Place[]>> CityTable = new(LoadCities);

    private static readonly Lazy<ILookup<string, Place>> CitiesByCountry = new(() => CityTable.Value.Values.SelectMany(cities => cities).Distinct().ToLookup(city => city.Country));

    /// <summary>The places of an IATA code, or of a code used like one.</summary>
    /// <param name="code">Three letters, any case.</param>
    public static IReadOnlyList<Place> Airport(string? code) =>
        code is { Length: 3 } && AirportTable.Value.TryGetValue(code, out var places) ? places : [];

    /// <summary>The places of a UN/LOCODE: those of the table, then the airports with that code in that country, since UN/LOCODE takes
    /// IATA's code for a place that has one.</summary>
    /// <param name="country">ISO alpha-2 code, any case.</param>
    /// <param name="code">Three letters, any case.</param>
    public static IReadOnlyList<Place> Locode(string? country, string? code)
    {
        if (country is not { Length: 2 } || code is not { Length: 3 })
        {
            return [];
        }

        var listed = LocodeTable.Value.TryGetValue(country + code, out var places) ? places : [];
        return [.. listed, .. Airport(code).Where(place => place.Country.Equals(country, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>The cities of a name.</summary>
    /// <param name="name">English or local name; case, spaces, punctuation and, for most names, accents do not matter.</param>
    /// <param name="country">Only in this country (ISO alpha-2, any case); null: anywhere.</param>
    public static IReadOnlyList<Place> City(string? name, string? country = null)
    {
        if (name is null || name.Length > LongestName || !CityTable.Value.TryGetValue(Fold(name), out var places))
        {
            return [];
        }

        return country is null ? places : [.. places.Where(place => place.Country.Equals(country, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>The city nearest to a position; null when the table has none in that country.</summary>
    /// <param name="position">The position.</param>
    /// <param name="country">Only in this country (ISO alpha-2, any case); null: anywhere.</param>
    public static Place? NearestCity(GeoPoint position, string? country = null)
    {
        (Place? Place, double Km) nearest = (null, double.PositiveInfinity);
        foreach (var place in country is null ? CitiesByCountry.Value.SelectMany(cities => cities) : CitiesByCountry.Value[country.ToUpperInvariant()])
        {
            var km = GreatCircle.DistanceKm(position, place.Position);
            if (km < nearest.Km)
            {
                nearest = (place, km);
            }
        }

        return nearest.Place;
    }

    /// <summary>Lower case, letters and digits only: <c>São-Paulo</c> is <c>sãopaulo</c>. (Globalization is invariant here, so accents are
    /// not taken off; the table holds each name with and without.)</summary>
    private static string Fold(string name) => string.Create(name.Count(char.IsLetterOrDigit), name, static (folded, name) =>
    {
        var at = 0;
        foreach (var letter in name)
        {
            if (char.IsLetterOrDigit(letter))
            {
                folded[at++] = char.ToLowerInvariant(letter);
            }
        }
    });

    private static Dictionary<string, Place[]> LoadAirports()
    {
        var rows = new List<(string, Place)>(5000);
        using var table = GeographyTable.Shipped("airports.tsv");
        while (table.Read())
        {
            var code = table.Text("code");
            var kind = table.Text("kind") switch
            {
                "metropolitan" => PlaceKind.Metropolitan,
                "former" => PlaceKind.FormerAirport,
                "customary" => PlaceKind.Customary,
                "large" or "medium" or "small" => PlaceKind.Airport,
                _ => throw table.Bad("kind", "large, medium, small, metropolitan, former, customary"),
            };
            rows.Add((code, new Place(code, table.Text("city"), table.Text("country"), table.Position(), kind) { Population = table.Count("population") }));
        }

        return Index(rows);
    }

    private static Dictionary<string, Place[]> LoadLocodes()
    {
        var rows = new List<(string, Place)>(500);
        using var table = GeographyTable.Shipped("locodes.tsv");
        while (table.Read())
        {
            var (country, code) = (table.Text("country"), table.Text("code"));
            rows.Add((country + code, new Place(code, table.Text("city"), country, table.Position(), PlaceKind.Locode) { Population = table.Count("population") }));
        }

        return Index(rows);
    }

    private static Dictionary<string, Place[]> LoadCities()
    {
        var rows = new List<(string, Place)>(30_000);
        using var table = GeographyTable.Shipped("cities.tsv");
        while (table.Read())
        {
            var name = table.Text("name");
            var local = table.OptionalText("local");
            var place = new Place(name, local ?? name, table.Text("country"), table.Position(), PlaceKind.City)
            {
                Population = table.Count("population"),
                IsCapital = table.OptionalText("capital") is not null,
            };
            var folded = Fold(name);
            rows.Add((folded, place));
            if (local is not null && Fold(local) is var foldedLocal && foldedLocal != folded)
            {
                rows.Add((foldedLocal, place));
            }
        }

        return Index(rows);
    }

    private static Dictionary<string, Place[]> Index(List<(string Key, Place Place)> rows)
    {
        var index = new Dictionary<string, Place[]>(rows.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, place) in rows)
        {
            // Nearly every key has one place.
            index[key] = index.TryGetValue(key, out var others) ? [.. others, place] : [place];
        }

        foreach (var (_, places) in index.Where(entry => entry.Value.Length > 1))
        {
            Array.Sort(places, static (a, b) => b.Population.CompareTo(a.Population));
        }

        return index;
    }
}
