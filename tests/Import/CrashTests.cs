using System.Diagnostics;
using Collector.Archive;
using Collector.Import;
using Collector.Store;
using Microsoft.Extensions.Logging;
using Tests.Servers;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Import;

/// <summary>What is left of an import that ended too early, whatever the store.</summary>
public abstract class CrashTests(StoreKind kind) : IDisposable
{
    private readonly Notes notes = new();

    protected StoreKind Kind => kind;

    public void Dispose()
    {
        kind.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(CommitStage.Archived)]
    [InlineData(CommitStage.Committed)]
    public async Task A_crash_between_archive_and_store_loses_nothing_and_counts_nothing_twice(object stage)
    {
        var lines = Mixed(1, 400);
        await Import("clean", Ndjson(lines));
        await Import("data", Ndjson(lines[..200]));
        await Assert.ThrowsAsync<CrashException>(() => Import("data", Ndjson(lines[200..]), stage: (CommitStage)stage));

        // As the next run finds it: recovery alone brings everything back.
        using (var store = Kind.Open())
        {
            await new Importer(store, notes).RecoverAsync();
            Assert.Equal(Kind.Dump("clean"), StoreDump.Of(store));
        }

        Assert.Equal((CommitStage)stage == CommitStage.Archived, notes.Lines.Any(line => line.Contains("not yet stored", StringComparison.Ordinal)));

        var archived = Archived(Kind["data/archive"]).SelectMany(file => file.Value).ToList();
        var summary = await Import("data", Ndjson(lines));
        Assert.Equal(0, summary.New + summary.Replaced);
        Assert.Equal(archived, Archived(Kind["data/archive"]).SelectMany(file => file.Value));
        Assert.Equal(Kind.Dump("clean"), Kind.Dump("data"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(60)]
    [InlineData(-1)]
    [InlineData(-9)]
    public async Task A_torn_last_member_is_set_aside_and_said_so(int bytes)
    {
        var lines = Mixed(2, 300);
        await Import("data", Ndjson(lines));
        var before = Kind.Dump("data");
        var path = Directory.EnumerateFiles(Kind["data/archive/10"]).Order(StringComparer.Ordinal).Last();
        var whole = await File.ReadAllBytesAsync(path);

        // What a member looks like whose last bytes did not reach the disk.
        var member = GzipMember.Pack([Ndjson([Dns(10, 99, Monday, 1.5, "torn")])], 1);
        byte[] torn = bytes > 0 ? member[..bytes] : member[..^-bytes];
        await File.WriteAllBytesAsync(path, [.. whole, .. torn]);

        using (var store = Kind.Open())
        {
            var importer = new Importer(store, notes);
            await importer.RecoverAsync();
            Assert.Equal(new AsideCounts(1, torn.Length, 0), importer.Aside);
        }

        Assert.Equal(whole, await File.ReadAllBytesAsync(path));
        Assert.Equal(torn, await File.ReadAllBytesAsync($"{path}.damaged-{whole.Length}"));
        Assert.Equal(before, Kind.Dump("data"));
        Assert.Contains(notes.Lines, line => line.Contains($"set aside in archive/10/{Path.GetFileName(path)}.damaged-{whole.Length}. The store shows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Zeros_where_a_power_cut_took_the_bytes_are_set_aside_and_whole_members_before_them_are_kept()
    {
        await Import("data", Ndjson([Dns(10, 1, Monday, 1.5, "a")]));
        var path = Directory.EnumerateFiles(Kind["data/archive/10"]).Single();
        var whole = await File.ReadAllBytesAsync(path);
        byte[] more = [.. whole, .. GzipMember.Pack([Ndjson([Dns(10, 2, Monday, 1.5, "b")])], 1)];
        var damaged = GzipMember.Pack([Ndjson([Dns(10, 3, Monday, 1.5, "c")])], 1);
        damaged.AsSpan(30).Clear();
        await File.WriteAllBytesAsync(path, [.. more, .. damaged, .. new byte[5000]]);

        using var store = Kind.Open();
        await new Importer(store, notes).RecoverAsync();
        Assert.Equal(more, await File.ReadAllBytesAsync(path));
        Assert.Equal([1, 2], store.ReadByProbe([10], Monday, Monday + 1).Select(probe => probe.Probe));
    }

    [Fact]
    public async Task A_lost_store_comes_back_with_targets_and_probes_when_it_is_opened_next()
    {
        await Import("data", Ndjson(Mixed(3, 300)));
        using (var store = Kind.Open())
        {
            store.SaveProbes(DateTimeOffset.FromUnixTimeSeconds(Monday), [new(1) { Country = "NL" }, new(2)]);
        }

        var before = Kind.Dump("data");
        Kind.Lose();
        using (var store = Kind.Open())
        {
            await new Importer(store, notes).RecoverAsync();
        }

        Assert.Equal(before, Kind.Dump("data"));
    }

    [Fact]
    public async Task What_other_tools_packed_is_read_as_well()
    {
        await Import("data", Ndjson([Dns(10, 1, Monday, 1.5, "a")]));
        var path = Directory.EnumerateFiles(Kind["data/archive/10"]).Single();
        await File.WriteAllBytesAsync(path, [.. await File.ReadAllBytesAsync(path), .. Gzip(Ndjson([Dns(10, 2, Monday, 1.5, "b")])), .. Gzip(Ndjson([Dns(10, 3, Monday, 1.5, "c")]))]);
        var length = new FileInfo(path).Length;
        using (var store = Kind.Open())
        {
            await new Importer(store, notes).RecoverAsync();
            Assert.Equal([1, 2, 3], store.ReadByProbe([10], Monday, Monday + 1).Select(probe => probe.Probe));
        }

        Assert.Equal(length, new FileInfo(path).Length);

        // Cut inside, its part is set aside like one of ours.
        await File.WriteAllBytesAsync(path, [.. await File.ReadAllBytesAsync(path), .. Gzip(Ndjson(Mixed(1, 50)))[..200]]);
        using var again = Kind.Open();
        await new Importer(again, notes).RecoverAsync();
        Assert.Equal(length, new FileInfo(path).Length);
        Assert.Equal(200, new FileInfo($"{path}.damaged-{length}").Length);
    }

    [Fact]
    public async Task A_file_that_lost_its_end_is_an_error_in_the_log_and_import_goes_on()
    {
        await Import("data", Ndjson([Dns(10, 1, Monday, 1.5, "a"), Dns(11, 1, Monday, 1.5, "a")]));
        await File.WriteAllBytesAsync(Kind["data/archive/10/2025-06-16.ndjson.gz"], []);
        File.Delete(Kind["data/archive/11/2025-06-16.ndjson.gz"]);
        using var store = Kind.Open();
        await new Importer(store, notes).ImportAsync(
            new MemoryStream(Ndjson([Dns(10, 2, Monday, 1.5, "a"), Dns(11, 2, Monday, 1.5, "a")])), new ImportRequest());
        Assert.Contains(notes.Lines, line => line.Contains("results are missing", StringComparison.Ordinal));
        Assert.Contains(notes.Lines, line => line.Contains("is gone", StringComparison.Ordinal));
        Assert.Equal([[Dns(10, 2, Monday, 1.5, "a")], [Dns(11, 2, Monday, 1.5, "a")]], Archived(Kind["data/archive"]).Where(file => file.Key != "measurements.ndjson.gz").Select(file => file.Value));
    }

    [Fact]
    public async Task When_the_archive_cannot_be_written_archive_and_store_stay_as_they_were()
    {
        await Import("data", Ndjson([Dns(10, 1, Monday, 1.5, "a"), Dns(9, 1, Monday, 1.5, "a")]));
        var before = Kind.Dump("data");
        var file = Kind["data/archive/9/2025-06-16.ndjson.gz"];
        var whole = await File.ReadAllBytesAsync(file);

        // A folder where a file should be: the second of two appends fails, whoever runs the test.
        Directory.CreateDirectory(Kind["data/archive/10/2025-06-17.ndjson.gz"]);
        var lines = Ndjson([Dns(9, 2, Monday, 1.5, "a"), Dns(10, 2, Monday + 86_400, 1.5, "a")]);
        await Assert.ThrowsAsync<IOException>(() => Import("data", lines));
        Assert.Equal(before, Kind.Dump("data"));
        Assert.Equal(whole, await File.ReadAllBytesAsync(file));

        Directory.Delete(Kind["data/archive/10/2025-06-17.ndjson.gz"]);
        Assert.Equal(2, (await Import("data", lines)).New);
    }

    [Fact]
    public async Task A_rebuild_sets_a_damaged_member_aside_and_the_store_keeps_what_it_has()
    {
        await Import("data", Ndjson(Mixed(3, 300)));
        await Import("data", Ndjson([Dns(10, 99, Monday + 9, 1.5, "later")]));
        var before = Kind.Dump("data");
        var path = Kind["data/archive/10/2025-06-16.ndjson.gz"];
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var rebuilt = await new Rebuilder(Kind.Options("data"), Kind["data"], notes).RebuildAsync();
        Assert.Equal((1, 1), (rebuilt.Aside.Places, rebuilt.Aside.Acknowledged));
        Assert.Equal(before, Kind.Dump("data"));
        Assert.Equal(bytes.Length, new FileInfo(path).Length + new FileInfo(path + ".damaged-0").Length);

        // And all is well from there.
        using var store = Kind.Open();
        var importer = new Importer(store, notes);
        await importer.RecoverAsync();
        Assert.Equal(default, importer.Aside);
    }

    /// <summary>The real program, killed again and again at any instant, and in the end let run.</summary>
    [Fact]
    public async Task Killed_at_random_instants_and_run_again_it_ends_where_an_undisturbed_run_ends()
    {
        // Many files are many commits.
        string[] inputs = [.. Enumerable.Range(0, 8).Select(index => Kind[$"results{index}.ndjson.gz"])];
        for (var file = 0; file < inputs.Length; file++)
        {
            await File.WriteAllBytesAsync(inputs[file], Gzip(Ndjson(Enumerable.Range(file * 5000, 6000).Select(index =>
                Dns(10 + (index % 3), 1 + (index % 997), Monday + (index * 17), 1.5 + (index % 50), "ns" + (index % 5))))));
        }

        var configuration = Kind["configuration.json"];
        await File.WriteAllTextAsync(configuration, """
            {"Targets":[{"Name":"anycast1","IPv4":"192.0.2.53"}],"Pops":[{"Code":"AMS","Latitude":52.3,"Longitude":4.8,"Identities":["ns"]}]}
            """);

        var clock = Stopwatch.StartNew();
        using (var clean = Start("clean"))
        {
            await clean.WaitForExitAsync();
            Assert.Equal(0, clean.ExitCode);
        }

        var undisturbed = (int)clock.ElapsedMilliseconds;
        var random = new Random();
        for (var trial = 0; trial < 5; trial++)
        {
            using var process = Start("killed");
            if (!process.WaitForExit(random.Next(undisturbed / 5, undisturbed)))
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
        }

        using (var last = Start("killed"))
        {
            await last.WaitForExitAsync();
            Assert.Equal(0, last.ExitCode);
        }

        Assert.Equal(Kind.Dump("clean"), Kind.Dump("killed"));
        Assert.Equal(Sorted("clean"), Sorted("killed"));

        Process Start(string data)
        {
            var start = new ProcessStartInfo(
                Repository.Dotnet,
                [typeof(App.Cli.ExitCode).Assembly.Location, "import", .. inputs, "--target", "anycast1", "--config", configuration, "--data", Kind[data], "--quiet"]);
            start.Environment["Storage__Provider"] = Kind.Options(data).Provider.ToString();
            start.Environment["Storage__ConnectionString"] = Kind.Options(data).ConnectionString;
            return Process.Start(start)!;
        }

        IEnumerable<string> Sorted(string data) => Archived(Kind[data + "/archive"]).SelectMany(file => file.Value.Order(StringComparer.Ordinal).Select(line => file.Key + line));
    }

    private async Task<ImportSummary> Import(string data, byte[] bytes, CommitStage? stage = null)
    {
        using var store = Kind.Open(data);
        var importer = new Importer(store, notes);
        await importer.RecoverAsync();
        store.OnStage = reached =>
        {
            if (reached == stage)
            {
                throw new CrashException();
            }
        };
        using var stream = new MemoryStream(bytes);
        return await importer.ImportAsync(stream, new ImportRequest { Target = "anycast1" });
    }

    private sealed class CrashException : Exception;

    /// <summary>What was logged.</summary>
    internal sealed class Notes : ILogger<Importer>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}

/// <summary>Into the embedded store.</summary>
public sealed class SqliteCrashTests() : CrashTests(new SqliteKind());

/// <summary>Into the shared store.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresCrashTests(PostgresServer server) : CrashTests(new PostgresKind(server));
