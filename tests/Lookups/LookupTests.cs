using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Lookups;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Geography;
using Collector.Probes;
using Reports.Lookups;
using Tests.Catchments;
using Xunit;

namespace Tests.Lookups;

public sealed class LookupTests
{
    [Theory]
    [InlineData("AS64500", "AS64500")]
    [InlineData("as 64500", "AS64500")]
    [InlineData("NL", "Netherlands")]
    [InlineData("nl", "Netherlands")]
    [InlineData("netherlands", "Netherlands")]
    [InlineData("192.0.2.77/24", "192.0.2.0/24")]
    [InlineData("2001:DB8::1/32", "2001:db8::/32")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("probe:123", "probe 123")]
    [InlineData("Paris", "Paris, FR")]
    [InlineData("Paris, US", "Paris, US")]
    [InlineData("sao paulo", "São Paulo, BR")]
    [InlineData("SÃO PAULO", "São Paulo, BR")]
    [InlineData("são paulo, br", "São Paulo, BR")]
    [InlineData("asn:64500", "AS64500")]
    [InlineData("ASN64500", "AS64500")]
    [InlineData("the netherlands", "Netherlands")]
    [InlineData("AMS", "Amsterdam, NL")]
    [InlineData("48.86, 2.35", "48.86, 2.35")]
    [InlineData("-33.9,151.2", "-33.9, 151.2")]
    [InlineData("2001:db8:1:2::3/48", "2001:db8:1::/48")]
    [InlineData("Springfield", "Springfield, US (at 37.2, -93.3, the largest of 8 of that name)")]
    public void A_question_is_read_as_people_write_it(string text, string meaning) => Assert.Equal(meaning, LookupQuery.Parse(text, "q").ToString());

