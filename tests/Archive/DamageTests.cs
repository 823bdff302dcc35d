using System.Text.RegularExpressions;
using Collector.Archive;
using Collector.Configuration;
using Collector.Import;
using Collector.Store;
using Tests.Import;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Archive;

/// <summary>What becomes of archive and store when bytes of the archive are not what was written.</summary>
public sealed partial class DamageTests : IDisposable
{
    private const string Day = "archive/10/2025-06-16.ndjson.gz";
    private const int Members = 8;
    private const int Probes = 40;

    private readonly TemporaryFolder folder = new();
    private readonly CrashTests.Notes notes = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Whichever_bit_flips_a_rebuild_reads_all_or_sets_one_member_aside_and_says_that_it_may_be_a_loss()
    {
        await Fill();
        var whole = await File.ReadAllBytesAsync(Path(Day));
        var begins = Begins(whole);
        var before = Held();
        var random = new Random(14);
        var losses = 0;
        for (var trial = 0; trial < 500; trial++)
        {
            var place = trial % 2 == 0 ? random.Next(whole.Length) : begins[random.Next(Members)] + random.Next(GzipMember.HeaderBytes);
            var damaged = whole.ToArray();
            damaged[place] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(Path(Day), damaged);

            // Every other time by an import into a fresh store, which has nothing to hold against it.
            AsideCounts aside;
            if (trial % 2 == 0)
            {
                var rebuilt = await Rebuild();
                aside = rebuilt.Aside;
                Assert.Equal(aside.Places > 0, rebuilt.Kept is not null);
                Assert.Equal(before, Held());
            }
            else
            {
                aside = await ImportFresh();
                Assert.InRange(before.Count - Held("fresh").Count, 0, aside.Places * Probes);
            }

            var member = begins.FindLastIndex(begin => begin <= place);
            if (aside.Places == 0)
            {
                Assert.Equal(damaged, await File.ReadAllBytesAsync(Path(Day)));
                Assert.Empty(Aside());
            }
            else
            {
                losses++;
                Assert.Equal(new AsideCounts(1, begins[member + 1] - begins[member], 1), aside);
                Assert.Equal(whole[..begins[member]].Concat(whole[begins[member + 1]..]), await File.ReadAllBytesAsync(Path(Day)));
                Assert.Equal(damaged[begins[member]..begins[member + 1]], await File.ReadAllBytesAsync(Assert.Single(Aside())));
                File.Delete(Aside()[0]);

                // The file comes back from a backup.
                await File.WriteAllBytesAsync(Path(Day), whole);
                using var store = SqliteStore.Open(folder.Root);
                await new Importer(store, notes).RecoverAsync();
            }
        }

        Assert.InRange(losses, 250, 499);
    }

    [Fact]
    public async Task A_store_that_has_more_than_the_archive_is_kept_until_told_otherwise()
    {
        await Fill();
        var before = Held();
        await Flip(300);
        var kept = (await Rebuild()).Kept!;
        Assert.Equal((before.Count, before.Count - Probes, Probes, 1), (kept.Holds, kept.Told, kept.Lacking, kept.Days));
        Assert.Equal(before, Held());
        Assert.Contains(notes.Lines, line => line.Contains("damaged; set aside in archive/10/2025-06-16.ndjson.gz.damaged-0, the rest was read", StringComparison.Ordinal));

        // The kept store goes on with the file as it is now.
        notes.Lines.Clear();
        using (var store = SqliteStore.Open(folder.Root))
        {
            var again = await new Importer(store, notes).ImportAsync(new MemoryStream(Ndjson([Dns(10, 999, Monday + 5, 1.5, "new")])), new ImportRequest { Target = "anycast1" });
            Assert.Equal(1, again.New);
            Assert.Empty(notes.Lines);
        }

        // Told so, it is replaced; and nothing is set aside twice.
        var replaced = await Rebuild(allowsFewer: true);
        Assert.Null(replaced.Kept);
        Assert.Equal(default, replaced.Aside);
        Assert.Equal(before.Count - Probes + 1, Held().Count);
        Assert.Single(Aside());
    }

    [Fact]
    public async Task What_was_set_aside_is_never_overwritten()
    {
        await Fill();
        var first = await File.ReadAllBytesAsync(Path(Day));
        await Flip(300);
        await Rebuild();
        await File.WriteAllBytesAsync(Path(Day), first);
        await Flip(301);
        await Rebuild();
        Assert.Equal(["2025-06-16.ndjson.gz.damaged-0", "2025-06-16.ndjson.gz.damaged-0-2"], Aside().Select(file => System.IO.Path.GetFileName(file)));
        Assert.NotEqual(await File.ReadAllBytesAsync(Aside()[0]), await File.ReadAllBytesAsync(Aside()[1]));
    }

