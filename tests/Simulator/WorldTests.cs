using System.Text.Json;
using Collector.Geography;
using Simulator.Worlds;
using Xunit;

namespace Tests.Simulator;

public sealed class WorldTests
{
    private const long Day = 86400;

    // One world for all that only read: the demo's.
    private static readonly Lazy<World> Demo = new(() => World.Create());

    private static readonly long[] Mondays = [1792972800, 1793577600, 1794182400]; // 2026-10-26, 11-02, 11-09, by the calendar

    [Fact]
    public void The_same_seed_tells_the_same_truth_to_the_byte() => Assert.Equal(Truth(World.Create(7, 60, 3)), Truth(World.Create(7, 60, 3)));

    [Fact]
    public void Another_seed_is_another_Internet() => Assert.NotEqual(Truth(World.Create(7, 60, 3)), Truth(World.Create(8, 60, 3)));

    [Fact]
    public void The_world_ends_with_week_46_whatever_its_length()
    {
        Assert.Equal(new DateTimeOffset(2026, 11, 16, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.FromUnixTimeSeconds(Demo.Value.End));
        Assert.Equal(Mondays[0], Demo.Value.Start);
        Assert.Equal(Mondays[0] - (2 * 7 * Day), World.Create(1, 20, 5).Start);
    }

    [Fact]
    public void Probes_are_where_Atlas_has_them()
    {
        var probes = Demo.Value.Probes;
        Assert.Equal(1000, probes.Count);
        Assert.True(probes.Select(probe => probe.Country).Distinct().Count() >= 90);
        Assert.InRange(probes.Count(probe => probe.Home.Continent == "EU"), 450, 650);
        Assert.Equal(probes.Count, probes.Select(probe => probe.Id).Distinct().Count());
        Assert.Equal(probes.Count, probes.Select(probe => probe.AddressV4).Distinct().Count());
        Assert.InRange(probes.Count(probe => probe.AddressV6 is not null), 350, 600);

        // Most networks host one probe, a few host many.
        var sizes = probes.GroupBy(probe => probe.AsnV4).Select(network => network.Count()).ToList();
        Assert.True(sizes.Count(size => size == 1) > sizes.Count / 2);
        Assert.True(sizes.Max() >= 8);
    }

    [Fact]
    public void In_the_first_week_the_new_PoPs_answer_nobody()
    {
        var reached = Reached("ns-a", 4, Mondays[0] + Day);
        Assert.DoesNotContain(reached, pop => pop is "GRU" or "SYD" or "JNB");
        Assert.Equal(["APE", "FMT", "LJU", "MIA", "SIN", "TYO"], reached.Where(pop => pop is not null).Distinct().Order());
    }

    [Fact]
    public void Johannesburg_drags_Europe_and_Asia_to_Africa_until_it_is_prepended()
    {
        double Dragged(string continent, long at)
        {
            var there = Demo.Value.Probes.Where(probe => probe.Home.Continent == continent).Select(probe => Demo.Value.TruePop(probe.Id, "ns-a", 4, at)).ToList();
            return there.Count(pop => pop == "JNB") / (double)there.Count;
        }

        Assert.InRange(Dragged("EU", Mondays[1] + Day), 0.15, 0.6);
        Assert.InRange(Dragged("AS", Mondays[1] + Day), 0.25, 0.7);
        Assert.InRange(Dragged("NA", Mondays[1] + Day), 0, 0.1);
        Assert.InRange(Dragged("EU", Mondays[2] + Day), 0.005, 0.08);
        Assert.InRange(Dragged("AS", Mondays[2] + Day), 0.005, 0.1);
    }

    [Theory]
    [InlineData("LJU", 1793268000)] // Thursday 2026-10-29 10:00
    [InlineData("TYO", 1793757600)] // Wednesday 2026-11-04 02:00
    [InlineData("MIA", 1794312000)] // Tuesday 2026-11-10 12:00
    public void A_withdrawn_PoP_is_silent_for_six_hours_and_others_take_over(string pop, long from)
    {
        var before = Reached("ns-a", 4, from - 1);
        var during = Reached("ns-a", 4, from + 3600);
        var after = Reached("ns-a", 4, from + (6 * 3600) + 600);
        Assert.True(before.Count(reached => reached == pop) >= 5);
        Assert.DoesNotContain(pop, during);
        Assert.Equal(before.Count(reached => reached == pop), after.Count(reached => reached == pop));
        Assert.All(before.Zip(during).Where(pair => pair.First == pop), pair => Assert.NotNull(pair.Second));
    }

    [Fact]
    public void No_round_trip_is_faster_than_light()
    {
        foreach (var probe in Demo.Value.Probes)
        {
            for (var family = 4; family <= 6; family += 2)
            {
                var route = Demo.Value.RouteAt(probe, 0, family, Demo.Value.EpochAt(Mondays[1]), Mondays[1]);
                if (route.Pop >= 0)
                {
                    var km = GreatCircle.DistanceKm(probe.Position, SimulatedNetwork.PopPositions[route.Pop]);
                    Assert.True(Demo.Value.RouteMicros(probe, route) / 1000.0 >= GreatCircle.FibreRttMs(km), $"probe {probe.Id}, {km} km");
                }
            }
        }
    }

    [Fact]
    public void A_misplaced_probe_is_proven_by_light_and_every_other_is_not()
    {
        var at = Mondays[2] + (5 * Day);
        foreach (var probe in Demo.Value.Probes.Where(probe => probe.RegisteredPosition is not null))
        {
            var route = Demo.Value.RouteAt(probe, 0, 4, Demo.Value.EpochAt(at), at);
            if (route.Pop >= 0)
            {
                var rttMs = (Demo.Value.RouteMicros(probe, route) + probe.LastMileMicros) / 1000.0;
                Assert.Equal(!probe.IsMisplaced, GreatCircle.IsPossible(probe.RegisteredPosition!.Value, SimulatedNetwork.PopPositions[route.Pop], rttMs));
            }
        }
    }

    [Theory]
    [InlineData("backhaul")]
    [InlineData("black-hole")]
    [InlineData("continental-detour")]
    [InlineData("over-reach")]
    [InlineData("pop-silent")]
    [InlineData("catchment-shift")]
    [InlineData("latency-shift")]
    [InlineData("far-pop")]
    [InlineData("family-split")]
    [InlineData("interception")]
    [InlineData("misplaced-probe")]
    [InlineData("load-balanced")]
    [InlineData("scope-leak")]
    [InlineData("unknown-identity")]
    public void Every_check_has_at_least_three_events_to_find_and_three_near_misses(string check)
    {
        Assert.True(Demo.Value.Events.Count(truth => truth.Check == check && !truth.IsBorderline) >= 3);
        Assert.True(Demo.Value.NearMisses.Count(truth => truth.Check == check) >= 3);
    }

    [Fact]
    public void Some_boxes_bear_names_like_ours_or_like_another_operator_s_host()
    {
        var names = Demo.Value.Probes.Select(probe => probe.Interceptor).OfType<string>().ToList();
        Assert.Equal(2, names.Count(name => name == "ns1.fra.example.net"));
        Assert.Equal(2, names.Count(name => name.EndsWith(".pch", StringComparison.Ordinal) && !name.Contains("rrdns", StringComparison.Ordinal)));
        Assert.Equal(2, names.Count(name => name.StartsWith("ns2.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(201)]
    [InlineData(202)]
    public void Other_worlds_have_three_of_each_too(int seed)
    {
        var world = World.Create(seed);
        Assert.All(world.Events.Select(truth => truth.Check).Distinct(), check =>
        {
            Assert.True(world.Events.Count(truth => truth.Check == check && !truth.IsBorderline) >= 3, check);
            Assert.True(world.NearMisses.Count(truth => truth.Check == check) >= 3, check);
        });
    }

    [Fact]
    public void A_PoP_gains_clients_against_the_day_before_the_week_and_its_losers_are_not_told_again()
    {
        var truth = Assert.Single(Demo.Value.Events, truth => truth is { Check: "catchment-shift", Target: "ns-a", Family: 4, ScopeValue: "JNB", From: SimulatedNetwork.NewPops });
        Assert.False(truth.IsBorderline);
        Assert.All(truth.Probes, probe => Assert.NotEqual("JNB", Demo.Value.TruePop(probe, "ns-a", 4, Mondays[1] - (Day / 2))));
        Assert.DoesNotContain(Demo.Value.Events, other => other is { Check: "catchment-shift", Target: "ns-a", Family: 4, ScopeValue: "APE", IsBorderline: false } && other.From == truth.From);
    }

    [Fact]
    public void Truth_over_time_agrees_with_truth_at_an_instant()
    {
        using var truth = JsonDocument.Parse(Truth(Demo.Value));
        var checkedInstants = 0;
        foreach (var probe in truth.RootElement.GetProperty("probes").EnumerateArray())
        {
            var id = probe.GetProperty("id").GetInt32();
            foreach (var series in probe.GetProperty("pops").EnumerateObject())
            {
                var target = series.Name.Split('/')[0];
                var family = int.Parse(series.Name.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
                var end = Demo.Value.Start;
                foreach (var interval in series.Value.EnumerateArray())
                {
                    var (from, to, pop) = (interval[0].GetInt64(), interval[1].GetInt64(), interval[2].GetString());
                    Assert.Equal(end, from);
                    end = to;
                    var really = Demo.Value.Truth(id, target, family, from + ((to - from) / 2), out var code);
                    Assert.Equal(pop, really == TrueAnswer.Interceptor ? "interceptor" : code is not null && pop?.Split('|') is { Length: 2 } two && two.Contains(code) ? pop : code);
                    checkedInstants++;
                }

                Assert.Equal(Demo.Value.End, end);
            }
        }

        Assert.True(checkedInstants > 5000);
    }

    [Fact]
    public void A_probe_with_a_wrong_clock_is_asked_about_the_time_that_it_really_was()
    {
        var probe = Demo.Value.Probes.First(probe => probe.ClockOffsetSeconds == 7200);
        Assert.Equal(Mondays[1], Demo.Value.TrueTime(probe.Id, Mondays[1] + 7200));
    }

    private static List<string?> Reached(string target, int family, long at) =>
        [.. Demo.Value.Probes.Where(probe => !probe.IsLoadBalanced).Select(probe => Demo.Value.TruePop(probe.Id, target, family, at))];

    private static byte[] Truth(World world)
    {
        using var stream = new MemoryStream();
        world.WriteTruth(stream);
        return stream.ToArray();
    }
}
