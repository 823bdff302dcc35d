using Collector.Configuration;
using Collector.Import;
using Collector.Results;
using Collector.Store;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Import;

public sealed class RebuilderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CrashTests.Notes notes = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rebuilt_store_says_what_the_old_one_said(bool oldIsDamaged)
    {
        await Fill();
        if (oldIsDamaged)
        {
            using var file = File.OpenWrite(Database);
            file.Write(new byte[8192]);
        }

        var expected = oldIsDamaged ? Undamaged() : Dump();
        var summary = await new Rebuilder(new StorageOptions(), folder.Root, notes).RebuildAsync();
        Assert.True(summary.Import.New > 300);
        Assert.Equal(expected, Dump());
        Assert.Equal(oldIsDamaged, notes.Lines.Any(line => line.Contains("old store cannot be read", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFiles(folder.Root, "*.rebuild*"));

        // And it goes on from there: nothing is recovered, nothing is new.
        notes.Lines.Clear();
        using var store = SqliteStore.Open(folder.Root);
        var again = await new Importer(store, notes).ImportAsync(new MemoryStream(Ndjson(Mixed(5, 500))), new ImportRequest { Target = "anycast1" });
        Assert.Equal(0, again.New + again.Replaced);
        Assert.Empty(notes.Lines);

        // Watermarks are in the store alone.
        List<string> Undamaged() => [.. expectedBefore.Where(line => line != $"10|{Monday}")];
    }

    [Fact]
    public async Task While_it_is_read_or_written_the_store_is_not_swapped()
    {
        await Fill();
        var before = Dump();
        using (var reader = SqliteStore.Open(folder.Root, readOnly: true))
        {
            var reading = reader.ReadByProbe([10], 0, long.MaxValue).GetEnumerator();
            Assert.True(reading.MoveNext());
            var problem = await Assert.ThrowsAsync<IOException>(() => new Rebuilder(new StorageOptions(), folder.Root, notes).RebuildAsync());
            Assert.Contains("being read by another process", problem.Message, StringComparison.Ordinal);
            reading.Dispose();
        }

        using (SqliteStore.Open(folder.Root))
        {
            var problem = await Assert.ThrowsAsync<StoreInUseException>(() => new Rebuilder(new StorageOptions(), folder.Root, notes).RebuildAsync());
            Assert.Contains("being written to by another process", problem.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Dump());
    }

    [Fact]
    public async Task Without_an_archive_the_store_is_left_alone()
    {
        using (var store = SqliteStore.Open(folder.Root))
        {
            store.SetWatermark(10, Monday);
        }

        var problem = await Assert.ThrowsAsync<IOException>(() => new Rebuilder(new StorageOptions(), folder.Root, notes).RebuildAsync());
        Assert.Contains("holds nothing to make a store of", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"10|{Monday}", Dump());
    }

    private List<string> expectedBefore = [];

    private string Database => new DataFolder(folder.Root).Database;

    private async Task Fill()
    {
        using (var store = SqliteStore.Open(folder.Root))
        {
            var importer = new Importer(store, notes);
            await importer.ImportAsync(new MemoryStream(Ndjson([.. Mixed(5, 500), "no result"])), new ImportRequest { Target = "anycast1" });
            store.SaveMeasurement(new StoredMeasurement(99, "anycast2", MeasurementKind.Ping, 6, null, 240));
            store.SaveProbes(DateTimeOffset.FromUnixTimeSeconds(Monday), [new(1) { Country = "NL" }, new(2)]);
            store.SaveProbes(DateTimeOffset.FromUnixTimeSeconds(Monday + 86_400), [new(1) { Country = "BE" }]);
            store.SetWatermark(10, Monday);
        }

        expectedBefore = Dump();
    }

    private List<string> Dump()
    {
        using var store = SqliteStore.Open(folder.Root, readOnly: true);
        return [.. StoreDump.Of(store)];
    }
}
