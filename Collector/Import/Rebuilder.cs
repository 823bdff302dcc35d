using Collector.Archive;
using Collector.Configuration;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Import;

/// <summary>Makes the store from the archive.</summary>
/// <remarks>The embedded store is made anew, beside the old one, and put in its place when it is complete. A shared store holds what several
/// archives tell, so nothing is taken from it: what the folder's archive tells is merged in, which adds what is missing and changes
/// nothing else; an empty database becomes whole by the archives of all instances.</remarks>
public sealed partial class Rebuilder
{
    private readonly ILogger<Importer> logger;
    private readonly StorageOptions options;
    private readonly DataFolder folder;

    /// <summary>For a data folder that nobody writes to.</summary>
    public Rebuilder(StorageOptions options, string dataFolder, ILogger<Importer> logger)
    {
        this.options = options;
        folder = new DataFolder(dataFolder);
        this.logger = logger;
    }

    /// <summary>Makes the store. Until the end an embedded one stays as it is, and it stays when this fails.</summary>
    /// <param name="progress">Told after each file: its number from 1, how many there are.</param>
    /// <param name="cancellation">Ends it; an embedded store stays, a shared one keeps what it got.</param>
    /// <exception cref="IOException">No archive, another process writes to the folder or reads the embedded store, the disk is full, or the
    /// database is away.</exception>
    public async Task<ImportSummary> RebuildAsync(Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        List<(string Path, long Length)> files = [.. Importer.Files(folder.Archive)];
        if (files.Count == 0)
        {
            throw new IOException($"{folder.Archive} holds nothing to make a store of");
        }

        if (options.Provider != StorageProvider.Sqlite)
        {
            using var shared = StoreFactory.Open(options, folder.Root);
            var merged = await ReadAsync(shared, files, progress, cancellation);
            shared.Settle();
            return merged;
        }

        using var held = StoreLock.Take(folder);
        var made = folder with { Database = folder.Database + ".rebuild" };
        Delete(made.Database);
        try
        {
            ImportSummary total;
            using (var store = SqliteStore.OpenUnlocked(made))
            {
                total = await ReadAsync(store, files, progress, cancellation);
                store.CarryOver(folder.Database, OldIsUnreadable);
                store.Settle();
            }

            Swap(made.Database);
            return total;
        }
        finally
        {
            Delete(made.Database);
        }
    }

    private async Task<ImportSummary> ReadAsync(
        ObservationStore store, List<(string Path, long Length)> files, Action<int, int>? progress, CancellationToken cancellation)
    {
        var importer = new Importer(store, logger);
        var total = new ImportSummary { Counts = new ResultCounts() };
        for (var index = 0; index < files.Count; index++)
        {
            total = total.Plus(await importer.RecoverAsync(files[index].Path, known: 0, files[index].Length, cancellation));
            progress?.Invoke(index + 1, files.Count);
        }

        return total;
    }

    private static void Delete(string database)
    {
        File.Delete(database);
        File.Delete(database + "-wal");
        File.Delete(database + "-shm");
    }

    private void Swap(string made)
    {
        if (File.Exists(folder.Database))
        {
            try
            {
                // Without its log the old file is whole, and a crash before the next line leaves a good store.
                using var old = SqliteDatabase.OpenToWrite(folder.Database);
                old.Execute("PRAGMA journal_mode = DELETE");
            }
            catch (SqliteProblem problem) when (problem.IsBusy)
            {
                throw new IOException($"{folder.Root} is being read by another process: end that one, then rebuild again", problem);
            }
            catch (SqliteProblem problem)
            {
                OldIsUnreadable(problem.Message);
            }

            // The log of a damaged file must not be taken for one of the new file.
            File.Delete(folder.Database + "-wal");
            File.Delete(folder.Database + "-shm");
        }

        DurableFile.Replace(folder.Database, made);
    }

    [LoggerMessage(LogLevel.Warning, "the old store cannot be read ({Problem}): watermarks start anew, the rest comes from the archive alone")]
    private partial void OldIsUnreadable(string problem);
}
