using App.Jobs;
using Collector.Results;
using Collector.Store;
using Simulator.Server;
using Xunit;

namespace Tests.Jobs;

public sealed class CollectJobTests
{
    [Fact]
    public async Task Watermarks_advance_with_the_rounds()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Now = JobLab.Start.AddHours(2);
        Assert.True(await lab.RunAsync("collect"));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
        var first = lab.Samples();

        lab.Now += TimeSpan.FromHours(1);
        Assert.True(await lab.RunAsync("collect"));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
        Assert.True(lab.Samples() > first);
        Assert.Equal((null, 2L, 0L), (lab.States.Find("collect", measurement.Id)!.Error, lab.States.Find("collect", measurement.Id)!.Runs, lab.States.Find("collect")!.Failures));
    }

    /// <summary>The simulator delivers some results hours late and a probe's after a day: hourly rounds must end where one round at the end does.</summary>
    [Fact]
    public async Task Late_results_are_taken_in_by_later_rounds()
    {
        await using var often = await JobLab.StartAsync();
        await often.MeasureAsync();
        await often.CollectUntilAsync(JobLab.Start.AddDays(2), TimeSpan.FromHours(1));

        await using var once = await JobLab.StartAsync();
        await once.MeasureAsync();
        once.Now = often.Now;
        await once.RunAsync("collect");
        Assert.NotEmpty(once.Dump());
        Assert.Equal(once.Dump(), often.Dump());
    }

    [Fact]
    public async Task A_measurement_that_fails_does_not_stop_the_others()
    {
        await using var lab = await JobLab.StartAsync();
        var unknown = new StoredMeasurement(7, "ns-a", MeasurementKind.Ping, 4, null, 3600) { Start = JobLab.Start };
        lab.Store.SaveMeasurement(unknown);
        var four = await lab.MeasureAsync();
        var six = await lab.MeasureAsync(6);
        lab.Now = JobLab.Start.AddHours(2);

        Assert.False(await lab.RunAsync("collect"));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(four.Id));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(six.Id));
        Assert.Null(lab.Store.Watermark(unknown.Id));
        Assert.Contains("404", lab.States.Find("collect", unknown.Id)!.Error, StringComparison.Ordinal);
        Assert.Null(lab.States.Find("collect", four.Id)!.Error);
        Assert.StartsWith("1 of 3 measurements failed; 7 (ns-a): ", lab.States.Find("collect")!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_nothing_answers_the_rest_of_the_round_is_left_alone()
    {
        await using var lab = await JobLab.StartAsync();
        foreach (var id in Enumerable.Range(1, 6))
        {
            lab.Store.SaveMeasurement(new StoredMeasurement(id, "ns-a", MeasurementKind.Ping, 4, null, 3600) { Start = JobLab.Start });
        }

        lab.Now = JobLab.Start.AddHours(2);
        await lab.Server.DisposeAsync();
        Assert.False(await lab.RunAsync("collect"));
        Assert.Equal([1, 2, 3], lab.States.All().Where(one => one.Job.Measurement > 0).Select(one => one.Job.Measurement));
        Assert.StartsWith("6 of 6 measurements failed", lab.States.Find("collect")!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_shown_until_a_round_goes_well_and_nothing_is_missing_then()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Now = JobLab.Start.AddHours(2);
        await lab.RunAsync("collect");

        lab.Now += TimeSpan.FromHours(1);
        lab.Server.Faults.Script(SimulatorFault.ServerError);
        Assert.False(await lab.RunAsync("collect"));
        Assert.Contains("500", lab.States.Find("collect", measurement.Id)!.Error, StringComparison.Ordinal);
        Assert.Equal(JobLab.Start.AddHours(2).ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));

        lab.Now += TimeSpan.FromMinutes(5);
        Assert.True(await lab.RunAsync("collect"));
        Assert.Null(lab.States.Find("collect", measurement.Id)!.Error);
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
        Assert.Equal((3L, 1L), (lab.States.Find("collect")!.Runs, lab.States.Find("collect")!.Failures));
    }

    [Fact]
    public async Task A_round_that_is_told_to_end_says_interrupted_and_the_next_one_completes_it()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        await lab.MeasureAsync(6);
        lab.Now = JobLab.Start.AddHours(30);

        // The archive and the store have just got something: that is kept, the rest is not begun.
        using var stop = new CancellationTokenSource();
        lab.Store.OnStage = stage => stop.Cancel();
        Assert.True(await lab.RunAsync("collect", stop.Token));
        lab.Store.OnStage = null;
        Assert.Equal("interrupted", lab.States.Find("collect")!.Error);
        Assert.Equal(0, lab.States.Find("collect")!.Failures);

        Assert.True(await lab.RunAsync("collect"));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
        await using var undisturbed = await JobLab.StartAsync();
        await undisturbed.MeasureAsync();
        await undisturbed.MeasureAsync(6);
        undisturbed.Now = lab.Now;
        await undisturbed.RunAsync("collect");
        Assert.Equal(undisturbed.Dump(), lab.Dump());
    }

    [Fact]
    public async Task A_measurement_whose_beginning_is_not_known_is_asked_for_it_once()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Store.SaveMeasurement(measurement with { Start = null, IntervalSeconds = null });
        lab.Now = JobLab.Start.AddHours(50);
        Assert.True(await lab.RunAsync("collect"));
        Assert.Equal(measurement, lab.Store.Measurements().Single());
        Assert.Contains(lab.Dump(), line => line.Contains($" {JobLab.Start.ToUnixTimeSeconds() / 1000}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_key_is_the_jobs_error_in_one_line_without_the_key()
    {
        await using var lab = await JobLab.StartAsync(key: "not-the-right-one");
        Assert.False(await lab.RunAsync("reconcile"));
        var error = lab.States.Find("reconcile")!.Error!;
        Assert.Contains("401", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-right-one", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task By_hand_any_time_can_be_asked_for_and_the_watermark_does_not_jump_over_a_gap()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Now = JobLab.Start.AddHours(30);
        var outcomes = await lab.Get<CollectJob>().RoundAsync(JobLab.Start.AddHours(10), JobLab.Start.AddHours(12), isByHand: true, default);
        Assert.Null(Assert.Single(outcomes).Error);
        Assert.True(lab.Samples() > 0);
        Assert.Null(lab.Store.Watermark(measurement.Id));

        await lab.RunAsync("collect");
        var all = lab.Samples();
        await lab.Get<CollectJob>().RoundAsync(JobLab.Start, null, isByHand: true, default);
        Assert.Equal(all, lab.Samples());
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
    }

    [Fact]
    public async Task A_watermark_that_a_wrong_clock_set_into_the_future_does_not_stop_the_rounds()
    {
        await using var lab = await JobLab.StartAsync();
        var measurement = await lab.MeasureAsync();
        lab.Now = JobLab.Start.AddHours(30);
        lab.Store.SetWatermark(measurement.Id, lab.Now.AddYears(4).ToUnixTimeSeconds());
        Assert.True(await lab.RunAsync("collect"));
        Assert.Equal(lab.Now.ToUnixTimeSeconds(), lab.Store.Watermark(measurement.Id));
        Assert.True(lab.Samples() > 1000);
    }
}
