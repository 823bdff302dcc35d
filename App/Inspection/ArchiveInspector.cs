using System.Globalization;
using Collector.Archive;

namespace App.Inspection;

/// <summary>Looks whether everything in the archive, and what waits for the time series database, can be read; changes nothing.</summary>
/// <param name="archive">The archive's folder.</param>
/// <param name="spool">The folder of what waits.</param>
/// <param name="isDeep">Unpack everything.</param>
internal sealed class ArchiveInspector(string archive, string spool, bool isDeep)
{
    private const int MostTold = 3;

    /// <summary>Looks.</summary>
    /// <param name="known">Up to where the store knows each file of the archive; null: it does not say.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IEnumerable<Inspected> Inspect(IReadOnlyDictionary<string, long>? known, CancellationToken cancellationToken)
    {
        yield return Archive(known, cancellationToken);
        if (Aside(archive, SetAside.Files(archive)) is { } aside)
        {
            yield return aside;
        }

        if (Directory.Exists(spool))
        {
            yield return Spool();
        }
    }

    private static Inspected? Aside(string folder, IReadOnlyList<string> files) => files.Count == 0 ? null : Inspected.Warning(
        "set aside",
        $"{Count(files.Count, "file")} of what could not be read: {Some(files.Select(file => Path.Combine(folder, file)))}",
        "docs/storage.md says what to do with them; move them away to end this warning");

    private Inspected Archive(IReadOnlyDictionary<string, long>? known, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(archive))
        {
            return known is { Count: > 0 }
                ? Inspected.Failed("archive", $"{archive} is gone; the store knows {Count(known.Count, "file")} of it", "put it back from the backup: without it the store cannot be made anew")
                : Inspected.Ok("archive", "nothing was archived yet");
        }

        try
        {
            var look = ArchiveLook.At(archive, known, isDeep, cancellationToken);
            var damaged = look.Damaged.Where(place => !place.IsUnknown).ToList();
            if (damaged.Count > 0)
            {
                return Inspected.Failed(
                    "archive",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"damaged: {damaged.Sum(place => place.Bytes):N0} bytes in {Count(damaged.Count, "place")}: {Some(damaged.Select(place => FormattableString.Invariant($"{place.Path} at {place.From}")))}"),
                    "put the files back from the backup; or end the service and run `measurement rebuild`, which sets the damaged bytes aside and keeps a store that has more");
            }

            if (look.Missing.Count > 0)
            {
                return Inspected.Failed(
                    "archive",
                    $"{Count(look.Missing.Count, "file")} gone, or shorter than the store knows: {Some(look.Missing)}",
                    "put them back from the backup: a store made of what is left would lack their results");
            }

            var words = string.Create(
                CultureInfo.InvariantCulture, $"{Count(look.Files, "file")}, {look.Bytes / 1e6:N1} MB, {(isDeep ? "all of it unpacked" : "checksums match")}");
            words += look.Unproven > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {look.Unproven / 1e6:N1} MB of an earlier version have none: `check --deep` unpacks them") : "";
            words += look.Damaged.Count > 0 ? $"; {Some(look.Damaged.Select(place => place.Path))} ends with what is being written, or is set aside at the next start" : "";
            return look.Harmless.Count > 0
                ? Inspected.Warning("archive", $"{words}; a bit of a header has flipped, without harm, in {Some(look.Harmless)}", "look after the disk: what flips one bit flips others")
                : Inspected.Ok("archive", words);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Inspected.Failed("archive", problem.Message, "see that the files can be read, and look after the disk");
        }
    }

    private Inspected Spool()
    {
        try
        {
            var waiting = Directory.GetFiles(spool, "*.lp.gz");
            var damaged = waiting.Where(file => File.Exists(file) && WholeGzip.Read(file) is null).Order(StringComparer.Ordinal).ToList();
            var aside = Directory.GetFiles(spool, "*.damaged*").Order(StringComparer.Ordinal).ToList();
            return damaged.Count + aside.Count > 0
                ? Inspected.Warning(
                    "spool", $"damaged: {Some(damaged.Concat(aside))}", "the store has what is in them: `measurement export --to influx` writes it again; then delete them")
                : Inspected.Ok("spool", $"{Count(waiting.Length, "request")} wait for the time series database, all whole");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Inspected.Failed("spool", problem.Message, "see that the files can be read");
        }
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Some(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(MostTold)) + (all.Count > MostTold ? FormattableString.Invariant($" and {all.Count - MostTold} more") : "");
    }
}
