using System.Data.Common;
using System.Globalization;
using Collector.Archive;
using Collector.Configuration;
using Collector.Store;

namespace App.Inspection;

/// <summary>Looks at archive and store, without changing them and beside a service that runs.</summary>
/// <param name="options">Which store.</param>
/// <param name="folder">The data folder.</param>
/// <param name="isDeep">Unpack everything.</param>
internal sealed class StoreInspector(StorageOptions options, string folder, bool isDeep = false)
{
    private const string RebuildSqlite = "end the service and run `measurement rebuild`, which makes the store anew from the archive";
    private const long FreeToTell = 2L << 30;
    private const long FreeToRefuse = 200L << 20;

    /// <summary>Looks.</summary>
    public IEnumerable<Inspected> Inspect(CancellationToken cancellationToken = default)
    {
        yield return Folder();
        if (Readers() is { } readers)
        {
            yield return readers;
        }

        yield return Space(FreeSpace());
        var (store, known) = Store(cancellationToken);
        yield return store;
        foreach (var item in new ArchiveInspector(new DataFolder(folder).Archive, Path.Combine(folder, "timeseries", "spool"), isDeep).Inspect(known, cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>What the free space means.</summary>
    /// <param name="bytes">Null: the system does not say.</param>
    internal static Inspected Space(long? bytes)
    {
        if (bytes is not { } free)
        {
            return Inspected.Ok("disk", "the system does not say how much is free");
        }

        var words = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):N1} GiB are free");
        const string advice = "make room, or set Storage:Retention; a full disk loses nothing that is stored, but nothing new is kept";
        return free < FreeToRefuse ? Inspected.Failed("disk", words, advice) : free < FreeToTell ? Inspected.Warning("disk", words, advice) : Inspected.Ok("disk", words);
    }

    private Inspected Folder()
    {
        if (!Directory.Exists(folder))
        {
            return Inspected.Ok("data", $"{Path.GetFullPath(folder)} does not exist; it is made when there is something to keep");
        }

        var trial = Path.Combine(folder, $".check-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
            return Inspected.Ok("data", $"{Path.GetFullPath(folder)} can be written to");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Inspected.Failed("data", $"{folder} cannot be written to: {problem.Message}", $"give {Environment.UserName} the right to write there, or name another folder with Storage:Path or --data");
        }
    }

    /// <summary>Whether others than the folder's user may read what is in it; null: they may not, or there is none.</summary>
    private Inspected? Readers()
    {
        try
        {
            return !OperatingSystem.IsWindows() && Directory.Exists(folder) && PrivateFiles.Loose(folder) is not UnixFileMode.None
                ? Inspected.Warning(
                    "permissions",
                    $"others than {Path.GetFullPath(folder)}'s user can look into it (mode {Convert.ToString((int)File.GetUnixFileMode(folder), 8)}); made anew it would be 700",
                    $"chmod -R go= {Path.GetFullPath(folder)}")
                : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whether it can be written to is told already.
            return null;
        }
    }

    private long? FreeSpace()
    {
        try
        {
            // The folder may be yet to be made: then where it will be.
            var place = new DirectoryInfo(Path.GetFullPath(folder));
            while (!place.Exists && place.Parent is { } parent)
            {
                place = parent;
            }

            return new DriveInfo(place.FullName).AvailableFreeSpace;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The store, and up to where it knows each file of the archive.</summary>
    private (Inspected Store, IReadOnlyDictionary<string, long>? Known) Store(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long>? known = null;
        try
        {
            using var store = StoreFactory.Open(options, folder, readOnly: true);
            known = store.ArchiveLengths();
            return (Contents(store, cancellationToken), known);
        }
        catch (FileNotFoundException)
        {
            return (Inspected.Ok("store", "nothing was collected or imported yet"), known);
        }
        catch (ConfigurationException problem)
        {
            return (Inspected.Failed("store", problem.Message, "see the section Storage in docs/configuration.md"), known);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or DbException)
        {
            return (
                Inspected.Failed("store", problem.Message, options.Provider == StorageProvider.Sqlite ? RebuildSqlite : "is the database up, and does Storage:ConnectionString lead to it?"),
                known);
        }
    }

    private Inspected Contents(ObservationStore store, CancellationToken cancellationToken)
    {
        var isEmbedded = options.Provider == StorageProvider.Sqlite;
        IReadOnlyList<string> faults = store is SqliteStore sqlite ? sqlite.Problems() : [];

        // The blocks of a database elsewhere have to come over the network, all of them.
        faults = faults.Count > 0 || !(isEmbedded || isDeep) ? faults : store.Faults(isDeep, cancellationToken);
        if (faults.Count > 0)
        {
            return Inspected.Failed(
                "store",
                $"damaged: {faults[0]}{(faults.Count > 1 ? FormattableString.Invariant($" (and {(faults.Count >= ObservationStore.MostFaults ? "at least " : "")}{faults.Count - 1} more)") : "")}",
                isEmbedded ? RebuildSqlite : "restore the database from its backup, then run `measurement rebuild` with each data folder");
        }

        var facts = store.Facts();
        return Inspected.Ok("store", string.Create(
            CultureInfo.InvariantCulture,
            $"{(isEmbedded ? "SQLite, whole" : options.Provider.ToString())}{(isDeep ? ", all blocks unpacked" : "")}: {facts.Sum(fact => fact.Samples):N0} observations of {facts.Count} measurements"));
    }
}