    /// <summary>The same end of a file: torn before anybody was told, or cut from what had been acknowledged.</summary>
    [Theory]
    [InlineData("torn", false)]
    [InlineData("cut", true)]
    [InlineData("store made anew", true)]
    [InlineData("store of yesterday", true)]
    public async Task Only_the_store_that_acknowledged_everything_shows_that_a_torn_end_was_not(string what, bool mayBeLoss)
    {
        await Fill(Members - 1);
        var yesterday = await File.ReadAllBytesAsync(new DataFolder(folder.Root).Database);
        await Fill(Members);
        var whole = await File.ReadAllBytesAsync(Path(Day));
        await File.WriteAllBytesAsync(Path(Day), what == "torn" ? [.. whole, .. whole[..200]] : whole[..^100]);
        if (what.StartsWith("store", StringComparison.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(folder.Root, "measurement.db*"))
            {
                File.Delete(file);
            }
        }

        if (what == "store of yesterday")
        {
            await File.WriteAllBytesAsync(new DataFolder(folder.Root).Database, yesterday);
        }

        AsideCounts aside;
        using (var store = SqliteStore.Open(folder.Root))
        {
            var importer = new Importer(store, notes);
            await importer.RecoverAsync();
            aside = importer.Aside;
            Assert.Equal(mayBeLoss, aside.IsLoss);
            Assert.Equal(1, aside.Places);
        }

        Assert.Equal(whole.Length + (what == "torn" ? 200 : -100), new FileInfo(Path(Day)).Length + new FileInfo(Assert.Single(Aside())).Length);
        Assert.Contains(notes.Lines, line => line.Contains(mayBeLoss ? "may have been acknowledged" : "nothing in them had been acknowledged", StringComparison.Ordinal));

        // And the next start finds all in order.
        notes.Lines.Clear();
        using var again = SqliteStore.Open(folder.Root);
        var next = new Importer(again, notes);
        await next.RecoverAsync();
        Assert.Equal(default, next.Aside);
        Assert.Empty(notes.Lines);
    }

    [Fact]
    public async Task Cut_at_any_place_the_rest_is_read_and_a_store_made_of_it_says_so()
    {
        await Fill();
        var whole = await File.ReadAllBytesAsync(Path(Day));
        var begins = Begins(whole);
        var random = new Random(2);
        foreach (var length in Enumerable.Range(0, 40).Select(_ => random.Next(1, whole.Length)))
        {
            await File.WriteAllBytesAsync(Path(Day), whole[..length]);
            var aside = await ImportFresh();
            var members = begins.FindLastIndex(begin => begin <= length);
            Assert.Equal(members * Probes, Held("fresh").Count);
            Assert.Equal(length - begins[members], aside.Bytes);
            Assert.Equal(length > begins[members], aside.IsLoss);
            Assert.Equal(members > 0, File.Exists(Path(Day)));
            Aside().ForEach(File.Delete);
        }
    }

    [Fact]
    public async Task Garbage_between_members_is_set_aside_and_appended_to_no_more()
    {
        await Fill();
        var whole = await File.ReadAllBytesAsync(Path(Day));
        var at = Begins(whole)[3];
        await File.WriteAllBytesAsync(Path(Day), [.. whole[..at], .. new byte[4096], .. whole[at..]]);
        var before = Held();
        var rebuilt = await Rebuild();
        Assert.Null(rebuilt.Kept);
        Assert.Equal(new AsideCounts(1, 4096, 1), rebuilt.Aside);
        Assert.Equal(whole, await File.ReadAllBytesAsync(Path(Day)));
        Assert.Equal(before, Held());
    }

    [Fact]
    public async Task An_end_between_setting_aside_and_telling_the_store_loses_nothing()
    {
        await Fill();
        var before = Held();
        await Flip(Begins(await File.ReadAllBytesAsync(Path(Day)))[2] + 300);

        // What a rebuild leaves that ends in the middle: the file is put right, and no store knows.
        var length = new FileInfo(Path(Day)).Length;
        SetAside.Move(Path(Day), length, MemberStream.Look(Path(Day), new ArchiveLedger(Path("archive")).KnownKey));
        Assert.True(new FileInfo(Path(Day)).Length < length);
        using var store = SqliteStore.Open(folder.Root);
        await new Importer(store, notes).ImportAsync(new MemoryStream(Ndjson([Dns(10, 999, Monday + 5, 1.5, "new")])), new ImportRequest { Target = "anycast1" });
        store.Dispose();
        Assert.Equal(before.Count + 1, Held().Count);
        Assert.Equal((Members * Probes) - Probes + 1, Archived(Path("archive"))["10/2025-06-16.ndjson.gz"].Length);
    }

