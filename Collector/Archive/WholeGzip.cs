namespace Collector.Archive;

/// <summary>Gzip files that are worth something only as a whole.</summary>
public static class WholeGzip
{
    /// <summary>What a file holds.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null: a bit of it flipped, or it was cut, or something stands in it that is no gzip; .NET's own reader takes a cut for the end.</returns>
    /// <exception cref="IOException">It cannot be read at all.</exception>
    public static byte[]? Read(string path)
    {
        using var stream = new MemberStream(path, from: 0, key: null);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return stream.Damaged.Count == 0 && stream.FileLength > 0 ? content.ToArray() : null;
    }

    /// <summary>Moves a file out of the way, under a name that nothing else has: its own with <c>.damaged</c>, or <c>.damaged-2</c> … behind it.</summary>
    /// <returns>Where it is now.</returns>
    public static string SetAside(string path)
    {
        for (var number = 1; ; number++)
        {
            var name = path + ".damaged" + (number == 1 ? "" : FormattableString.Invariant($"-{number}"));
            if (!File.Exists(name))
            {
                File.Move(path, name, overwrite: false);
                DurableFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
                return name;
            }
        }
    }
}
