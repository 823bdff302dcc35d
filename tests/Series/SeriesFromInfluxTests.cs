using System.Text.Json;
using App.Jobs;
using App.Series;
using App.Series.Influx;
using App.Web;
using Collector.Configuration;
using Collector.Configuration.Checks;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Weekly;
using Simulator.Server;
using Xunit;
using InfluxServer = Tests.Servers.InfluxServer;

namespace Tests.Series;

/// <summary><c>/api/v1/series</c> over a real InfluxDB, and over the store beside it.</summary>
public sealed class SeriesFromInfluxTests
{
    [Fact]
    public async Task The_answer_is_the_same_from_influxdb_and_from_the_store()
    {
        await using var server = await InfluxServer.StartAsync();
        using var week = new SimulatedWeek();
        var options = new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = server.Url, Dialect = InfluxDialect.V1, RawRetention = TimeSpan.FromDays(36_500) };
        await week.ArriveAsync(SimulatedWeek.End);

        // The database was set up on Tuesday and is written to until Sunday noon.
        var clock = new SimulatorClock(SimulatedWeek.Start.AddDays(4));
        await using (var sink = new InfluxSink(options, null, TimeProvider.System, NullLogger<InfluxSink>.Instance))
        {
            var update = new SeriesUpdate(week.Store, week.Network, sink, WrittenMarks.Open(week["written"], out _), options.LargestAsns, clock);
            await update.RunAsync(default);
            clock.Now = SimulatedWeek.Start.AddDays(6.5);
            await update.RunAsync(default);
        }

        var name = week.Target.Name;
        var pop = week.Target.Pops[0].Code;
        clock.Now = SimulatedWeek.End;
        await using var store = await ApiAsync(week, clock, new TimeSeriesOptions());
        await using (var influx = await ApiAsync(week, clock, options))
        {
            foreach (var (question, from) in new[]
            {
                ($"target={name}&family=4&from={Day(2)}&to={Day(4)}&step=hour", "influxdb"),
                ($"target={name}&family=6&from={Day(1)}T05:00Z&to={Day(6)}T14:00Z&step=hour", "influxdb, store"),
                ($"target={name}&family=4&from={Day(0)}&to={Day(7)}&step=hour", "influxdb, store"),
                ($"target={name}&family=4&from={Day(2)}&to={Day(3)}&step=hour&pop={pop}", "influxdb"),
                ($"target={name}&family=6&from={Day(2)}T22:00Z&to={Day(3)}T02:00Z&step=hour&pop={pop}", "influxdb"),
                ($"target={name}&family=4&from={Day(0)}&to={Day(7)}&step=day", "store"),
            })
            {
                var (expected, source) = await AskAsync(store, question);
                Assert.Equal("store", source);
                var (answer, asked) = await AskAsync(influx, question);
                Assert.Equal(expected, answer);
                Assert.Equal((question, from), (question, asked));
                using var json = JsonDocument.Parse(answer);
                Assert.True(json.RootElement.GetProperty("points").GetArrayLength() > 3, question);
            }
        }

        // Down: the same, from the store.
        await server.KillAsync();
        await using var without = await ApiAsync(week, clock, options);
        var whole = $"target={name}&family=4&from={Day(0)}&to={Day(7)}&step=hour";
        Assert.Equal(await AskAsync(store, whole), await AskAsync(without, whole));
    }

    private static string Day(int number) => SimulatedWeek.Start.AddDays(number).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<(string Body, string Source)> AskAsync(WebApplication api, string question)
    {
        using var http = new HttpClient { BaseAddress = new Uri(api.Urls.First()) };
        using var answer = await http.GetAsync(new Uri($"/api/v1/series?{question}", UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return (body, answer.Headers.GetValues("Series-Source").Single());
    }

    private static async Task<WebApplication> ApiAsync(SimulatedWeek week, TimeProvider clock, TimeSeriesOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "measurement" });
        builder.WebHost.UseKestrel();
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<IObservationStore>(week.Store);
        builder.Services.AddSingleton(week.Network);
        builder.Services.AddSingleton(new ChecksOptions());
        builder.Services.AddSingleton(new ReportFolder(week["reports"]));
        builder.Services.AddSingleton(new DataFolder(week["data"]));
        builder.Services.AddSingleton<IJobBoard>(new NoJobs());
        builder.Services.AddSingleton<ICurrentAnalysis>(new NoAnalysis());
        builder.Services.AddWeb(new Settings { Web = new WebOptions { Listen = new Uri("http://127.0.0.1:0") }, TimeSeries = options });
        var application = builder.Build();
        application.MapWeb();
        await application.StartAsync();
        return application;
    }

    private sealed class NoJobs : IJobBoard
    {
        public Task<IReadOnlyList<JobView>> JobsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<JobView>>([]);

        public Task<bool> RunNowAsync(string name, CancellationToken cancellationToken) => Task.FromResult(false);
    }

    private sealed class NoAnalysis : ICurrentAnalysis
    {
        public Analysis? Last => null;
    }
}
