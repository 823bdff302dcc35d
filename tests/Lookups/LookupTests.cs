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
    public void A_question_is_read_as_people_write_it(string text, string meaning) => Assert.Equal(meaning, LookupQuery.Parse(text, "q").ToString());

    [Theory]
    [InlineData("12", "q is 12; allowed: AS12 or probe:12")]
    [InlineData("", "q is empty; allowed: an AS (AS64500)")]
    [InlineData("AS99999999999", "q is AS99999999999; allowed: an AS (AS64500)")]
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
        Assert.Contains("at APE, unchanged at least since 2026-11-09 00:00 UTC", answer.Text, StringComparison.Ordinal);
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
        Assert.Contains("gets no answer from service over IPv4 (1 probe asked)", answer.Text, StringComparison.Ordinal);
        Assert.Contains("No probe", Ask(world, "AS64999", hours: 4).Text, StringComparison.Ordinal);
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
