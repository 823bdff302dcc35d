using System.Globalization;
using Collector.Atlas;
using Xunit;

namespace Tests.Atlas;

public sealed class FetchWindowsTests
{
    [Fact]
    public void Windows_are_cut_at_midnight_utc() =>
        Assert.Equal(
            ["2026-11-09T22:30/2026-11-10T00:00", "2026-11-10T00:00/2026-11-11T00:00", "2026-11-11T00:00/2026-11-11T00:01"],
            FetchWindows.Split(At("2026-11-09T23:30:00+01:00"), At("2026-11-11T00:01:00Z"), FetchWindows.Day)
                .Select(window => string.Create(CultureInfo.InvariantCulture, $"{window.From:yyyy-MM-ddTHH:mm}/{window.To:yyyy-MM-ddTHH:mm}")));

    [Fact]
    public void A_week_is_seven_windows() =>
        Assert.Equal(7, FetchWindows.Split(At("2026-11-09T00:00:00Z"), At("2026-11-16T00:00:00Z"), FetchWindows.Day).Count());

    [Fact]
    public void Nothing_to_fetch_is_no_window() =>
        Assert.Empty(FetchWindows.Split(At("2026-11-09T00:00:00Z"), At("2026-11-09T00:00:00Z"), FetchWindows.Day));

    [Fact]
    public void A_round_reaches_an_hour_behind_the_watermark_but_not_before_the_measurement()
    {
        var start = At("2026-11-09T00:00:00Z");
        Assert.Equal(start, FetchWindows.Begin(null, start, FetchWindows.Overlap));
        Assert.Equal(start, FetchWindows.Begin(At("2026-11-09T00:30:00Z"), start, FetchWindows.Overlap));
        Assert.Equal(At("2026-11-09T11:00:00Z"), FetchWindows.Begin(At("2026-11-09T12:00:00Z"), start, FetchWindows.Overlap));
    }

    [Theory]
    [InlineData(null, "2026-11-09", "2026-11-10", "2026-11-10")] // the first window
    [InlineData(null, "2026-11-10", "2026-11-11", null)] // a gap behind it
    [InlineData("2026-11-10", "2026-11-09", "2026-11-11", "2026-11-11")] // overlapping
    [InlineData("2026-11-10", "2026-11-09", "2026-11-10", "2026-11-10")] // fetched again
    [InlineData("2026-11-12", "2026-11-09", "2026-11-10", "2026-11-12")] // the mark never goes back
    [InlineData("2026-11-10", "2026-11-11", "2026-11-12", "2026-11-10")] // a gap
    [InlineData("2026-11-12", "2026-11-12", "2026-11-30", "2026-11-13")] // not past the clock
    public void The_watermark_moves_only_over_what_is_there(string? watermark, string from, string to, string? expected) =>
        Assert.Equal(
            expected is null ? null : At(expected),
            FetchWindows.Advance(watermark is null ? null : At(watermark), At("2026-11-09"), new FetchWindow(At(from), At(to)), At("2026-11-13")));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
