using System.Net;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Probes;
using Xunit;

namespace Tests.Measuring;

public sealed class ProbeSelectionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_small_world_measures_whole()
    {
        var probes = Network(1, "NL", 64500, 10);
        Assert.Equal(Enumerable.Range(1, 10), Ids(probes, 10));
        Assert.Equal(Enumerable.Range(1, 10), Ids(probes, 1000));
    }

    [Fact]
    public void Exactly_as_many_as_wanted_are_taken()
    {
        var probes = World();
        foreach (var count in new[] { 0, 1, 7, 100, 299 })
        {
            Assert.Equal(count, Ids(probes, count).Distinct().Count());
        }
    }

    [Fact]
    public void The_largest_as_gets_three_before_the_smallest_get_one_and_no_more_until_all_have_one()
    {
        // One AS of 200 probes, forty of one probe each.
        List<Probe> probes = [.. Network(1, "NL", 64500, 200), .. Enumerable.Range(0, 40).SelectMany(index => Network(1000 + index, "NL", (uint)(64600 + index), 1))];

        Assert.Equal(3, ProbeSelection.Select(probes, 4, Of(3), null, Now).Count(probe => probe.AsnV4 == 64500));
        foreach (var count in new[] { 4, 20, 43 })
        {
            var selected = ProbeSelection.Select(probes, 4, Of(count), null, Now);
            Assert.Equal(3, selected.Count(probe => probe.AsnV4 == 64500));
            Assert.Equal(count - 3, selected.Select(probe => probe.AsnV4).Distinct().Count() - 1);
        }

        Assert.Equal(4, ProbeSelection.Select(probes, 4, Of(44), null, Now).Count(probe => probe.AsnV4 == 64500));
    }

    /// <summary>India has some 800 million Internet users, the Netherlands 17 million: √(800 / 17) ≈ 7; Atlas' probes are the other way round.</summary>
    [Fact]
    public void Countries_share_by_the_root_of_their_users_not_by_their_probes()
    {
        List<Probe> probes = [.. Network(1, "NL", 64500, 900), .. Network(5000, "IN", 64501, 200)];
        var selected = ProbeSelection.Select(probes, 4, Of(80), null, Now);
        var india = selected.Count(probe => probe.Country == "IN");
        Assert.InRange((double)india / (80 - india), 5, 9);
    }

    [Fact]
    public void A_country_without_enough_probes_leaves_its_places_to_others()
    {
        List<Probe> probes = [.. Network(1, "NL", 64500, 900), .. Network(5000, "IN", 64501, 3)];
        var selected = ProbeSelection.Select(probes, 4, Of(80), null, Now);
        Assert.Equal(3, selected.Count(probe => probe.Country == "IN"));
        Assert.Equal(80, selected.Count);
    }

    [Fact]
    public void The_order_in_which_probes_are_listed_does_not_matter()
    {
        var probes = World();
        var expected = Ids(probes, 150);
        probes.Reverse();
        Assert.Equal(expected, Ids(probes, 150));
        Assert.Equal(expected, Ids([.. probes, .. probes], 150));
    }

    [Fact]
    public void Only_probes_that_can_are_asked()
    {
        List<Probe> probes =
        [
            new(1) { Status = ProbeStatus.Connected, Tags = ["system-ipv4-works", "system-ipv6-works"] },
            new(2) { Status = ProbeStatus.Connected, Tags = ["system-ipv4-works", "system-ipv6-doesnt-work"], AsnV6 = 64500 },
            new(3) { Status = ProbeStatus.Disconnected, Tags = ["system-ipv4-works"] },
            new(4) { Status = ProbeStatus.Connected, Tags = ["system-v3"], AsnV4 = 64500 },
            new(5) { Status = ProbeStatus.Connected, Tags = [], AddressV6 = IPAddress.Parse("2001:db8::1") },
            new(6) { Status = ProbeStatus.Connected, Tags = [] },
            new(7) { Status = ProbeStatus.Other, Tags = ["system-ipv4-works"] },
        ];
        Assert.Equal([1, 2, 4], Ids(probes, 100));
        Assert.Equal([1, 5], Ids(probes, 100, family: 6));
    }

    [Fact]
    public void Probes_that_go_away_are_replaced_and_the_others_stay()
    {
        var probes = World();
        var before = Ids(probes, 150).ToHashSet();
        var gone = before.Order().Where((_, index) => index % 10 == 0).ToHashSet();
        var after = ProbeSelection.Select(probes.Where(probe => !gone.Contains(probe.Id)), 4, Of(150), before, Now).Select(probe => probe.Id).ToHashSet();

        Assert.Equal(150, after.Count);
        Assert.Superset(before.Except(gone).ToHashSet(), after);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, false)]
    public void A_probe_that_is_away_for_a_while_keeps_its_place(int days, bool stays)
    {
        var probes = World();
        var before = Ids(probes, 150).ToHashSet();
        var away = before.Min();
        var index = probes.FindIndex(probe => probe.Id == away);
        probes[index] = probes[index] with { Status = ProbeStatus.Disconnected, LastConnected = Now.AddDays(-days) };

        var after = ProbeSelection.Select(probes, 4, Of(150), before, Now).Select(probe => probe.Id).ToHashSet();
        Assert.Equal(stays, after.Contains(away));
        Assert.Equal(150, after.Count);

        // Nobody who is away gets a place that he did not have.
        Assert.DoesNotContain(away, ProbeSelection.Select(probes, 4, Of(150), null, Now).Select(probe => probe.Id));
    }

    [Fact]
    public void New_probes_do_not_push_out_old_ones()
    {
        var probes = World();
        var before = Ids(probes, 150).ToHashSet();
        probes.AddRange(Network(100_000, "US", 64999, 500));
        Assert.Equal(before, ProbeSelection.Select(probes, 4, Of(150), before, Now).Select(probe => probe.Id).ToHashSet());
    }

    [Fact]
    public void Where_an_as_has_probes_with_both_families_those_are_preferred()
    {
        var probes = Network(1, "NL", 64500, 50).Select(probe => probe.Id % 10 == 0 ? probe with { Tags = [.. probe.Tags, "system-ipv6-works"] } : probe).ToList();
        Assert.All(ProbeSelection.Select(probes, 4, Of(3), null, Now), probe => Assert.Equal(0, probe.Id % 10));
    }

    [Fact]
    public void What_is_included_is_always_in_and_first_and_what_is_excluded_never()
    {
        var probes = World();
        var options = new ProbeSelectionOptions { Count = 20, Include = ["ZA", "905"], Exclude = ["AS64500", "905", "tag:system-v1"] };
        probes[0] = probes[0] with { Tags = [.. probes[0].Tags, "system-v1"] };
        var selected = ProbeSelection.Select(probes, 4, options, null, Now);
        Assert.Equal(20, selected.Count);
        Assert.Equal(6, selected.Count(probe => probe.Country == "ZA"));
        Assert.DoesNotContain(selected, probe => probe.AsnV4 == 64500 || probe.Id == 905);

        // Excluded while it measures: it has to go.
        Assert.DoesNotContain(ProbeSelection.Select(probes, 4, options, new HashSet<int> { 1, 905 }, Now), probe => probe.Id is 1 or 905);
    }

    [Fact]
    public void More_are_included_than_wanted_and_all_of_them_are_in()
    {
        var options = new ProbeSelectionOptions { Count = 20, Include = ["DE"] };
        Assert.Equal(100, ProbeSelection.Select(World(), 4, options, null, Now).Count(probe => probe.Country == "DE"));
        Assert.Equal(100, ProbeSelection.Select(World(), 4, options, null, Now).Count);
    }

    [Fact]
    public void Listed_takes_nobody_else()
    {
        var options = new ProbeSelectionOptions { Count = 300, Include = ["300", "AS64504"], Selection = SelectionMode.Listed };
        Assert.Equal([300, .. Enumerable.Range(500, 6)], ProbeSelection.Select(World(), 4, options, new HashSet<int> { 7 }, Now).Select(probe => probe.Id));
    }

    [Fact]
    public void Included_probes_leave_their_places_to_none_who_measures_already()
    {
        var probes = World();
        var before = Ids(probes, 50).ToHashSet();
        var options = new ProbeSelectionOptions { Count = 50, Include = [.. probes.Where(probe => !before.Contains(probe.Id)).Take(3).Select(probe => $"{probe.Id}")] };
        var after = ProbeSelection.Select(probes, 4, options, before, Now);
        Assert.Equal(50, after.Count);
        Assert.InRange(after.Count(probe => before.Contains(probe.Id)), 44, 47);
    }

    private static IEnumerable<int> Ids(IReadOnlyList<Probe> probes, int count, int family = 4) =>
        ProbeSelection.Select(probes, family, Of(count), null, Now).Select(probe => probe.Id);

    private static ProbeSelectionOptions Of(int count) => new() { Count = count };

    private static List<Probe> World() =>
    [
        .. Network(1, "DE", 64500, 80), .. Network(200, "DE", 64501, 20), .. Network(300, "NL", 64502, 60), .. Network(400, "US", 64503, 70),
        .. Network(500, "ZA", 64504, 6), .. Network(600, "BR", 64505, 30), .. Network(700, "BR", 64506, 2), .. Network(800, null, 64507, 5),
        .. Network(900, "JP", 64508, 40), .. Network(1000, "SG", 64509, 12),
    ];

    private static List<Probe> Network(int first, string? country, uint asn, int count) =>
    [
        .. Enumerable.Range(first, count).Select(id => new Probe(id)
        {
            Country = country,
            AsnV4 = asn,
            Status = ProbeStatus.Connected,
            Tags = ["system-ipv4-works"],
        }),
    ];
}
