using System.Net;
using Analyzer.Findings;
using Analyzer.Time;
using App.Alerts.Rules;
using App.Jobs;
using Collector.Configuration.Checks;
using Collector.Network;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

public sealed class FindingAgeTests
{
    private static readonly AnycastNetwork Network = new(
        [
            new Target("ns-a") { IPv4 = IPAddress.Parse("192.0.2.53"), IPv6 = IPAddress.Parse("2001:db8::53"), DnsInterval = TimeSpan.FromHours(1), PingInterval = TimeSpan.FromMinutes(30) },
            new Target("ns-b") { IPv4 = IPAddress.Parse("198.51.100.53") },
        ],
        []);

    private readonly FindingAge age = new(Network, new ChecksOptions { BlackHole = new BlackHoleOptions { RoundsToClear = 3 } });

    /// <summary>Minutes after which the state ended, and whether it is still told: its check clears after three rounds of an hour.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(-60, true)]
    [InlineData(-185, true)]
    [InlineData(-200, false)]
    [InlineData(-600, false)]
    public void A_state_is_over_when_results_are_there_for_as_many_rounds_as_its_check_needs_to_clear(double to, bool isCurrent) =>
        Assert.Equal(isCurrent, age.Current(Analysis(heard: -10, Finding(to: to))).Any());

    [Fact]
    public void A_statistic_ends_where_the_window_ends_and_lasts_as_long_as_it_is_found() =>
        Assert.Single(age.Current(Analysis(heard: -50, Finding(check: "over-reach", from: -1440, to: 0))));

    [Fact]
    public void A_check_without_rounds_to_clear_is_over_after_one() =>
        Assert.Single(age.Current(Analysis(heard: -10, Finding(check: "continental-detour", to: -75), Finding(check: "continental-detour", asn: "64502", to: -65))));

    [Fact]
    public void Time_is_what_the_results_have_reached_so_that_nothing_is_over_while_nobody_measures()
    {
        var stalled = Analysis(heard: -700, Finding(to: -690));
        Assert.Single(age.Current(stalled));
        Assert.True(age.IsUnknown(Alert(), stalled));
        Assert.False(age.IsUnknown(Alert(), Analysis(heard: -10)));
        Assert.False(age.IsUnknown(Alert(), Analysis(heard: -149)));
        Assert.True(age.IsUnknown(Alert(), Analysis(heard: -151)));
    }

    [Fact]
    public void An_alert_of_all_targets_is_unknown_when_all_are_and_one_of_a_target_that_is_watched_no_more_never()
    {
        var onlyB = new Analysis(Noon, new Window(At(-1440), Noon), [], []) { HeardUntil = new Dictionary<(string, int), DateTimeOffset> { [("ns-b", 4)] = At(-10) } };
        Assert.True(age.IsUnknown(Alert(target: "ns-a"), onlyB));
        Assert.False(age.IsUnknown(Alert(target: null), onlyB));
        Assert.True(age.IsUnknown(Alert(target: null), onlyB with { HeardUntil = new Dictionary<(string, int), DateTimeOffset>() }));
        Assert.False(age.IsUnknown(Alert(target: "ns-gone"), onlyB));
        Assert.True(age.IsUnknown(Alert(target: "ns-a"), onlyB with { At = At(60 * 24 * 6) }));
        Assert.False(age.IsUnknown(Alert(target: "ns-a"), onlyB with { At = At(60 * 24 * 8) }));
    }

    private static Analysis Analysis(double heard, params Finding[] findings) => new(Noon, new Window(At(-1440), Noon), [], findings)
    {
        HeardUntil = new Dictionary<(string Target, int Family), DateTimeOffset> { [("ns-a", 4)] = At(heard), [("ns-b", 4)] = At(-10) },
    };
}
