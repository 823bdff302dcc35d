using System.Text.Json;
using Collector.Geography;
using Xunit;

namespace Tests.Geography;

public sealed class CountriesTests
{
    [Theory]
    [InlineData("NL", "NLD", "528", "Netherlands", Continent.Europe)]
    [InlineData("TR", "TUR", "792", "Türkiye", Continent.Asia)]
    [InlineData("RU", "RUS", "643", "Russia", Continent.Europe)]
    [InlineData("CY", "CYP", "196", "Cyprus", Continent.Asia)]
    [InlineData("MX", "MEX", "484", "Mexico", Continent.NorthAmerica)]
    [InlineData("PA", "PAN", "591", "Panama", Continent.NorthAmerica)]
    [InlineData("CO", "COL", "170", "Colombia", Continent.SouthAmerica)]
    [InlineData("CU", "CUB", "192", "Cuba", Continent.NorthAmerica)]
    [InlineData("RE", "REU", "638", "Réunion", Continent.Africa)]
    [InlineData("NZ", "NZL", "554", "New Zealand", Continent.Oceania)]
    [InlineData("GL", "GRL", "304", "Greenland", Continent.NorthAmerica)]
    [InlineData("KZ", "KAZ", "398", "Kazakhstan", Continent.Asia)]
    [InlineData("EG", "EGY", "818", "Egypt", Continent.Africa)]
    [InlineData("AQ", "ATA", "010", "Antarctica", Continent.Antarctica)]
    [InlineData("TW", "TWN", "158", "Taiwan", Continent.Asia)]
    public void Countries_have_their_ISO_codes_and_their_M49_continent(string alpha2, string alpha3, string numeric, string name, Continent continent)
    {
        var country = Countries.Find(alpha2);
        Assert.NotNull(country);
        Assert.Equal((alpha2, alpha3, numeric, name, continent), (country.Alpha2, country.Alpha3, country.Numeric, country.Name, country.Continent));
        Assert.Same(country, Countries.Find(alpha3));
        Assert.Same(country, Countries.Find(numeric));
        Assert.Same(country, Countries.Find(alpha2.ToLowerInvariant()));
    }

    [Fact]
    public void There_are_the_249_of_ISO_3166_and_Kosovo()
    {
        Assert.Equal(250, Countries.All.Count);
        Assert.Equal(250, Countries.All.Select(country => country.Alpha2).Distinct().Count());
        Assert.Equal("Kosovo", Countries.Find("XK")?.Name);
    }

    [Theory]
    [InlineData(Continent.Africa, 60)]
    [InlineData(Continent.Asia, 51)]
    [InlineData(Continent.Europe, 52)]
    [InlineData(Continent.NorthAmerica, 41)]
    [InlineData(Continent.SouthAmerica, 16)]
    [InlineData(Continent.Oceania, 29)]
    [InlineData(Continent.Antarctica, 1)]
    public void Continents_are_as_large_as_M49_makes_them(Continent continent, int expected) =>
        Assert.Equal(expected, Countries.All.Count(country => country.Continent == continent));

    [Theory]
    [InlineData("EU")]
    [InlineData("AP")]
    [InlineData("A1")]
    [InlineData("ZZ")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("Netherlands")]
    public void Pseudo_codes_and_other_words_are_unknown(string? code) => Assert.Null(Countries.Find(code));

    [Theory]
    [InlineData("FR", 46.6, 2.4, 150)]
    [InlineData("NO", 61.5, 9.0, 150)]
    [InlineData("US", 39.5, -98.4, 200)]
    [InlineData("CL", -27, -70, 600)]
    [InlineData("NZ", -43.5, 171, 350)]
    public void Labels_stand_inside_the_main_part_of_a_country(string code, double latitude, double longitude, double withinKm) =>
        Assert.InRange(GreatCircle.DistanceKm(Countries.Find(code)!.LabelPosition, new GeoPoint(latitude, longitude)), 0, withinKm);

    [Fact]
    public void Continents_are_written_with_their_space()
    {
        Assert.Equal("North America", Continent.NorthAmerica.DisplayName());
        Assert.Equal(Continent.SouthAmerica, ContinentNames.Parse("south america"));
        Assert.Equal(Continent.SouthAmerica, ContinentNames.Parse("SouthAmerica"));
        Assert.Null(ContinentNames.Parse("America"));
        Assert.Null(ContinentNames.Parse("3"));
    }

    [Fact]
    public void Every_country_of_the_root_servers_sites_is_known()
    {
        var codes = Corpus.Lines("sites/root-servers-org-sites.ndjson")
            .SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("Sites").EnumerateArray().ToList())
            .Select(site => site.GetProperty("Country").GetString()).Distinct().ToList();
        Assert.True(codes.Count > 100);
        Assert.All(codes, code => Assert.NotNull(Countries.Find(code)));
    }
}
