namespace Collector.Geography;

/// <summary>A country or territory of ISO 3166-1, or Kosovo.</summary>
/// <param name="Alpha2">The code used everywhere here: <c>NL</c>.</param>
/// <param name="Alpha3"><c>NLD</c>; Kosovo: <c>XKX</c>, which is nobody's standard but the World Bank's.</param>
/// <param name="Numeric">Three digits, <c>528</c>, as map data names countries; null for Kosovo, which has none.</param>
/// <param name="Name">English short name.</param>
/// <param name="Continent">Its continent, one each: Russia is in Europe, Turkey in Asia.</param>
/// <param name="Subregion">UN M49's sub-region: <c>Western Europe</c>.</param>
/// <param name="LabelPosition">A point well inside its largest part, for a label.</param>
public sealed record Country(
    string Alpha2, string Alpha3, string? Numeric, string Name, Continent Continent, string Subregion, GeoPoint LabelPosition)
{
    private static readonly string[] WithArticle = ["Bahamas", "Comoros", "Gambia", "Maldives", "Netherlands", "Philippines", "Seychelles", "DR Congo", "US Virgin Islands"];

    /// <summary>Its name as it stands in a sentence: <c>the Netherlands</c>.</summary>
    public string NameInSentence =>
        Name.StartsWith("United ", StringComparison.Ordinal) || Name.EndsWith(" Islands", StringComparison.Ordinal) || Name.EndsWith(" Republic", StringComparison.Ordinal)
            || WithArticle.Contains(Name) ? $"the {Name}" : Name;

    /// <summary>People who use the Internet, by the table shipped.</summary>
    public long InternetUsers => InternetPopulation.Shipped.UsersOf(Alpha2);
}
