using Collector.Import;
using Collector.Store;
using Tests.Import;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Store;

/// <summary>What somebody takes away from under a running process.</summary>
public sealed class RemovedFilesTests : IDisposable
{
    private readonly SqliteKind kind = new();
    private readonly CrashTests.Notes notes = new();

    public void Dispose() => kind.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_removed_database_is_put_back_with_all_that_it_held_and_one_line_says_so(bool withItsLog)
    {
        await Import("clean", 1, 2, 3);
        string[] expected;
        using (var clean = kind.Open("clean"))
        {
            clean.SetWatermark(10, 5);
            clean.SaveDocuments([new DocumentChange("incident", "a", "acknowledged")]);
            expected = [.. StoreDump.Of(clean)];
        }

        using (var store = kind.Open())
        {
            var importer = new Importer(store, notes);
            await Import(importer, 1);
            store.SetWatermark(10, 5);
            store.SaveDocuments([new DocumentChange("incident", "a", "acknowledged")]);
            using var reading = store.ReadByProbe([10], 0, long.MaxValue).GetEnumerator();
            Assert.True(reading.MoveNext());
            foreach (var file in Directory.GetFiles(kind["data"], withItsLog ? "measurement.db*" : "measurement.db"))
            {
                File.Delete(file);
            }

            var problem = await Assert.ThrowsAsync<IOException>(() => Import(importer, 2));
            Assert.Contains("measurement.db was removed while it was in use; it is put back", problem.Message, StringComparison.Ordinal);

            // Who was reading reads on, and the next turn goes on by itself.
            Assert.True(reading.MoveNext());
            await Import(importer, 2);
            await Import(importer, 3);
            Assert.Equal(expected, StoreDump.Of(store));
        }

        Assert.Equal(expected, kind.Dump());
        using var again = kind.Open();
        Assert.Equal("acknowledged", Assert.Single(again.Documents("incident")).Text);
        Assert.Empty(((SqliteStore)again).Problems());
        Assert.Empty(notes.Lines);
        Assert.Equal(300, Archived(kind["data/archive"])["10/2025-06-16.ndjson.gz"].Distinct().Count());
    }

    [Fact]
    public async Task Another_file_in_its_place_is_not_written_to()
    {
        await Import("other", 7);
        using var store = kind.Open();
        var importer = new Importer(store, notes);
        await Import(importer, 1);
        var other = await File.ReadAllBytesAsync(kind["other/measurement.db"], TestContext.Current.CancellationToken);
        File.Delete(kind["data/measurement.db"]);
        await File.WriteAllBytesAsync(kind["data/measurement.db"], other, TestContext.Current.CancellationToken);
        var problem = await Assert.ThrowsAsync<IOException>(() => Import(importer, 2));
        Assert.Contains("was replaced by another file while it was in use", problem.Message, StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllBytesAsync(kind["data/measurement.db"], TestContext.Current.CancellationToken));
        Assert.Equal(100, Archived(kind["data/archive"])["10/2025-06-16.ndjson.gz"].Length);
    }

    [Theory]
    [InlineData("archive/10/2025-06-16.ndjson.gz")]
    [InlineData("archive/10")]
    [InlineData("archive")]
    public async Task A_removed_part_of_the_archive_costs_one_turn_and_one_line(string removed)
    {
        await Import("clean", 1, 2);
        using var store = kind.Open();
        var importer = new Importer(store, notes);
        await Import(importer, 1);
        var path = kind["data/" + removed];
        if (File.Exists(path))
        {
            File.Delete(path);
        }
        else
        {
            Directory.Delete(path, recursive: true);
        }

        var problem = await Assert.ThrowsAnyAsync<IOException>(() => Import(importer, 2));
        Assert.Contains("2025-06-16.ndjson.gz is gone, of which the store knows", problem.Message, StringComparison.Ordinal);

        // The next turn says what a rebuild would lose, and goes on in a new file; the store has everything.
        await Import(importer, 2);
        Assert.Contains(notes.Lines, line => line.Contains("archive/10/2025-06-16.ndjson.gz is gone: a rebuild would lose its results", StringComparison.Ordinal));
        Assert.Equal(kind.Dump("clean"), StoreDump.Of(store));
        Assert.Equal(100, Archived(kind["data/archive"])["10/2025-06-16.ndjson.gz"].Length);
    }

    [Fact]
    public async Task A_removed_data_folder_is_said_to_be()
    {
        using var store = kind.Open();
        var importer = new Importer(store, notes);
        await Import(importer, 1);
        Directory.Delete(kind["data"], recursive: true);
        var problem = await Assert.ThrowsAsync<IOException>(() => Import(importer, 2));
        Assert.Contains("was removed while it was in use: nothing more is stored", problem.Message, StringComparison.Ordinal);
    }

    private static Task<ImportSummary> Import(Importer importer, int round) => importer.ImportAsync(
        new MemoryStream(Ndjson(Enumerable.Range(1, 100).Select(probe => Dns(10, probe, Monday + (round * 3600), 1.5, "ns" + round)))),
        new ImportRequest { Target = "anycast1" });

    private async Task Import(string data, params int[] rounds)
    {
        using var store = kind.Open(data);
        var importer = new Importer(store, notes);
        foreach (var round in rounds)
        {
            await Import(importer, round);
        }
    }
}
