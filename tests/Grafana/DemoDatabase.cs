using System.Text.RegularExpressions;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Time;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Series;
using Xunit;
using InfluxServer = Tests.Servers.InfluxServer;

namespace Tests.Grafana;

/// <summary>A real InfluxDB with the demo's three weeks in it, written by the code that writes them in earnest. Started when it is first needed.</summary>
public sealed class DemoDatabase : IAsyncLifetime
{
    /// <summary>The collection of the tests that share one.</summary>
    public const string Collection = "Demo database";

    private readonly Lazy<Task<InfluxServer>> server = new(StartAsync);

    /// <summary>The last instant that was measured.</summary>
    internal static DateTimeOffset End { get; private set; }

    /// <summary>The server; the test is skipped where there is none.</summary>
    internal Task<InfluxServer> ServerAsync() => server.Value;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
        {
            await (await server.Value).DisposeAsync();
        }
    }

    /// <summary>The values of a dashboard's variables: of each all that the database has.</summary>
    internal async Task<Dictionary<string, IReadOnlyList<string>>> VariablesAsync(Dashboard dashboard, DateTimeOffset from)
    {
        var server = await ServerAsync();
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var variable in dashboard.Variables.Where(variable => (string)variable["name"]! != "datasource"))
        {
            var name = (string)variable["name"]!;
            if ((string)variable["type"]! == "textbox")
            {
                // One that was seen until the end.
                var seen = await server.QueryAsync("SELECT \"probe\" FROM \"raw\".\"probe_rtt\" WHERE \"source\" = 'ping' ORDER BY time DESC LIMIT 1");
                values[name] = [seen[0].Row["probe"].GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)];
                continue;
            }

            var regex = (string?)variable["regex"] is { Length: > 0 } pattern ? new Regex(pattern.Trim('/')) : null;
            var single = values.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[pair.Value[0]]);
            var found = (await server.QueryAsync(new Expansion(from, End, single).Of((string)variable["query"]!)))
                .Select(row => row.Row["value"].GetString()!).Where(value => regex?.IsMatch(value) is not false).Order(StringComparer.Ordinal).ToList();
            Assert.True(found.Count > 0, $"{dashboard.Name}: the variable {name} has no values");
            values[name] = found;
        }

        return values;
    }

    private static async Task<InfluxServer> StartAsync()
    {
        var server = await InfluxServer.StartAsync();
        using var weeks = new SimulatedWeek(World.Create(5, 60, 3));
        End = weeks.Whole.To;
        await weeks.ArriveAsync(End);
        var options = new TimeSeriesOptions
        {
            Provider = TimeSeriesProvider.InfluxDb,
            Url = server.Url,
            Dialect = InfluxDialect.V1,
            RawRetention = TimeSpan.FromDays(36_500),
        };
        await using var sink = new InfluxSink(options, spoolFolder: null, TimeProvider.System, NullLogger<InfluxSink>.Instance);
        using var progress = new ExportProgress(isQuiet: true);
        await new SeriesExport(weeks.Store, weeks.Network, sink, DatabaseContents.LargestAsns).RunAsync(weeks.Whole, progress, CancellationToken.None);

        // What the checks noticed each day of the last week; what they noticed no longer is over.
        var marks = WrittenMarks.Open(weeks["written"], out _);
        var update = new SeriesUpdate(weeks.Store, weeks.Network, sink, marks, DatabaseContents.LargestAsns, new SimulatorClock(End));
        var checks = new CheckReader(new CatchmentReader(weeks.Store, weeks.Network.IdentityTemplates), new CheckSuite());
        for (var day = End.AddDays(-7); day < End; day = day.AddDays(1))
        {
            await update.WriteAsync(checks.Find(weeks.Network.Targets, new Window(day, day.AddDays(1))), day.AddHours(23), CancellationToken.None);
        }

        await update.WriteAsync([new StoredJob("collect") { Started = End.AddMinutes(-6), Ended = End.AddMinutes(-5), Runs = 1 }], CancellationToken.None);
        return server;
    }
}

/// <summary>The tests that share one database with the demo.</summary>
[CollectionDefinition(DemoDatabase.Collection)]
public sealed class DemoDatabaseTests : ICollectionFixture<DemoDatabase>;
