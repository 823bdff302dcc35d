namespace Collector.Geography;

/// <summary>UN M49's continents, with South America apart; Northern and Central America with the Caribbean are North America.</summary>
public enum Continent
{
    /// <summary>Africa.</summary>
    Africa,

    /// <summary>Antarctica.</summary>
    Antarctica,

    /// <summary>Asia, with Turkey, Cyprus and the Caucasus.</summary>
    Asia,

    /// <summary>Europe, with all of Russia.</summary>
    Europe,

    /// <summary>Northern America, Central America and the Caribbean.</summary>
    NorthAmerica,

    /// <summary>Oceania.</summary>
    Oceania,

    /// <summary>South America.</summary>
    SouthAmerica,
}

/// <summary>Continents as people write them.</summary>
public static class ContinentNames
{
    /// <summary>The name with its space: <c>North America</c>.</summary>
    public static string DisplayName(this Continent continent) => continent switch
    {
        Continent.NorthAmerica => "North America",
        Continent.SouthAmerica => "South America",
        _ => continent.ToString(),
    };

    /// <summary>The continent of that name, with or without its space, in any case; null for other words.</summary>
    public static Continent? Parse(string? name)
    {
        foreach (var continent in Enum.GetValues<Continent>())
        {
            if (string.Equals(name, continent.DisplayName(), StringComparison.OrdinalIgnoreCase)
                || string.Equals(name, continent.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return continent;
            }
        }

        return null;
    }
}
