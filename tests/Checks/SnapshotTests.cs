using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

/// <summary>Measurements that were made once: what there is is all there will be.</summary>
public sealed class SnapshotTests
{
    private static readonly CheckSuite Suite = new();

    [Fact]
    public void One_round_of_a_one_off_shows_a_detour_and_weighs_less()
    {
        var finding = Assert.Single(Find(new Scene(isScheduled: false).Place([1, 2, 3, 4]).Asks("a", [1, 2, 3], "J ").Asks("a", [4], "A ", rttMs: 5), "continental-detour"));
        Assert.Equal((Severity.Info, 3), (finding.Severity, finding.Probes.Count));
        Assert.EndsWith(" Each probe was asked only once: whether it lasts is not known.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_round_of_a_schedule_waits_for_the_next_ones() =>
        Assert.Empty(Find(new Scene().Place([1, 2, 3]).Asks("a", [1, 2, 3], "J "), "continental-detour"));

    [Fact]
    public void Three_rounds_need_no_mercy() =>
        Assert.Equal(Severity.Warning, Assert.Single(Find(new Scene(isScheduled: false).Place([1, 2, 3]).Asks("a", [1, 2, 3], "JJJ "), "continental-detour")).Severity);

    [Fact]
    public void A_file_of_a_long_measurement_is_judged_as_one() =>
        Assert.Empty(Find(new Scene(isScheduled: false).Place([1, 2]).Asks("a", [1], "JJ ").Asks("a", [2], "A", rttMs: 5), "continental-detour"));

    [Fact]
    public void Both_families_asked_once_may_part()
    {
        var finding = Assert.Single(Find(new Scene(isScheduled: false).Place([1]).Asks("a", [1], "J ").Asks("a", [1], "A ", family: 6, rttMs: 5), "family-split"));
        Assert.Contains("asked only once", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>One lost packet in fifty is what a line is taken to lose; five at once are one in three hundred million.</summary>
    [Fact]
    public void Silence_of_one_round_is_a_black_hole_only_beyond_ordinary_loss()
    {
        Assert.Empty(Find(Dark([1, 2, 3, 4]), "black-hole"));
        Assert.Equal(Severity.Warning, Assert.Single(Find(Dark([1, 2, 3, 4, 5]), "black-hole")).Severity);

        static Scene Dark(int[] probes) => new Scene(isScheduled: false).Place(probes).Asks("a", probes, "- ").Asks("b", probes, "A ", rttMs: 5);
    }

    [Fact]
    public void Nought_rounds_switch_it_off()
    {
        var input = new Scene(isScheduled: false).Place([1, 2, 3]).Asks("a", [1, 2, 3], "J ").Input();
        Assert.True(input.Services[0].IsSnapshot);
        var off = new CheckInput(input.Window, [.. input.Services.Select(service => service.Now)], snapshotRounds: 0);
        Assert.False(off.Services[0].IsSnapshot);
        Assert.Equal(2, new CheckSuite(new ChecksOptions()).SnapshotRounds);
    }

    private static IReadOnlyList<Finding> Find(Scene scene, string check) => Suite.Find(scene.Input(), check);
}
