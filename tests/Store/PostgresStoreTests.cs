using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Geography;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reports.Catchments;
using Tests.Servers;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Store;

/// <summary>The shared store: all that a store does, and what only several instances can do.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresStoreTests(PostgresServer server) : StoreTests(new PostgresKind(server))
{
    private readonly PostgresServer server = server;

    private PostgresKind Shared => (PostgresKind)Kind;

    [Fact]
    public async Task Many_writers_at_once_leave_what_one_writer_leaves()
    {
        const int Writers = 6;
        var random = new Random(7);
        Observation[] all = [.. Enumerable.Range(0, 6000).Select(_ => Crowd(random))];
        using (var alone = Kind.Open("alone"))
        {
            alone.Save(all);
        }

        // Everything twice, in parts that go to any writer in any order.
        var parts = all.Chunk(300).Concat(all.Chunk(170)).ToArray();
        random.Shuffle(parts);
        var stores = Enumerable.Range(0, Writers).Select(writer => Open("writer" + writer)).ToList();
        await Task.WhenAll(stores.Select((store, writer) => Task.Run(() =>
        {
            for (var part = writer; part < parts.Length; part += Writers)
            {
                store.Save(parts[part]);
            }
        })));
        Assert.Equal(StoreDump.Of(stores[0]), Kind.Dump("alone"));
        Assert.Equal(0L, PostgresServer.Scalar(Shared.ConnectionString("shared"), "SELECT count(*) - count(DISTINCT text) FROM texts"));
        stores.ForEach(store => store.Dispose());

        static Observation Crowd(Random random)
        {
            // A probe asks one name: what two results of one moment asked is counted by whichever came first.
            var probe = random.Next(1, 30);
            return Dns(random.Next(10, 13), probe, Monday + (random.Next(60) * 7200), random.Next(1, 4), "id" + random.Next(400)) with
            {
                Outcome = (Outcome)random.Next(1, 4),
                Query = "name" + (probe % 5),
                Reason = random.Next(2) == 0 ? "timeout" : null,
            };
        }
    }

    [Fact]
    public async Task Imports_of_the_same_by_several_instances_are_stored_once_and_archived_by_whoever_was_first()
    {
        // One result that only that instance has, and many that all have.
        var lines = Mixed(5, 2000);
        string Own(int writer) => global::Tests.Import.Results.Dns(20 + writer, 1, Monday, 1.5, "own");
        using (var clean = Kind.Open("alone"))
        {
            await Import(clean, lines.Concat(Enumerable.Range(0, 4).Select(Own)));
        }

        var stores = Enumerable.Range(0, 4).Select(writer => Open("writer" + writer)).ToList();
        var summaries = await Task.WhenAll(stores.Select((store, writer) => Task.Run(() => Import(store, (writer % 2 == 0 ? lines : lines.AsEnumerable().Reverse()).Append(Own(writer))))));
        Assert.Equal(Kind.Dump("alone"), StoreDump.Of(stores[0]));
        stores.ForEach(store => store.Dispose());

        // No two archives hold the same, and together they hold what one would, or more where a better result came after a worse one.
        var archived = Enumerable.Range(0, 4).SelectMany(writer => Archive("writer" + writer)).ToList();
        Assert.Equal(archived.Count, archived.Distinct().Count());
        Assert.Equal(archived.Count, summaries.Sum(summary => summary.New + summary.Replaced));

        // From all of them, in any order, the store can be made again.
        foreach (var writer in new[] { 2, 0, 3, 1 })
        {
            Shared.Share("writer" + writer, "again");
            await new Rebuilder(Kind.Options("writer" + writer), Kind["writer" + writer], NullLogger<Importer>.Instance).RebuildAsync();
        }

        Assert.Equal(Kind.Dump("alone"), Kind.Dump("again"));
    }

    [Fact]
    public async Task What_an_instance_archived_before_it_was_killed_may_come_from_another_meanwhile_and_is_stored_once()
    {
        var lines = Mixed(6, 500);
        using (var clean = Kind.Open("alone"))
        {
            await Import(clean, lines);
        }

        using (var killed = Open("killed"))
        {
            await Import(killed, lines[..200]);
            killed.OnStage = stage => throw new OperationCanceledException(stage.ToString());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Import(killed, lines[200..]));
        }

        using (var other = Open("other"))
        {
            await Import(other, lines[100..]);
            Assert.Equal(Kind.Dump("alone"), StoreDump.Of(other));
        }

        using (var back = Open("killed"))
        {
            await Import(back, lines);
            Assert.Equal(Kind.Dump("alone"), StoreDump.Of(back));
        }

        // The price: some are in both archives.
        Assert.NotEmpty(Archive("killed").Intersect(Archive("other")));
    }

    [Fact]
    public async Task A_measurement_being_written_holds_up_its_own_writers_only()
    {
        using var one = Open("one");
        using var other = Open("other");
        using (var transaction = one.BeginWrite())
        {
            transaction.Lock([10]);
            other.Save([Dns(11, 1, Monday, 5, "a")]);
            var same = Task.Run(() => other.Save([Dns(10, 1, Monday, 5, "b")]));

            // The server says when it waits.
            while (PostgresServer.Scalar(Shared.ConnectionString("shared"), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") is 0L)
            {
                Assert.False(same.IsCompleted);
                await Task.Yield();
            }

            var batch = new SampleBatch();
            batch.Add(Dns(10, 1, Monday, 4, "c"), 0);
            batch.MergeInto(transaction, (_, _) => { });
            transaction.Commit();
            await same;
        }

        Assert.Equal("c", one.Text(one.ReadByProbe([10], Monday, Monday + 1).Single().Of(0).Single().Identity));
    }

    [Fact]
    public async Task Instances_that_start_together_make_the_tables_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(() => Open("start" + index))));
        Assert.Equal(8, stores.Cast<PostgresStore>().Select(store => store.Instance).Distinct().Count());
        stores[3].SetWatermark(10, 7);
        Assert.Equal(7, stores[5].Watermark(10));
        Array.ForEach(stores, store => store.Dispose());
    }

    [Fact]
    public void An_instance_keeps_its_name()
    {
        string?[] names = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var store = (PostgresStore)Kind.Open();
            return store.Instance;
        })];
        Assert.NotNull(names[0]);
        Assert.Equal(names[0], names[1]);
        File.WriteAllText(Kind["data/instance"], "a b");
        Assert.Contains("does not hold a name", Assert.ThrowsAny<IOException>(() => Kind.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_database_is_said_in_one_line_without_the_password()
    {
        var good = new NpgsqlConnectionStringBuilder(server.NewDatabase());
        var nobody = new NpgsqlConnectionStringBuilder(good.ConnectionString) { Username = "weak" };
        PostgresServer.Execute(good.ConnectionString, $"CREATE ROLE weak LOGIN PASSWORD '{good.Password}'");
        PostgresServer.Execute(good.ConnectionString, "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        var stranger = server.NewSchema();
        PostgresServer.Execute(stranger, "CREATE TABLE samples (a int)");
        var later = server.NewSchema();
        PostgresServer.Execute(later, "CREATE TABLE store_format (version int); INSERT INTO store_format VALUES (99)");

        Says("holds no store", With(_ => { }), readOnly: true);
        Says("wrong password", With(options => options.Password += "x"));
        Says("does not exist", With(options => options.Database = "nowhere"));
        Says("lacks a right", nobody.ConnectionString);
        Says("cannot be reached", With(options => options.Port = 1));
        Says("cannot be reached: the host's name", With(options => options.Host = "nowhere.invalid"));
        Says("encoding LATIN1", With(options => options.Database = "latin"));
        Says("no schema to make tables in", With(options => options.SearchPath = "nowhere"));
        Says("holds a table of somebody else", stranger);
        Says("has format 99", later);
        Says("ConnectionString is missing", null);
        Says("ConnectionString cannot be read", $"postgres://u:{good.Password}@127.0.0.1/x?sslmode=require");
        Says("ConnectionString cannot be read", $"Host=127.0.0.1;Port={good.Password}");
        Says("ConnectionString cannot be read", $"Username=u;Password={good.Password}");

        string With(Action<NpgsqlConnectionStringBuilder> change)
        {
            var options = new NpgsqlConnectionStringBuilder(good.ConnectionString);
            change(options);
            return options.ConnectionString;
        }

        void Says(string words, string? connectionString, bool readOnly = false)
        {
            var problem = Assert.ThrowsAny<Exception>(() => PostgresStore.Open(connectionString, Kind["data"], readOnly));
            Assert.True(problem is IOException or ConfigurationException or InvalidDataException, problem.ToString());
            Assert.Contains(words, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Message);
            Assert.DoesNotContain(good.Password!, problem.Message, StringComparison.Ordinal);

            // Nothing stays behind that would keep the next one out.
            using var free = StoreLock.Take(new DataFolder(Directory.CreateDirectory(Kind["data"]).FullName));
        }
    }

    /// <summary>None of them goes to a SQLite file by itself.</summary>
    [Theory]
    [InlineData("catchment", "--target", "ns-a", "--family", "4", "--week", "2026-W46")]
    [InlineData("collect")]
    [InlineData("import", "{file}", "--target", "ns-a")]
    [InlineData("lookup", "AS64500")]
    [InlineData("report", "--week", "2026-W46")]
    [InlineData("serve")]
    public async Task Every_command_opens_the_store_that_the_settings_name(params string[] command)
    {
        Directory.CreateDirectory(Kind["logs"]);
        await File.WriteAllTextAsync(Kind["logs/results.ndjson"], global::Tests.Import.Results.Dns(10, 1, Monday, 1.5, "a") + "\n");
        var environment = new Dictionary<string, string> { ["Storage__Provider"] = "PostgreSql", ["Storage__ConnectionString"] = "Host=127.0.0.1;Port=1;Password=hush" };
        await using var process = Soak.MeasurementProcess.Start(
            Kind["logs/log"], environment,
            [.. command.Select(word => word == "{file}" ? Kind["logs/results.ndjson"] : word), "--config", Repository.File(SettingsLoader.FileName), "--data", Kind["data"], "--quiet"]);
        Assert.Equal(1, await process.EndAsync());
        var said = await File.ReadAllTextAsync(Kind["logs/log"]);
        Assert.Contains("PostgreSQL at 127.0.0.1:1", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_may_only_read_can_read()
    {
        var database = server.NewDatabase();
        using (var store = PostgresStore.Open(database, Kind["data"]))
        {
            store.Save([Dns(10, 1, Monday, 5, "a")]);
        }

        PostgresServer.Execute(database, "CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
        using var reader = PostgresStore.Open(
            new NpgsqlConnectionStringBuilder(database) { Username = "reader", Password = "r" }.ConnectionString, Kind["nowhere"], readOnly: true);
        Assert.Equal("a", reader.Text(reader.ReadByProbe([10], Monday, Monday + 1).Single().Of(0).Single().Identity));
        Assert.False(Directory.Exists(Kind["nowhere"]));
    }

    [Fact]
    public async Task While_the_database_is_away_everything_fails_in_one_line_and_afterwards_it_goes_on()
    {
        using var own = new PostgresServer();
        using var store = PostgresStore.Open(own.NewDatabase(), Kind["data"]);
        await Import(store, Mixed(1, 100));
        var before = StoreDump.Of(store);

        // Between two operations nobody notices.
        own.Stop();
        own.Start();
        Assert.Equal(before, StoreDump.Of(store));
        store.SetWatermark(10, 1);
        own.Stop();
        own.Start();
        store.SetWatermark(10, 2);

        own.Stop();
        foreach (var operation in new Func<Task>[]
        {
            () => Task.Run(store.Facts), () => Task.Run(() => store.Text(100_000)), () => Task.Run(() => store.SetWatermark(10, 3)),
            () => Task.Run(() => store.ReadByProbe([10], 0, long.MaxValue).Count()),
            () => Task.Run(() => store.SaveProbes(DateTimeOffset.UnixEpoch, [new Probe(1)])), () => Import(store, Mixed(2, 100)),
        })
        {
            var problem = await Assert.ThrowsAnyAsync<IOException>(operation);
            Assert.Contains("cannot be reached", problem.Message, StringComparison.Ordinal);
        }

        own.Start();
        Assert.Equal(2, store.Watermark(10));
        await Import(store, Mixed(2, 100));
        using var clean = Kind.Open("alone");
        await Import(clean, Mixed(1, 100));
        await Import(clean, Mixed(2, 100));
        clean.SetWatermark(10, 2);
        Assert.Equal(StoreDump.Of(clean), StoreDump.Of(store));
    }

    [Theory]
    [InlineData("samples", "INSERT OR UPDATE")]
    [InlineData("archive", "INSERT OR UPDATE")]
    public async Task A_connection_lost_at_the_very_commit_costs_nothing(string table, string when)
    {
        // The server ends the session inside COMMIT: nobody can tell from here whether it took place.
        using var store = Kind.Open();
        await Import(store, Mixed(1, 200));
        var deadly = $"""
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER deadly AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()
            """;
        PostgresServer.Execute(Shared.ConnectionString(), deadly);
        await Assert.ThrowsAnyAsync<IOException>(() => Import(store, Mixed(2, 200)));
        Assert.False(store.IsRecovered);
        PostgresServer.Execute(Shared.ConnectionString(), $"DROP TRIGGER deadly ON {table}");

        // The archive kept it, and recovery alone brings it.
        await new Importer(store).RecoverAsync();
        using var clean = Kind.Open("alone");
        await Import(clean, Mixed(1, 200));
        await Import(clean, Mixed(2, 200));
        Assert.Equal(StoreDump.Of(clean), StoreDump.Of(store));
        Assert.Equal(0, (await Import(store, Mixed(2, 200))).New);
    }

    [Fact]
    public async Task What_others_said_of_a_measurement_since_is_not_undone_by_an_old_archive()
    {
        StoredMeasurement first = new(10, "anycast1", MeasurementKind.Dns, 4, "id.server", 3600);
        using (var one = Open("one"))
        {
            one.SaveMeasurement(first);
        }

        using (var other = Open("other"))
        {
            other.SaveMeasurement(first with { IntervalSeconds = 900 });
        }

        await new Rebuilder(Kind.Options("one"), Kind["one"], NullLogger<Importer>.Instance).RebuildAsync();
        using var store = Open("one");
        Assert.Equal(900, store.Measurements().Single().IntervalSeconds);
    }

    [Fact]
    public void Texts_that_PostgreSQL_has_no_place_for_are_kept_as_near_as_can_be()
    {
        using var store = Kind.Open();
        store.Save([Dns(10, 1, Monday, 5, "a\0b"), Dns(10, 1, Monday + 1, 5, "\ud800"), Dns(10, 1, Monday + 2, 5, new string('\u20ac', 1024))]);
        store.SaveJob(new StoredJob("probes") { Error = "server said \0" });
        using var reader = Kind.Open(readOnly: true);
        Assert.Equal(
            ["a\ufffdb", "\ufffd", new string('\u20ac', 1024)],
            reader.ReadByProbe([10], Monday, Monday + 9).SelectMany(probe => probe.Of(0)).Select(sample => reader.Text(sample.Identity)));
        Assert.Equal("server said \ufffd", reader.Jobs().Single().Error);
    }

    [Fact]
    public async Task Catchments_are_the_same_to_the_byte_as_from_SQLite()
    {
        using var embedded = new SqliteKind();
        var target = new Target("anycast1")
        {
            Pops =
            [
                new Pop("AMS", new GeoPoint(52.3, 4.8)) { Identities = [new IdentityPattern("^ns0$")] },
                new Pop("JNB", new GeoPoint(-26.2, 28.0)) { Identities = [new IdentityPattern("^(?<server>ns[12])$")] },
            ],
        };
        var week = Window.Of(IsoWeek.Of(DateTimeOffset.FromUnixTimeSeconds(Monday)));
        var answers = new List<string>();
        foreach (var kind in new[] { embedded, Kind })
        {
            using var store = kind.Open();
            await Import(store, Mixed(8, 3000));
            store.SaveProbes(week.From, Enumerable.Range(1, 12).Select(id => new Probe(id)
            {
                Country = id % 3 == 0 ? "NL" : id % 3 == 1 ? "ZA" : null,
                AsnV4 = 64_500u + (uint)(id % 4),
                Position = id == 5 ? null : new GeoPoint(id, -id),
            }));
            var catchment = new CatchmentReader(store).Read(target, 4, week);
            Assert.False(catchment.IsEmpty);
            answers.Add(string.Join('\n', Enum.GetValues<CatchmentKey>().Select(by => CatchmentJson.Write(CatchmentTable.Of(catchment, by), null))));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(embedded.Dump(), Kind.Dump());
    }

    /// <summary>A writer with a folder of its own on the store that all of a test share.</summary>
    private ObservationStore Open(string data)
    {
        lock (Shared)
        {
            Shared.Share(data, "shared");
        }

        return Kind.Open(data);
    }

    private IEnumerable<string> Archive(string data) =>
        Archived(Kind[data + "/archive"]).Where(file => file.Key.Contains('/', StringComparison.Ordinal)).SelectMany(file => file.Value);

    private static async Task<ImportSummary> Import(ObservationStore store, IEnumerable<string> lines)
    {
        using var stream = new MemoryStream(Ndjson(lines));
        return await new Importer(store).ImportAsync(stream, new ImportRequest { Target = "anycast1" });
    }
}
