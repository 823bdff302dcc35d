using System.Globalization;

namespace Collector.Archive;

/// <summary>Takes what cannot be read out of an archive file and keeps it in files beside it.</summary>
/// <remarks>
/// Named after the file and the place: <c>2026-11-09.ndjson.gz.damaged-2950</c>, which no reader of the archive takes for one of its files; when that
/// name is taken by other bytes, with <c>-2</c>, <c>-3</c> … behind it. Nothing there is ever overwritten, and nothing deletes it. The bytes are there for good before they leave the file, and the
/// file is replaced as a whole: an end at any instant loses nothing.
/// </remarks>
public static class SetAside
{
    private const string Mark = ".damaged-";
    private const string Unfinished = ".new";

    /// <summary>Sets ranges of a file aside.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its length: longer, it has changed, and is left alone.</param>
    /// <param name="ranges">Which ranges; ascending, without overlap, at least one.</param>
    /// <returns>The names of the files beside it, one a range.</returns>
    /// <exception cref="IOException">They cannot be kept, or the file cannot be replaced; it is then as it was.</exception>
    internal static IReadOnlyList<string> Move(string path, long length, IReadOnlyList<ByteRange> ranges)
    {
        DurableFile.Expect(path, length);
        var names = ranges.Select(range => Keep(path, range)).ToList();
        DurableFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var rest = length - ranges.Sum(range => range.Length);
        if (rest == 0)
        {
            // An empty file would be no gzip.
            File.Delete(path);
        }
        else if (ranges is [{ } end] && end.To == length)
        {
            DurableFile.Cut(path, end.From);
        }
        else
        {
            Replace(path, length, ranges);
        }

        return names;
    }

    /// <summary>The files beside an archive's that hold what was set aside, with slashes, relative to the archive's folder.</summary>
    public static IReadOnlyList<string> Files(string archive) => Directory.Exists(archive)
        ? [.. Directory.EnumerateFiles(archive, "*" + ArchivePath.Suffix + Mark + "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(Unfinished, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(archive, file).Replace('\\', '/')).Order(StringComparer.Ordinal)]
        : [];

    private static string Keep(string path, ByteRange range)
    {
        for (var number = 1; ; number++)
        {
            var name = path + Mark + range.From.ToString(CultureInfo.InvariantCulture) + (number == 1 ? "" : "-" + number.ToString(CultureInfo.InvariantCulture));
            if (!File.Exists(name))
            {
                // Under its name only when it is whole.
                using (var from = File.OpenRead(path))
                using (var to = new FileStream(name + Unfinished, FileMode.Create, FileAccess.Write))
                {
                    Copy(from, range, to);
                    to.Flush(flushToDisk: true);
                }

                File.Move(name + Unfinished, name, overwrite: false);
                return name;
            }

            if (IsSame(path, range, name))
            {
                // An earlier attempt came as far as this.
                return name;
            }
        }
    }

    private static void Replace(string path, long length, IReadOnlyList<ByteRange> ranges)
    {
        using (var from = File.OpenRead(path))
        using (var to = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write))
        {
            long at = 0;
            foreach (var range in ranges.Append(new ByteRange(length, length)))
            {
                Copy(from, new ByteRange(at, range.From), to);
                at = range.To;
            }
        }

        DurableFile.Replace(path, path + Unfinished);
    }

    private static bool IsSame(string path, ByteRange range, string name)
    {
        using var kept = File.OpenRead(name);
        if (kept.Length != range.Length)
        {
            return false;
        }

        using var file = File.OpenRead(path);
        file.Position = range.From;
        var (one, other) = (new byte[1 << 16], new byte[1 << 16]);
        for (var left = range.Length; left > 0;)
        {
            var read = kept.ReadAtLeast(one, (int)Math.Min(one.Length, left), throwOnEndOfStream: true);
            file.ReadExactly(other, 0, read);
            if (!one.AsSpan(0, read).SequenceEqual(other.AsSpan(0, read)))
            {
                return false;
            }

            left -= read;
        }

        return true;
    }

    private static void Copy(Stream from, ByteRange range, Stream to)
    {
        from.Position = range.From;
        var buffer = new byte[1 << 16];
        for (var left = range.Length; left > 0;)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
            {
                throw new EndOfStreamException("the file became shorter while it was read");
            }

            to.Write(buffer, 0, read);
            left -= read;
        }
    }
}
