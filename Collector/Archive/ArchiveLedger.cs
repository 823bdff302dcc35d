using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Collector.Archive;

/// <summary>What the archive knows of itself, in a small file in its folder: its key (see <see cref="GzipMember"/>), and the number of the last
/// commit that a store acknowledged.</summary>
/// <remarks>
/// The store keeps the number of its last commit too. As long as it is not behind the archive's, the store is the one that acknowledged everything, and
/// what it does not know of was never acknowledged. A store that was made anew, or came from a backup, is behind, and proves nothing.
/// <para>The number is written after the store has committed and before anybody is told; it need not survive a power cut: then the store is
/// ahead, which is as good. Losing the file costs only the proof, and the certainty with which members are found behind damage.</para>
/// </remarks>
internal sealed class ArchiveLedger
{
    /// <summary>Its name in the archive's folder.</summary>
    public const string Name = "ledger";

    private readonly string folder;
    private readonly Lock gate = new();
    private ulong? key;

    /// <summary>Reads the ledger of an archive; it need not be there.</summary>
    /// <param name="folder">The archive's folder.</param>
    public ArchiveLedger(string folder)
    {
        this.folder = folder;
        if (Read(Path.Combine(folder, Name)) is var (knownKey, number))
        {
            key = knownKey;
            Acknowledged = number;
        }
        else if (!HasFiles)
        {
            Acknowledged = 0;
        }
    }

    /// <summary>The number of the last commit that was acknowledged; null: nobody knows.</summary>
    public long? Acknowledged { get; private set; }

    /// <summary>The archive's key; null: it has none yet.</summary>
    public ulong? KnownKey
    {
        get
        {
            lock (gate)
            {
                return key;
            }
        }
    }

    /// <summary>Whether the archive has any members.</summary>
    private bool HasFiles =>
        Directory.Exists(folder) && new DirectoryInfo(folder).EnumerateFiles("*" + ArchivePath.Suffix, SearchOption.AllDirectories).Any(file => file.Length > 0);

    /// <summary>The archive's key, made now when it has none.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ulong Key()
    {
        lock (gate)
        {
            if (key is { } known)
            {
                return known;
            }

            var made = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, Name);
            File.WriteAllBytes(path + ".new", Text(made, Acknowledged ?? 0));
            DurableFile.Replace(path, path + ".new");
            key = made;
            return made;
        }
    }

    /// <summary>Remembers that a commit was acknowledged.</summary>
    /// <param name="number">Its number, larger than all before.</param>
    public void Acknowledge(long number)
    {
        lock (gate)
        {
            Acknowledged = number;
            if (key is not { } known)
            {
                return;
            }

            try
            {
                // As long as what is there: one write, over it.
                using var file = File.OpenHandle(Path.Combine(folder, Name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                RandomAccess.Write(file, Text(known, number), 0);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The store has the number, and is ahead then, which proves as much.
            }
        }
    }

    private static byte[] Text(ulong key, long number) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"measurement archive 1\nkey {key:x16}\nacknowledged {number:D20}\n"));

    private static (ulong Key, long Number)? Read(string path)
    {
        try
        {
            return File.ReadAllLines(path) is ["measurement archive 1", var first, var second]
                && first.StartsWith("key ", StringComparison.Ordinal)
                && ulong.TryParse(first.AsSpan(4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
                && second.StartsWith("acknowledged ", StringComparison.Ordinal)
                && long.TryParse(second.AsSpan(13), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (key, number)
                : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
