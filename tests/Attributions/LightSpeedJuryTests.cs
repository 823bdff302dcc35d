using System.Text.Json;
using Analyzer.Attributions;
using Collector.Geography;
using Xunit;

namespace Tests.Attributions;

public sealed class LightSpeedJuryTests
{
    private static readonly GeoPoint Amsterdam = new(52.37, 4.9);
    private static readonly GeoPoint Frankfurt = new(50.11, 8.68);
    private static readonly GeoPoint London = new(51.51, -0.13);
    private static readonly GeoPoint Fremont = new(37.55, -121.99);
    private static readonly GeoPoint LosAngeles = new(34.05, -118.24);
    private static readonly GeoPoint Johannesburg = new(-26.2, 28.05);
    private static readonly GeoPoint SaoPaulo = new(-23.55, -46.63);
    private static readonly GeoPoint Rio = new(-22.91, -43.17);
    private static readonly GeoPoint Tokyo = new(35.68, 139.77);
    private static readonly GeoPoint Tehran = new(35.69, 51.39);
    private static readonly GeoPoint Utrecht = new(52.09, 5.12);
    private static readonly GeoPoint Sydney = new(-33.87, 151.21);

    private static readonly Dictionary<string, GeoPoint> Pops = new(StringComparer.Ordinal)
    {
        ["AMS"] = Amsterdam,
        ["FRA"] = Frankfurt,
        ["LON"] = London,
        ["FMT"] = Fremont,
        ["LAX"] = LosAngeles,
        ["JNB"] = Johannesburg,
        ["SAO"] = SaoPaulo,
        ["TYO"] = Tokyo,
        ["SYD"] = Sydney,
    };

    [Fact]
    public void Where_nothing_is_impossible_nobody_is_suspected() =>
        Assert.Same(LightSpeedVerdicts.None, LightSpeedJury.Judge([Honest(1, Amsterdam, "AMS"), Honest(1, Amsterdam, "JNB"), Honest(2, Tokyo, "TYO")]));

    [Fact]
    public void Fifty_kilometres_are_forgiven_and_sixty_are_not()
    {
        // Amsterdam to Utrecht is 35 km, to Frankfurt 364 km: 3.2 ms reach 365 km with the slack, 3.1 ms 356 km.
        Assert.Same(LightSpeedVerdicts.None, LightSpeedJury.Judge([Claim(1, Amsterdam, "FRA", 3.2)]));
        Assert.Single(LightSpeedJury.Judge([Claim(1, Amsterdam, "FRA", 3.1)]).Undecided);
        Assert.Same(LightSpeedVerdicts.None, LightSpeedJury.Judge([Claim(1, Utrecht, "AMS", 0.05)]));
    }

    [Fact]
    public void A_probe_that_is_too_near_to_several_PoPs_is_misplaced()
    {
        var verdicts = LightSpeedJury.Judge([.. Crowd(), .. FromAmsterdam(7, saysItIsIn: Tehran)]);
        var probe = Assert.Single(verdicts.Probes);
        Assert.Equal((7, Tehran), (probe.Probe, probe.Stated));
        Assert.Equal(["AMS", "FRA", "LON"], probe.Against);
        Assert.Empty(probe.For);
        Assert.InRange(GreatCircle.DistanceKm(probe.Near, Amsterdam), 0, probe.WithinKm);
        Assert.Empty(verdicts.Pops);
        Assert.Empty(verdicts.Identities);
        Assert.Empty(verdicts.Undecided);
        Assert.Equal(Culprit.Probe, verdicts.CulpritOf(7, "AMS", "ns1.ams"));
        Assert.True(verdicts.IsMisplaced(7));
    }

