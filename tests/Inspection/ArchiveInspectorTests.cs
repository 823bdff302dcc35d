using App.Inspection;
using Collector.Archive;
using Collector.Configuration;
using Collector.Import;
using Collector.Store;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Inspection;

/// <summary>What <c>check</c> finds in archive and store.</summary>
public sealed class ArchiveInspectorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_whole_is_said_to_be(bool isDeep)
    {
        await Fill();
        Assert.All(Look(isDeep), item => Assert.Equal(InspectionState.Ok, item.State));
        Assert.Contains(isDeep ? "all of it unpacked" : "checksums match", Look(isDeep, "archive").Finding, StringComparison.Ordinal);
        Assert.Contains("SQLite, whole", Look(isDeep, "store").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_flipped_bit_of_the_archive_is_found_and_nothing_changes()
    {
        await Fill();
        var path = Day();
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var random = new Random(5);
        for (var trial = 0; trial < 60; trial++)
        {
            var damaged = whole.ToArray();
            damaged[trial < 30 ? random.Next(GzipMember.HeaderBytes) : random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);
            var quick = Look(false, "archive");
            Assert.NotEqual(InspectionState.Ok, quick.State);
            Assert.Equal(quick.State, Look(true, "archive").State);
            Assert.Contains(quick.State == InspectionState.Failed ? "1 place" : "without harm", quick.Finding, StringComparison.Ordinal);
        }

        Assert.Equal(whole.Length, new FileInfo(path).Length);
        Assert.Empty(SetAside.Files(folder["archive"]));
    }

    [Fact]
    public async Task A_file_that_lost_its_end_or_is_gone_is_found()
    {
        await Fill();
        var begins = new FileInfo(Day()).Length;
        await Fill(Monday + 3600);
        using (var file = File.OpenWrite(Day()))
        {
            file.SetLength(begins);
        }

        Assert.Equal((InspectionState.Failed, true), (Look(false, "archive").State, Look(false, "archive").Finding.Contains("shorter than the store knows", StringComparison.Ordinal)));
        File.Delete(Day());
        Assert.Equal(InspectionState.Failed, Look(false, "archive").State);
        Directory.Delete(folder["archive"], recursive: true);
        Assert.Contains("is gone", Look(false, "archive").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_written_is_no_damage()
    {
        await Fill();
        await File.AppendAllTextAsync(Day(), "half a member", TestContext.Current.CancellationToken);
        var found = Look(false, "archive");
        Assert.Equal(InspectionState.Ok, found.State);
        Assert.Contains("being written, or is set aside at the next start", found.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_set_aside_is_remembered_until_it_is_moved_away()
    {
        await Fill();
        await File.AppendAllTextAsync(Day(), "half a member", TestContext.Current.CancellationToken);
        using (var store = SqliteStore.Open(folder.Root))
        {
            await new Importer(store).RecoverAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((InspectionState.Warning, true), (Look(false, "set aside").State, Look(false, "set aside").Finding.Contains("1 file ", StringComparison.Ordinal)));
        File.Delete(folder["archive/" + SetAside.Files(folder["archive"]).Single()]);
        Assert.DoesNotContain(Look(false), item => item.Name == "set aside");
    }

    [Fact]
    public async Task A_flipped_bit_in_a_block_is_found_without_unpacking()
    {
        await Fill();
        using (var database = SqliteStore.OpenWriter(new DataFolder(folder.Root).Database))
        {
            // Where nothing but the blocks' own checksum looks.
            database.Execute("UPDATE samples SET block = CAST(substr(block, 1, 5) || x'7f' || substr(block, 7) AS BLOB) WHERE probe = 3");
        }

        foreach (var isDeep in new[] { false, true })
        {
            var found = Look(isDeep, "store");
            Assert.Equal(InspectionState.Failed, found.State);
            Assert.Contains("measurement 10, 2025-06-16, probe 3", found.Finding, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DELETE FROM samples WHERE probe = 3", "observations of 39 probes where")]
    [InlineData("DELETE FROM texts WHERE text = 'ns1'", "names a text that is not there")]
    public async Task What_only_unpacking_tells_is_found_by_unpacking(string damage, string words)
    {
        await Fill();
        using (var database = SqliteStore.OpenWriter(new DataFolder(folder.Root).Database))
        {
            database.Execute(damage);
        }

        Assert.Equal(InspectionState.Ok, Look(false, "store").State);
        Assert.Equal(InspectionState.Failed, Look(true, "store").State);
        Assert.Contains(words, Look(true, "store").Finding, StringComparison.Ordinal);
    }

    private string Day() => folder["archive/10/2025-06-16.ndjson.gz"];

    private async Task Fill(long at = Monday)
    {
        using var store = SqliteStore.Open(folder.Root);
        var lines = Enumerable.Range(1, 40).Select(probe => Dns(10, probe, at + probe, 1.5, "ns" + (probe % 3)));
        await new Importer(store).ImportAsync(new MemoryStream(Ndjson(lines)), new ImportRequest { Target = "anycast1" });
    }

    private List<Inspected> Look(bool isDeep) =>
        [.. new StoreInspector(new StorageOptions(), folder.Root, isDeep).Inspect().Where(item => item.Name is "store" or "archive" or "set aside" or "spool")];

    private Inspected Look(bool isDeep, string name) => Look(isDeep).Single(item => item.Name == name);
}
