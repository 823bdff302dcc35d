using System.Globalization;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Collector.Store;

/// <summary>One connection to a SQLite file, straight on SQLite's own interface: blocks are read where SQLite holds them and
/// bound from spans, which the ADO.NET layer cannot do.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
internal sealed partial class SqliteDatabase : IDisposable
{
    /// <summary>How long to wait for another connection of this process to finish its commit.</summary>
    private const int BusyMilliseconds = 10_000;

    /// <summary>SQLITE_IOERR_SHMSIZE: the index of the journal, a file beside the database, does not find room.</summary>
    private const int NoRoomForIndex = raw.SQLITE_IOERR | (19 << 8);

    /// <summary>SQLITE_FCNTL_HAS_MOVED (https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html).</summary>
    private const int HasMovedOperation = 20;

    private readonly sqlite3 handle;

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(string path, sqlite3 handle)
    {
        Path = path;
        this.handle = handle;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>Whether the file was removed, or another put in its place, since it was opened: what is written goes nowhere then.</summary>
    public bool HasMoved => FileControl(handle, "main", HasMovedOperation, out var hasMoved) == raw.SQLITE_OK && hasMoved != 0;

    /// <summary>Opens a file for reading and writing, making it when it is not there.</summary>
    public static SqliteDatabase OpenToWrite(string path) => Open(path, path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    /// <summary>Opens an existing file for reading; another process may be writing to it.</summary>
    /// <remarks>A journal in WAL mode wants a file beside the database even for reading. Where the folder forbids that nobody can
    /// be writing either, so the file is then read as one that does not change. So it is on a full disk, which has no room for that file, if nothing
    /// waits in the journal.</remarks>
    public static SqliteDatabase OpenToRead(string path)
    {
        var database = Open(path, path, raw.SQLITE_OPEN_READONLY);
        try
        {
            database.Number("SELECT count(*) FROM sqlite_master");
            return database;
        }
        catch (SqliteProblem problem) when (problem.Code is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY || (problem.IsWithoutRoom && IsEmpty(path + "-wal")))
        {
            database.Dispose();
            var uri = "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1";
            return Open(path, uri, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>The number in the first column of the first row; null when there is no row, or null in it.</summary>
    public long? Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Long(0) : null;
    }

    /// <summary>Compiles a statement.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var statement));
        return new SqliteStatement(this, statement);
    }

    /// <summary>Throws the problem that a result code stands for.</summary>
    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw SqliteProblem.From(Path, code & 0xFF, raw.sqlite3_errmsg(handle).utf8_to_string(), raw.sqlite3_extended_errcode(handle) == NoRoomForIndex);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        raw.sqlite3_close_v2(handle);
        handle.Dispose();
    }

    private static bool IsEmpty(string path) => new FileInfo(path) is not { Exists: true, Length: > 0 };

    /// <summary>SQLite's own question to the file system; the package that carries SQLite does not hand it on.</summary>
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial int FileControl(sqlite3 database, string name, int operation, out int result);

    private static SqliteDatabase Open(string path, string name, int flags)
    {
        var code = raw.sqlite3_open_v2(name, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(path, handle);
        try
        {
            database.Check(code);
            raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}

/// <summary>SQLite's refusal, in words for the operator.</summary>
internal sealed class SqliteProblem : IOException
{
    private SqliteProblem(string message, int code, bool isWithoutRoom)
        : base(message)
    {
        Code = code;
        IsWithoutRoom = isWithoutRoom || code == raw.SQLITE_FULL;
    }

    /// <summary>Whether the disk is full.</summary>
    public bool IsWithoutRoom { get; }

    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; }

    /// <summary>Whether somebody else was in the way.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>What a result code means for the file at that path.</summary>
    public static SqliteProblem From(string path, int code, string? words, bool isWithoutRoom = false) => new(
        code switch
        {
            _ when isWithoutRoom => $"{path} cannot be used: the disk is full",
            raw.SQLITE_FULL => $"{path}: the disk is full; nothing of the current batch was stored",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"{path} is damaged ({words}); `measurement rebuild` makes it anew from the archive",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{path} is in use by another process",
            raw.SQLITE_READONLY => $"{path} cannot be written to",
            raw.SQLITE_CANTOPEN => $"{path} cannot be opened",
            _ => string.Create(CultureInfo.InvariantCulture, $"{path}: {words} (SQLite {code})"),
        },
        code,
        isWithoutRoom);
}
