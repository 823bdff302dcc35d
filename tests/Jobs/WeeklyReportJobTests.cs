using System.Text.Json;
using Analyzer.Time;
using Collector.Configuration;
using Reports.Weekly;
using Xunit;

namespace Tests.Jobs;

public sealed class WeeklyReportJobTests
{
    private static readonly IsoWeek First = IsoWeek.Of(JobLab.Start);

    [Fact]
    public async Task A_complete_week_gets_one_report_and_it_is_left_alone_afterwards()
    {
        await using var lab = await JobLab.StartAsync();
        await lab.MeasureAsync();
        lab.Now = First.End.AddHours(6);
        await lab.RunAsync("collect");
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.Equal([First], Weeks(lab));
        var written = File.GetLastWriteTimeUtc(Report(lab, First));

        // By and by the week after begins, and Monday's job runs once more.
        lab.Now += TimeSpan.FromHours(1);
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Report(lab, First)));
        Assert.Equal(2, (await File.ReadAllTextAsync(Path.Combine(lab.Folder["reports"], "index.html"))).Split($"href=\"{First}/").Length);
    }

    [Fact]
    public async Task Weeks_that_were_missed_are_written_and_weeks_before_the_first_results_are_not()
    {
        await using var lab = await JobLab.StartAsync();
        await lab.MeasureAsync();
        lab.Now = First.Next.End.AddHours(6);
        await lab.RunAsync("collect");
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.Equal([First, First.Next], Weeks(lab));
    }

    [Fact]
    public async Task A_report_written_too_early_says_so_and_is_written_again_when_everything_is_there()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Now = First.End.AddHours(-5);
        await lab.RunAsync("collect");

        lab.Now = First.End.AddHours(6);
        Assert.False(await lab.RunAsync("weekly-report"));
        Assert.StartsWith($"the report of {First} is written but not complete: measurement {measurement.Id} of ns-a is collected up to ", lab.States.Find("weekly-report")!.Error, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await File.ReadAllTextAsync(Report(lab, First))).RootElement.GetProperty("isEarly").GetBoolean());
        Assert.Contains("Written before all results", await File.ReadAllTextAsync(Path.Combine(lab.Folder["reports"], First.ToString(), "index.html")), StringComparison.Ordinal);

        await lab.RunAsync("collect");
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.False(JsonDocument.Parse(await File.ReadAllTextAsync(Report(lab, First))).RootElement.TryGetProperty("isEarly", out _));
    }

    [Fact]
    public async Task Half_a_report_counts_as_none()
    {
        await using var lab = await JobLab.StartAsync();
        await lab.MeasureAsync();
        lab.Now = First.End.AddHours(6);
        await lab.RunAsync("collect");
        Directory.CreateDirectory(Path.Combine(lab.Folder["reports"], First.ToString()));
        await File.WriteAllTextAsync(Report(lab, First), "{\"week\":");
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.True(new ReportFolder(lab.Folder["reports"]).IsComplete(First));
    }

    [Fact]
    public async Task Without_any_results_there_is_nothing_to_report()
    {
        await using var lab = await JobLab.StartAsync();
        lab.Now = First.End.AddHours(6);
        Assert.True(await lab.RunAsync("weekly-report"));
        Assert.False(Directory.Exists(lab.Folder["reports"]));
    }

    [Fact]
    public async Task Reports_that_were_pruned_do_not_come_back()
    {
        await using var lab = await JobLab.StartAsync(settings => settings with { Storage = new StorageOptions { Retention = new RetentionOptions { Reports = TimeSpan.FromDays(15) } } });
        await lab.MeasureAsync();
        lab.Now = First.Next.End.AddHours(6);
        await lab.RunAsync("collect");
        await lab.RunAsync("weekly-report");
        Assert.Equal([First, First.Next], Weeks(lab));

        // What is old is counted from the newest result: a clock that is ahead deletes nothing.
        lab.Now += TimeSpan.FromDays(8);
        Assert.True(await lab.RunAsync("prune"));
        Assert.Equal([First, First.Next], Weeks(lab));
        await lab.RunAsync("collect");
        Assert.True(await lab.RunAsync("prune"));
        Assert.Equal([First.Next], Weeks(lab));
        Assert.DoesNotContain($"href=\"{First}/", await File.ReadAllTextAsync(Path.Combine(lab.Folder["reports"], "index.html")), StringComparison.Ordinal);
        await lab.RunAsync("weekly-report");
        Assert.DoesNotContain(First, Weeks(lab));
    }

    private static string Report(JobLab lab, IsoWeek week) => Path.Combine(lab.Folder["reports"], week.ToString(), "report.json");

    private static IEnumerable<IsoWeek> Weeks(JobLab lab) => Directory.EnumerateDirectories(lab.Folder["reports"])
        .Select(folder => IsoWeek.Parse(Path.GetFileName(folder), "folder")).Order();
}
