using Collector.Atlas;
using Collector.Results;
using Collector.Rounds;
using Collector.Store;
using Xunit;

namespace Tests.Rounds;

public sealed class CollectPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoredMeasurement Hourly = new(1, "ns-a", MeasurementKind.Dns, 4, "id.server", 3600) { Start = Noon.AddDays(-30) };

    [Fact]
    public void The_first_round_begins_where_the_measurement_began() =>
        Assert.Equal(new FetchWindow(Hourly.Start!.Value, Noon), CollectPlan.Next(Hourly, null, null, Noon));

    [Fact]
    public void Where_nobody_knows_the_beginning_the_first_round_reaches_a_day_back() =>
        Assert.Equal(new FetchWindow(Noon.AddDays(-1), Noon), CollectPlan.Next(Hourly with { Start = null, IsFollowed = true }, null, null, Noon));

    [Fact]
    public void A_round_reaches_an_hour_behind_the_watermark_for_late_results() =>
        Assert.Equal(new FetchWindow(Noon.AddMinutes(-65), Noon), CollectPlan.Next(Hourly, Noon.AddMinutes(-5), Ended(Noon.AddMinutes(-5)), Noon));

    [Theory]
    [InlineData("2026-11-10T00:05:00Z", "2026-11-09T23:55:00Z", "2026-11-08T00:00:00Z")]
    [InlineData("2026-11-10T12:00:00Z", "2026-11-05T08:00:00Z", "2026-11-04T00:00:00Z")]
    public void The_first_round_of_a_day_asks_again_for_the_days_before(string now, string last, string from)
    {
        var mark = DateTimeOffset.Parse(last, null);
        Assert.Equal(DateTimeOffset.Parse(from, null), CollectPlan.Next(Hourly, mark, Ended(mark), DateTimeOffset.Parse(now, null))!.Value.From);
    }

    /// <summary>Otherwise a round that failed after midnight would be the last to look back.</summary>
    [Fact]
    public void It_asks_again_until_it_went_well()
    {
        var failed = Ended(Noon.AddDays(-1)) with { Started = Noon.AddMinutes(-5), Error = "no answer" };
        Assert.Equal(Noon.Date.AddDays(-2), CollectPlan.Next(Hourly, Noon.AddMinutes(-5), failed, Noon)!.Value.From.DateTime);
    }

    [Fact]
    public void It_never_asks_for_the_time_before_the_beginning()
    {
        var young = Hourly with { Start = Noon.AddHours(-13) };
        Assert.Equal(young.Start, CollectPlan.Next(young, Noon.AddHours(-12.5), Ended(Noon.AddHours(-12.5)), Noon)!.Value.From);
    }

    [Theory]
    [InlineData(3600, 4, true)]
    [InlineData(86400, 60, false)]
    [InlineData(86400, 119, true)]
    [InlineData(null, 1, true)]
    public void A_measurement_is_asked_at_most_twelve_times_in_its_interval(int? interval, int minutesAgo, bool isDue)
    {
        var last = Ended(Noon.AddMinutes(-minutesAgo));
        Assert.Equal(isDue, CollectPlan.Next(Hourly with { IntervalSeconds = interval }, last.Ended, last, Noon) is not null);
    }

    [Fact]
    public void A_failure_is_not_waited_out() =>
        Assert.NotNull(CollectPlan.Next(Hourly with { IntervalSeconds = 86400 }, Noon.AddHours(-1), Ended(Noon.AddMinutes(-1)) with { Error = "no answer" }, Noon));

    [Theory]
    [InlineData(47, true)]
    [InlineData(49, false)]
    public void Two_days_after_its_end_a_measurement_has_told_all(int hours, bool isDue)
    {
        var last = Ended(Noon.AddMinutes(-30));
        Assert.Equal(isDue, CollectPlan.Next(Hourly with { Stop = Noon.AddHours(-hours) }, last.Ended, last, Noon) is not null);
    }

    /// <summary>A clock that was set back must not stop the rounds until it has caught up.</summary>
    [Fact]
    public void A_last_round_in_the_future_stops_nothing() =>
        Assert.NotNull(CollectPlan.Next(Hourly, Noon.AddDays(-1), Ended(Noon.AddHours(5)), Noon));

    /// <summary>A clock that was a year ahead must not make a measurement look as if it had told all.</summary>
    [Fact]
    public void A_round_of_a_clock_that_was_ahead_ends_nothing()
    {
        var last = Ended(Noon.AddYears(1));
        Assert.NotNull(CollectPlan.Next(Hourly with { Stop = Noon.AddMonths(3) }, Noon.AddDays(-2), last, Noon));
        Assert.Null(CollectPlan.Next(Hourly with { Stop = Noon.AddDays(-3) }, Noon.AddDays(-2), Ended(Noon.AddMinutes(-30)), Noon));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(9, 10)]
    public void After_a_clock_that_was_ahead_it_is_fetched_from_where_results_stopped(int daysWithout, int back)
    {
        // Some probes' clocks are wrong, both ways; they do not hide the gap.
        var today = (long)(Noon - DateTimeOffset.UnixEpoch).TotalDays;
        var days = Enumerable.Range(-40, 50).Select(day => new StoredDay(today + day, 5, day > -daysWithout ? 3 : 1000)).ToList();
        var from = CollectPlan.BackFrom(days, Noon);
        Assert.Equal(back, (int)Math.Round((Noon - from).TotalDays));
        Assert.True(from <= Noon.AddDays(-CollectPlan.AfterTheEnd.TotalDays));
        Assert.Equal(Noon - CollectPlan.AfterTheEnd, CollectPlan.BackFrom([], Noon));
    }

    private static StoredJob Ended(DateTimeOffset at) => new("collect", 1) { Started = at, Ended = at, Succeeded = at };
}
