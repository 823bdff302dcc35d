using Analyzer.Catchments;
using Xunit;

namespace Tests.Catchments;

public sealed class CatchmentTableTests
{
    /// <summary>Four Dutch probes in two ASes, one German, one of nowhere; by hand: NL 17 = 2 × 8.5, DE 80.</summary>
    private static World Europe()
    {
        var world = new World();
        world.Place(1, "NL", 64500);
        world.Place(2, "NL", 64500);
        world.Place(3, "NL", 64501);
        world.Place(4, "NL", 64501);
        world.Place(5, "DE", 64502);
        world.Place(6, null, null, 0, 0);
        world.Asks(1, "AAA", rttMs: 10);
        world.Asks(2, "AAA", rttMs: 20);
        world.Asks(3, "JJJ", rttMs: 200);
        world.Asks(4, "---");
        world.Asks(5, "JJJ", rttMs: 199.999);
        world.Asks(6, "???", rttMs: 15);
        return world;
    }

    [Fact]
    public void Shares_are_of_the_attributed_and_weighted_ones_of_the_users()
    {
        var table = World.Cut(Europe().Build(), CatchmentKey.Pop);
        Assert.Equal(["APE", "JNB"], table.Rows.Select(row => row.Key));
        Assert.Equal([0.5, 0.5], table.Rows.Select(row => row.Share!.Value));

        // APE has one of two Dutch ASes: 8.5 of 97; JNB the other and Germany.
        Assert.Equal(8.5 / 97, table.Rows[0].WeightedShare!.Value, 12);
        Assert.Equal(88.5 / 97, table.Rows[1].WeightedShare!.Value, 12);

        // (4.25 + 4.25 + 8.5 + 80)² ÷ (2 · 4.25² + 8.5² + 80²)
        Assert.Equal(9409 / 6508.375, table.EffectiveSampleSize!.Value, 9);
        Assert.Equal(2, table.Rows[0].EffectiveSampleSize!.Value, 9);
        Assert.Equal(["FMT"], table.EmptyPops);
    }

    [Fact]
    public void Red_begins_at_the_threshold()
    {
        var jnb = World.Cut(Europe().Build(), CatchmentKey.Pop).Rows[1];
        Assert.Equal((1, 1, 0), (jnb.Green, jnb.Red, jnb.Silent));
    }

    [Fact]
    public void A_row_tells_what_its_times_were_measured_with()
    {
        var world = Europe();
        world.Pings(1, 8, 9, 10);
        var ape = World.Cut(world.Build(), CatchmentKey.Pop).Rows[0];
        Assert.Equal((1, 1), (ape.RttFromPing, ape.RttFromDns));
        Assert.Equal(14.5, ape.RttMs!.Value.P50, 9); // between 9 and 20
        Assert.Equal(10.1, ape.RttMs!.Value.P10, 9);
    }

    [Fact]
    public void Countries_have_their_silent_probes_and_a_dominant_pop()
    {
        var rows = World.Cut(Europe().Build(), CatchmentKey.Country).Rows;
        Assert.Equal(["NL", "DE", "ZZ"], rows.Select(row => row.Key));
        var netherlands = rows[0];
        Assert.Equal((4, 3, 3, 1), (netherlands.Asked, netherlands.Answered, netherlands.Probes, netherlands.Silent));

        // Two probes of one AS weigh as much as one of another: a draw, which more probes decide.
        Assert.Equal(("APE", 0.5, Verdict.Clear), (netherlands.Dominant!.Pop, netherlands.Dominant.Share, netherlands.Dominant.Verdict));
        Assert.Equal(Verdict.TooFew, rows[1].Dominant!.Verdict);
        Assert.Null(rows[2].Dominant);
        Assert.Equal((1, 1, 0), (rows[2].Asked, rows[2].Answered, rows[2].Probes));
    }

    [Fact]
    public void Continents_weigh_their_countries_by_users()
    {
        var rows = World.Cut(Europe().Build(), CatchmentKey.Continent).Rows;
        Assert.Equal(["Europe", "ZZ"], rows.Select(row => row.Key));
        Assert.Equal("JNB", rows[0].Dominant!.Pop);
        Assert.Equal(88.5 / 97, rows[0].Dominant!.Share, 12);
    }

    [Fact]
    public void Ases_servers_and_probes_have_their_keys()
    {
        var catchment = Europe().Build();
        Assert.Equal(["AS64500", "AS64501", "AS64502", "AS0"], World.Cut(catchment, CatchmentKey.Asn).Rows.Select(row => row.Key));
        Assert.Equal(["APE/ns1", "JNB/ns1"], World.Cut(catchment, CatchmentKey.Server).Rows.Select(row => row.Key));
        Assert.Equal(["1", "2", "3", "4", "5", "6"], World.Cut(catchment, CatchmentKey.Probe).Rows.Select(row => row.Key));
    }

    [Fact]
    public void A_silent_probe_belongs_to_the_pop_that_served_it_before()
    {
        var world = Europe();
        var now = world.Build();
        var earlier = new World { Window = world.Window.Previous };
        earlier.Asks(4, "FFF");
        var table = World.Cut(now.WithFormer(earlier.Build()), CatchmentKey.Pop);
        var fremont = table.Rows.Single(row => row.Key == "FMT");
        Assert.Equal((0, 1), (fremont.Probes, fremont.Silent));
        Assert.Null(fremont.RttMs);
        Assert.Equal(0, World.Cut(now, CatchmentKey.Pop).Rows.Sum(row => row.Silent));
    }

    [Fact]
    public void Loss_is_the_mean_over_answering_probes()
    {
        var world = new World();
        world.Asks(1, "AA-A");
        world.Asks(2, "AAAA");
        world.Asks(3, "----");
        Assert.Equal(12.5, World.Cut(world.Build(), CatchmentKey.Pop).Rows[0].LossPercent!.Value, 9);
    }

    [Fact]
    public void Where_nothing_is_attributed_there_is_no_share()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, "??");
        var row = Assert.Single(World.Cut(world.Build(), CatchmentKey.Country).Rows);
        Assert.Null(row.Share);
        Assert.Null(row.WeightedShare);
        Assert.Null(row.LossPercent);
        Assert.Empty(World.Cut(world.Build(), CatchmentKey.Pop).EmptyPops);
    }
}
