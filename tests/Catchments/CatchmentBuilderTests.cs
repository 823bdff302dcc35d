using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Collector.Results;
using Collector.Store;
using Xunit;

namespace Tests.Catchments;

public sealed class CatchmentBuilderTests
{
    [Theory]
    [InlineData("AAAJJ", "APE")]
    [InlineData("AAAAJJJ   J  J", "JNB")]
    [InlineData("AAJJ", "JNB")] // a tie: the latest
    [InlineData("JJAA", "APE")]
    [InlineData("--?0iA", "APE")]
    [InlineData("?0i-x", null)]
    public void The_served_pop_is_that_of_most_rounds(string rounds, string? expected)
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, rounds);
        Assert.Equal(expected, Assert.Single(world.Build().Probes).Pop?.Code);
    }

    [Fact]
    public void Asked_answered_and_attributed_are_three_things()
    {
        var world = new World();
        world.Asks(1, "AAA"); // attributed
        world.Asks(2, "?0i"); // answered
        world.Asks(3, "---"); // silent
        world.Asks(4, "xxx"); // could not ask
        world.Asks(5, "xx-"); // asked once, silent
        world.Pings(6, double.NaN); // silent to ping
        world.Pings(7, 12.5); // answers ping, was never asked its name
        world.Pings(8, double.PositiveInfinity); // could not ping
        var catchment = world.Build();
        Assert.Equal(6, catchment.Asked);
        Assert.Equal(3, catchment.Answered);
        Assert.Equal(1, catchment.Attributed);
        Assert.Equal(2, catchment.CouldNotAsk);
        Assert.Equal([3, 5, 6], catchment.Probes.Where(probe => probe.IsSilent).Select(probe => probe.Id));
    }

    [Fact]
    public void The_other_familys_measurements_and_the_other_windows_samples_do_not_count()
    {
        var world = new World();
        world.Asks(1, "AAA");
        Assert.True(world.Build(family: 6).IsEmpty);
        world.Window = world.Window.Previous;
        Assert.True(world.Build().IsEmpty);
    }

    [Fact]
    public void The_as_is_that_of_the_family()
    {
        var world = new World();
        world.Place(1, asn: 64500, asn6: 64506);
        world.Store.SaveMeasurement(new StoredMeasurement(World.Dns2, "service", MeasurementKind.Dns, 6, "id.server", World.Hour));
        world.Asks(1, "A");
        world.Asks(1, "A", measurement: World.Dns2);
        Assert.Equal(64500u, world.Build(4).Probes[0].Asn);
        Assert.Equal(64506u, world.Build(6).Probes[0].Asn);
    }

    [Fact]
    public void The_rtt_is_the_median_of_each_pings_fastest_packet()
    {
        var world = new World();
        world.Asks(1, "AAAA", rttMs: 99);
        world.Pings(1, 30, 10, double.NaN, 20, 40, double.PositiveInfinity);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal(25, probe.RttMs!.Value.P50, 9);
        Assert.Equal(RttSource.Ping, probe.RttSource);

        // Five pings of three packets left; one was lost whole.
        Assert.Equal(20, probe.LossPercent!.Value, 9);
    }

    [Fact]
    public void Without_an_answered_ping_dns_gives_the_rtt_but_not_what_an_interceptor_answered()
    {
        var world = new World();
        world.Asks(1, "AA", rttMs: 80);
        world.Asks(1, "  iiiii", rttMs: 2);
        world.Pings(1, double.NaN, double.NaN);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal(80, probe.RttMs!.Value.P50, 9);
        Assert.Equal(RttSource.Dns, probe.RttSource);
        Assert.Equal(100, probe.LossPercent!.Value, 9);
    }

    [Fact]
    public void Without_pings_unanswered_queries_are_the_loss()
    {
        var world = new World();
        world.Asks(1, "AA-Ax");
        Assert.Equal(25, Assert.Single(world.Build().Probes).LossPercent!.Value, 9);
    }

    [Fact]
    public void A_silent_probe_has_no_rtt_not_a_zero_one()
    {
        var world = new World();
        world.Asks(1, "--");
        world.Pings(1, double.NaN);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Null(probe.RttMs);
        Assert.Null(probe.RttSource);
    }

    /// <summary>Amsterdam to Johannesburg is 9,000 km: fibre needs 91 ms, and 50 km of slack take half a millisecond off.</summary>
    [Fact]
    public void Rounds_faster_than_light_reach_no_pop()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "JJ", rttMs: 80);
        world.Asks(1, "  JJJ", rttMs: 180);
        world.Asks(1, "     A", rttMs: 8);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal("JNB", probe.Pop!.Code);
        Assert.Equal(new ClassRounds { Pop = 4, Impossible = 2 }, probe.Classes);
        Assert.Equal([new PopRounds(World.Johannesburg, 3), new PopRounds(World.Apeldoorn, 1)], probe.Pops);
        Assert.Equal(180, probe.RttMs!.Value.P50, 9);
    }

    [Fact]
    public void Where_half_of_a_pops_rounds_are_faster_than_light_the_slower_half_is_not_believed_either()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "JJJ", rttMs: 2);
        world.Asks(1, "   JJJ", rttMs: 180);
        world.Asks(1, "      A", rttMs: 8);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal("APE", probe.Pop!.Code);
        Assert.Equal(new ClassRounds { Pop = 1, Impossible = 6 }, probe.Classes);
    }

    [Fact]
    public void A_probe_that_stands_elsewhere_is_served_all_the_same()
    {
        var world = new World();
        for (var probe = 1; probe <= 4; probe++)
        {
            // Johannesburg, but for the last, which says Amsterdam and answers as fast as they.
            world.Place(probe, "ZA", 64500, probe == 4 ? 52.37 : -26.1, probe == 4 ? 4.9 : 28.0);
            world.Asks(probe, "JJJJ", rttMs: 5);
        }

        var catchment = world.Build();
        Assert.All(catchment.Probes, probe => Assert.Equal("JNB", probe.Pop?.Code));
        Assert.Equal([4], catchment.Probes.Where(probe => probe.IsMisplaced).Select(probe => probe.Id));
        Assert.Equal(4, Assert.Single(catchment.LightSpeed.Probes).Probe);
        Assert.Equal(new ClassRounds { Pop = 4 }, catchment.Probes[3].Classes);
    }

    [Fact]
    public void Each_round_is_told_with_what_became_of_it()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "A0i?-");
        world.Asks(1, "     J", rttMs: 2);
        var told = new List<JudgedRound>();
        world.Build(tell: told.Add);
        Assert.Equal(
            [IdentityClass.Pop, IdentityClass.Interceptor, IdentityClass.Unknown, IdentityClass.Impossible],
            told.Select(round => round.Class));
        Assert.Equal(new JudgedRound(1, world.Window.FromUnixSeconds, IdentityClass.Pop, World.Apeldoorn, 400_000), told[0]);
        Assert.Null(told[3].Pop);
    }

    [Fact]
    public void Without_a_place_nothing_is_impossible()
    {
        var world = new World();
        world.Place(1, latitude: 0, longitude: 0);
        world.Asks(1, "JJ", rttMs: 1);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal("JNB", probe.Pop!.Code);
        Assert.Null(probe.DistanceKm);
        Assert.Null(probe.ExtraKm);
    }

    [Fact]
    public void Chaos_and_nsid_of_one_answer_confirm_or_contradict_each_other()
    {
        var world = new World();
        world.Asks(1, "AAAJ", nsid: "ns1.ape");
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal(new ClassRounds { Pop = 3, Conflict = 1 }, probe.Classes);
        Assert.Equal(Confidence.Confirmed, probe.Confidence);
        Assert.Equal("ns1", probe.Server);
    }

    [Fact]
    public void Two_measurements_of_one_target_share_their_rounds()
    {
        var world = new World();
        world.Store.SaveMeasurement(new StoredMeasurement(World.Dns2, "service", MeasurementKind.Dns, 4, "hostname.bind", World.Hour));
        world.Asks(1, "AAAA-A");
        world.Asks(1, "AA J A", measurement: World.Dns2, offsetSeconds: 20);
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal(6, probe.DnsAsked);
        Assert.Equal(5, probe.DnsAnswered);
        Assert.Equal(new ClassRounds { Pop = 4, Conflict = 1 }, probe.Classes);
        Assert.Equal(Confidence.Confirmed, probe.Confidence);
    }

    [Fact]
    public void A_measurement_that_replaced_another_continues_its_rounds()
    {
        var world = new World();
        world.Store.SaveMeasurement(new StoredMeasurement(World.Dns2, "service", MeasurementKind.Dns, 4, "id.server", World.Hour));
        world.Asks(1, "AAA");
        world.Asks(1, "   AAA", measurement: World.Dns2, offsetSeconds: 500);
        Assert.Equal(6, Assert.Single(world.Build().Probes).DnsAsked);
    }

    [Fact]
    public void Elements_of_a_resultset_are_one_round()
    {
        var world = new World();
        foreach (var (sub, identity) in new[] { (1, "ns1.ape"), (2, "ns1.ape"), (3, "ns1.jnb") })
        {
            world.Store.Add(World.Dns, 1, new Sample
            {
                At = world.Window.FromUnixSeconds,
                Sub = sub,
                Outcome = Outcome.Answered,
                RttMicroseconds = 5000,
                Identity = world.Store.Intern(identity),
            });
        }

        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal(1, probe.DnsAsked);
        Assert.Equal(new ClassRounds { Conflict = 1 }, probe.Classes);
    }

    [Fact]
    public void A_software_version_is_no_identity()
    {
        var world = new World();
        world.Store.SaveMeasurement(new StoredMeasurement(World.Dns2, "service", MeasurementKind.Dns, 4, "version.bind", World.Hour));
        world.Asks(1, "?", measurement: World.Dns2);
        world.Asks(2, "?", measurement: World.Dns2, nsid: "ns1.ape");
        var catchment = world.Build();
        Assert.Equal(new ClassRounds { Pop = 1, Nameless = 1 }, catchment.Classes);
        Assert.Empty(catchment.UnknownIdentities);
    }

    [Fact]
    public void Unknown_identities_are_listed_with_rounds_and_probes()
    {
        var world = new World();
        world.Asks(1, "??A");
        world.Asks(2, "?");
        var catchment = world.Build();
        var start = world.Window.FromUnixSeconds;
        Assert.Equal([new UnknownIdentity("who.knows", "id.server", 3, 2) { Networks = 1, From = start, To = start + 3600 }], catchment.UnknownIdentities);
        Assert.Equal(1, catchment.UnknownIdentityCount);
    }

    [Fact]
    public void Rules_that_change_inside_the_window_hold_from_their_instant_on()
    {
        var world = new World();
        var change = world.Window.From.AddHours(2);
        var moved = World.Apeldoorn with { Identities = [new IdentityPattern("ns1.ape", ValidTo: change)] };
        world.Target = world.Target with { Pops = [moved, World.Johannesburg] };
        world.Asks(1, "AAAAA");
        var catchment = CatchmentBuilder.Build(
            world.Store,
            world.Target,
            4,
            world.Window,
            (identity, source, at, _) => new Identification(identity, source, IdentityClass.Pop, at < change ? moved : World.Johannesburg, null, null, Confidence.Single),
            world.Store.Probes(world.Window.To));
        Assert.Equal(
            [new Stay("APE", world.Window.FromUnixSeconds, world.Window.FromUnixSeconds + 3600, 2), new Stay("JNB", world.Window.FromUnixSeconds + 7200, world.Window.FromUnixSeconds + 14400, 3)],
            Assert.Single(catchment.Probes).Stays);
    }

    [Fact]
    public void A_guess_is_made_where_light_leaves_no_other_place_round_by_round()
    {
        var world = new World();
        world.Place(1);
        world.Place(2, latitude: 0, longitude: 0);
        world.Asks(1, "??", rttMs: 10);
        world.Asks(1, "  ?", rttMs: 300);
        world.Asks(2, "?", rttMs: 10);
        var catchment = CatchmentBuilder.Build(
            world.Store,
            world.Target,
            4,
            world.Window,
            (identity, source, _, sighting) => sighting is { RttMs: < 50 }
                ? new Identification(identity, source, IdentityClass.Pop, World.Apeldoorn, null, "guess", Confidence.Guessed)
                : new Identification(identity, source, IdentityClass.Unknown, null, null, null, null),
            world.Store.Probes(world.Window.To));
        Assert.Equal(("APE", Confidence.Guessed), (catchment.Probes[0].Pop!.Code, catchment.Probes[0].Confidence));
        Assert.Equal(new ClassRounds { Pop = 2, Unknown = 1 }, catchment.Probes[0].Classes);
        Assert.Null(catchment.Probes[1].Pop);
        Assert.Equal(("who.knows", 2, 2), Assert.Single(catchment.UnknownIdentities.Select(unknown => (unknown.Identity, unknown.Rounds, unknown.Probes))));
    }

    [Fact]
    public void Flips_and_load_balancing_are_told_apart()
    {
        var world = new World();
        world.Asks(1, "AAAAAAJJJJJ");
        world.Asks(2, "AJAJAJAJAJAAAJJJ");
        var probes = world.Build().Probes;
        Assert.Equal([new Flip(world.Window.FromUnixSeconds + (6 * World.Hour), "APE", "JNB")], probes[0].Flips);
        Assert.False(probes[0].IsLoadBalanced);
        Assert.True(probes[1].IsLoadBalanced);
        Assert.Empty(probes[1].Flips);
    }

    /// <summary>Distances by the great-circle calculators: Amsterdam to Apeldoorn 75 km, to Johannesburg 9,000 km.</summary>
    [Fact]
    public void Extra_distance_is_to_the_served_pop_less_to_the_nearest()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "J");
        var probe = Assert.Single(world.Build().Probes);
        Assert.Equal("APE", probe.Nearest!.Code);
        Assert.Equal(75, probe.NearestKm!.Value, 1.0);
        Assert.Equal(9000, probe.DistanceKm!.Value, 30.0);
        Assert.Equal(8925, probe.ExtraKm!.Value, 30.0);
    }

    [Theory]
    [InlineData("AS64499,DE", null, "JNB")] // meant for others
    [InlineData("nl", null, "APE")]
    [InlineData("AS64500", null, "APE")]
    [InlineData("", "2026-11-16", "JNB")] // not in service yet
    [InlineData("", "2026-11-12", "APE")]
    public void The_nearest_pop_is_one_in_service_and_meant_for_the_probe(string audience, string? since, string expected)
    {
        var world = new World();
        world.Place(1);
        world.Target = world.Target with
        {
            Pops =
            [
                World.Johannesburg,
                World.Apeldoorn with
                {
                    Audience = audience.Split(',', StringSplitOptions.RemoveEmptyEntries),
                    Since = since is null ? null : Window.ParseInstant(since, "Since", default),
                },
            ],
        };
        world.Asks(1, "A");
        Assert.Equal(expected, Assert.Single(world.Build().Probes).Nearest!.Code);
    }

    [Fact]
    public void A_silent_probe_remembers_who_served_it_in_the_window_before()
    {
        var world = new World();
        world.Asks(1, "AAA");
        world.Asks(2, "---");
        var before = world.Build();
        world.Window = new Window(world.Window.To, world.Window.To.AddDays(7));
        world.Asks(1, "---");
        world.Asks(2, "---");
        var after = world.Build().WithFormer(before);
        Assert.Equal("APE", after.Probes[0].FormerPop!.Code);
        Assert.Equal("ns1", after.Probes[0].FormerServer);
        Assert.Null(after.Probes[1].FormerPop);
    }
}