    [Fact]
    public void A_database_that_has_the_probe_elsewhere_is_one_more_witness()
    {
        // Alone the PoP is not believed; with a database that has the address in Utrecht it is.
        var claim = Claim(9, Tehran, "AMS", 7);
        Assert.Empty(LightSpeedJury.Judge([claim]).Probes);
        var probe = Assert.Single(LightSpeedJury.Judge([claim with { Elsewhere = Utrecht, ElsewhereKm = 20 }]).Probes);
        Assert.Equal((9, Utrecht), (probe.Probe, probe.GeoIp));

        // A database that has it where that answer is as impossible explains nothing.
        Assert.Empty(LightSpeedJury.Judge([claim with { Elsewhere = Tokyo, ElsewhereKm = 20 }]).Probes);

        // Nor does one that makes other answers impossible.
        Assert.Empty(LightSpeedJury.Judge([claim with { Elsewhere = Utrecht }, Claim(9, Tehran, "TYO", 79) with { Elsewhere = Utrecht }]).Probes);

        // Where others convict, it is told whether the database agrees.
        var convicted = FromAmsterdam(7, saysItIsIn: Tehran).Select(one => one with { Elsewhere = Amsterdam });
        Assert.Equal(Amsterdam, Assert.Single(LightSpeedJury.Judge([.. Crowd(), .. convicted]).Probes).GeoIp);
    }

    [Fact]
    public void A_place_that_only_a_database_knows_falls_with_one_PoP_that_speaks_against_it()
    {
        var claim = Claim(9, Tehran, "AMS", 7) with { IsPlaceGuessed = true };
        Assert.Equal([9], LightSpeedJury.Judge([claim]).Probes.Select(probe => probe.Probe));

        // Not while another speaks for it: it can be within 4 ms of Tokyo from there only.
        Assert.Empty(LightSpeedJury.Judge([Claim(9, Tokyo, "AMS", 7) with { IsPlaceGuessed = true }, Claim(9, Tokyo, "TYO", 4) with { IsPlaceGuessed = true }]).Probes);
    }

    [Fact]
    public void One_PoP_is_enough_when_others_nearby_trust_it()
    {
        Claim[] trusting = [Claim(1, Amsterdam, "AMS", 2), Claim(2, Utrecht, "AMS", 4), Claim(3, London, "AMS", 8)];
        Assert.Equal([9], LightSpeedJury.Judge([.. trusting, Claim(9, Tehran, "AMS", 7)]).Probes.Select(probe => probe.Probe));

        // With two, or with three who are far away, nobody knows.
        Assert.Equal([9], LightSpeedJury.Judge([.. trusting[..2], Claim(9, Tehran, "AMS", 7)]).Undecided.Select(claim => claim.Probe));
        var distant = LightSpeedJury.Judge([.. trusting.Select(claim => claim with { RttMs = 80 }), Claim(9, Tehran, "AMS", 7)]);
        Assert.Empty(distant.Probes);
        var undecided = Assert.Single(distant.Undecided);
        Assert.Equal((9, "AMS", "ns1.ams", 7.0), (undecided.Probe, undecided.Pop, undecided.Identity, undecided.RttMs));
        Assert.InRange(undecided.DistanceKm, 4_000, 4_150);
        Assert.Equal(Culprit.Unknown, distant.CulpritOf(9, "AMS", "ns1.ams"));
    }

    [Fact]
    public void A_PoP_that_is_too_near_to_most_who_reach_it_is_misplaced()
    {
        // The minus of São Paulo's latitude was forgotten, which puts it into the Atlantic.
        var wrong = new GeoPoint(23.55, -46.63);
        Claim[] claims =
        [
            .. Crowd().Where(claim => claim.Pop != "SAO"),
            .. new[] { (1, SaoPaulo, 3.0), (2, Rio, 8.0), (3, new GeoPoint(-25.43, -49.27), 9.0), (4, new GeoPoint(-30.03, -51.23), 18.0) }
                .Select(probe => new Claim(100 + probe.Item1, probe.Item2, "SAO", wrong, probe.Item3, "ns1.sao")),
            new Claim(200, Amsterdam, "SAO", wrong, 210, "ns1.sao"),
            new Claim(201, Fremont, "SAO", wrong, 190, "ns1.sao"),
        ];
        var verdicts = LightSpeedJury.Judge(claims);
        var pop = Assert.Single(verdicts.Pops);
        Assert.Equal(("SAO", wrong), (pop.Pop, pop.Stated));
        Assert.Equal([101, 102, 103, 104], pop.Against);
        Assert.InRange(GreatCircle.DistanceKm(pop.Near, SaoPaulo), 0, pop.WithinKm);
        Assert.Empty(verdicts.Probes);
        Assert.Empty(verdicts.Undecided);
        Assert.Equal(Culprit.Pop, verdicts.CulpritOf(101, "SAO", "ns1.sao"));

        // Two probes are too few to say so of a PoP, and one PoP that nobody trusts too little to say so of them.
        var few = LightSpeedJury.Judge(claims.Where(claim => claim.Probe is not (103 or 104)));
        Assert.Empty(few.Pops);
        Assert.Empty(few.Probes);
        Assert.Equal([101, 102], few.Undecided.Select(claim => claim.Probe));
    }

