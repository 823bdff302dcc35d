using Collector.Configuration;
using Collector.Time;
using Xunit;

namespace Tests.Simulator;

public sealed class ScaledClockTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Two_processes_that_are_given_the_same_origin_agree_on_the_time()
    {
        var origin = DateTimeOffset.UtcNow.AddSeconds(-10).ToUnixTimeMilliseconds();
        var text = $"2026-11-02T00:00:00Z@{origin}*2000";
        var one = ScaledClock.Parse(text, "--clock");
        var other = ScaledClock.Parse(text, "--clock");
        Assert.True(one.GetUtcNow() >= Monday.AddSeconds(20_000));
        Assert.True(other.GetUtcNow() >= one.GetUtcNow() - TimeSpan.FromMinutes(30));
        Assert.True(one.GetUtcNow() <= other.GetUtcNow().AddHours(2));
    }

    [Fact]
    public void Without_an_origin_the_start_is_now()
    {
        var clock = ScaledClock.Parse("2026-11-02T00:00:00Z*1", "--clock");
        Assert.InRange(clock.GetUtcNow(), Monday, Monday.AddMinutes(1));
    }

    [Fact]
    public async Task Waiting_is_as_fast_as_the_time()
    {
        var clock = ScaledClock.Parse("2026-11-02T00:00:00Z*3600", "--clock");
        var before = (At: clock.GetUtcNow(), Stamp: clock.GetTimestamp());
        await Task.Delay(TimeSpan.FromMinutes(5), clock);
        Assert.InRange(clock.GetUtcNow() - before.At, TimeSpan.FromMinutes(4), TimeSpan.FromHours(12));
        Assert.InRange(clock.GetElapsedTime(before.Stamp), TimeSpan.FromMinutes(4), TimeSpan.FromHours(12));
    }

    [Theory]
    [InlineData("2026-11-02T00:00:00Z")]
    [InlineData("2026-11-02T00:00:00Z*0")]
    [InlineData("2026-11-02T00:00:00Z*-5")]
    [InlineData("2026-11-02T00:00:00Z*1e9")]
    [InlineData("yesterday*2")]
    [InlineData("2026-11-02T00:00:00Z@noon*2")]
    [InlineData("2026-11-02T00:00:00Z*2@1763730000000")]
    public void Anything_else_is_refused_in_one_line(string text) => Assert.StartsWith(
        $"--clock is {text}; allowed: START*SPEED", Assert.Throws<ConfigurationException>(() => ScaledClock.Parse(text, "--clock")).Message, StringComparison.Ordinal);
}
