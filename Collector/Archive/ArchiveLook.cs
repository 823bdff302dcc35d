namespace Collector.Archive;

/// <summary>What a look at an archive found, without changing anything and beside a process that writes.</summary>
/// <param name="Files">Files looked at.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Unproven">Bytes of members without a checksum of their packed bytes, which only unpacking proves; 0 when they were unpacked.</param>
/// <param name="Damaged">Where something cannot be read, in files and bytes.</param>
/// <param name="Missing">Files that are gone, or shorter than the store knows.</param>
/// <param name="Harmless">Files in whose headers a bit has flipped that does no harm.</param>
public sealed record ArchiveLook(
    int Files,
    long Bytes,
    long Unproven,
    IReadOnlyList<DamagedPlace> Damaged,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Harmless)
{
    /// <summary>Looks.</summary>
    /// <param name="archive">The archive's folder.</param>
    /// <param name="known">Up to where the store knows each file, by path; null: it does not say.</param>
    /// <param name="isDeep">Unpack everything; else compare the checksums of the packed bytes, which reads every byte all the same.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static ArchiveLook At(string archive, IReadOnlyDictionary<string, long>? known, bool isDeep, CancellationToken cancellationToken = default)
    {
        var key = new ArchiveLedger(archive).KnownKey;
        List<(string Path, long Length)> files = [.. ArchivePath.Files(archive)];
        var found = new (long Unproven, IReadOnlyList<ByteRange> Damaged, bool IsHarmless)[files.Count];
        Parallel.For(
            0,
            files.Count,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) },
            index => found[index] = Look(Path.Combine(archive, files[index].Path), files[index].Length, key, isDeep));
        var there = files.ToDictionary(file => file.Path, file => file.Length, StringComparer.Ordinal);
        return new ArchiveLook(
            files.Count,
            files.Sum(file => file.Length),
            found.Sum(file => file.Unproven),
            [.. files.Zip(found).SelectMany(file => file.Second.Damaged.Select(range =>
                new DamagedPlace(file.First.Path, range.From, range.Length, known is not null && range.From >= known.GetValueOrDefault(file.First.Path))))],
            [.. known?.Where(file => there.GetValueOrDefault(file.Key) < file.Value).Select(file => file.Key).Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()],
            [.. files.Zip(found).Where(file => file.Second.IsHarmless).Select(file => file.First.Path)]);
    }

    private static (long Unproven, IReadOnlyList<ByteRange> Damaged, bool IsHarmless) Look(string path, long length, ulong? key, bool isDeep)
    {
        try
        {
            var (at, unproven, isProven, hasFlipped) = (0L, 0L, true, false);
            using (var reader = new MemberReader(path, key, length))
            {
                while (at < reader.Length && reader.HeaderAt(at) is { } header && at + header.Length <= reader.Length)
                {
                    var matches = reader.Matches(at, header);

                    // One bit makes a header of today one of an earlier version, which has no checksum.
                    hasFlipped |= matches is false || (matches is null && reader.IsAlmostHeaderAt(at));
                    unproven += matches is null ? header.Length : 0;
                    at += header.Length;
                }

                // A header of ours that leads nowhere has a wrong length.
                hasFlipped |= reader.IsAlmostHeaderAt(at);
                isProven = at == reader.Length && !hasFlipped;
            }

            if (isProven && !isDeep)
            {
                return (unproven, [], false);
            }

            // Only unpacking tells what is amiss; and where another program wrote a part, whether anything is.
            var damaged = MemberStream.Look(path, key, length);
            return (0, damaged, hasFlipped && damaged.Count == 0);
        }
        catch (FileNotFoundException)
        {
            // Pruned meanwhile.
            return (0, [], false);
        }
    }
}

/// <summary>Bytes of an archive file that cannot be read.</summary>
/// <param name="Path">The file, in the archive.</param>
/// <param name="From">The first byte.</param>
/// <param name="Bytes">How many.</param>
/// <param name="IsUnknown">Whether they lie behind what the store knows: a process writes them just now, or was ended while it did.</param>
public sealed record DamagedPlace(string Path, long From, long Bytes, bool IsUnknown);
