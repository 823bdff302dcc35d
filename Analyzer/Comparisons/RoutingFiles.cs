using System.Globalization;
using System.IO.Compression;
using Analyzer.Time;

namespace Analyzer.Comparisons;

/// <summary>Keeps on disk who was served by which PoP, a file a window: the past is read from the store once.</summary>
/// <remarks>Nothing rests on these files. One that is missing, damaged, or was made by other rules or from other samples is made again.</remarks>
/// <param name="folder">Where.</param>
public sealed class RoutingFiles(string folder)
{
    private const int Version = 1;
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>What was kept of a window; null: nothing that holds.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">The window.</param>
    /// <param name="rules">The rules that attribute today.</param>
    /// <param name="samples">How many samples the store holds of the window. Where it has fewer than it had, old ones were deleted, and what
    /// was made of them stays; where it has none, whatever the rules were.</param>
    public ServedPops? Find(string target, int family, Window window, ulong rules, long samples)
    {
        ArgumentNullException.ThrowIfNull(window);
        var path = PathOf(target, family, window);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            var (version, keptRules, keptSamples) = (reader.ReadInt32(), reader.ReadUInt64(), reader.ReadInt64());
            return version == Version && (samples == 0 || (keptRules == rules && keptSamples >= samples)) ? Read(reader, window) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Keeps a window. Where nothing can be written, the next reading takes longer, and that is all.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="served">The window.</param>
    /// <param name="rules">The rules by which it was attributed.</param>
    /// <param name="samples">How many samples it was made of.</param>
    public void Keep(string target, int family, ServedPops served, ulong rules, long samples)
    {
        ArgumentNullException.ThrowIfNull(served);
        var path = PathOf(target, family, served.Window);
        var part = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.part");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var writer = new BinaryWriter(new GZipStream(File.Create(part), CompressionLevel.Fastest)))
            {
                writer.Write(Version);
                writer.Write(rules);
                writer.Write(samples);
                Write(writer, served);
            }

            File.Move(part, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A full disk or a folder of somebody else's: others will speak of it, and this was a convenience.
            DeleteIfPossible(part);
        }
    }

    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Where nothing could be written there is nothing to delete.
        }
    }

    /// <summary>Deletes the days before one; weeks are kept for ever.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="first">The first day that stays.</param>
    public void Forget(string target, int family, DateTimeOffset first)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(FolderOf(target, family)))
            {
                if (DateTimeOffset.TryParseExact(Path.GetFileName(file), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day < first)
                {
                    File.Delete(file);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another process may have been faster, or may own them.
        }
    }

    private string FolderOf(string target, int family) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target}-ipv{family}"));

    private string PathOf(string target, int family, Window window) =>
        Path.Combine(FolderOf(target, family), window.Week?.ToString() ?? window.From.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture));

    private static void Write(BinaryWriter writer, ServedPops served)
    {
        WriteNames(writer, served.Pops);
        WriteNames(writer, served.Countries);
        writer.Write(served.Count);
        var last = 0;
        for (var index = 0; index < served.Count; index++)
        {
            writer.Write7BitEncodedInt(served.Probes[index] - last);
            last = served.Probes[index];
        }

        foreach (var pop in served.PopOf)
        {
            writer.Write(pop);
        }

        foreach (var country in served.CountryOf)
        {
            writer.Write(country);
        }

        foreach (var asn in served.AsnOf)
        {
            writer.Write(asn);
        }
    }

    private static ServedPops Read(BinaryReader reader, Window window)
    {
        var (pops, countries) = (ReadNames(reader), ReadNames(reader));
        var count = reader.ReadInt32();
        if (count is < 0 or > 10_000_000)
        {
            throw new InvalidDataException($"{count} probes");
        }

        var probes = new int[count];
        var last = 0;
        for (var index = 0; index < count; index++)
        {
            probes[index] = last += reader.Read7BitEncodedInt();
        }

        var served = new ServedPops(window, pops, countries)
        {
            Probes = probes,
            PopOf = [.. Enumerable.Range(0, count).Select(_ => reader.ReadUInt16())],
            CountryOf = [.. Enumerable.Range(0, count).Select(_ => reader.ReadUInt16())],
            AsnOf = [.. Enumerable.Range(0, count).Select(_ => reader.ReadUInt32())],
        };

        // Behind the last byte gzip says whether all of them are as they were written.
        return reader.Read() < 0 ? served : throw new InvalidDataException("more than its probes");
    }

    private static void WriteNames(BinaryWriter writer, IReadOnlyList<string> names)
    {
        writer.Write7BitEncodedInt(names.Count);
        foreach (var name in names)
        {
            writer.Write(name);
        }
    }

    private static List<string> ReadNames(BinaryReader reader)
    {
        var names = new List<string>();
        for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            names.Add(reader.ReadString());
        }

        return names;
    }
}
