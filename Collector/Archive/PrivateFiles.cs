using System.Runtime.InteropServices;

namespace Collector.Archive;

/// <summary>Keeps what the program writes to the user who runs it: folders 0700, files 0600, SQLite's and those that are yet to be invented too.
/// What is meant for others, such as reports, is opened to whom the user's own umask lets in.</summary>
public static partial class PrivateFiles
{
    private const int OthersNothing = 0b000_111_111;
    private const UnixFileMode AllOfFolder = (UnixFileMode)0b111_111_111;
    private const UnixFileMode AllOfFile = (UnixFileMode)0b110_110_110;

    // What the user's umask takes away; null: files are made as everywhere else (Windows, or a program of somebody else's).
    private static UnixFileMode? withheld;

    /// <summary>From here on, files and folders are made for this user alone.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
        {
            withheld = (UnixFileMode)Mask(OthersNothing);
        }
    }

    /// <summary>What of a folder's or file's mode lets others in than its user; none where there are no such modes.</summary>
    public static UnixFileMode Loose(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path) & (UnixFileMode)OthersNothing;

    /// <summary>Opens a folder that was just made, with all that is in it, or a file, to whom the user's umask lets in.</summary>
    public static void Share(string path)
    {
        if (OperatingSystem.IsWindows() || withheld is not { } mask)
        {
            return;
        }

        if (!Directory.Exists(path))
        {
            File.SetUnixFileMode(path, AllOfFile & ~mask);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(path))
        {
            File.SetUnixFileMode(file, AllOfFile & ~mask);
        }

        foreach (var folder in Directory.EnumerateDirectories(path))
        {
            Share(folder);
        }

        File.SetUnixFileMode(path, AllOfFolder & ~mask);
    }

    /// <summary>Makes a folder for what others may read, where there is none yet.</summary>
    public static void CreateSharedFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            Share(path);
        }
    }

    /// <summary>Writes a file that others may read; one that is there, or is none but a device, keeps its mode. When writing fails, half a file is not left.</summary>
    public static void WriteShared(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var isNew = !File.Exists(path);
        try
        {
            using var stream = File.Create(path);
            if (isNew && !OperatingSystem.IsWindows() && withheld is { } mask)
            {
                File.SetUnixFileMode(stream.SafeFileHandle, AllOfFile & ~mask);
            }

            write(stream);
        }
        catch when (isNew && File.Exists(path))
        {
            File.Delete(path);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Mask(int mask);
}
