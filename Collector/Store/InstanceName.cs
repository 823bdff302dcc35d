using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Collector.Archive;

namespace Collector.Store;

/// <summary>What an instance is called among those that share a store: a name that its data folder keeps.</summary>
/// <remarks>The archive of a folder belongs to that name; a copy of a folder is not to be used beside the original.</remarks>
internal static partial class InstanceName
{
    /// <summary>The name of a data folder that exists and is locked; made at the first call.</summary>
    /// <exception cref="IOException">The file that holds it is damaged, or cannot be written.</exception>
    public static string Of(DataFolder folder)
    {
        var file = Path.Combine(folder.Root, "instance");
        if (!File.Exists(file))
        {
            var made = $"{Unusual().Replace(Environment.MachineName, "-")}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
            File.WriteAllText(file + ".new", made + "\n");
            DurableFile.Replace(file, file + ".new");
        }

        return Read(file);
    }

    /// <summary>The name of a data folder; null: it has none yet.</summary>
    /// <exception cref="IOException">The file that holds it is damaged.</exception>
    public static string? Find(DataFolder folder) => Path.Combine(folder.Root, "instance") is var file && File.Exists(file) ? Read(file) : null;

    private static string Read(string file)
    {
        var name = File.ReadAllText(file).Trim();
        return name.Length is > 0 and <= 200 && !Unusual().IsMatch(name)
            ? name
            : throw new IOException($"{file} does not hold a name of letters, digits, dots and hyphens: put back what it held, or the archive's files are read again");
    }

    [GeneratedRegex("[^A-Za-z0-9.-]")]
    private static partial Regex Unusual();
}
