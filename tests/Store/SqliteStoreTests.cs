using Collector.Import;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Tests.Store;

/// <summary>The embedded store: all that a store does, and its file.</summary>
public sealed class SqliteStoreTests() : StoreTests(new SqliteKind())
{
    [Fact]
    public void Nothing_to_read_a_foreign_file_and_a_later_format_are_said_in_one_line()
    {
        Assert.Contains("holds no store", Assert.Throws<FileNotFoundException>(() => SqliteStore.Open(Kind["data"], readOnly: true)).Message, StringComparison.Ordinal);

        Directory.CreateDirectory(Kind["data"]);
        var path = new DataFolder(Kind["data"]).Database;
        File.WriteAllText(path, new string('x', 5000));
        Assert.Contains("is damaged", Assert.ThrowsAny<IOException>(() => SqliteStore.Open(Kind["data"])).Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", Assert.ThrowsAny<IOException>(() => SqliteStore.Open(Kind["data"], readOnly: true)).Message, StringComparison.Ordinal);

        File.Delete(path);
        using (var other = SqliteDatabase.OpenToWrite(path))
        {
            other.Execute("PRAGMA user_version = 99; CREATE TABLE unrelated (a)");
        }

        Assert.Contains("format 99", Assert.Throws<InvalidDataException>(() => SqliteStore.Open(Kind["data"])).Message, StringComparison.Ordinal);
    }

    /// <summary>The header of the file says which SQLite wrote it last (https://www.sqlite.org/fileformat2.html, offset 96).</summary>
    [Fact]
    public void The_file_is_written_by_the_sqlite_that_comes_along_and_not_by_an_old_one()
    {
        using (var store = SqliteStore.Open(Kind["data"]))
        {
            store.Save([Dns(10, 1, Monday, 5, "a")]);
        }

        using var file = File.Open(new DataFolder(Kind["data"]).Database, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[100];
        file.ReadExactly(header);
        Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(96)), 3_053_000, 3_999_999);
    }

    [Fact]
    public void The_file_is_whole_after_writing()
    {
        using var store = SqliteStore.Open(Kind["data"]);
        store.Save(Enumerable.Range(0, 72).Select(hour => Dns(10, 1, Monday + (hour * 3600), 5, "a")));
        Assert.Empty(store.Problems());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rebuild_carries_over_what_no_result_tells_even_from_before_there_were_documents(bool hasDocuments)
    {
        using (var store = Kind.Open())
        {
            store.SaveDocuments([new("silence", "a", "kept")]);
            store.SaveJob(new StoredJob("collect"));
            store.SaveMeasurement(new StoredMeasurement(10, "ns-a", Collector.Results.MeasurementKind.Dns, 4, null, 3600));
            await new Importer(store, NullLogger<Importer>.Instance).ImportAsync(
                new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Import.Results.Dns(10, 1, Monday, 1.5, "a") + "\n")), new ImportRequest { Target = "ns-a" });
        }

        if (!hasDocuments)
        {
            Kind.Execute("DROP TABLE documents");
        }

        await new Rebuilder(Kind.Options("data"), Kind["data"], NullLogger<Importer>.Instance).RebuildAsync();
        using var again = Kind.Open();
        Assert.Single(again.Jobs());
        Assert.Equal(hasDocuments ? ["kept"] : [], again.Documents("silence").Select(document => document.Text));
    }
}
