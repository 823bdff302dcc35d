using Analyzer.Catchments;
using Analyzer.Highlights;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Tests.Catchments;
using Xunit;

namespace Tests.Highlights;

public sealed class DetoursTests
{
    private static readonly World Around = new();

    [Fact]
    public void A_dutch_network_served_from_johannesburg_is_a_detour_of_nine_thousand_kilometres()
    {
        var detour = Assert.Single(Find(At(1, "NL", 52.37, 4.9, World.Johannesburg), At(2, "NL", 52.37, 4.9, World.Johannesburg)));
        Assert.Equal(("JNB", "APE"), (detour.Served.Code, detour.Better.Code));
        Assert.Equal([1, 2], detour.Probes.Select(probe => probe.Id));
        // Amsterdam to Johannesburg is about 9,020 km, to Apeldoorn about 75.
        Assert.InRange(detour.ExtraKm, 8850, 9050);
        Assert.Equal(250, detour.RttMs);
    }

    [Fact]
    public void The_same_continent_is_no_detour_however_far() =>
        Assert.Empty(Find(At(1, "NL", 52.37, 4.9, World.Apeldoorn), At(2, "ZA", -33.9, 18.4, World.Johannesburg)));

    [Fact]
    public void A_probe_whose_continent_has_no_pop_cannot_be_served_better() => Assert.Empty(Find(At(1, "JP", 35.7, 139.7, World.Fremont)));

    [Fact]
    public void Less_than_a_thousand_kilometres_is_the_geography_of_cables() =>
        // Cape Verde lies between: its own continent's PoP is no nearer than Europe's.
        Assert.Empty(Find(At(1, "CV", 14.9, -23.5, World.Apeldoorn)));

    [Fact]
    public void A_pop_that_is_not_meant_for_the_network_is_not_the_better_one()
    {
        var target = Around.Target with { Pops = [World.Apeldoorn with { Audience = ["DE"] }, World.Johannesburg] };
        Assert.Empty(Find(target, At(1, "NL", 52.37, 4.9, World.Johannesburg)));
    }

    private static IReadOnlyList<Detour> Find(params ProbeCatchment[] probes) => Find(Around.Target, probes);

    private static IReadOnlyList<Detour> Find(Target target, params ProbeCatchment[] probes) =>
        Detours.Of(
            new Catchment(target, 4, Around.Window) { Probes = probes },
            country => country switch { "CV" => "Africa", "JP" => "Asia", _ => World.Continent(country) },
            pop => pop.Country);

    private static ProbeCatchment At(int id, string country, double latitude, double longitude, Pop served) => new(id)
    {
        Probe = new Probe(id) { Country = country, Position = new GeoPoint(latitude, longitude) },
        Asn = 64500,
        Answered = true,
        Pop = served,
        DistanceKm = GreatCircle.DistanceKm(new GeoPoint(latitude, longitude), served.Position),
        RttMs = new Quantiles(240, 250, 260),
    };
}
