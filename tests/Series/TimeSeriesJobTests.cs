using App.Jobs;
using App.Metrics;
using App.Series;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Atlas;
using Tests.Jobs;
using Xunit;

namespace Tests.Series;

public sealed class TimeSeriesJobTests
{
    [Fact]
    public void There_is_no_such_job_without_a_database()
    {
        Assert.Null(JobSchedule.Of(new ScheduleOptions()).Find(JobNames.TimeSeries));
        Assert.True(JobSchedule.Of(new ScheduleOptions(), hasTimeSeries: true).Find(JobNames.TimeSeries)!.IsEnabled);
    }

    [Fact]
    public async Task A_database_that_is_away_fails_the_job_with_one_line_and_loses_nothing()
    {
        var isUp = false;
        var taken = 0;
        await using var database = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = Volatile.Read(ref isUp) ? 204 : 503;
            await context.Request.Body.CopyToAsync(Stream.Null);
            Interlocked.Add(ref taken, Volatile.Read(ref isUp) ? 1 : 0);
        });
        await using var lab = await JobLab.StartAsync(settings => settings with
        {
            TimeSeries = new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = database.Address, Dialect = InfluxDialect.V3 },
        });
        await lab.MeasureAsync();
        await lab.CollectUntilAsync(JobLab.Start.AddHours(9), TimeSpan.FromHours(3));

        Assert.False(await lab.RunAsync(JobNames.TimeSeries));
        var error = lab.States.Find(JobNames.TimeSeries)!.Error!;
        Assert.StartsWith($"InfluxDB at {database.Address}: status 503; ", error, StringComparison.Ordinal);
        Assert.EndsWith(" MiB) and follow when it is back", error, StringComparison.Ordinal);
        Assert.Equal(0, taken);
        var sink = lab.Get<ITimeSeriesSink>();
        using var instruments = new ServiceInstruments(new NoBoard(), lab.Get<ICurrentAnalysis>(), lab.Store, TimeProvider.System, NullLogger<ServiceInstruments>.Instance, sink);
        using var metrics = new MetricsReader(instruments);
        Assert.Contains("\nmeasurement_timeseries_up 0\n", metrics.Read(), StringComparison.Ordinal);
        Assert.Contains($"\nmeasurement_timeseries_waiting_points {sink.State.WaitingPoints}\n", metrics.Read(), StringComparison.Ordinal);

        // Nobody else waits for it.
        var collected = lab.Samples();
        await lab.CollectUntilAsync(JobLab.Start.AddHours(12), TimeSpan.FromHours(3));
        Assert.True(lab.Samples() > collected);

        Volatile.Write(ref isUp, true);
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (sink.State.WaitingPoints > 0)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), sink.State.Problem);
            lab.Now += TimeSpan.FromSeconds(30);
            await Task.Delay(20);
        }

        Assert.True(await lab.RunAsync(JobNames.TimeSeries));
        Assert.True(taken > 0);
        Assert.Contains("\nmeasurement_timeseries_up 1\n", metrics.Read(), StringComparison.Ordinal);
        Assert.Contains($"\nmeasurement_timeseries_written_total {sink.State.Written}\n", metrics.Read(), StringComparison.Ordinal);
    }

    private sealed class NoBoard : IJobBoard
    {
        public Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<JobView>>([]);

        public Task<bool> RunNowAsync(string name, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
