namespace Collector.Geolocation;

/// <summary>One configured file, and what was last read from it. <see cref="Look"/> is for one thread at a time.</summary>
internal sealed class GeoFile(string key, string? path, bool inMemory) : IDisposable
{
    private FileState _state;
    private MaxMindDatabase? _database;
    private MaxMindDatabase? _toldDamage;

    /// <summary>Where its path is configured: <c>GeoIp:City</c>.</summary>
    public string Key => key;

    /// <summary>Its path; empty: none.</summary>
    public string Path { get; } = path ?? "";

    /// <summary>The last one that could be opened; null: none yet.</summary>
    public MaxMindDatabase? Database => Volatile.Read(ref _database);

    /// <summary>Why the file as it is now cannot be used, in one line; null: it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Opens the file if it is another than the last time.</summary>
    public GeoFileChange Look()
    {
        var state = FileState.Of(Path);
        if (state == _state)
        {
            return GeoFileChange.None;
        }

        _state = state;
        try
        {
            // Look-ups under way in what was replaced end there first.
            Interlocked.Exchange(ref _database, MaxMindDatabase.Open(Path, inMemory))?.Dispose();
            Problem = null;
            return GeoFileChange.Taken;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // While somebody writes it slowly, it is another every second: told once.
            var known = Problem is not null;
            Problem = problem.Message;
            return known ? GeoFileChange.None : GeoFileChange.Refused;
        }
    }

    /// <summary>Whether damage in this database is news.</summary>
    public bool TellDamage(MaxMindDatabase database) => Interlocked.Exchange(ref _toldDamage, database) != database;

    public void Dispose() => Database?.Dispose();

    /// <summary>What tells one file from another under the same path. The default: never looked.</summary>
    private readonly record struct FileState(DateTime ModifiedAt, DateTime CreatedAt, long Length)
    {
        public static FileState Of(string path)
        {
            try
            {
                // By handle, so that a link is followed.
                using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return new FileState(File.GetLastWriteTimeUtc(handle), File.GetCreationTimeUtc(handle), RandomAccess.GetLength(handle));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return new FileState(DateTime.MaxValue, DateTime.MaxValue, -1);
            }
        }
    }
}

/// <summary>What looking at a file brought.</summary>
internal enum GeoFileChange
{
    /// <summary>Nothing new.</summary>
    None,

    /// <summary>A new one is in use.</summary>
    Taken,

    /// <summary>The new one cannot be used.</summary>
    Refused,
}
