using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using App.Jobs;
using Collector.Configuration;
using Npgsql;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Servers;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

/// <summary>Two instances on one PostgreSQL, in real time: one is killed inside every kind of job at once, ten times, at the moment when it also
/// holds the lock of the schedule.</summary>
/// <remarks>
/// Jobs are held in the middle by locks on the tables that they read. A trigger on the table of the jobs' states notes each beginning and each
/// end by the database's clock, so that what must not be is told by neither of those who could be wrong about it.
/// </remarks>
[Collection(PostgresServer.Collection)]
[Trait("Tier", "slow")]
public sealed class KillTests(PostgresServer server, ITestOutputHelper output) : IDisposable
{
    private const int Kills = 10;
    private const string Turning = JobNames.Prune;

    // The one that is held in the middle of a change: nobody else of its process writes then, not even that a run of theirs begins.
    private const string Writing = JobNames.Probes;

    private static readonly string[] Kinds =
        [JobNames.Analyze, JobNames.Collect, JobNames.Probes, JobNames.Prune, JobNames.Reconcile, JobNames.TimeSeries, JobNames.WeeklyReport];

    private static readonly TimeSpan BeginsAgainWithin = TimeSpan.FromSeconds(30);

    // By its own rule and by ours, and as long as it takes to look.
    private static readonly TimeSpan NextTurnWithin = HangfireStorage.LeftoverAfter + TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongerThanAnyTimeout = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<long, DateTime> killed = [];
    private readonly List<(DateTime From, DateTime To)> disturbed = [];
    private string connection = "";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_inside_each_kind_of_job_the_other_begins_it_again_and_nothing_runs_twice()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals as on Linux");
        connection = server.NewDatabase();
        await using var atlas = await SimulatorServer.StartAsync(World.Create(8038, 40, 3), new SimulatorOptions { Time = TimeProvider.System });
        await using var series = await TimeSeriesStub.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["Atlas__BaseUrl"] = atlas.BaseUrl.ToString(),
            ["Atlas__Key"] = SimulatedNetwork.Key,
            ["Storage__Provider"] = "PostgreSql",
            ["Storage__ConnectionString"] = connection + ";Command Timeout=600",
            ["TimeSeries__Provider"] = "InfluxDb",
            ["TimeSeries__Dialect"] = "V1",
            ["TimeSeries__Url"] = series.Address.ToString(),
            ["Web__KeyHash"] = MeasurementProcess.KeyHash,
            ["Web__RequestsPerMinute"] = "100000",
            ["Web__Listen"] = "http://127.0.0.1:0",
        };
        var configuration = await ConfigureAsync();
        var instances = new Dictionary<string, MeasurementProcess> { ["one"] = await ServeAsync("one"), ["other"] = await ServeAsync("other") };
        try
        {
            await UntilAsync(() => Kinds.All(RanOnce), "every job ran once");
            Watch();
            var again = new List<(string Kind, TimeSpan After)>();
            var turns = new List<TimeSpan>();
            for (var kill = 0; kill < Kills; kill++)
            {
                var (victim, survivor) = kill % 2 == 0 ? ("one", "other") : ("other", "one");
                var (after, turn) = await KillAsync(instances[victim], instances[survivor]);
                again.AddRange(after);
                turns.Add(turn);
                await instances[victim].DisposeAsync();
                instances[victim] = await ServeAsync(victim);
            }

            await HoldAsync(instances["one"], instances["other"]);
            foreach (var instance in instances.Values)
            {
                Assert.Equal(0, await instance.TerminateAsync());
            }

            foreach (var kind in again.GroupBy(one => one.Kind))
            {
                output.WriteLine($"{kind.Key}: killed {kind.Count()} times, began again after {Words(kind.Select(one => one.After))}");
            }

            output.WriteLine($"next turn after a kill: {Words(turns)}");
            Assert.All(again, one => Assert.True(one.After < BeginsAgainWithin, $"{one.Kind} began again only after {one.After}"));
            Assert.All(turns, turn => Assert.True(turn < NextTurnWithin, $"the next turn came only after {turn}"));
            CheckRuns();
        }
        finally
        {
            foreach (var instance in instances.Values)
            {
                await instance.DisposeAsync();
            }
        }

        async Task<MeasurementProcess> ServeAsync(string data)
        {
            var process = MeasurementProcess.Start(
                folder[data + ".log"], environment, "serve", "--config", configuration, "--data", folder[data], "--out", folder["reports"], "--quiet");
            await process.Address.WaitAsync(Patience);
            return process;
        }
    }

    /// <summary>Brings all jobs into the middle of a run in one instance, and kills it.</summary>
    /// <returns>When each began again, and when the next turn of one came, after the kill.</returns>
    private async Task<(List<(string Kind, TimeSpan After)> Again, TimeSpan Turn)> KillAsync(MeasurementProcess victim, MeasurementProcess survivor)
    {
        // The other one is held for a moment, so that all of them are in the one; it must neither be at something itself nor about to.
        while (true)
        {
            survivor.Freeze();
            if (Running().Count == 0 && PostgresServer.Scalar(connection, "SELECT count(*) FROM hangfire.jobqueue") is 0L)
            {
                break;
            }

            survivor.Thaw();
            await Task.Delay(300);
        }

        DateTime at;
        var from = DatabaseNow().AddSeconds(-5);
        await using (var barrier = new NpgsqlConnection(connection + ";Pooling=false"))
        {
            await barrier.OpenAsync();
            await ExecuteAsync(barrier, "BEGIN; LOCK TABLE samples, days, measurements, probes, watermarks, tallies, texts, documents, archive IN ACCESS EXCLUSIVE MODE");
            var begun = 0;
            foreach (var kind in Kinds.OrderBy(kind => kind == Writing))
            {
                await victim.RunAsync(kind);
                begun++;
                await UntilAsync(() => Running().Count(run => run.Process == victim.Id) == begun, $"{kind} is in the middle of a run");
            }

            survivor.Thaw();

            // As it would be if the kill fell into the moment in which it looks for turns.
            await ExecuteAsync(barrier, "INSERT INTO hangfire.lock (resource, updatecount, acquired) VALUES ('recurring-jobs:lock', 0, now() AT TIME ZONE 'UTC') ON CONFLICT (resource) DO UPDATE SET acquired = excluded.acquired");
            await victim.KillAsync();
            at = DatabaseNow();
            killed[victim.Id] = at;
            await ExecuteAsync(barrier, "COMMIT");
        }

        await UntilAsync(() => Kinds.All(kind => Began(kind, at) is not null && Ended(kind)), "every job that was killed ran again");
        disturbed.Add((from, DatabaseNow().AddSeconds(5)));

        // What was in the queue at the kill is no turn that came after it.
        TimeSpan? turn = null;
        await UntilAsync(() => (turn = NextTurn(at)) is not null, "a turn came");
        return ([.. Kinds.Select(kind => (kind, Began(kind, at)!.Value - at))], turn!.Value);
    }

    /// <summary>A run that lasts longer than every time-out there is, while turns come and everybody asks for it.</summary>
    private async Task HoldAsync(MeasurementProcess one, MeasurementProcess other)
    {
        var before = DatabaseNow();
        await using (var barrier = new NpgsqlConnection(connection + ";Pooling=false"))
        {
            await barrier.OpenAsync();
            await ExecuteAsync(barrier, "BEGIN; LOCK TABLE samples, days, measurements, probes, watermarks, tallies, texts, documents, archive IN ACCESS EXCLUSIVE MODE");
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < LongerThanAnyTimeout)
            {
                await one.RunAsync(JobNames.Collect);
                await other.RunAsync(JobNames.Collect);
                await Task.Delay(1000);
            }

            // What has turns may have begun just before.
            Assert.Equal(1L, Begun(JobNames.Collect));
            Assert.InRange(Begun(Turning), 0, 1);

            await ExecuteAsync(barrier, "COMMIT");
        }

        await UntilAsync(() => Ended(JobNames.Collect) && Ended(Turning), "the long runs ended");

        long Begun(string kind) => (long)PostgresServer.Scalar(connection, $"SELECT count(*) FROM audit WHERE name = '{kind}' AND is_begin AND at > '{Text(before)}'")!;
    }

    /// <summary>Nothing ran beside itself, and no turn was done twice.</summary>
    private void CheckRuns()
    {
        foreach (var kind in Kinds)
        {
            (long Process, DateTime At)? running = null;
            foreach (var (isBegin, process, at) in Audit(kind))
            {
                if (isBegin)
                {
                    Assert.True(
                        running is not { } before || (killed.TryGetValue(before.Process, out var death) && death <= at),
                        $"{kind} began at {at:O} in {process} while it ran since {running?.At:O} in {running?.Process}");
                    running = (process, at);
                }
                else
                {
                    running = null;
                }
            }
        }

        // A turn each five seconds, each done by one instance; around the kills it was started by hand, and again, besides.
        var slots = Audit(Turning)
            .Where(entry => entry.IsBegin && !disturbed.Any(time => entry.At >= time.From && entry.At <= time.To))
            .GroupBy(entry => entry.At.Ticks / TimeSpan.FromSeconds(5).Ticks)
            .ToList();
        output.WriteLine($"{slots.Count} turns of {Turning} away from the kills, {slots.Count(slot => slot.Count() > 1)} of them done twice");
        Assert.All(slots, slot => Assert.Single(slot));
    }

    private void Watch() => PostgresServer.Execute(connection, """
        CREATE TABLE audit (id BIGSERIAL PRIMARY KEY, at TIMESTAMPTZ NOT NULL, name TEXT NOT NULL, is_begin BOOLEAN NOT NULL, process BIGINT NOT NULL);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.measurement = 0 THEN
                INSERT INTO audit (at, name, is_begin, process)
                VALUES (clock_timestamp(), NEW.name, NEW.ended IS NULL OR NEW.ended < NEW.started, split_part(NEW.instance, '/', 2)::BIGINT);
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER note AFTER UPDATE ON jobs FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION note();
        """);

    private List<(bool IsBegin, long Process, DateTime At)> Audit(string kind) =>
        Rows($"SELECT is_begin, process, at FROM audit WHERE name = '{kind}' ORDER BY id", row => (row.GetBoolean(0), row.GetInt64(1), row.GetDateTime(2)));

    // The states of the jobs tell whole seconds, in which one run may end and the next begin.
    private List<(string Name, long Process)> Running() =>
        Rows("SELECT name, process FROM (SELECT DISTINCT ON (name) name, process, is_begin FROM audit ORDER BY name, id DESC) last WHERE is_begin", row => (row.GetString(0), row.GetInt64(1)));

    private bool Ended(string kind) => Running().All(run => run.Name != kind);

    private bool RanOnce(string kind) =>
        PostgresServer.Scalar(connection, $"SELECT ended >= started FROM jobs WHERE measurement = 0 AND name = '{kind}'") is true;

    private DateTime? Began(string kind, DateTime after) =>
        PostgresServer.Scalar(connection, $"SELECT min(at) FROM audit WHERE is_begin AND name = '{kind}' AND at > '{Text(after)}'") as DateTime?;

    private TimeSpan? NextTurn(DateTime after) => PostgresServer.Scalar(
        connection,
        $"SELECT min(j.createdat) FROM hangfire.job j WHERE j.arguments::text LIKE '%{JobReason.Turn}%' AND j.createdat > '{Text(after)}'") is DateTime created
        ? DateTime.SpecifyKind(created, DateTimeKind.Utc) - after
        : null;

    private DateTime DatabaseNow() => (DateTime)PostgresServer.Scalar(connection, "SELECT clock_timestamp()")!;

    private List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        using var open = new NpgsqlConnection(connection);
        open.Open();
        using var command = new NpgsqlCommand(sql, open);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Text(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Words(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(time => time.TotalSeconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[0]:0.0} to {sorted[^1]:0.0} s, median {sorted[sorted.Count / 2]:0.0} s");
    }

    private static async Task ExecuteAsync(NpgsqlConnection open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the database and the logs say, for whoever has to find out why.</summary>
    private string Told()
    {
        var jobs = Rows("SELECT name, started, ended, error, instance FROM jobs WHERE measurement = 0 ORDER BY name", row => string.Join(' ', Enumerable.Range(0, 5).Select(row.GetValue)));
        var calls = Rows("SELECT id, statename, arguments FROM hangfire.job ORDER BY id DESC LIMIT 20", row => string.Join(' ', Enumerable.Range(0, 3).Select(row.GetValue)));
        var logs = new[] { "one", "other" }.SelectMany(name => File.ReadLines(folder[name + ".log"]).TakeLast(12).Select(line => $"{name}: {line}"));
        var audit = Rows(
            "SELECT at, name, is_begin, process FROM audit ORDER BY id DESC LIMIT 40",
            row => $"{row.GetDateTime(0):HH:mm:ss.fff} {row.GetString(1)} {(row.GetBoolean(2) ? "begins" : "ends")} in {row.GetInt64(3)}");
        return string.Join('\n', jobs.Concat(calls).Concat(audit).Concat(logs));
    }

    private async Task UntilAsync(Func<bool> isSo, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(clock.Elapsed < Patience, $"in {Patience} it never came true that {what}; {Told()}");
            await Task.Delay(100);
        }
    }

    /// <summary>The shipped network. One job has a turn every five seconds, the others in 2028.</summary>
    private async Task<string> ConfigureAsync()
    {
        var shipped = JsonNode.Parse(
            await File.ReadAllTextAsync(Repository.File(SettingsLoader.FileName)), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        shipped["Probes"] = new JsonObject { ["Count"] = 40 };
        shipped["Storage"] = new JsonObject { ["Retention"] = new JsonObject { ["Samples"] = "800.00:00:00", ["Archive"] = "800.00:00:00" } };
        shipped["Schedule"] = new JsonObject
        {
            ["Prune"] = "*/5 * * * * *",
            ["Analyze"] = "0 0 29 2 *",
            ["Collect"] = "0 0 29 2 *",
            ["Probes"] = "0 0 29 2 *",
            ["Reconcile"] = "0 0 29 2 *",
            ["TimeSeries"] = "0 0 29 2 *",
            ["WeeklyReport"] = "0 0 29 2 *",
        };
        var file = folder[SettingsLoader.FileName];
        await File.WriteAllTextAsync(file, shipped.ToJsonString());
        return file;
    }

    /// <summary>A time series database that takes everything and keeps nothing.</summary>
    private sealed class TimeSeriesStub : IAsyncDisposable
    {
        private readonly HttpListener listener = new();
        private Task answering = Task.CompletedTask;

        public Uri Address { get; private set; } = null!;

        public static Task<TimeSeriesStub> StartAsync()
        {
            var stub = new TimeSeriesStub { Address = new Uri($"http://127.0.0.1:{ServerProgram.FreePort()}/") };
            stub.listener.Prefixes.Add(stub.Address.ToString());
            stub.listener.Start();
            stub.answering = stub.AnswerAsync();
            return Task.FromResult(stub);
        }

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await answering;
        }

        private async Task AnswerAsync()
        {
            try
            {
                while (listener.IsListening)
                {
                    var context = await listener.GetContextAsync();
                    await context.Request.InputStream.CopyToAsync(Stream.Null);
                    if (context.Request.Url!.AbsolutePath == "/query")
                    {
                        context.Response.ContentType = "application/json";
                        await context.Response.OutputStream.WriteAsync("{\"results\":[{\"statement_id\":0}]}"u8.ToArray());
                    }
                    else
                    {
                        context.Response.StatusCode = 204;
                    }

                    context.Response.Close();
                }
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