    [Fact]
    public void A_PoP_is_not_misplaced_by_a_few_misplaced_probes()
    {
        // Five probes of one host that typed in one wrong place, and only three honest ones near each PoP.
        Claim[] honest = [.. Enumerable.Range(1, 3).SelectMany(probe => new[] { Claim(probe, Utrecht, "AMS", 4), Claim(probe + 10, Frankfurt, "FRA", 2), Claim(probe + 20, London, "LON", 2) })];
        var verdicts = LightSpeedJury.Judge([.. honest, .. Enumerable.Range(50, 5).SelectMany(probe => FromAmsterdam(probe, saysItIsIn: Sydney))]);
        Assert.Equal([50, 51, 52, 53, 54], verdicts.Probes.Select(probe => probe.Probe));
        Assert.Empty(verdicts.Pops);
    }

    [Fact]
    public void A_name_that_does_not_fit_an_honest_probe_is_a_lie()
    {
        var verdicts = LightSpeedJury.Judge([.. Crowd(), Claim(7, Utrecht, "AMS", 5, answers: 20), Claim(7, Utrecht, "JNB", 5)]);
        Assert.Empty(verdicts.Probes);
        Assert.Empty(verdicts.Pops);
        var lie = Assert.Single(verdicts.Identities);
        Assert.Equal(("ns1.jnb", "JNB"), (lie.Identity, lie.Pop));
        Assert.Equal([7], lie.Probes);
        Assert.Equal(Culprit.Identity, verdicts.CulpritOf(7, "JNB", "ns1.jnb"));
        Assert.Equal(Culprit.Unknown, verdicts.CulpritOf(7, "JNB", "ns2.jnb"));
    }

    [Fact]
    public void A_probe_that_hears_many_names_is_not_misplaced()
    {
        var names = new[] { "FMT", "JNB", "SAO", "TYO", "SYD" };
        var verdicts = LightSpeedJury.Judge([.. Crowd(), Claim(7, Utrecht, "AMS", 5, answers: 20), .. names.Select(pop => Claim(7, Utrecht, pop, 5))]);
        Assert.Empty(verdicts.Probes);
        Assert.Equal(["ns1.fmt", "ns1.jnb", "ns1.sao", "ns1.syd", "ns1.tyo"], verdicts.Identities.Select(lie => lie.Identity));
    }

    [Fact]
    public void Two_false_names_now_and_then_do_not_outvote_many_answers()
    {
        // Fremont and Los Angeles could both be true of a probe in California, but most answers come from Amsterdam.
        var verdicts = LightSpeedJury.Judge([.. Crowd(), Claim(7, Utrecht, "AMS", 12, answers: 40), Claim(7, Utrecht, "FMT", 12), Claim(7, Utrecht, "LAX", 12)]);
        Assert.Empty(verdicts.Probes);
        Assert.Equal(["ns1.fmt", "ns1.lax"], verdicts.Identities.Select(lie => lie.Identity));

        // The other way round it is the probe, and Amsterdam's name is the lie.
        var other = LightSpeedJury.Judge([.. Crowd(), Claim(7, Utrecht, "AMS", 12), Claim(7, Utrecht, "FMT", 12, answers: 40), Claim(7, Utrecht, "LAX", 12, answers: 40)]);
        Assert.Equal([7], other.Probes.Select(probe => probe.Probe));
        Assert.Equal(["AMS"], other.Probes[0].For);
    }

    [Fact]
    public void A_name_that_is_impossible_all_over_the_world_is_a_lie()
    {
        // A resolver software whose name looks like a code of Los Angeles: no single place explains it.
        GeoPoint[] places = [Amsterdam, Tokyo, Johannesburg, Sydney, Tehran, SaoPaulo];
        var verdicts = LightSpeedJury.Judge([.. Crowd(), .. places.Select((place, index) => Claim(70 + index, place, "LAX", 2, identity: "lax1.isp.example"))]);
        Assert.Empty(verdicts.Probes);
        Assert.Empty(verdicts.Pops);
        var lie = Assert.Single(verdicts.Identities);
        Assert.Equal("lax1.isp.example", lie.Identity);
        Assert.Equal([70, 71, 72, 73, 74, 75], lie.Probes);
    }

