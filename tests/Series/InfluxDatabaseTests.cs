using System.Globalization;
using Analyzer.Hours;
using App.Inspection;
using App.Series;
using App.Series.Influx;
using Collector.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Tests.Store;
using Xunit;
using InfluxServer = Tests.Servers.InfluxServer;

namespace Tests.Series;

/// <summary>Against a real InfluxDB.</summary>
public sealed class InfluxDatabaseTests
{
    [Fact]
    public async Task A_week_written_while_the_server_is_killed_now_and_then_reads_back_as_the_store_has_it()
    {
        await using var server = await InfluxServer.StartAsync();
        using var week = new SimulatedWeek();
        var clock = new SimulatorClock(SimulatedWeek.Start);
        var marks = WrittenMarks.Open(week["written"], out _);

        // Every seven hours what has arrived is written; the server is away for three turns, twice, once killed in the middle of a write.
        await using (var sink = Sink(server.Url, week["spool"]))
        {
            var turn = 0;
            for (var now = SimulatedWeek.Start.AddHours(7); now < SimulatedWeek.End.AddDays(4); now += now < SimulatedWeek.End ? TimeSpan.FromHours(7) : TimeSpan.FromHours(25), turn++)
            {
                clock.Now = now;
                await week.ArriveAsync(now);
                var update = new SeriesUpdate(week.Store, week.Network, sink, marks, DatabaseContents.LargestAsns, clock);
                if (turn is 5)
                {
                    await server.KillAsync();
                }

                var running = update.RunAsync(CancellationToken.None);
                if (turn is 12)
                {
                    await server.KillAsync();
                }

                await running;
                if (turn is 7 or 14)
                {
                    Assert.True(sink.State.WaitingPoints > 0);
                    Assert.StartsWith($"InfluxDB at {server.Url}: ", sink.State.Problem, StringComparison.Ordinal);
                    await server.StartAgainAsync();
                }
                else if (turn is 9)
                {
                    // A new process goes on where the old one was.
                    marks = WrittenMarks.Open(week["written"], out var problem);
                    Assert.Null(problem);
                }
            }

            await EmptyAsync(sink);
            Assert.Empty(sink.State.Refused);
        }

        foreach (var family in new[] { 4, 6 })
        {
            var written = await DatabaseContents.PointsAsync(server, week.Target.Name, family);
            var expected = DatabaseContents.Points(week.Store, week.Network, week.Target, family, SimulatedWeek.Window);
            Assert.True(expected.Count > 1_000);

            // Nothing lost, nothing twice. Which PoP is settled when a point is written; later results seldom say otherwise.
            Assert.Equal(expected.Select(point => (point.At, point.Probe, point.Source, point.RttMs)), written.Select(point => (point.At, point.Probe, point.Source, point.RttMs)));
            Assert.InRange(expected.Intersect(written).Count(), expected.Count * 0.995, expected.Count);

            var hours = DatabaseContents.Hours(week.Store, week.Network, week.Target, family, SimulatedWeek.Window);
            Assert.Equal(
                hours.SelectMany(hour => hour.Pops.Select(row => Line(hour.Hour, row.Pop, row.Probes, row.Answered, row.Green, row.Red, row.Share, row.WeightedShare))).Order(StringComparer.Ordinal),
                await DatabaseContents.RowsAsync(server, "catchment", week.Target.Name, family, "\"pop\"", "probes", "answered", "green", "red", "share", "weighted_share"));
            Assert.Equal(
                hours.SelectMany(hour => hour.Countries.Select(row => Line(hour.Hour, $"{row.Part} {row.Pop}", row.Probes, row.Green, row.Red, row.Share))).Order(StringComparer.Ordinal),
                await DatabaseContents.RowsAsync(server, "catchment_country", week.Target.Name, family, "\"country\", \"pop\"", "probes", "green", "red", "share"));
            Assert.Equal(
                hours.SelectMany(hour => hour.Asns.Select(row => Line(hour.Hour, $"{row.Part} {row.Pop}", row.Probes, row.Green, row.Red, row.Share))).Order(StringComparer.Ordinal),
                await DatabaseContents.RowsAsync(server, "catchment_asn", week.Target.Name, family, "\"asn\", \"pop\"", "probes", "green", "red", "share"));
            var leaders = new Leaders();
            Assert.Equal(
                hours.SelectMany(hour => leaders.Advance(hour).Where(leader => leader.Scope == Leaders.Country).Select(leader => Line(hour.Hour, leader.Value, leader.Probes, leader.Share, leader.Since * 3_600_000)))
                    .Order(StringComparer.Ordinal),
                (await DatabaseContents.RowsAsync(server, "dominant", week.Target.Name, family, "\"scope\", \"value\"", "probes", "share", "since"))
                    .Where(line => line.Contains(" country ", StringComparison.Ordinal)).Select(line => line.Replace(" country ", " ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Equal(
                hours.Select(hour => Line(hour.Hour, "", hour.Asked, hour.Answered, hour.Attributed)).Order(StringComparer.Ordinal),
                (await DatabaseContents.RowsAsync(server, "coverage", week.Target.Name, family, "\"target\"", "asked", "answered", "attributed"))
                    .Select(line => line.Replace(week.Target.Name, "", StringComparison.Ordinal)));
            Assert.Equal(
                hours.SelectMany(hour => hour.Flips.Select(flip => Line(hour.Hour, $"{flip.From} {flip.To}", flip.Probes))).Order(StringComparer.Ordinal),
                await DatabaseContents.RowsAsync(server, "flip", week.Target.Name, family, "\"from\", \"to\"", "probes"));

            // What the API asks, from either side.
            using var asked = new InfluxQuery(Options(server.Url), TimeProvider.System);
            var fromInflux = await asked.HoursAsync(week.Target, family, SimulatedWeek.Window, CancellationToken.None);
            var fromStore = await new StoreSeriesQuery(week.Store, week.Network).HoursAsync(week.Target, family, SimulatedWeek.Window, CancellationToken.None);
            Assert.Equal(fromStore.Select(Shown), fromInflux.Select(Shown));
        }
    }

    [Fact]
    public async Task Database_and_retention_policy_are_made_when_they_are_missing_and_left_alone_when_they_are_there()
    {
        await using var server = await InfluxServer.StartAsync();
        await server.QueryAsync("CREATE DATABASE \"theirs\" WITH DURATION 52w REPLICATION 1 SHARD DURATION 1w NAME \"long\"");
        foreach (var database in new[] { "anycast", "theirs" })
        {
            await using var sink = Sink(server.Url, null, Options(server.Url) with { Database = database });
            await WriteAsync(sink, 10);
            Assert.Equal(20, sink.State.Written);
        }

        var ours = (await server.QueryAsync("SHOW RETENTION POLICIES ON \"anycast\"")).Select(row => (row.Row["name"].GetString(), row.Row["duration"].GetString(), row.Row["default"].GetBoolean()));
        Assert.Equal([("autogen", "0s", true), ("raw", "720h0m0s", false)], ours.Order());
        var theirs = (await server.QueryAsync("SHOW RETENTION POLICIES ON \"theirs\"")).Select(row => (row.Row["name"].GetString(), row.Row["duration"].GetString(), row.Row["default"].GetBoolean()));
        Assert.Equal([("long", "8736h0m0s", true), ("raw", "720h0m0s", false)], theirs.Order());
    }

    [Fact]
    public async Task Bad_points_are_counted_and_named_and_the_good_ones_kept()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var sink = Sink(server.Url, null);
        var now = Now() * 1_000_000_000;
        await WriteAsync(sink, $"catchment,pop=A probes=1i {now}\ncatchment,pop=B probes=1i {now}\n", 2);
        await WriteAsync(sink, $"catchment,pop=C probes=1i {now}\ncatchment,pop=D probes=\"one\" {now}\n", 2);
        await WriteAsync(sink, $"catchment,pop=E probes=1i {now}\nthis is no point\n", 2);
        Assert.Equal([("field-type", 1L), ("malformed", 1L)], sink.State.Refused.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Contains("this is no point", sink.State.RefusedExample, StringComparison.Ordinal);
        Assert.Equal(["A", "B", "C", "E"], (await server.QueryAsync("SELECT \"probes\" FROM \"catchment\" GROUP BY \"pop\"")).Select(row => row.Tags["pop"]).Order());
    }

    [Fact]
    public async Task Too_large_a_request_goes_in_halves()
    {
        await using var server = await InfluxServer.StartAsync(null, ("INFLUXDB_HTTP_MAX_BODY_SIZE", "2000"));
        await using var sink = Sink(server.Url, null);
        var random = new Random(1);
        await WriteAsync(sink, string.Concat(Enumerable.Range(0, 500).Select(number => $"m,n={number} f=\"{random.NextInt64()}\" {Now()}000000000\n")), 500);
        Assert.Equal(500, (await server.QueryAsync("SELECT count(\"f\") FROM \"m\""))[0].Row["count"].GetInt64());
    }

    [Fact]
    public async Task Wrong_credentials_keep_the_points_and_say_so_until_they_are_right()
    {
        await using var server = await InfluxServer.StartAsync(null, ("INFLUXDB_HTTP_AUTH_ENABLED", "true"));
        using var folder = new TemporaryFolder();
        await server.QueryAsync("CREATE USER \"a\" WITH PASSWORD 'b' WITH ALL PRIVILEGES");
        await using (var sink = Sink(server.Url, folder["spool"], Options(server.Url) with { User = "a", Password = "wrong" }))
        {
            await WriteAsync(sink, 10);
            Assert.Equal(20, sink.State.WaitingPoints);
            Assert.Equal($"InfluxDB at {server.Url}: the credentials are not accepted (401: authorization failed)", sink.State.Problem);
        }

        await using var right = Sink(server.Url, folder["spool"], Options(server.Url) with { User = "a", Password = "b" });
        await EmptyAsync(right);
        Assert.Equal(10, (await server.QueryAsync("SELECT count(\"probes\") FROM \"catchment\"", user: "a:b"))[0].Row["count"].GetInt64());
    }

    [Fact]
    public async Task Without_leave_to_create_a_missing_database_is_said_and_the_points_wait_for_it()
    {
        await using var server = await InfluxServer.StartAsync();
        using var folder = new TemporaryFolder();
        await using var sink = Sink(server.Url, folder["spool"], Options(server.Url) with { Create = false });
        await WriteAsync(sink, 10);
        Assert.Equal($"InfluxDB at {server.Url}: no such database (404: database not found: \"anycast\")", sink.State.Problem);
        await server.QueryAsync("CREATE DATABASE \"anycast\"");
        await server.QueryAsync("CREATE RETENTION POLICY \"raw\" ON \"anycast\" DURATION 30d REPLICATION 1");
        await EmptyAsync(sink);
        Assert.Equal(10, (await server.QueryAsync("SELECT count(\"probes\") FROM \"catchment\""))[0].Row["count"].GetInt64());
    }

    [Fact]
    public async Task A_full_disk_of_the_server_loses_nothing_and_is_said()
    {
        using var folder = new TemporaryFolder();
        var disk = folder["disk"];
        Directory.CreateDirectory(disk);
        Assert.SkipWhen(!await RunAsync("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk), "making a small disk takes the right to mount one");
        try
        {
            // Of one series, which is there before the disk is full: an index that is torn while it grows makes the server's own queries panic,
            // once in thirty times, for good.
            const string OneSeries = "catchment,pop=A probes={0}i";
            await using var server = await InfluxServer.StartAsync(disk);
            var ballast = Path.Combine(disk, "ballast");
            await using var sink = Sink(server.Url, folder["spool"]);
            await WriteAsync(sink, 10, OneSeries);
            await FillAsync(ballast);
            await WriteAsync(sink, 2_000, OneSeries);
            Assert.Contains("no space left on device", sink.State.Problem, StringComparison.Ordinal);
            Assert.True(sink.State.WaitingPoints > 0);
            Assert.Empty(sink.State.Refused);
            var check = Assert.Single(await TimeSeriesInspector.InspectAsync(Options(server.Url), TimeProvider.System, default));
            Assert.Equal(InspectionState.Failed, check.State);
            Assert.Matches($"^InfluxDB at {server.Url}: .*no space left on device", check.Finding);

            // 1.x goes on failing after there is room again, until it is started anew; and what it acknowledges until then, after a torn
            // entry of its log, it loses at that start: so it ends before there is room.
            await server.KillAsync();
            File.Delete(ballast);
            await server.StartAgainAsync();
            await EmptyAsync(sink);
            Assert.Equal(2_000, (await server.QueryAsync("SELECT count(\"probes\") FROM \"catchment\""))[0].Row["count"].GetInt64());
            await server.KillAsync();
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    [Fact]
    public async Task A_server_that_is_asked_too_much_at_a_time_gets_everything_in_the_end()
    {
        await using var server = await InfluxServer.StartAsync(
            null, ("INFLUXDB_HTTP_MAX_CONCURRENT_WRITE_LIMIT", "1"), ("INFLUXDB_HTTP_MAX_ENQUEUED_WRITE_LIMIT", "1"), ("INFLUXDB_HTTP_ENQUEUED_WRITE_TIMEOUT", "1000000"));
        using var folder = new TemporaryFolder();
        var logger = new FailureCount();
        await using var sink = new InfluxSink(Options(server.Url) with { Connections = 8, BatchSize = 5_000 }, folder["spool"], TimeProvider.System, logger, TimeSpan.FromMilliseconds(5));
        await WriteAsync(sink, 1);
        for (var block = 0; block < 60; block++)
        {
            var lines = string.Concat(Enumerable.Range(block * 5_000, 5_000).Select(number =>
                string.Create(CultureInfo.InvariantCulture, $"catchment,pop=P{number % 100} probes={number}i {(Now() * 1_000_000_000) + number}\n")));
            await sink.WriteAsync(SeriesPlace.Rollups, System.Text.Encoding.UTF8.GetBytes(lines), 5_000, default);
        }

        await sink.FlushAsync(default);
        await EmptyAsync(sink);
        Assert.True(logger.Failures > 0, "the server refused nothing, and nothing was tried");
        Assert.Empty(sink.State.Refused);
        Assert.Equal(300_000, (await server.QueryAsync("SELECT count(\"probes\") FROM \"catchment\" WHERE \"pop\" =~ /^P/"))[0].Row["count"].GetInt64());
    }

    [Fact]
    public async Task Check_says_in_one_line_how_it_stands()
    {
        await using var server = await InfluxServer.StartAsync(null, ("INFLUXDB_HTTP_AUTH_ENABLED", "true"));
        await server.QueryAsync("CREATE USER \"a\" WITH PASSWORD 'b' WITH ALL PRIVILEGES");
        var options = Options(server.Url) with { User = "a", Password = "b" };
        async Task<string> SaidAsync(TimeSeriesOptions asked) => string.Join('\n', (await TimeSeriesInspector.InspectAsync(asked, TimeProvider.System, default)).Select(item => $"{item.State} {item.Finding}"));

        Assert.Equal("", await SaidAsync(new TimeSeriesOptions()));
        Assert.Equal($"Failed InfluxDB at {server.Url}: the credentials are not accepted (401: authorization failed)", await SaidAsync(options with { Password = "c" }));
        Assert.Equal($"Ok InfluxDB at {server.Url} has no anycast yet; the first write creates it", await SaidAsync(options));
        Assert.Equal($"Failed InfluxDB at {server.Url}: no such database (404: database not found: \"anycast\")", await SaidAsync(options with { Create = false }));
        await using (var sink = Sink(server.Url, null, options))
        {
            await WriteAsync(sink, 1);
        }

        Assert.Equal($"Ok InfluxDB at {server.Url} takes points for anycast", await SaidAsync(options));
        await server.KillAsync();
        Assert.Equal($"Failed InfluxDB at {server.Url}: Connection refused", await SaidAsync(options));
    }

    private sealed class FailureCount : Microsoft.Extensions.Logging.ILogger<InfluxSink>
    {
        private int failures;

        public int Failures => failures;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == Microsoft.Extensions.Logging.LogLevel.Warning)
            {
                Interlocked.Increment(ref failures);
            }
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            await process!.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static TimeSeriesOptions Options(Uri url) => new() { Provider = TimeSeriesProvider.InfluxDb, Url = url, Dialect = InfluxDialect.V1, BatchSize = 1_000, RawRetention = TimeSpan.FromDays(30) };

    private static InfluxSink Sink(Uri url, string? spool, TimeSeriesOptions? options = null) =>
        new(options ?? (Options(url) with { RawRetention = TimeSpan.FromDays(36_500) }), spool, TimeProvider.System, NullLogger<InfluxSink>.Instance, TimeSpan.FromMilliseconds(20));

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600;

    private static async Task WriteAsync(InfluxSink sink, int points, string rollups = "catchment,pop={0} probes={0}i")
    {
        await sink.WriteAsync(SeriesPlace.Rollups, Lines(rollups), points, default);
        await sink.WriteAsync(SeriesPlace.Raw, Lines("probe_rtt,pop=A probe={0}i,rtt_ms=1.5"), points, default);
        await sink.FlushAsync(default);

        byte[] Lines(string form) => System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, points).Select(number =>
            string.Format(CultureInfo.InvariantCulture, form, number) + string.Create(CultureInfo.InvariantCulture, $" {(Now() * 1_000_000_000) + number}\n"))));
    }

    private static async Task WriteAsync(InfluxSink sink, string lines, int points)
    {
        await sink.WriteAsync(SeriesPlace.Rollups, System.Text.Encoding.UTF8.GetBytes(lines), points, default);
        await sink.FlushAsync(default);
    }

    /// <summary>Waits until nothing waits on disk.</summary>
    private static async Task EmptyAsync(InfluxSink sink)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (sink.State.WaitingPoints > 0)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), $"{sink.State.WaitingPoints} points still wait: {sink.State.Problem}");
            await Task.Delay(20);
        }
    }

    private static string Line(long hour, string key, params double?[] numbers) => string.Join(
        ' ', numbers.Select(number => number is { } value ? Math.Round(value, 6, MidpointRounding.AwayFromZero).ToString("R", CultureInfo.InvariantCulture) : "-").Prepend(key).Prepend(hour.ToString(CultureInfo.InvariantCulture)));

    private static string Shown(HourRollup hour) => string.Join('\n', hour.Pops
        .Select(row => Line(hour.Hour, row.Pop, row.Probes, row.Answered, row.Green, row.Red, row.Share, row.WeightedShare) + " " + string.Join(' ', Times(row.Rtt)))
        .Prepend(Line(hour.Hour, "", hour.Asked, hour.Answered, hour.Attributed)));

    private static IEnumerable<double> Times(RttSpread? spread) =>
        spread is { } rtt ? new[] { rtt.Min, rtt.P10, rtt.P50, rtt.P90, rtt.P95, rtt.P99 }.Select(number => Math.Round(number, 3, MidpointRounding.AwayFromZero)) : [];
}
