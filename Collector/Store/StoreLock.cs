namespace Collector.Store;

/// <summary>Makes sure that one process writes to a data folder. Readers need no lock.</summary>
/// <remarks>The operating system takes the lock away with the process that held it, however that ended.</remarks>
internal sealed class StoreLock : IDisposable
{
    // .NET hands the system's own number on in HResult.
    private const int SharingViolation = 32, LockViolation = 33, TryAgainLinux = 11, TryAgainBsd = 35;

    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of a folder that exists.</summary>
    /// <exception cref="StoreInUseException">Another process has it; the message says so in one line.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static StoreLock Take(DataFolder folder)
    {
        try
        {
            return new StoreLock(new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException problem) when (problem is not (DirectoryNotFoundException or PathTooLongException) && IsHeld(problem))
        {
            throw new StoreInUseException($"{folder.Root} is being written to by another process; one at a time may (it holds {folder.Lock})", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder.Root} cannot be written to: {problem.Message}", problem);
        }
    }

    /// <summary>Whether somebody else has the lock, and not the disk a fault: a full or a read-only one looks much the same.</summary>
    private static bool IsHeld(IOException problem) => OperatingSystem.IsWindows()
        ? (problem.HResult & 0xFFFF) is SharingViolation or LockViolation
        : problem.HResult is TryAgainLinux or TryAgainBsd;

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