    [Fact]
    public void Misplaced_probes_and_misplaced_PoPs_are_told_apart_in_one_window()
    {
        var wrong = new GeoPoint(-35.68, 139.77);
        var verdicts = LightSpeedJury.Judge(
        [
            .. Crowd().Where(claim => claim.Pop != "TYO"),
            .. Enumerable.Range(80, 6).Select(probe => new Claim(probe, Tokyo, "TYO", wrong, probe - 77, "ns1.tyo")),
            .. FromAmsterdam(7, saysItIsIn: Tokyo),
            .. FromAmsterdam(8, saysItIsIn: Tehran),
        ]);
        Assert.Equal(["TYO"], verdicts.Pops.Select(pop => pop.Pop));
        Assert.Equal([7, 8], verdicts.Probes.Select(probe => probe.Probe));
        Assert.Empty(verdicts.Identities);
        Assert.Empty(verdicts.Undecided);
    }

    [Fact]
    public void A_place_between_two_PoPs_is_found()
    {
        // Halfway between Frankfurt and London (640 km apart), 4 ms from both: near neither, and not in Sydney.
        var verdicts = LightSpeedJury.Judge([.. Crowd(), Claim(7, Sydney, "FRA", 4), Claim(7, Sydney, "LON", 4)]);
        Assert.Equal(["FRA", "LON"], Assert.Single(verdicts.Probes).Against);
    }

    [Fact]
    public void Times_that_are_no_times_are_no_evidence() =>
        Assert.Same(LightSpeedVerdicts.None, LightSpeedJury.Judge([Claim(1, Tehran, "AMS", double.NaN), Claim(1, Tehran, "AMS", 0), Claim(1, Tehran, "AMS", -1), Claim(1, Tehran, "AMS", 5, answers: 0)]));

    [Fact]
    public void The_order_of_the_claims_does_not_matter()
    {
        Claim[] claims = [.. Crowd(), .. FromAmsterdam(7, saysItIsIn: Tehran), Claim(8, Utrecht, "AMS", 5, answers: 9), Claim(8, Utrecht, "JNB", 5), Claim(9, Tehran, "SYD", 5)];
        var expected = Text(LightSpeedJury.Judge(claims));
        var random = new Random(8038);
        for (var round = 0; round < 20; round++)
        {
            random.Shuffle(claims);
            Assert.Equal(expected, Text(LightSpeedJury.Judge(claims)));
        }

        static string Text(LightSpeedVerdicts verdicts) => JsonSerializer.Serialize(new { verdicts.Probes, verdicts.Pops, verdicts.Identities, verdicts.Undecided });
    }

    [Fact]
    public void In_a_large_world_the_guilty_are_found_and_no_one_else()
    {
        // 3,000 probes reach the three PoPs nearest to where they are; every hundredth says it is elsewhere; Tokyo is configured in Sydney's
        // hemisphere; every fiftieth hears a false name in one answer of ten.
        var random = new Random(20261120);
        var wrong = new GeoPoint(-35.68, 139.77);
        var claims = new List<Claim>();
        var (misplaced, lied) = (new HashSet<int>(), new HashSet<int>());
        var centres = Pops.Values.Append(Tehran).Append(Rio).ToArray();
        for (var probe = 1; probe <= 3_000; probe++)
        {
            var centre = centres[random.Next(centres.Length)];
            var truth = new GeoPoint(centre.LatitudeDegrees + (random.NextDouble() * 6) - 3, centre.LongitudeDegrees + (random.NextDouble() * 6) - 3);
            var stated = truth;
            if (probe % 100 == 0)
            {
                do
                {
                    stated = centres[random.Next(centres.Length)];
                }
                while (GreatCircle.DistanceKm(stated, truth) < 8_000);

                misplaced.Add(probe);
            }

            foreach (var (pop, place) in Pops.OrderBy(pop => GreatCircle.DistanceKm(truth, pop.Value)).Take(3))
            {
                var rttMs = (GreatCircle.FibreRttMs(GreatCircle.DistanceKm(truth, place)) * (1.2 + random.NextDouble())) + 2 + (random.NextDouble() * 8);
                claims.Add(new Claim(probe, stated, pop, pop == "TYO" ? wrong : place, rttMs, "ns1." + pop, 30));
            }

            if (probe % 50 == 1)
            {
                var farthest = Pops.Where(pop => pop.Key != "TYO").MaxBy(pop => GreatCircle.DistanceKm(truth, pop.Value));
                claims.Add(new Claim(probe, stated, farthest.Key, farthest.Value, 15, "ns1." + farthest.Key, 10));
                lied.Add(probe);
            }
        }

        var verdicts = LightSpeedJury.Judge(claims);
        Assert.Equal(["TYO"], verdicts.Pops.Select(pop => pop.Pop));
        var visible = misplaced.Where(probe => claims.Exists(claim =>
            claim.Probe == probe && !GreatCircle.IsPossible(claim.ProbePlace, Pops[claim.Pop], claim.RttMs))).ToList();
        Assert.InRange(visible.Count, 25, 30);
        Assert.Equal(visible.Order(), verdicts.Probes.Select(probe => probe.Probe));
        Assert.Equal(lied.Order(), verdicts.Identities.SelectMany(lie => lie.Probes).Distinct().Order());
        Assert.Empty(verdicts.Undecided);
    }