    [Theory]
    [InlineData("12", "q is 12; allowed: AS12 or probe:12")]
    [InlineData("", "q is empty; allowed: an AS (AS64500)")]
    [InlineData("AS99999999999", "q is AS99999999999; allowed: an AS (AS64500)")]
    [InlineData("91.0, 2.0", "q is 91.0, 2.0; allowed: an AS (AS64500)")]
    [InlineData("192.0.2.0/33", "q is 192.0.2.0/33; allowed: an AS (AS64500)")]
    [InlineData("Nowhereville", "q is Nowhereville; allowed: an AS (AS64500)")]
    [InlineData("fe80::1%eth0", "q is fe80::1%eth0; allowed: an AS (AS64500)")]
    public void What_is_no_question_is_refused_with_what_is_one(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<ConfigurationException>(() => LookupQuery.Parse(text, "q")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_network_that_moved_to_johannesburg_says_since_when_and_at_what_price()
    {
        var world = new World();
        foreach (var probe in new[] { 1, 2, 3 })
        {
            world.Place(probe);
            world.Asks(probe, "AAAAAAAAJJJJJJJJ", rttMs: 180);
        }

        var family = Assert.Single(Ask(world, "AS64500", hours: 8).Families);
        Assert.Equal(("JNB", 1.0, "APE", 180.0), (family.Pop!.Code, family.Share, family.Nearest!.Code, family.RttMs));
        Assert.Equal(world.Window.From.AddHours(8), family.Since);
        Assert.Equal(family.Since, family.LastChange);
        // Amsterdam to Johannesburg is about 9,020 km, to Apeldoorn about 75; light in fibre covers 98.6 km a millisecond of round trip.
        Assert.InRange(family.ExtraKm!.Value, 8850, 9050);
        Assert.Equal(family.ExtraKm.Value / 98.6, family.ExtraMs!.Value, 0.001);
        Assert.Equal([1, 2, 3], family.Probes);
    }

    [Fact]
    public void A_network_that_never_moved_has_no_since_and_says_how_far_back_is_known()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAAAAAAAAA");
        var answer = Ask(world, "probe:1", hours: 8);
        var family = Assert.Single(answer.Families);
        Assert.Null(family.Since);
        Assert.Null(family.LastChange);
        Assert.Equal(world.Window.From, family.KnownFrom);
        Assert.Contains("at APE, at least since 2026-11-09 00:00 UTC", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"since\"", LookupJson.Write(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void The_lead_changes_when_the_majority_has_moved_and_an_outlier_moves_nothing()
    {
        var world = new World();
        string[] rounds = ["AAAAJJJJJJJJJJJJ", "AAAAAAAAJJJJJJJJ", "AAAAAAAAAAAAAAAJ"];
        for (var probe = 1; probe <= rounds.Length; probe++)
        {
            world.Place(probe);
            world.Asks(probe, rounds[probe - 1]);
        }

        var family = Assert.Single(Ask(world, "NL", hours: 6).Families);
        Assert.Equal("JNB", family.Pop!.Code);
        Assert.Equal(world.Window.From.AddHours(8), family.Since);
        Assert.Equal(2.0 / 3, family.Share!.Value, 0.001);
    }

    [Fact]
    public void A_probe_that_only_began_to_measure_is_no_change_of_the_network()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAAAAAAAAA");
        foreach (var late in new[] { 2, 3 })
        {
            world.Place(late);
            world.Asks(late, "          JJJJJJ");
        }

        var family = Assert.Single(Ask(world, "AS64500", hours: 4).Families);
        Assert.Equal("JNB", family.Pop!.Code);
        Assert.Null(family.Since);
        Assert.Equal(world.Window.From.AddHours(10), family.KnownFrom);
    }

    [Fact]
    public void Now_is_the_end_of_the_time_not_the_most_of_it()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAAAAAAJJJ");
        var family = Assert.Single(Ask(world, "probe:1", hours: 16).Families);
        Assert.Equal("JNB", family.Pop!.Code);
        Assert.Equal(world.Window.From.AddHours(13), family.Since);
        Assert.InRange(family.ExtraKm!.Value, 8850, 9050);
    }

    [Fact]
    public void Who_alternates_has_no_since()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AJAJAJAJAJAJAJAJ");
        var family = Assert.Single(Ask(world, "probe:1", hours: 3).Families);
        Assert.Equal("JNB", family.Pop!.Code);
        Assert.Null(family.Since);
        Assert.Null(family.LastChange);
    }

    [Fact]
    public void Silence_is_an_answer_too()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "----------------");
        var answer = Ask(world, "AS64500", hours: 4);
        var family = Assert.Single(answer.Families);
        Assert.Null(family.Pop);
        Assert.Contains("gets no answer from service over IPv4 (1 probe asked, 0 answered)", answer.Text, StringComparison.Ordinal);
        Assert.Contains("No probe", Ask(world, "AS64999", hours: 4).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detour_ends_in_a_request_to_the_network_and_a_near_PoP_does_not()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAJJJJJJJJ", rttMs: 180);
        Assert.Equal(
            "Between 2026-11-09 10:00 UTC and 2026-11-09 16:00 UTC: AS64500 reaches service over IPv4 at JNB since 2026-11-09 08:00 UTC, with a median round-trip time of 180 ms (1 probe asked, 1 answered, 1 attributed). "
            + "The nearest PoP is APE: the way is 8,947 km longer than it has to be, at least 91 ms. "
            + "service is announced from several places, and your routing decides which of them you reach: could you look over which upstream or peer you send packets to service, and whether a way to APE can be preferred to that to JNB? A traceroute and the AS path from inside would help. "
            + "Measured by RIPE Atlas probe 1.",
            Ask(world, "AS64500", hours: 6).Text);
        Assert.DoesNotContain("could you", Ask(world, "NL", hours: 6).Text, StringComparison.Ordinal);

        var near = new World();
        near.Place(1);
        near.Asks(1, "AAAAAAAAAAAAAAAA", rttMs: 5);
        Assert.DoesNotContain("could you", Ask(near, "AS64500", hours: 6).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_network_in_the_dark_is_told_who_answered_it_last_and_whether_pings_still_come_back()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAA--------");
        Assert.Contains(
            "gets no answer from service over IPv4 (1 probe asked, 0 answered). The last answer of a PoP was that of APE on 2026-11-09 07:00 UTC. Could you look where packets to service end",
            Ask(world, "AS64500", hours: 6).Text,
            StringComparison.Ordinal);
        world.Pings(1, [.. Enumerable.Repeat(20.0, 16)]);
        Assert.Contains("gets answers to pings, but none to DNS from service", Ask(world, "AS64500", hours: 6).Text, StringComparison.Ordinal);
        Assert.Contains("filters port 53", Ask(world, "probe:1", hours: 6).Text, StringComparison.Ordinal);
        Assert.Contains("probe 1 (AS64500, Netherlands) gets", Ask(world, "probe:1", hours: 6).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_nobody_measures_is_told_how_it_would_be() =>
        Assert.Equal(
            "No probe that measured service between 2026-11-09 10:00 UTC and 2026-11-09 16:00 UTC speaks for AS64999. If RIPE Atlas has one, Probes:Include AS64999 makes it measure.",
            Ask(new World(), "AS64999", hours: 6).Text);

    [Fact]
    public void A_table_puts_the_facts_side_by_side_and_the_paragraph_below()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAJJJJJJJJ", rttMs: 180);
        var answer = Ask(world, "AS64500", hours: 6);
        Assert.Equal(
            [
                "service        IPv4",
                "served by      JNB",
                "share          100 % (JNB 1)",
                "since          2026-11-09 08:00 UTC",
                "last change    2026-11-09 08:00 UTC",
                "RTT            180.0 ms",
                "nearest PoP    APE",
                "extra          8,947 km, 90.7 ms",
                "confidence     single",
                "probes         1 asked, 1 answered, 1 attributed",
                "               1",
                "",
                answer.Text,
                "",
            ],
            LookupTable.Write(answer).Split('\n'));
    }

    [Fact]
    public void Csv_has_a_row_a_family_and_no_formula()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAJJJJJJJJ", rttMs: 180);
        var answer = Ask(world, "AS64500", hours: 6) with { Query = "=cmd()" };
        Assert.Equal("'=cmd(),service,4,JNB,1,1794211200,180,APE,8947.2,90.742,1794211200,single,1,1,1,1,,AS64500,0,0", LookupCsv.Write([answer]).Last());
    }

    [Fact]
    public void A_prefix_finds_addresses_in_it_else_the_announcements_in_it_else_the_longest_around_it()
    {
        ProbeCatchment Of(int id, string? address, string announced) =>
            new(id) { Probe = new Probe(id) { AddressV4 = address is null ? null : System.Net.IPAddress.Parse(address), PrefixV4 = announced } };
        var catchment = new Catchment(World.Named, 4, new World().Window)
        {
            Probes = [Of(1, "192.0.2.77", "192.0.2.0/24"), Of(2, null, "192.0.2.0/25"), Of(3, "198.51.100.9", "198.51.100.0/24"), Of(4, null, "198.51.0.0/16")],
        };
        IEnumerable<int> Found(string query) => LookupProbes.Of(LookupQuery.Parse(query, "q"), catchment).Select(probe => probe.Id);
        Assert.Equal([1, 2], Found("192.0.2.0/24"));
        Assert.Equal([1], Found("192.0.2.77"));
        Assert.Equal([2], Found("192.0.2.3"));
        Assert.Equal([3], Found("198.51.100.200"));
        Assert.Equal([4], Found("198.51.7.7"));
        Assert.Empty(Found("203.0.113.0/24"));
        Assert.Empty(Found("2001:db8::/32"));
    }

    [Fact]
    public void A_city_is_the_probes_around_it_else_the_nearest_few()
    {
        var amsterdam = new GeoPoint(52.37, 4.9);
        var berlin = new GeoPoint(52.52, 13.4);
        ProbeCatchment At(int id, GeoPoint place) => new(id) { Probe = new Probe(id) { Position = place } };
        IEnumerable<int> Around(string city, params ProbeCatchment[] probes) =>
            LookupProbes.Of(LookupQuery.Parse(city, "q"), new Catchment(World.Named, 4, new World().Window) { Probes = probes }).Select(probe => probe.Id);
        Assert.Equal([1], Around("Amsterdam", At(1, amsterdam), At(2, berlin)));
        // Hamburg is 255 km from Berlin and 370 from Amsterdam.
        Assert.Equal([2, 3, 4], Around("Hamburg", At(1, amsterdam), At(2, berlin), At(3, berlin), At(4, berlin)));
        Assert.Empty(Around("Tokyo", At(1, amsterdam)));
    }

    [Fact]
    public void Json_has_the_members_of_the_contract_first_and_in_order()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "AAAAAAAAJJJJJJJJ");
        using var json = JsonDocument.Parse(LookupJson.Write(Ask(world, "AS64500", hours: 4)));
        Assert.Equal(["query", "target", "families", "text"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["family", "pop", "share", "since", "rttMs", "nearestPop", "extraKm", "extraMs", "lastChange", "confidence", "probes"],
            json.RootElement.GetProperty("families")[0].EnumerateObject().Select(member => member.Name).Take(11));
        Assert.Equal(1794211200, json.RootElement.GetProperty("families")[0].GetProperty("since").GetInt64());
    }

    /// <summary>Asks about the last hours of sixteen.</summary>
    private static LookupAnswer Ask(World world, string text, int hours)
    {
        var end = world.Window.From.AddHours(16);
        return new LookupReader(new CatchmentReader(world.Store)).Answer(text, LookupQuery.Parse(text, "q"), World.Named, new Window(end.AddHours(-hours), end));
    }
}
