using Analyzer.Time;
using Collector.Configuration;
using Xunit;

namespace Tests.Time;

public sealed class WindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_week_is_a_window_and_knows_its_predecessor()
    {
        var window = Window.Parse("2026-W46", null, null, Now);
        Assert.Equal("2026-W46", window.ToString());
        Assert.Equal(1794182400, window.FromUnixSeconds);
        Assert.Equal(1794182400 + (7 * 86400), window.ToUnixSeconds);
        Assert.Equal("2026-W45", window.Previous.ToString());
    }

    [Theory]
    [InlineData("-24h", 86_400)]
    [InlineData("-7d", 604_800)]
    [InlineData("-90m", 5_400)]
    [InlineData("-2w", 1_209_600)]
    [InlineData("2026-11-20T11:00Z", 3_600)]
    [InlineData("2026-11-20T12:30:00+01:00", 1_800)]
    [InlineData("2026-11-20", 43_200)]
    public void Since_without_until_ends_now(string since, long seconds)
    {
        var window = Window.Parse(null, since, null, Now);
        Assert.Equal(Now, window.To);
        Assert.Equal(seconds, window.ToUnixSeconds - window.FromUnixSeconds);
        Assert.Null(window.Week);
        Assert.Equal(window.From, window.Previous.To);
        Assert.Equal(window.Length, window.Previous.Length);
    }

    [Fact]
    public void A_window_that_begins_inside_a_second_begins_with_the_next_whole_one()
    {
        var window = new Window(DateTimeOffset.FromUnixTimeMilliseconds(1500), DateTimeOffset.FromUnixTimeMilliseconds(3000));
        Assert.Equal(2, window.FromUnixSeconds);
        Assert.Equal(3, window.ToUnixSeconds);
    }

    [Fact]
    public void Before_and_after_a_change_touch_and_are_equally_long()
    {
        var (before, after) = Window.Around(Now, TimeSpan.FromDays(2));
        Assert.Equal(before.To, after.From);
        Assert.Equal(Now, after.From);
        Assert.Equal(before.Length, after.Length);
    }

    [Theory]
    [InlineData(null, null, null, "--week is missing; allowed: --week (such as 2026-W47), or --since with or without --until")]
    [InlineData(null, null, "-1h", "--until stands without --since; allowed: --week, or --since with or without --until")]
    [InlineData("2026-W46", "-1h", null, "--week is 2026-W46 together with --since; allowed: --week alone, or --since with or without --until")]
    [InlineData(null, "yesterday", null, "--since is yesterday; allowed: ISO 8601 (2026-11-09, 2026-11-09T12:00Z), or back from now (-90m, -24h, -7d, -2w)")]
    [InlineData(null, "-999999w", null, "--since is -999999w; allowed: ISO 8601 (2026-11-09, 2026-11-09T12:00Z), or back from now (-90m, -24h, -7d, -2w)")]
    [InlineData(null, "-0h", null, "--since is -0h; allowed: ISO 8601 (2026-11-09, 2026-11-09T12:00Z), or back from now (-90m, -24h, -7d, -2w)")]
    [InlineData(null, "-24h", "12", "--until is 12; allowed: ISO 8601 (2026-11-09, 2026-11-09T12:00Z), or back from now (-90m, -24h, -7d, -2w)")]
    [InlineData(null, "2026-11-21", null, "--since is 2026-11-21; allowed: before now")]
    [InlineData(null, "2026-11-19", "2026-11-18", "--since is 2026-11-19; allowed: before --until, 2026-11-18")]
    public void Whatever_is_no_window_is_refused_with_what_is_allowed(string? week, string? since, string? until, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Window.Parse(week, since, until, Now)).Message);
}
