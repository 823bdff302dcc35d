using System.Net;
using Collector.Geography;
using Collector.Geolocation;
using Collector.Probes;
using Xunit;

namespace Tests.Geolocation;

public sealed class ProbePlacementTests
{
    private static readonly IPAddress V4 = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress V6 = IPAddress.Parse("2001:db8::1");
    private static readonly GeoPoint Amsterdam = new(52.37, 4.89);
    private static readonly GeoPoint Brussels = new(50.85, 4.35);
    private static readonly GeoPoint Tehran = new(35.69, 51.39);

    [Fact]
    public void Atlas_is_believed_where_the_database_agrees()
    {
        var place = Place(Probe(Amsterdam, "NL"), Knows((V4, City("NL", "Utrecht", 52.09, 5.12))));
        Assert.Equal((Amsterdam, PlaceOrigin.Atlas, "NL", PlaceOrigin.Atlas), (place.Position, place.PositionFrom, place.Country, place.CountryFrom));
        Assert.Null(place.Placing!.Disagreement);
    }

    [Fact]
    public void Without_an_answer_Atlas_is_all_there_is()
    {
        var place = Place(Probe(Amsterdam, "NL"), Knows());
        Assert.Equal((Amsterdam, PlaceOrigin.Atlas, "NL", PlaceOrigin.Atlas), (place.Position, place.PositionFrom, place.Country, place.CountryFrom));
        var unknown = Place(Probe(null, null), Knows());
        Assert.Equal((null, PlaceOrigin.None, null, PlaceOrigin.None), (unknown.Position, unknown.PositionFrom, unknown.Country, unknown.CountryFrom));
    }

    [Fact]
    public void A_far_disagreement_is_listed_and_not_decided()
    {
        // Probe 1001635 of the list of misfits: Atlas says Tehran, and it is 7 ms from Amsterdam.
        var place = Place(Probe(Tehran, "IR"), Knows((V4, City("NL", "Amsterdam", 52.37, 4.89))));
        Assert.Equal((PlaceOrigin.Atlas, Tehran, "IR"), (place.PositionFrom, place.Position, place.Country));
        var disagreement = Assert.IsType<PlaceDisagreement>(place.Placing!.Disagreement);
        Assert.True(disagreement is { IsFar: true, CountriesDiffer: true, GeoIpCity: "Amsterdam", GeoIpCountry: "NL", AtlasCountry: "IR" });

        // 4,080 km from Tehran to Amsterdam, less the database's radius of 20 km.
        Assert.Equal(4060, disagreement.DistanceKm!.Value, tolerance: 40);
        Assert.Equal(V4, disagreement.Address);
    }

    [Fact]
    public void Another_country_nearby_is_listed_and_not_far()
    {
        var disagreement = Place(Probe(Amsterdam, "NL"), Knows((V4, City("BE", "Brussels", 50.85, 4.35)))).Placing!.Disagreement;
        Assert.True(disagreement is { IsFar: false, CountriesDiffer: true });
        Assert.Equal(153, disagreement!.DistanceKm!.Value, tolerance: 10);
    }

