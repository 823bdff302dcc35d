using System.IO.Compression;
using Xunit;

namespace Tests;

/// <summary>The folder of real results beside the checkout; tests that need it are skipped, by name, when it is not there.</summary>
internal static class Corpus
{
    /// <summary>The full path of a file of the corpus; skips the test when the corpus is absent.</summary>
    public static string File(string relativePath)
    {
        var path = Find(relativePath);
        Assert.SkipWhen(path is null, $"the corpus is not beside the checkout: {relativePath}");
        return path!;
    }

    /// <summary>The files of a corpus folder that match; skips the test when the corpus is absent.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        var path = Find(folder);
        Assert.SkipWhen(path is null, $"the corpus is not beside the checkout: {folder}");
        return [.. Directory.EnumerateFiles(path!, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    /// <summary>The lines of a corpus file, unpacked when its name ends in .gz.</summary>
    public static IEnumerable<string> Lines(string relativePath)
    {
        var path = File(relativePath);
        using var stream = System.IO.File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static string? Find(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "corpus", relativePath);
            if (Path.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
