using App.Inspection;
using Collector.Configuration;
using Xunit;

namespace Tests.Inspection;

public sealed class ScheduleInspectorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 9, 5, 59, 30, TimeSpan.Zero);

    [Fact]
    public void It_says_how_many_jobs_have_turns_and_which_is_next()
    {
        var found = ScheduleInspector.Inspect(new Settings { Schedule = new ScheduleOptions { Prune = new JobOptions { Enabled = false }, Collect = new JobOptions { Cron = "30 * * * *" } } }, Now);
        Assert.Equal((InspectionState.Ok, "5 jobs have turns, the next is weekly-report at 2026-11-09T06:00:00Z; off: prune"), (found.State, found.Finding));
    }

    [Fact]
    public void A_schedule_that_the_service_would_refuse_is_refused_here_in_the_same_words()
    {
        var found = ScheduleInspector.Inspect(new Settings { Schedule = new ScheduleOptions { WeeklyReport = new JobOptions { Cron = "0 6 * * 1" } } }, Now);
        Assert.Equal(
            (InspectionState.Failed, "Schedule:WeeklyReport:Cron is 0 6 * * 1; allowed: days of the week by name: 0 6 * * MON"), (found.State, found.Finding));
    }
}
