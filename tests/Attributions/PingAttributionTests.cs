using Analyzer.Attributions;
using Xunit;

namespace Tests.Attributions;

public sealed class PingAttributionTests
{
    private const int A = 1;
    private const int B = 2;
    private const int Stranger = -1;
    private const long Interval = 3600;

    [Theory]
    [InlineData(0, A)] // at the answer itself
    [InlineData(1800, A)] // between two that agree
    [InlineData(3600, A)]
    [InlineData(5400, -1)] // between A and B
    [InlineData(7200, B)]
    [InlineData(9000, -1)] // between B and a stranger
    [InlineData(10800, -1)] // a stranger's answer
    public void Between_two_answers_a_ping_has_the_pop_that_both_name(long at, int expected)
    {
        PopAnswer[] answers = [new(0, A), new(3600, A), new(7200, B), new(10800, Stranger), new(14400, A)];

        var found = PingAttribution.At(at, answers, Interval);

        Assert.Equal(expected, found.Pop);
        Assert.False(found.IsProvisional);
    }

    [Theory]
    [InlineData(-7200, A)]
    [InlineData(-7201, -1)]
    [InlineData(7200, A)]
    [InlineData(7201, -1)]
    [InlineData(92799, -1)]
    [InlineData(92800, B)]
    public void An_answer_counts_up_to_two_intervals_away(long at, int expected) =>
        Assert.Equal(expected, PingAttribution.At(at, [new(0, A), new(100_000, B)], Interval).Pop);

    [Fact]
    public void An_answer_too_far_away_cannot_contradict() =>
        Assert.Equal(A, PingAttribution.At(1800, [new(0, A), new(1800 + 7201, B)], Interval).Pop);

    [Theory]
    [InlineData(0, A, true)]
    [InlineData(3599, A, true)]
    [InlineData(3600, -1, false)]
    public void A_ping_newer_than_the_last_answer_has_its_pop_for_now(long at, int pop, bool isProvisional) =>
        Assert.Equal(new PingPop(pop, isProvisional), PingAttribution.At(at, [new(-3600, B), new(0, A)], Interval));

    [Fact]
    public void Without_answers_no_ping_has_a_pop() => Assert.Equal(PingPop.None, PingAttribution.At(0, [], Interval));

    [Fact]
    public void All_pings_of_a_probe_joined_at_once_get_what_each_gets_alone()
    {
        var random = new Random(8038);
        PopAnswer[] answers = [.. Enumerable.Range(0, 200).Select(_ => new PopAnswer(random.Next(1_000_000), random.Next(-1, 3))).OrderBy(answer => answer.At)];
        long[] pings = [.. Enumerable.Range(0, 1000).Select(_ => (long)random.Next(-10_000, 1_010_000)).Order()];
        var found = new PingPop[pings.Length];

        PingAttribution.Join(pings, answers, Interval, found);

        Assert.Equal(pings.Select(ping => PingAttribution.At(ping, answers, Interval)), found);
        Assert.Contains(found, ping => ping.Pop >= 0);
        Assert.Contains(found, ping => ping.Pop < 0);
    }

    [Theory]
    [InlineData(900, 900)]
    [InlineData(null, 3600)]
    [InlineData(0, 3600)]
    public void The_interval_is_the_measurements_else_the_median_gap(int? ofMeasurement, long expected) =>
        Assert.Equal(expected, PingAttribution.IntervalSeconds(ofMeasurement, [0, 3600, 7200, 14400, 18000, 18010], 1));

    [Fact]
    public void A_probe_that_asked_once_has_the_targets_interval() => Assert.Equal(1234, PingAttribution.IntervalSeconds(null, [5], 1234));
}
