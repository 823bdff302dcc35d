using Collector.Archive;
using Collector.Configuration;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Import;

/// <summary>Makes the store from the archive.</summary>
/// <remarks>The embedded store is made anew, beside the old one, and put in its place when it is complete, unless it would lack what the old one
/// has. A shared store holds what several archives tell, so nothing is taken from it: what the folder's archive tells is merged in, which adds
/// what is missing and changes nothing else; an empty database becomes whole by the archives of all instances.</remarks>
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

    /// <summary>Whether the embedded store may be replaced by one that lacks what it has.</summary>
    public bool AllowsFewer { get; init; }

    /// <summary>Makes the store. Until the end an embedded one stays as it is, and it stays when this fails.</summary>
    /// <param name="progress">Told after each file: its number from 1, how many there are.</param>
    /// <param name="cancellation">Ends it; an embedded store stays, a shared one keeps what it got.</param>
    /// <exception cref="IOException">No archive, another process writes to the folder or reads the embedded store, the disk is full, or the
    /// database is away.</exception>
    public async Task<RebuildSummary> RebuildAsync(Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        List<(string Path, long Length)> files = [.. ArchivePath.Files(folder.Archive).Where(file => file.Length > 0)];
        if (files.Count == 0)
        {
            throw new IOException($"{folder.Archive} holds nothing to make a store of");
        }

        if (options.Provider != StorageProvider.Sqlite)
        {
            return await MergeAsync(files, progress, cancellation);
        }

        using var held = StoreLock.Take(folder);
        var made = folder with { Database = folder.Database + ".rebuild" };
        var shortened = new List<(string Path, IReadOnlyList<ByteRange> Damaged)>();
        Delete(made.Database);
        try
        {
            RebuildSummary total;
            using (var store = SqliteStore.OpenUnlocked(made))
            {
                var known = SqliteStore.Known(folder.Database);
                var showsAll = known is { } old && store.Ledger.Acknowledged is { } acknowledged && old.LastCommit >= acknowledged;
                total = await ReadAsync(store, files, path => showsAll ? known!.Value.Lengths.GetValueOrDefault(path) : null, shortened, progress, cancellation);
                if (!AllowsFewer && store.Compare(folder.Database) is { Lacking: > 0 } comparison)
                {
                    return total with { Kept = new(comparison.Other, comparison.This, comparison.Lacking, comparison.Days) };
                }

                store.CarryOver(folder.Database, OldIsUnreadable);
                store.CatchUp();
                store.Settle();
            }

            Swap(made.Database);
            shortened.Clear();
            return total;
        }
        finally
        {
            Delete(made.Database);
            if (shortened.Count > 0 && SqliteStore.Known(folder.Database) is { } old)
            {
                SqliteStore.SetKnown(folder.Database, shortened
                    .Where(file => old.Lengths.ContainsKey(file.Path))
                    .Select(file => (file.Path, ByteRange.Without(old.Lengths[file.Path], file.Damaged))));
            }
        }
    }

    private async Task<RebuildSummary> MergeAsync(List<(string Path, long Length)> files, Action<int, int>? progress, CancellationToken cancellation)
    {
        using var shared = StoreFactory.Open(options, folder.Root);
        IReadOnlyDictionary<string, long> lengths;
        using (var transaction = shared.BeginWrite(archives: false))
        {
            lengths = transaction.ArchiveLengths();
        }

        var showsAll = shared.KnowsAll;
        var merged = await ReadAsync(shared, files, path => showsAll ? lengths.GetValueOrDefault(path) : null, [], progress, cancellation);
        shared.CatchUp();
        shared.Settle();
        return merged;
    }

    private async Task<RebuildSummary> ReadAsync(
        ObservationStore store,
        List<(string Path, long Length)> files,
        Func<string, long?> acknowledged,
        List<(string Path, IReadOnlyList<ByteRange> Damaged)> shortened,
        Action<int, int>? progress,
        CancellationToken cancellation)
    {
        var importer = new Importer(store, logger);
        var total = new ImportSummary { Counts = new ResultCounts() };
        for (var index = 0; index < files.Count; index++)
        {
            var path = files[index].Path;
            var file = await importer.RecoverAsync(path, from: 0, acknowledged(path), cancellation);
            total = total.Plus(file.Summary);
            if (file.Damaged.Count > 0)
            {
                shortened.Add((path, file.Damaged));
            }

            progress?.Invoke(index + 1, files.Count);
        }

        return new RebuildSummary(total, importer.Aside);
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

/// <summary>What became of a rebuild.</summary>
/// <param name="Import">What the archive told.</param>
/// <param name="Aside">What of it could not be read.</param>
public sealed record RebuildSummary(ImportSummary Import, AsideCounts Aside)
{
    /// <summary>Why the old store was kept; null: it was replaced, or is one to which is only added.</summary>
    public KeptStore? Kept { get; init; }
}

/// <summary>An old store that has more than the archive tells.</summary>
/// <param name="Holds">Observations in it.</param>
/// <param name="Told">Observations that the archive tells.</param>
/// <param name="Lacking">Observations of the old store that the archive does not tell.</param>
/// <param name="Days">Days of measurements they belong to.</param>
public sealed record KeptStore(long Holds, long Told, long Lacking, long Days);