    [Fact]
    public async Task A_file_that_is_another_than_the_store_knew_is_read_from_its_beginning()
    {
        await Fill();
        var key = new ArchiveLedger(Path("archive")).KnownKey!.Value;

        // As from another machine's archive: as many results, and more, otherwise divided.
        var lines = Enumerable.Range(0, 600).Select(index => Dns(10, 1 + index, Monday + 7, 1.5, "other" + index)).ToList();
        await File.WriteAllBytesAsync(Path(Day), [.. lines.Chunk(50).SelectMany(some => GzipMember.Pack([Ndjson(some)], key))]);
        using var store = SqliteStore.Open(folder.Root);
        var importer = new Importer(store, notes);
        await importer.RecoverAsync();
        Assert.Equal(default, importer.Aside);
        Assert.Equal(600, store.ReadByProbe([10], Monday + 7, Monday + 8).Count());
    }

    [Fact]
    public async Task When_nothing_of_a_file_can_be_read_it_is_set_aside_whole_and_begun_anew()
    {
        await Fill();
        var whole = await File.ReadAllBytesAsync(Path(Day));
        await File.WriteAllBytesAsync(Path(Day), new byte[whole.Length]);
        var aside = await ImportFresh();
        Assert.Equal(new AsideCounts(1, whole.Length, 1), aside);
        Assert.False(File.Exists(Path(Day)));
        Assert.Equal(whole.Length, new FileInfo(Assert.Single(Aside())).Length);
    }

    [Fact]
    public async Task A_failed_append_leaves_no_empty_file_behind()
    {
        await Fill();

        // A folder where the second of two files should be: the first is taken back.
        Directory.CreateDirectory(Path("archive/12/2025-06-17.ndjson.gz"));
        using (var store = SqliteStore.Open(folder.Root))
        {
            var lines = Ndjson([Dns(11, 1, Monday, 1.5, "a"), Dns(12, 1, Monday + 86_400, 1.5, "a")]);
            await Assert.ThrowsAnyAsync<IOException>(() => new Importer(store, notes).ImportAsync(new MemoryStream(lines), new ImportRequest { Target = "anycast1" }));
        }

        Assert.False(Directory.Exists(Path("archive/11")));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path("archive"), "*.gz", SearchOption.AllDirectories), file => new FileInfo(file).Length == 0);
    }

    [Fact]
    public async Task An_empty_file_that_a_kill_left_is_removed()
    {
        await Fill();
        await File.WriteAllBytesAsync(Path("archive/10/2025-06-20.ndjson.gz"), []);
        using var store = SqliteStore.Open(folder.Root);
        await new Importer(store, notes).RecoverAsync();
        Assert.False(File.Exists(Path("archive/10/2025-06-20.ndjson.gz")));
        Assert.True(File.Exists(Path(Day)));
        Assert.Empty(notes.Lines);
    }

    private static List<int> Begins(byte[] file)
    {
        var begins = new List<int> { 0 };
        while (begins[^1] < file.Length)
        {
            begins.Add(begins[^1] + (int)GzipMember.Header(file.AsSpan(begins[^1]))!.Value.Length);
        }

        return begins;
    }

    private string Path(string name) => folder[name];

    private List<string> Aside() => [.. SetAside.Files(Path("archive")).Select(file => Path("archive/" + file))];

    /// <summary>Imports round by round: each becomes a member.</summary>
    private async Task Fill(int members = Members)
    {
        using var store = SqliteStore.Open(folder.Root);
        var importer = new Importer(store, notes);
        for (var round = 0; round < members; round++)
        {
            var lines = Enumerable.Range(1, Probes).Select(probe => Dns(10, probe, Monday + (round * 3600) + probe, 1.5 + (probe % 7), "ns" + (probe % 3)));
            await importer.ImportAsync(new MemoryStream(Ndjson(lines)), new ImportRequest { Target = "anycast1" });
        }
    }

    private async Task Flip(int place)
    {
        var bytes = await File.ReadAllBytesAsync(Path(Day));
        bytes[place] ^= 4;
        await File.WriteAllBytesAsync(Path(Day), bytes);
    }

    private Task<RebuildSummary> Rebuild(bool allowsFewer = false) =>
        new Rebuilder(new StorageOptions(), folder.Root, notes) { AllowsFewer = allowsFewer }.RebuildAsync();

    /// <summary>Reads the archive into a store that knows nothing.</summary>
    private async Task<AsideCounts> ImportFresh()
    {
        if (Directory.Exists(Path("fresh")))
        {
            Directory.Delete(Path("fresh"), recursive: true);
        }

        Directory.CreateDirectory(Path("fresh"));
        Directory.Move(Path("archive"), Path("fresh/archive"));
        using (var store = SqliteStore.Open(Path("fresh")))
        {
            var importer = new Importer(store, notes);
            await importer.RecoverAsync();
            Directory.Move(Path("fresh/archive"), Path("archive"));
            return importer.Aside;
        }
    }

    private List<string> Held(string data = "")
    {
        using var store = SqliteStore.Open(Path(data), readOnly: true);
        return [.. StoreDump.Of(store).Where(line => Sample().IsMatch(line))];
    }

    [GeneratedRegex(@"^10 \d+ \d+ ", RegexOptions.CultureInvariant)]
    private static partial Regex Sample();
}
