using System.Text;
using Collector.Configuration;
using Collector.Import;
using Collector.Results;
using Collector.Store;
using Tests.Servers;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Import;

/// <summary>What importing does, whatever the store.</summary>
public abstract class ImporterTests(StoreKind kind) : IDisposable
{
    protected StoreKind Kind => kind;

    public void Dispose()
    {
        kind.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Results_are_archived_byte_for_byte_by_measurement_and_the_day_Atlas_stored_them()
    {
        var first = Dns(10, 1, Monday + 5, 12.5, "ns1");
        var late = Dns(10, 2, Monday + 6, 12.5, "ns1", storedAt: Monday + 86_400);
        var clock = Dns(10, 3, Monday - 900_000_000, 12.5, "ns1", storedAt: Monday + 1);
        var other = Ping(12, 1, Monday + 7, 3.5);
        await Import(Ndjson([first, late, clock, other]));

        var archived = Archived(Archive);
        Assert.Equal(["10/2025-06-16.ndjson.gz", "10/2025-06-17.ndjson.gz", "12/2025-06-16.ndjson.gz", "measurements.ndjson.gz"], archived.Keys);
        Assert.Equal([first, clock], archived["10/2025-06-16.ndjson.gz"]);
        Assert.Equal([late], archived["10/2025-06-17.ndjson.gz"]);
        Assert.Equal([other], archived["12/2025-06-16.ndjson.gz"]);
    }

    [Fact]
    public async Task What_is_known_is_not_archived_again_and_what_is_better_is()
    {
        var slow = Dns(10, 1, Monday, 12.5, "ns1");
        var fast = Dns(10, 1, Monday, 11.5, "ns1");
        var one = await Import(Ndjson([slow, slow, Silent(10, 2, Monday)]));
        Assert.Equal((2, 1, 0), (one.New, one.Known, one.Replaced));

        var two = await Import(Ndjson([slow, fast, Silent(10, 1, Monday)]));
        Assert.Equal((0, 2, 1), (two.New, two.Known, two.Replaced));
        Assert.Equal([slow, Silent(10, 2, Monday), fast], Results10());
        Assert.Contains("10 1 1750032000 0 Answered 11500 -1 -1 ns1|| -1 -1 -1 -1", Kind.Dump());
    }

    [Fact]
    public async Task An_indented_array_becomes_one_line_a_result_and_its_texts_stay()
    {
        var indented = "[\n  {\n    \"fw\": 5080, \"msm_id\": 10,\r\n    \"prb_id\": 1, \"timestamp\": 1750032000, \"type\": \"dns\",\n    \"error\": {\"timeout\": 5000}\n  },\n  {\"fw\":5080,\"msm_id\":10,\"prb_id\":2,\"timestamp\":1750032000,\"type\":\"dns\",\"error\":{\"timeout\":5000}}\n]\n";
        var summary = await Import(Encoding.UTF8.GetBytes(indented));
        Assert.Equal(2, summary.New);
        var lines = Results10();
        Assert.Equal(2, lines.Length);
        Assert.Equal(indented[4..(indented.IndexOf("},\n  {\"", StringComparison.Ordinal) + 1)].Replace('\n', ' ').Replace('\r', ' '), lines[0]);
        Assert.StartsWith("{\"fw\":5080,\"msm_id\":10,\"prb_id\":2", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resultset_is_archived_once_and_stored_element_by_element()
    {
        const string Resultset = """{"fw":5080,"af":4,"msm_id":10,"prb_id":1,"timestamp":1750032000,"type":"dns","resultset":[{"time":1750032000,"subid":1,"submax":2,"dst_addr":"192.0.2.1","error":{"timeout":5000}},{"time":1750032001,"subid":2,"submax":2,"dst_addr":"192.0.2.2","error":{"timeout":5000}}]}""";
        var summary = await Import(Ndjson([Resultset, Resultset]));
        Assert.Equal((2, 2), (summary.New, summary.Known));
        Assert.Equal([Resultset], Results10());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Order_parts_and_repetition_leave_the_same_store(int seed)
    {
        var lines = Mixed(seed, 600);
        await Import(Ndjson(lines), "once");
        var expected = Kind.Dump("once");

        var random = new Random(seed);
        var shuffled = lines.ToArray();
        random.Shuffle(shuffled);
        await Import(Gzip(Ndjson(shuffled[400..])), "parts");
        await Import(Ndjson(shuffled[..450]), "parts");
        await Import(Encoding.UTF8.GetBytes("[" + string.Join(",\n", shuffled) + "]"), "parts");
        Assert.Equal(expected, Kind.Dump("parts"));
    }

    [Fact]
    public async Task Real_results_of_every_kind_are_kept_whatever_the_order()
    {
        string[] files = [.. Corpus.Files("dns", "*.ndjson*").Concat(Corpus.Files("ping", "*.ndjson*"))
            .Where(file => !file.Contains(".expected.", StringComparison.Ordinal) && !file.Contains(".decoded.", StringComparison.Ordinal) && !file.Contains(".index.", StringComparison.Ordinal))
            .Where(file => new FileInfo(file).Length < 500_000)];
        Assert.True(files.Length > 15);
        foreach (var file in files)
        {
            await Import(await File.ReadAllBytesAsync(file), "forth", target: null);
        }

        foreach (var file in files.Reverse().Concat(files.Take(3)))
        {
            await Import(await File.ReadAllBytesAsync(file), "back", target: null);
        }

        Assert.Equal(Kind.Dump("forth"), Kind.Dump("back"));
    }

    [Fact]
    public async Task Rejected_results_are_kept_once_each()
    {
        var good = Dns(10, 1, Monday, 1.5, "ns1");
        string[] bad = ["{\"type\":\"traceroute\",\"msm_id\":5,\"prb_id\":1,\"timestamp\":1750032000}", "no json at all"];
        var summary = await Import(Ndjson([bad[0], good, bad[1], bad[0]]));
        Assert.Equal((1, 3), (summary.New, summary.Counts.RejectedTotal));
        await Import(Ndjson([bad[1], bad[0]]));
        var archived = Archived(Archive);
        Assert.Equal(bad, archived["rejected.ndjson.gz"]);
        Assert.Equal([good], archived["10/2025-06-16.ndjson.gz"]);
    }

    [Fact]
    public async Task A_measurement_is_registered_as_what_its_results_mostly_are()
    {
        await Import(Ndjson([Dns(10, 1, Monday, 1.5, "a", family: 6), Dns(10, 2, Monday, 1.5, "a", family: 6), Dns(10, 3, Monday, 1.5, "a"), Ping(12, 1, Monday, 1.5)]));
        using var store = Kind.Open();
        Assert.Equal(
            [new(10, "anycast1", MeasurementKind.Dns, 6, null, null), new StoredMeasurement(12, "anycast1", MeasurementKind.Ping, 4, null, null)],
            store.Measurements("anycast1"));

        store.SaveMeasurement(new StoredMeasurement(10, "anycast1", MeasurementKind.Dns, 4, "id.server", 3600));
        await new Importer(store).ImportAsync(new MemoryStream(Ndjson([Dns(10, 4, Monday, 1.5, "a", family: 6)])), new ImportRequest { Target = "anycast1" });
        Assert.Equal(3600, store.Measurements()[0].IntervalSeconds);
    }

    [Fact]
    public async Task A_measurement_of_another_target_is_refused_in_one_line_and_leaves_nothing()
    {
        await Import(Ndjson([Dns(10, 1, Monday, 1.5, "a")]), target: "anycast1");
        var before = Kind.Dump();
        var archived = Results10();
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => Import(Ndjson([Dns(10, 2, Monday, 1.5, "a")]), target: "anycast2"));
        Assert.Contains("measurement 10", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'anycast1'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'anycast2'", problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, Kind.Dump());
        Assert.Equal(archived, Results10());
    }

    [Fact]
    public async Task Only_wanted_observations_are_kept()
    {
        using var store = Kind.Open();
        var summary = await new Importer(store).ImportAsync(
            new MemoryStream(Ndjson([Dns(10, 1, Monday, 1.5, "a"), Dns(10, 2, Monday, 1.5, "a")])),
            new ImportRequest { Filter = observation => observation.Probe == 2 });
        Assert.Equal((1, 1), (summary.New, summary.Unwanted));
        Assert.Equal([Dns(10, 2, Monday, 1.5, "a")], Results10());
    }

    [Fact]
    public async Task A_cut_file_gives_what_is_before_the_cut()
    {
        var packed = Gzip(Ndjson(Mixed(1, 500)));
        var summary = await Import(packed[..(packed.Length / 2)]);
        Assert.NotNull(summary.Incomplete);
        Assert.True(summary.New > 50);
        Assert.Equal(0, (await Import([])).Bytes);
    }

    [Fact]
    public async Task Cancelled_it_stops_and_what_was_committed_stays()
    {
        using var store = Kind.Open();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Importer(store).ImportAsync(new MemoryStream(Ndjson(Mixed(1, 10))), new ImportRequest(), stop.Token));
        Assert.Equal(10, (await new Importer(store).ImportAsync(new MemoryStream(Ndjson(Mixed(1, 10))), new ImportRequest())).Counts.Results);
    }

    /// <summary>What the one file of measurement 10 holds.</summary>
    private string[] Results10() => Archived(Archive).Single(file => file.Key.StartsWith("10/", StringComparison.Ordinal)).Value;

    private string Archive => Path.Combine(Kind["data"], "archive");

    private async Task<ImportSummary> Import(byte[] bytes, string data = "data", string? target = "anycast1")
    {
        using var store = Kind.Open(data);
        using var stream = new MemoryStream(bytes);
        return await new Importer(store).ImportAsync(stream, new ImportRequest { Target = target });
    }
}

/// <summary>Into the embedded store.</summary>
public sealed class SqliteImporterTests() : ImporterTests(new SqliteKind());

/// <summary>Into the shared store.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresImporterTests(PostgresServer server) : ImporterTests(new PostgresKind(server));
