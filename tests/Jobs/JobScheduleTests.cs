using App.Jobs;
using Collector.Configuration;
using Collector.Store;
using Xunit;

namespace Tests.Jobs;

public sealed class JobScheduleTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void By_default_every_job_has_turns_and_catches_up()
    {
        var schedule = JobSchedule.Of(new ScheduleOptions());
        Assert.Equal(["analyze", "collect", "probes", "prune", "reconcile", "weekly-report"], schedule.Jobs.Select(job => job.Name));
        Assert.All(schedule.Jobs, job => Assert.Equal((true, MisfireRule.CatchUp), (job.IsEnabled, job.Misfire)));
        Assert.Equal(Monday.AddHours(6), schedule.Find("weekly-report")!.NextAfter(Monday));
        Assert.Equal(Monday.AddMinutes(5), schedule.Find("collect")!.NextAfter(Monday));
    }

    [Theory]
    [InlineData("every five minutes")]
    [InlineData("*/5 * * *")]
    [InlineData("0 0/5 * * * ? 2027")]
    [InlineData("0 0 30 2 *")]
    [InlineData("? * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("0 4 * * MON#6")]
    [InlineData("0 4 * * L")]
    [InlineData("@daily")]
    [InlineData("")]
    public void A_cron_expression_that_is_none_or_never_comes_true_is_refused_in_one_line(string cron) =>
        Assert.Equal(
            $"Schedule:Collect:Cron is {(cron.Length == 0 ? "empty" : cron)}; allowed: a cron expression of minutes, hours, day of month, month, day of week, with seconds before them if wanted, such as */5 * * * *",
            Refusal(cron));

    /// <summary>Former versions began the week with 1 for Sunday; cron begins it with 0.</summary>
    [Theory]
    [InlineData("0 0 6 ? * 2", "0 0 6 ? * TUE, or 0 0 6 ? * MON if it was written for a version before Hangfire, where 1 was Sunday")]
    [InlineData("0 0 6 ? * 2-6", "0 0 6 ? * TUE-SAT, or 0 0 6 ? * MON-FRI if it was written for a version before Hangfire, where 1 was Sunday")]
    [InlineData("0 0 6 ? * 6#3", "0 0 6 ? * SAT#3, or 0 0 6 ? * FRI#3 if it was written for a version before Hangfire, where 1 was Sunday")]
    [InlineData("0 0 6 ? * 7L", "0 0 6 ? * SUNL, or 0 0 6 ? * SATL if it was written for a version before Hangfire, where 1 was Sunday")]
    [InlineData("0 0 6 * * 0", "0 0 6 * * SUN")]
    [InlineData("0 6 * * 1,3", "0 6 * * MON,WED")]
    public void Days_of_the_week_by_number_are_refused_with_the_names_to_write_instead(string cron, string better) =>
        Assert.Equal($"Schedule:Collect:Cron is {cron}; allowed: days of the week by name: {better}", Refusal(cron));

    [Fact]
    public void A_day_of_the_month_and_one_of_the_week_are_refused_since_programs_disagree_what_they_mean() =>
        Assert.StartsWith(
            "Schedule:Collect:Cron is 0 6 13 * FRI; allowed: a day of the month or one of the week, and * for the other,", Refusal("0 6 13 * FRI"), StringComparison.Ordinal);

    /// <summary>Expressions of former versions keep their meaning, and what this program takes for the next turn is what Hangfire takes for it.</summary>
    [Theory]
    [InlineData("*/5 * * * *", "2026-11-09T00:05:00Z")]
    [InlineData("2-59/15 * * * *", "2026-11-09T00:02:00Z")]
    [InlineData("0 2/15 * * * ?", "2026-11-09T00:02:00Z")]
    [InlineData("0 0 6 ? * MON", "2026-11-09T06:00:00Z")]
    [InlineData("*/2 * * * * *", "2026-11-09T00:00:02Z")]
    [InlineData("0 4 * * */2", "2026-11-10T04:00:00Z")]
    [InlineData("0 4 ? * FRI#3", "2026-11-20T04:00:00Z")]
    [InlineData("0 4 ? * FRIL", "2026-11-27T04:00:00Z")]
    [InlineData("0 0 4 L * ?", "2026-11-30T04:00:00Z")]
    [InlineData("0 0 4 LW * ?", "2026-11-30T04:00:00Z")]
    [InlineData("0 4 15W * *", "2026-11-16T04:00:00Z")]
    [InlineData("0 22-2 * * *", "2026-11-09T01:00:00Z")]
    [InlineData(" 0  6 *\t* mon-fri ", "2026-11-09T06:00:00Z")]
    public void What_is_allowed_means_the_same_to_Hangfire(string cron, string next)
    {
        var turns = JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Cron = cron } }).Find("collect")!;
        Assert.Equal(DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture), turns.NextAfter(Monday));

        using var storage = new Hangfire.InMemory.InMemoryStorage();
        var manager = new Hangfire.RecurringJobManager(storage, new Hangfire.Common.JobFilterCollection(), new Hangfire.DefaultTimeZoneResolver(), () => Monday.UtcDateTime.AddSeconds(1));
        manager.AddOrUpdate("collect", Hangfire.Common.Job.FromExpression(() => GC.Collect()), turns.Cron.Text, new Hangfire.RecurringJobOptions());
        using var connection = storage.GetConnection();
        Assert.Equal(turns.NextAfter(Monday)!.Value.UtcDateTime, Hangfire.Storage.StorageConnectionExtensions.GetRecurringJobs(connection).Single().NextExecution);
    }

    [Theory]
    [InlineData("it ran in this turn", 1, 2, null, 3, true)]
    [InlineData("it ran in this turn by another clock, which is ahead", 4, 4, null, 3, true)]
    [InlineData("it ran in the turn before", -1, 0, null, 0, false)]
    [InlineData("it ran in the turn before, until this one began", -2, 1, null, 0, false)]
    [InlineData("it failed in this turn", 1, 2, "no answer", 3, false)]
    [InlineData("it was interrupted in this turn", 1, 2, "interrupted", 3, false)]
    [InlineData("its process died in this turn", 1, -5, null, 3, false)]
    [InlineData("it ran at a later turn, before the clock was set back", 100, 101, null, 0, false)]
    [InlineData("it never ran", null, null, null, 0, false)]
    public void A_turn_is_done_once(string what, int? startedMinute, int? endedMinute, string? error, int turnMinute, bool isDone) =>
        Assert.True(isDone == JobSchedule.Of(new ScheduleOptions()).Find("collect")!.IsDone(Last(startedMinute, endedMinute, error), Monday.AddHours(6).AddMinutes(turnMinute)), what);

    [Theory]
    [InlineData("its turn came a moment ago", 0, 4, false)]
    [InlineData("nobody took its turn", 0, 5, true)]
    [InlineData("its turn is yet to come, since the clock was set back", 100, 5, false)]
    [InlineData("it never ran", null, 5, false)]
    public void A_turn_that_nobody_took_is_noticed(string what, int? startedMinute, int beforeMinute, bool isLeft)
    {
        var last = Last(startedMinute, startedMinute + 1, null);
        Assert.True(isLeft == JobSchedule.Of(new ScheduleOptions()).Find("collect")!.IsLeft(last, Monday.AddHours(6).AddMinutes(beforeMinute)), what);
        Assert.False(JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Misfire = MisfireRule.Skip } }).Find("collect")!.IsLeft(last, Monday.AddHours(6).AddMinutes(beforeMinute)), what);
    }

    [Fact]
    public void A_turn_that_was_missed_is_forgotten_only_when_that_was_asked_for()
    {
        var skipping = JobSchedule.Of(new ScheduleOptions { WeeklyReport = new JobOptions { Misfire = MisfireRule.Skip } }).Find("weekly-report")!;
        Assert.False(skipping.IsForgotten(Monday.AddHours(6).AddSeconds(30)));
        Assert.True(skipping.IsForgotten(Monday.AddHours(6).AddMinutes(2)));
        Assert.False(JobSchedule.Of(new ScheduleOptions()).Find("weekly-report")!.IsForgotten(Monday.AddHours(8)));
    }

    [Theory]
    [InlineData("it failed half an hour ago", 0, 1, "no answer", 31, false)]
    [InlineData("it failed an hour ago", 0, 1, "no answer", 61, true)]
    [InlineData("it failed, and the clock was set back", 0, 1, "no answer", -120, true)]
    [InlineData("it ran well", 0, 1, null, 61, false)]
    [InlineData("it never ran", null, null, null, 61, false)]
    public void A_job_that_failed_is_tried_again_after_an_hour(string what, int? startedMinute, int? endedMinute, string? error, int nowMinute, bool isToRetry) =>
        Assert.True(isToRetry == JobSchedule.Of(new ScheduleOptions()).Find("collect")!.IsToRetry(Last(startedMinute, endedMinute, error), Monday.AddHours(6).AddMinutes(nowMinute)), what);

    [Theory]
    [InlineData("06:00 ran well, it is 06:04", 0, 1, null, 4, false)]
    [InlineData("06:00 ran well, a turn passed", 0, 1, null, 5, true)]
    [InlineData("many turns passed", 0, 1, null, 500, true)]
    [InlineData("it failed", 0, 1, "no answer", 2, true)]
    [InlineData("it was interrupted", 0, 1, "interrupted", 2, true)]
    [InlineData("its process died", 0, -5, null, 2, true)]
    [InlineData("it never ended", 0, null, null, 2, true)]
    [InlineData("it never ran", null, null, null, 2, true)]
    public void What_was_missed_is_caught_up_when_the_service_starts(string what, int? startedMinute, int? endedMinute, string? error, int nowMinute, bool isOverdue)
    {
        var begin = Monday.AddHours(6);
        var last = Last(startedMinute, endedMinute, error);
        var catching = JobSchedule.Of(new ScheduleOptions()).Find("collect")!;
        var skipping = JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Misfire = MisfireRule.Skip } }).Find("collect")!;
        var off = JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Enabled = false } }).Find("collect")!;
        Assert.True(isOverdue == catching.IsOverdue(last, begin.AddMinutes(nowMinute)), what);
        Assert.False(skipping.IsOverdue(last, begin.AddMinutes(nowMinute)), what);
        Assert.False(off.IsOverdue(last, begin.AddMinutes(nowMinute)), what);
    }

    /// <summary>The page of the settings names the default of each, and so does the shipped file.</summary>
    [Theory]
    [InlineData("docs/configuration.md", "| `{0}` | `{1}` |")]
    [InlineData("appsettings.json", "\"{0}\": \"{1}\"")]
    public void Each_default_is_written_down(string file, string form)
    {
        var text = File.ReadAllText(Repository.File(file));
        Assert.All(JobSchedule.Defaults, one => Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, one.Key, one.Value), text, StringComparison.Ordinal));
    }

    private static string Refusal(string cron)
    {
        var problem = Assert.Throws<ConfigurationException>(() => JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Cron = cron } }));
        Assert.DoesNotContain('\n', problem.Message);
        return problem.Message;
    }

    private static StoredJob? Last(int? startedMinute, int? endedMinute, string? error) => startedMinute is null ? null : new StoredJob("collect")
    {
        Started = Monday.AddHours(6).AddMinutes(startedMinute.Value),
        Ended = endedMinute is { } minute ? Monday.AddHours(6).AddMinutes(minute) : null,
        Error = error,
    };
}