    // A CDN's answers to 119 probes in 2015. One, in South Africa, was at its nearest 3.6 ms from a PoP that its stated place puts 526 km away.
    [Fact]
    public void In_a_CDNs_answers_the_one_probe_in_the_wrong_place_is_found()
    {
        var expected = Corpus.Lines("dns/cloudflare-id.server-1768147-a.expected.ndjson").Select(line => JsonDocument.Parse(line).RootElement);
        var results = Corpus.Lines("dns/cloudflare-id.server-1768147-a.ndjson.gz").Select(line => JsonDocument.Parse(line).RootElement);
        var claims = expected.Zip(results)
            .Where(pair => pair.Second.TryGetProperty("result", out var result) && result.TryGetProperty("rt", out _))
            .Select(pair => new Claim(
                pair.First.GetProperty("prb_id").GetInt32(),
                new GeoPoint(pair.First.GetProperty("probe_lat").GetDouble(), pair.First.GetProperty("probe_lon").GetDouble()),
                pair.First.GetProperty("site").GetString()!,
                new GeoPoint(pair.First.GetProperty("site_lat").GetDouble(), pair.First.GetProperty("site_lon").GetDouble()),
                pair.Second.GetProperty("result").GetProperty("rt").GetDouble())).ToList();
        Assert.True(claims.Count > 2_000);
        var verdicts = LightSpeedJury.Judge(claims);
        Assert.Empty(verdicts.Pops);
        Assert.Empty(verdicts.Identities);
        Assert.Equal([16421], verdicts.Probes.Select(probe => probe.Probe));
        Assert.Empty(verdicts.Undecided);
    }

    private static Claim Claim(int probe, GeoPoint place, string pop, double rttMs, string? identity = null, int answers = 1) =>
        new(probe, place, pop, Pops[pop], rttMs, identity ?? "ns1." + pop.ToLowerInvariant(), answers);

    private static Claim Honest(int probe, GeoPoint place, string pop) =>
        Claim(probe, place, pop, (GreatCircle.FibreRttMs(GreatCircle.DistanceKm(place, Pops[pop])) * 1.6) + 2);

    /// <summary>Five honest probes around each PoP, which also reach a PoP far away.</summary>
    private static IEnumerable<Claim> Crowd()
    {
        var probe = 1_000;
        foreach (var (pop, place) in Pops)
        {
            for (var index = 0; index < 5; index++)
            {
                var here = new GeoPoint(place.LatitudeDegrees + (0.3 * index) - 0.6, place.LongitudeDegrees + 0.4);
                yield return Honest(++probe, here, pop);
                yield return Honest(probe, here, pop == "AMS" ? "LAX" : "AMS");
            }
        }
    }

    /// <summary>What a probe in Amsterdam measures: 7, 12 and 10 ms to three PoPs.</summary>
    private static Claim[] FromAmsterdam(int probe, GeoPoint saysItIsIn) =>
        [Claim(probe, saysItIsIn, "AMS", 7), Claim(probe, saysItIsIn, "FRA", 12), Claim(probe, saysItIsIn, "LON", 10)];
}
