using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Collector.Archive;

/// <summary>Writes that survive a power cut once they return.</summary>
public static partial class DurableFile
{
    private const int ReadOnlyDirectory = 0;

    /// <summary>Makes sure that a file has the length it is known to have; 0 is no file.</summary>
    /// <exception cref="ArchiveChangedException">It has another.</exception>
    public static void Expect(string path, long length)
    {
        var file = new FileInfo(path);
        var found = file.Exists ? file.Length : 0;
        if (found != length)
        {
            throw new ArchiveChangedException(
                found == 0 && !file.Exists
                    ? string.Create(CultureInfo.InvariantCulture, $"{path} is gone, of which the store knows {length} bytes: nothing was written; the next import goes on in a new file")
                    : string.Create(CultureInfo.InvariantCulture, $"{path} has {found} bytes where the store knows {length}: something else writes to it"));
        }
    }

    /// <summary>Writes bytes at the end of a file of known length, making file and folder when they are not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">How long it is now.</param>
    /// <param name="parts">What to write.</param>
    /// <returns>Its length afterwards.</returns>
    /// <exception cref="IOException">It cannot be written; it may then have bytes beyond the length.</exception>
    public static long Append(string path, long length, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var folder = Path.GetDirectoryName(path)!;
        var isNewFolder = !Directory.Exists(folder);
        if (isNewFolder)
        {
            Directory.CreateDirectory(folder);
        }

        using (var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
        {
            var isNew = length == 0;
            foreach (var part in parts)
            {
                RandomAccess.Write(file, part.Span, length);
                length += part.Length;
            }

            RandomAccess.FlushToDisk(file);
            if (!isNew)
            {
                return length;
            }
        }

        // A new file is only as lasting as its name.
        FlushFolder(folder);
        if (isNewFolder)
        {
            FlushFolder(Path.GetDirectoryName(folder)!);
        }

        return length;
    }

    /// <summary>Cuts a file to a length.</summary>
    public static void Cut(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        if (RandomAccess.GetLength(file) > length)
        {
            RandomAccess.SetLength(file, length);
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>Deletes a file, and its folder when nothing else is in it.</summary>
    public static void Remove(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return;
        }

        File.Delete(path);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Moves a file over another, for good.</summary>
    public static void Replace(string path, string by)
    {
        using (var file = File.OpenHandle(by, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        File.Move(by, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes the names in a folder last.</summary>
    public static void FlushFolder(string path)
    {
        // Windows keeps names in its journal and has no such call.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw new IOException($"{path} cannot be opened to make its files lasting (error {Marshal.GetLastPInvokeError()})");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);

        // Some network file systems know no flush of a folder (EINVAL); there is nothing better to do there.
        _ = Flush(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);
}

/// <summary>A file of the archive is not as it was left. The message is one line for the operator.</summary>
public sealed class ArchiveChangedException : IOException
{
    /// <inheritdoc cref="ArchiveChangedException"/>
    public ArchiveChangedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ArchiveChangedException"/>
    public ArchiveChangedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>For completeness only.</summary>
    public ArchiveChangedException()
    {
    }
}
