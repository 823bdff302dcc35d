using System.Text.Json;
using Collector.Geography;
using Xunit;

namespace Tests.Geography;

public sealed class PlacesTests
{
    // Positions from public maps, to a tenth of a degree.
    [Theory]
    [InlineData("AMS", "Amsterdam", "NL", 52.3, 4.8, PlaceKind.Airport)]
    [InlineData("jnb", "Johannesburg", "ZA", -26.1, 28.2, PlaceKind.Airport)]
    [InlineData("LJU", "Ljubljana", "SI", 46.2, 14.5, PlaceKind.Airport)]
    [InlineData("NYC", "New York City", "US", 40.7, -74.0, PlaceKind.Metropolitan)]
    [InlineData("LON", "London", "GB", 51.5, -0.1, PlaceKind.Metropolitan)]
    [InlineData("TYO", "Tokyo", "JP", 35.7, 139.7, PlaceKind.Metropolitan)]
    [InlineData("MOW", "Moscow", "RU", 55.8, 37.6, PlaceKind.Metropolitan)]
    [InlineData("BUE", "Buenos Aires", "AR", -34.6, -58.4, PlaceKind.Metropolitan)]
    [InlineData("TXL", "Berlin", "DE", 52.5, 13.4, PlaceKind.FormerAirport)]
    [InlineData("FMT", "Fremont", "US", 37.5, -122.0, PlaceKind.Customary)]
    public void Codes_lead_to_their_city(string code, string name, string country, double latitude, double longitude, PlaceKind kind)
    {
        var place = Assert.Single(Places.Airport(code));
        Assert.Equal((name, country, kind), (place.Name, place.Country, place.Kind));
        Assert.InRange(GreatCircle.DistanceKm(place.Position, new GeoPoint(latitude, longitude)), 0, 15);
    }

    [Theory]
    [InlineData("nl", "ams", "Amsterdam", 52.3, 4.8)]
    [InlineData("us", "cgh", "Chicago", 41.9, -87.6)]
    [InlineData("US", "CHI", "Chicago", 41.9, -87.6)]
    [InlineData("ca", "van", "Vancouver", 49.2, -123.1)]
    [InlineData("gb", "mnc", "Manchester", 53.5, -2.2)]
    [InlineData("kz", "ast", "Astana", 51.2, 71.4)]
    [InlineData("us", "iad", "Dulles", 38.9, -77.5)]
    public void A_country_and_three_letters_lead_to_a_city_of_that_country(string country, string code, string name, double latitude, double longitude)
    {
        var place = Places.Locode(country, code)[0];
        Assert.Equal((name, country.ToUpperInvariant()), (place.Name, place.Country));
        Assert.InRange(GreatCircle.DistanceKm(place.Position, new GeoPoint(latitude, longitude)), 0, 30);
    }

    [Fact]
    public void An_airport_code_of_another_country_is_no_location_code_here()
    {
        Assert.Equal("BR", Assert.Single(Places.Airport("CGH")).Country);
        Assert.DoesNotContain(Places.Locode("us", "cgh"), place => place.Country != "US");
        Assert.Empty(Places.Locode("nl", "cgh"));
    }

    [Theory]
    [InlineData("amsterdam", null, "NL", 52.37, 4.89)]
    [InlineData("zaventem", null, "BE", 50.88, 4.47)]
    [InlineData("frankfurt", null, "DE", 50.12, 8.68)]
    [InlineData("London", null, "GB", 51.51, -0.13)]
    [InlineData("london", "ca", "CA", 42.98, -81.23)]
    [InlineData("sao-paulo", null, "BR", -23.55, -46.64)]
    [InlineData("São Paulo", null, "BR", -23.55, -46.64)]
    [InlineData("hongkong", null, "HK", 22.28, 114.17)]
    [InlineData("wien", null, "AT", 48.21, 16.37)]
    [InlineData("zürich", null, "CH", 47.37, 8.55)]
    [InlineData("zurich", null, "CH", 47.37, 8.55)]
    [InlineData("apeldoorn", null, "NL", 52.21, 5.97)]
    [InlineData("fremont", "US", "US", 37.55, -121.99)]
    [InlineData("nairobi", null, "KE", -1.28, 36.82)]
    [InlineData("reykjavik", null, "IS", 64.14, -21.9)]
    public void Names_lead_to_the_largest_city_that_has_them(string name, string? within, string country, double latitude, double longitude)
    {
        var place = Places.City(name, within)[0];
        Assert.Equal((country, PlaceKind.City), (place.Country, place.Kind));
        Assert.InRange(GreatCircle.DistanceKm(place.Position, new GeoPoint(latitude, longitude)), 0, 5);
    }

