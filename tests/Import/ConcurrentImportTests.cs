using Collector.Import;
using Collector.Store;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Import;

/// <summary>The stream and the collection import at the same time, in one process.</summary>
public sealed class ConcurrentImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder clean = new();
    private readonly CrashTests.Notes notes = new();

    public void Dispose()
    {
        folder.Dispose();
        clean.Dispose();
    }

    [Fact]
    public async Task Imports_of_the_same_results_at_the_same_time_give_what_one_gives()
    {
        var lines = Mixed(11, 4000);
        using (var store = SqliteStore.Open(folder.Root))
        {
            // Twice in large parts in order, as collected, and in small ones in another order, as streamed.
            var importer = new Importer(store, notes);
            await Task.WhenAll(
                Task.Run(() => Import(importer, lines.Chunk(1000))),
                Task.Run(() => Import(importer, lines.Chunk(700).Reverse())),
                Task.Run(() => Import(importer, lines.Order(StringComparer.Ordinal).Chunk(60))));
        }

        using (var store = SqliteStore.Open(clean.Root))
        {
            await Import(new Importer(store, notes), [[.. lines]]);
        }

        using var both = SqliteStore.Open(folder.Root);
        using var one = SqliteStore.Open(clean.Root);
        Assert.Equal(StoreDump.Of(one), StoreDump.Of(both));

        // And the archive holds what makes the same store again, with nothing left to recover.
        await new Importer(both, notes).RecoverAsync();
        Assert.Empty(notes.Lines);
        both.Dispose();
        await new Rebuilder(new Collector.Configuration.StorageOptions(), folder.Root, notes).RebuildAsync();
        using var rebuilt = SqliteStore.Open(folder.Root);
        Assert.Equal(StoreDump.Of(one), StoreDump.Of(rebuilt));
    }

    [Fact]
    public async Task Imports_that_begin_together_recover_what_a_crash_left_once()
    {
        using (var store = SqliteStore.Open(folder.Root))
        {
            var first = new Importer(store, notes);
            await Import(first, Mixed(1, 200).Chunk(200));
            store.OnStage = stage =>
            {
                if (stage == CommitStage.Archived)
                {
                    throw new IOException("the process ends here");
                }
            };
            await Assert.ThrowsAsync<IOException>(() => Import(first, Mixed(2, 2000).Chunk(2000)));
        }

        using var again = SqliteStore.Open(folder.Root);
        var importer = new Importer(again, notes);
        await Task.WhenAll(Enumerable.Range(3, 6).Select(seed => Task.Run(() => Import(importer, Mixed(seed, 300).Chunk(50)))));
        Assert.NotEmpty(notes.Lines);
        Assert.Equal(notes.Lines.Count, notes.Lines.Distinct().Count());

        using var one = SqliteStore.Open(clean.Root);
        var whole = new Importer(one, notes);
        await Import(whole, Enumerable.Range(1, 8).Select(seed => Mixed(seed, seed == 1 ? 200 : seed == 2 ? 2000 : 300).ToArray()));
        Assert.Equal(StoreDump.Of(one), StoreDump.Of(again));
    }

    private static async Task Import(Importer importer, IEnumerable<string[]> parts)
    {
        foreach (var part in parts)
        {
            await importer.ImportAsync(new MemoryStream(Ndjson(part)), new ImportRequest { Target = "anycast1" });
        }
    }
}