    [Fact]
    public void The_same_country_far_away_is_listed()
    {
        var disagreement = Place(Probe(new GeoPoint(40.71, -74.01), "US"), Knows((V4, City("US", "Los Angeles", 34.05, -118.24)))).Placing!.Disagreement;
        Assert.True(disagreement is { IsFar: true, CountriesDiffer: false });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    public void A_record_that_knows_the_country_only_agrees_anywhere_in_it(int? radius)
    {
        // GeoIP's middle of the United States, a lake in Kansas.
        var record = new GeoRecord { Country = "US", Position = new GeoPoint(37.751, -97.822), AccuracyRadiusKm = radius };
        Assert.Null(Place(Probe(new GeoPoint(40.71, -74.01), "US"), Knows((V4, record))).Placing!.Disagreement);
    }

    [Fact]
    public void A_country_only_is_as_far_as_its_nearest_city()
    {
        // Germany's nearest city of some size is about 150 km from Amsterdam, its middle 400 km.
        var near = Place(Probe(Amsterdam, "NL"), Knows((V4, new GeoRecord { Country = "DE" }))).Placing!.Disagreement;
        Assert.True(near is { IsFar: false, CountriesDiffer: true });
        Assert.InRange(near!.DistanceKm!.Value, 100, 200);

        // Porto Alegre, says Atlas; in Vodafone Germany, says the world (probe 16234 of the list of misfits).
        var far = Place(Probe(new GeoPoint(-30.03, -51.23), "BR"), Knows((V4, new GeoRecord { Country = "DE", Position = new GeoPoint(51.3, 9.49), AccuracyRadiusKm = 500 }))).Placing!.Disagreement;
        Assert.True(far is { IsFar: true, CountriesDiffer: true });
        Assert.InRange(far!.DistanceKm!.Value, 10_000, 11_500);
    }

    [Fact]
    public void The_databases_own_radius_is_taken_off()
    {
        var record = new GeoRecord { Country = "FR", City = "Paris", Position = new GeoPoint(48.86, 2.35), AccuracyRadiusKm = 200 };
        var disagreement = Place(Probe(new GeoPoint(43.3, 5.37), "FR"), Knows((V4, record))).Placing!.Disagreement;
        Assert.Null(disagreement);
        Assert.True(Place(Probe(new GeoPoint(43.3, 5.37), "FR"), Knows((V4, record with { AccuracyRadiusKm = 20 }))).Placing!.Disagreement?.IsFar);
    }

    [Fact]
    public void One_address_that_agrees_is_enough()
    {
        var tunnelled = Knows((V4, City("NL", "Amsterdam", 52.37, 4.89)), (V6, City("US", "Fremont", 37.55, -121.99)));
        Assert.Null(Place(Probe(Amsterdam, "NL"), tunnelled).Placing!.Disagreement);
    }

    [Fact]
    public void A_record_without_place_is_no_witness() =>
        Assert.True(Place(Probe(Amsterdam, "NL"), Knows((V4, new GeoRecord { Asn = 64500 }), (V6, City("US", "Fremont", 37.55, -121.99)))).Placing!.Disagreement?.IsFar);

    [Fact]
    public void Of_two_addresses_that_disagree_the_nearer_is_listed()
    {
        var database = Knows((V4, City("US", "Fremont", 37.55, -121.99)), (V6, City("BE", "Brussels", 50.85, 4.35)));
        Assert.Equal("Brussels", Place(Probe(Amsterdam, "NL"), database).Placing!.Disagreement?.GeoIpCity);
    }

    [Fact]
    public void A_probe_without_place_gets_the_databases_place_and_says_so()
    {
        var database = Knows((V6, City("BE", "Brussels", 50.85, 4.35)), (V4, new GeoRecord { Asn = 64500 }));
        var place = Place(Probe(null, null), database);
        Assert.Equal((Brussels, PlaceOrigin.GeoIp, "BE", PlaceOrigin.GeoIp, "Brussels"), (place.Position, place.PositionFrom, place.Country, place.CountryFrom, place.Placing!.City));
        Assert.Null(place.Placing.Atlas.Position);
    }

    [Fact]
    public void A_country_is_not_taken_from_a_record_that_does_not_fit_the_position()
    {
        Assert.Null(Place(Probe(Amsterdam, null), Knows((V4, City("US", "Fremont", 37.55, -121.99)))).Country);
        Assert.Equal("NL", Place(Probe(Amsterdam, null), Knows((V4, new GeoRecord { Asn = 64500 }), (V6, City("NL", "Utrecht", 52.09, 5.12)))).Country);
    }

    [Fact]
    public void Zero_zero_is_no_place()
    {
        Assert.Equal(PlaceOrigin.None, Place(Probe(new GeoPoint(0, 0), "GH"), Knows()).PositionFrom);
        Assert.Equal(PlaceOrigin.GeoIp, Place(Probe(new GeoPoint(0, 0), "BE"), Knows((V4, City("BE", "Brussels", 50.85, 4.35)))).PositionFrom);
    }

    [Fact]
    public void An_anycast_address_is_no_witness() =>
        Assert.Null(Place(Probe(Amsterdam, "NL"), Knows((V4, City("US", "Fremont", 37.55, -121.99) with { IsAnycast = true }))).Placing!.Disagreement);

    [Fact]
    public void A_damaged_database_is_told_and_does_not_stop_the_rest()
    {
        var place = Place(Probe(null, null), Knows((V4, new GeoRecord { Problem = "damaged here" }), (V6, City("NL", "Amsterdam", 52.37, 4.89))));
        Assert.Equal((PlaceOrigin.GeoIp, "NL", "damaged here"), (place.PositionFrom, place.Country, place.Placing!.Problem));
    }

    [Fact]
    public void The_AS_of_each_family_is_that_of_its_own_address()
    {
        var place = Place(
            Probe(Amsterdam, "NL") with { AsnV6 = 64510 },
            Knows((V4, new GeoRecord { Asn = 64500, AsName = "Four" }), (V6, new GeoRecord { Asn = 64600, AsName = "Six" })));
        Assert.Equal((64500u, PlaceOrigin.GeoIp, "Four"), (place.Asn(4), place.AsnFrom(4), place.AsName(4)));

        // Atlas has another AS: its name is not the one of the database's.
        Assert.Equal((64510u, PlaceOrigin.Atlas, (string?)null), (place.Asn(6), place.AsnFrom(6), place.AsName(6)));
    }

    [Fact]
    public void Where_Atlas_shows_no_address_that_of_the_newest_result_is_asked()
    {
        var hidden = new Probe(7) { Country = null };
        var database = Knows((V4, City("BE", "Brussels", 50.85, 4.35) with { Asn = 64500 }));
        Assert.Equal((PlaceOrigin.GeoIp, 64500u), (ProbePlacement.Place(hidden, database.Find, seenV4: V4).PositionFrom, ProbePlacement.Place(hidden, database.Find, seenV4: V4).AsnV4));

        // Atlas' own address comes first.
        Assert.Equal(PlaceOrigin.None, ProbePlacement.Place(hidden with { AddressV4 = IPAddress.Parse("192.0.2.99") }, database.Find, seenV4: V4).PositionFrom);
    }

    [Fact]
    public void A_name_is_text_of_strangers_and_is_cut_and_cleaned()
    {
        var name = Place(Probe(null, null), Knows((V4, new GeoRecord { Asn = 64500, AsName = "Evil\u001b[31m\nNet" + new string('x', 5000) }))).AsName(4);
        Assert.NotNull(name);
        Assert.True(name.Length <= ProbePlacement.LongestName);
        Assert.DoesNotContain(name, char.IsControl);
    }

    private static Probe Probe(GeoPoint? position, string? country) => new(7) { Position = position, Country = country, AddressV4 = V4, AddressV6 = V6 };

    private static GeoRecord City(string country, string city, double latitude, double longitude) =>
        new() { Country = country, City = city, Position = new GeoPoint(latitude, longitude), AccuracyRadiusKm = 20 };

    private static Probe Place(Probe probe, Known database) => ProbePlacement.Place(probe, database.Find);

    private static Known Knows(params (IPAddress Address, GeoRecord Record)[] records) => new(records.ToDictionary(entry => entry.Address, entry => entry.Record));

    /// <summary>Knows a few addresses.</summary>
    private sealed class Known(Dictionary<IPAddress, GeoRecord> records)
    {
        public GeoRecord? Find(IPAddress address) => records.GetValueOrDefault(address);
    }
}
