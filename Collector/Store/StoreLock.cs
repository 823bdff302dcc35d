namespace Collector.Store;

/// <summary>Makes sure that one process writes to a data folder. Readers need no lock.</summary>
/// <remarks>The operating system takes the lock away with the process that held it, however that ended.</remarks>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of a folder that exists.</summary>
    /// <exception cref="StoreInUseException">Another process has it; the message says so in one line.</exception>
    public static StoreLock Take(DataFolder folder)
    {
        try
        {
            return new StoreLock(new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException problem) when (problem is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(folder.Lock))
        {
            throw new StoreInUseException($"{folder.Root} is being written to by another process; one at a time may (it holds {folder.Lock})", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
