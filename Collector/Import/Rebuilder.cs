using Collector.Archive;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Import;

/// <summary>Makes the store anew from the archive, beside the old one, and puts it in its place when it is complete.</summary>
public sealed partial class Rebuilder
{
    private readonly ILogger<Importer> logger;
    private readonly DataFolder folder;

    /// <summary>For a data folder that nobody writes to.</summary>
    public Rebuilder(string dataFolder, ILogger<Importer> logger)
    {
        folder = new DataFolder(dataFolder);
        this.logger = logger;
    }

    /// <summary>Makes the store anew. Until the end the old one stays as it is, and it stays when this fails.</summary>
    /// <param name="progress">Told after each file: its number from 1, how many there are.</param>
    /// <param name="cancellation">Ends it; the old store stays.</param>
    /// <exception cref="IOException">No archive, another process writes or reads, or the disk is full.</exception>
    public async Task<ImportSummary> RebuildAsync(Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        List<(string Path, long Length)> files = [.. Importer.Files(folder.Archive)];
        if (files.Count == 0)
        {
            throw new IOException($"{folder.Archive} holds nothing to make a store of");
        }

        using var held = StoreLock.Take(folder);
        var made = folder with { Database = folder.Database + ".rebuild" };
        Delete(made.Database);
        try
        {
            var total = new ImportSummary { Counts = new ResultCounts() };
            using (var store = SqliteStore.OpenUnlocked(made))
            {
                var importer = new Importer(store, logger);
                for (var index = 0; index < files.Count; index++)
                {
                    total = total.Plus(await importer.RecoverAsync(files[index].Path, known: 0, files[index].Length, cancellation));
                    progress?.Invoke(index + 1, files.Count);
                }

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
