using System.Globalization;
using Collector.Archive;

namespace Collector.Store;

/// <summary>What was deleted.</summary>
/// <param name="Days">Days of measurements whose samples were.</param>
/// <param name="Files">Files of the archive.</param>
/// <param name="Bytes">Their length.</param>
public readonly record struct PruneSummary(int Days, int Files, long Bytes);

/// <summary>Deletes old days for good, whole ones, one at a time: others get their turn in between, and an end at any moment is as good as
/// any other.</summary>
/// <param name="store">Opened for writing.</param>
public sealed class Pruner(ObservationStore store)
{
    /// <summary>Deletes.</summary>
    /// <param name="samplesBefore">The first day whose samples stay; null: all stay.</param>
    /// <param name="archiveBefore">The first day whose results stay in the archive; null: all stay. Samples whose results are gone stay
    /// until a rebuild.</param>
    /// <param name="cancellationToken">Ends it between two days.</param>
    /// <exception cref="IOException">The store cannot be written to.</exception>
    public PruneSummary Prune(DateOnly? samplesBefore, DateOnly? archiveBefore, CancellationToken cancellationToken = default)
    {
        var summary = default(PruneSummary);
        if (samplesBefore is { } firstOfSamples)
        {
            summary = summary with { Days = PruneSamples(Day(firstOfSamples), cancellationToken) };
        }

        if (archiveBefore is { } firstOfArchive)
        {
            var (files, bytes) = PruneArchive(firstOfArchive, cancellationToken);
            summary = summary with { Files = files, Bytes = bytes };
        }

        return summary;
    }

    /// <summary>The newest day that the store's archive has results of, by Atlas' clock; null: it has none.</summary>
    public static DateOnly? NewestDay(ObservationStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ArchiveLengths()?.Keys.Select(DateOf).Max();
    }

    private static long Day(DateOnly date) => UnixDay.Of(new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds());

    private int PruneSamples(long first, CancellationToken cancellationToken)
    {
        var old = store.List("SELECT measurement, day FROM days WHERE day < $1 ORDER BY day, measurement", [first], row => (Measurement: row.Long(0), Day: row.Long(1)));
        foreach (var (measurement, day) in old)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var transaction = store.BeginWrite();
            transaction.Lock([measurement]);
            transaction.DeleteDay(measurement, day);
            transaction.Commit();
        }

        return old.Count;
    }

    private (int Files, long Bytes) PruneArchive(DateOnly first, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> known;
        using (var transaction = store.BeginWrite())
        {
            known = transaction.ArchiveLengths();
        }

        var (files, bytes) = (0, 0L);
        foreach (var (path, length) in known.Where(file => DateOf(file.Key) < first).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var transaction = store.BeginWrite();

            // The file goes while nobody else can write to it, and last: an end in between leaves a file that is read once more.
            transaction.ForgetArchive(path);
            transaction.Commit();
            File.Delete(Path.Combine(store.Folder.Archive, path));
            files++;
            bytes += length;
        }

        return (files, bytes);
    }

    /// <summary>The day of a file of results; null: it is no such file.</summary>
    private static DateOnly? DateOf(string path)
    {
        var name = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return name.Length < path.Length && name.EndsWith(ArchivePath.Suffix, StringComparison.Ordinal)
            && DateOnly.TryParseExact(name[..^ArchivePath.Suffix.Length], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;
    }
}
