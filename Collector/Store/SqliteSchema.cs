using System.Globalization;

namespace Collector.Store;

/// <summary>The tables of the embedded store.</summary>
internal static class SqliteSchema
{
    /// <summary>Kept in the file's <c>user_version</c>; goes up whenever an older program could not read the file.</summary>
    public const int Version = 2;

    /// <summary>The tables that results do not tell, and that a rebuild therefore carries over.</summary>
    public static IReadOnlyList<string> Told { get; } = ["measurements", "watermarks", "probes", "jobs", "documents"];

    /// <summary>The days come before the probes in the key: what is collected now lands on neighbouring pages, a week out of
    /// years is a few ranges, old days go in one piece, and reading probe by probe merges one ascending range a day.</summary>
    private const string Tables = """
        CREATE TABLE samples (
            measurement INTEGER NOT NULL,
            day INTEGER NOT NULL,
            probe INTEGER NOT NULL,
            block BLOB NOT NULL,
            PRIMARY KEY (measurement, day, probe)) WITHOUT ROWID;

        CREATE TABLE days (
            measurement INTEGER NOT NULL,
            day INTEGER NOT NULL,
            probes INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            earliest INTEGER NOT NULL,
            latest INTEGER NOT NULL,
            PRIMARY KEY (measurement, day)) WITHOUT ROWID;

        CREATE TABLE texts (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE);

        CREATE TABLE measurements (
            id INTEGER PRIMARY KEY,
            target TEXT NOT NULL,
            kind INTEGER NOT NULL,
            family INTEGER NOT NULL,
            query TEXT,
            interval_seconds INTEGER,
            start INTEGER,
            stop INTEGER,
            followed INTEGER NOT NULL,
            derived INTEGER NOT NULL);

        CREATE TABLE tallies (
            measurement INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            family INTEGER NOT NULL,
            query TEXT NOT NULL,
            samples INTEGER NOT NULL,
            PRIMARY KEY (measurement, kind, family, query)) WITHOUT ROWID;

        CREATE TABLE watermarks (
            measurement INTEGER PRIMARY KEY,
            at INTEGER NOT NULL);

        CREATE TABLE jobs (
            name TEXT NOT NULL,
            measurement INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            succeeded INTEGER,
            error TEXT,
            runs INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            instance TEXT,
            PRIMARY KEY (name, measurement)) WITHOUT ROWID;

        CREATE TABLE probes (
            probe INTEGER NOT NULL,
            since INTEGER NOT NULL,
            seen INTEGER NOT NULL,
            connected INTEGER,
            description TEXT NOT NULL,
            PRIMARY KEY (probe, since)) WITHOUT ROWID;

        CREATE TABLE archive (
            path TEXT PRIMARY KEY,
            length INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE rejected (
            hash BLOB PRIMARY KEY,
            length INTEGER NOT NULL,
            reason TEXT NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Came after the first files of this version were made; programs that do not know it are not disturbed by it.</summary>
    private const string Documents = """
        CREATE TABLE IF NOT EXISTS documents (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            text TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (kind, name)) WITHOUT ROWID;
        """;

    /// <summary>Came later still, likewise: where each probe's newest results came from. Results tell it, so a rebuild fills it for the time
    /// before.</summary>
    private const string Addresses = """
        CREATE TABLE IF NOT EXISTS addresses (
            probe INTEGER NOT NULL,
            family INTEGER NOT NULL,
            at INTEGER NOT NULL,
            address TEXT NOT NULL,
            PRIMARY KEY (probe, family)) WITHOUT ROWID;
        """;

    /// <summary>What becomes of an address where there is one already: see <see cref="Probes.ProbeAddress.IsNewerThan"/>.</summary>
    public const string NewerAddress = """
        ON CONFLICT (probe, family) DO UPDATE SET at = excluded.at, address = excluded.address
        WHERE excluded.at > addresses.at OR (excluded.at = addresses.at AND excluded.address > addresses.address)
        """;

    /// <summary>Makes the tables in a new file, and refuses a file of another version.</summary>
    public static void Prepare(SqliteDatabase database)
    {
        if (database.Number("PRAGMA user_version") == 0 && database.Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            // Before the first page is written: blocks of several hundred bytes should stay inside their page.
            database.Execute("PRAGMA page_size = 8192");
            database.Execute("PRAGMA journal_mode = WAL");
            database.Execute("BEGIN IMMEDIATE");
            database.Execute(Tables);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
            database.Execute("COMMIT");
        }

        Check(database);
        database.Execute(Documents);
        database.Execute(Addresses);
    }

    /// <summary>Refuses a file that is no store, or one of another version.</summary>
    public static void Check(SqliteDatabase database)
    {
        var version = database.Number("PRAGMA user_version");
        if (version != Version)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{database.Path} has format {version}; this program reads format {Version} (`measurement rebuild` makes it anew from the archive)"));
        }
    }
}
