using Collector.Configuration;
using Collector.Store;
using Reports.Jobs;
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
    [InlineData("0 0/5 * * *")]
    [InlineData("0 0 0 30 2 ?")]
    public void A_cron_expression_that_never_comes_true_is_refused_in_one_line(string cron)
    {
        var problem = Assert.Throws<ConfigurationException>(() => JobSchedule.Of(new ScheduleOptions { Collect = new JobOptions { Cron = cron } }));
        Assert.StartsWith($"Schedule:Collect:Cron is {cron}; allowed: a cron expression of seconds, minutes, hours,", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

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
        var last = startedMinute is null ? null : new StoredJob("collect")
        {
            Started = begin.AddMinutes(startedMinute.Value),
            Ended = endedMinute is { } minute ? begin.AddMinutes(minute) : null,
            Error = error,
        };
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
}
