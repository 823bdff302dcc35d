using Analyzer.Time;
using Collector.Configuration;
using Xunit;

namespace Tests.Time;

public sealed class IsoWeekTests
{
    /// <summary>The days around the turn of the year as the examples of ISO 8601 (and its Wikipedia article) have them.</summary>
    [Theory]
    [InlineData("1977-01-01", "1976-W53")]
    [InlineData("1977-01-03", "1977-W01")]
    [InlineData("1978-01-01", "1977-W52")]
    [InlineData("1979-12-31", "1980-W01")]
    [InlineData("1981-12-31", "1981-W53")]
    [InlineData("2008-12-29", "2009-W01")]
    [InlineData("2010-01-03", "2009-W53")]
    [InlineData("2026-11-09", "2026-W46")]
    [InlineData("2026-11-15", "2026-W46")]
    public void A_day_belongs_to_the_week_of_its_thursday(string day, string week) =>
        Assert.Equal(week, IsoWeek.Of(Instant(day)).ToString());

    [Fact]
    public void A_week_runs_from_monday_to_monday_in_utc()
    {
        var week = IsoWeek.Parse("2026-W46", "--week");
        Assert.Equal(Instant("2026-11-09"), week.Start);
        Assert.Equal(Instant("2026-11-16"), week.End);
        Assert.Equal(week, IsoWeek.Of(new DateTimeOffset(2026, 11, 16, 1, 59, 59, TimeSpan.FromHours(2))));
    }

    [Theory]
    [InlineData("2026-W01", "2025-W52")]
    [InlineData("2027-W01", "2026-W53")]
    [InlineData("2026-W46", "2026-W45")]
    public void Previous_and_next_cross_the_year(string week, string previous)
    {
        Assert.Equal(previous, IsoWeek.Parse(week, "--week").Previous.ToString());
        Assert.Equal(week, IsoWeek.Parse(previous, "--week").Next.ToString());
    }

    /// <summary>2020, 2026 and 2032 have 53 weeks; 2025 has 52.</summary>
    [Fact]
    public void Week_53_exists_in_long_years_only()
    {
        Assert.Equal("2026-W53", IsoWeek.Parse("2026-W53", "--week").ToString());
        var problem = Assert.Throws<ConfigurationException>(() => IsoWeek.Parse("2025-W53", "--week"));
        Assert.Equal("--week is 2025-W53; allowed: 2025-W01 to 2025-W52", problem.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026W46")]
    [InlineData("2026-46")]
    [InlineData("2026-W4")]
    [InlineData("2026-W460")]
    [InlineData("+026-W46")]
    [InlineData("1969-W10")]
    [InlineData("last\nweek")]
    public void Anything_else_is_refused_in_one_line(string text)
    {
        var problem = Assert.Throws<ConfigurationException>(() => IsoWeek.Parse(text, "--week"));
        Assert.StartsWith("--week is ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("such as 2026-W46", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void Weeks_sort_by_time() =>
        Assert.True(IsoWeek.Parse("2025-W52", "--week") < IsoWeek.Parse("2026-W01", "--week"));

    private static DateTimeOffset Instant(string day) =>
        new(DateTime.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}
