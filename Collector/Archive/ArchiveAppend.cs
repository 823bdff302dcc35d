namespace Collector.Archive;

/// <summary>What one change adds to the archive: gzip members for some files, written out together, and taken back when the change fails.</summary>
/// <param name="archive">The archive's folder.</param>
internal sealed class ArchiveAppend(string archive)
{
    private readonly Dictionary<string, List<ReadOnlyMemory<byte>>> members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> before = new(StringComparer.Ordinal);

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => members.Count == 0;

    /// <summary>Adds a member behind what the file has.</summary>
    /// <param name="path">The file's path in the archive.</param>
    /// <param name="member">Has to stay as it is until it is written.</param>
    public void Add(string path, ReadOnlyMemory<byte> member)
    {
        if (!members.TryGetValue(path, out var file))
        {
            members.Add(path, file = []);
        }

        file.Add(member);
    }

    /// <summary>Writes everything, for good.</summary>
    /// <param name="known">The length that a file has so far.</param>
    /// <returns>The files' lengths.</returns>
    /// <exception cref="IOException">Something could not be written; see <see cref="TakeBack"/>.</exception>
    public IReadOnlyCollection<(string Path, long Length)> Write(Func<string, long> known)
    {
        foreach (var path in members.Keys)
        {
            // What is there beyond the known length is not ours to cut off later.
            var length = known(path);
            DurableFile.Expect(Path.Combine(archive, path), length);
            before.Add(path, length);
        }

        var lengths = new List<(string Path, long Length)>(members.Count);
        try
        {
            // Most of the time goes by waiting for the disk.
            Parallel.ForEach(members, file =>
            {
                var length = DurableFile.Append(Path.Combine(archive, file.Key), before[file.Key], file.Value);
                lock (lengths)
                {
                    lengths.Add((file.Key, length));
                }
            });
        }
        catch (AggregateException problems) when (problems.InnerExceptions.FirstOrDefault(problem => problem is IOException or UnauthorizedAccessException) is { } problem)
        {
            throw new IOException(problem.Message, problem);
        }

        return lengths;
    }

    /// <summary>Takes away again what was written, and nothing else.</summary>
    /// <returns>Whether all of it is gone; what cannot be taken away now is there to be recovered.</returns>
    public bool TakeBack()
    {
        var isGone = true;
        foreach (var (path, length) in before)
        {
            try
            {
                var full = Path.Combine(archive, path);
                if (length == 0)
                {
                    // An empty file would be no gzip, and would stop zcat.
                    DurableFile.Remove(full);
                }
                else if (File.Exists(full))
                {
                    DurableFile.Cut(full, length);
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The failure that brought us here is the one to tell.
                isGone = false;
            }
        }

        return isGone;
    }
}