    [Fact]
    public void Cities_of_one_name_come_with_the_largest_first()
    {
        var cities = Places.City("santiago");
        Assert.Equal("CL", cities[0].Country);
        Assert.True(cities.Count > 3);
        Assert.Equal(cities.OrderByDescending(city => city.Population).Select(city => city.Population), cities.Select(city => city.Population));
        Assert.True(cities[0].IsCapital);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("no such place")]
    [InlineData("---")]
    public void Other_words_lead_nowhere(string? word)
    {
        Assert.Empty(Places.Airport(word));
        Assert.Empty(Places.City(word));
        Assert.Empty(Places.Locode("nl", word));
        Assert.Empty(Places.Locode(word, "ams"));
    }

    [Fact]
    public void A_name_of_64_kibibytes_is_not_looked_at() => Assert.Empty(Places.City(new string('a', 65536)));

    [Fact]
    public void The_sites_of_a_CDN_stand_where_it_says_they_are()
    {
        var sites = Corpus.Lines("dns/cloudflare-id.server-1768147-a.expected.ndjson")
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => (Code: row.GetProperty("site").GetString()!, Latitude: row.GetProperty("site_lat").GetDouble(), Longitude: row.GetProperty("site_lon").GetDouble()))
            .Distinct().ToList();
        Assert.True(sites.Count >= 7);
        Assert.All(sites, site => Assert.InRange(GreatCircle.DistanceKm(Places.Airport(site.Code)[0].Position, new GeoPoint(site.Latitude, site.Longitude)), 0, 50));
    }

    // F-root names its sites after IATA codes; root-servers.org says where they are. Two codes of the table (BLR, VIX) have a site whose
    // stated position is over 130 km from the city it names.
    [Fact]
    public void The_sites_of_F_root_stand_where_it_says_they_are()
    {
        var sites = Sites('F').Where(site => site.Identifier.Length > 6 && site.Identifier.AsSpan(3).StartsWith(".cf.f.")).ToList();
        Assert.True(sites.Count > 250);
        Assert.All(sites, site => Assert.NotEmpty(Places.Airport(site.Identifier[..3])));
        var far = sites.Where(site => GreatCircle.DistanceKm(Places.Airport(site.Identifier[..3])[0].Position, site.Position) > 90);
        Assert.Equal(["BLR", "VIX"], far.Select(site => site.Identifier[..3]).Order(StringComparer.Ordinal));
    }

    // L-root names its sites after UN/LOCODE or something like it. Its Zhengzhou stands in Guangxi there, 1,400 km from Zhengzhou.
    [Fact]
    public void The_sites_of_L_root_stand_where_it_says_they_are()
    {
        var sites = Sites('L').Where(site => site.Identifier.Length == 9).ToList();
        Assert.True(sites.Count > 100);
        var far = sites.Where(site => Places.Locode(site.Identifier[..2], site.Identifier[3..6]) is not [var place, ..]
            || GreatCircle.DistanceKm(place.Position, site.Position) > 90);
        Assert.Equal(["cn-cgo-aa"], far.Select(site => site.Identifier).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Identifier, GeoPoint Position)> Sites(char letter) =>
        from line in Corpus.Lines("sites/root-servers-org-sites.ndjson")
        let root = JsonDocument.Parse(line).RootElement
        where root.GetProperty("letter").GetString() == letter.ToString()
        from site in root.GetProperty("Sites").EnumerateArray()
        from identifier in site.GetProperty("Identifiers").EnumerateArray()
        select (identifier.GetString()!, new GeoPoint(site.GetProperty("Latitude").GetDouble(), site.GetProperty("Longitude").GetDouble()));
}
