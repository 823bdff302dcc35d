using System.Globalization;
using Collector.Archive;
using Collector.Configuration;
using Collector.Probes;
using Collector.Results;

namespace Collector.Store;

/// <summary>Where a commit is; tests end it there.</summary>
internal enum CommitStage
{
    /// <summary>The archive has its part for good; the store knows nothing of it yet.</summary>
    Archived,

    /// <summary>The store has its part for good too.</summary>
    Committed,
}

/// <summary>One change of archive and store: all of it or nothing. Undone when it is disposed without <see cref="Commit"/>.</summary>
/// <remarks>The archive is written first. A process that ends between the two leaves more in the archive than the store knows; the
/// store keeps the length up to which it knows each file, and the rest is recovered when it is opened next.</remarks>
internal sealed class StoreTransaction : IDisposable
{
    private const int MaximumQueries = 100;

    private readonly SqliteDatabase database;
    private readonly TextCache texts;
    private readonly ArchiveAppend archive;
    private readonly Action<CommitStage>? onStage;
    private readonly Action ended;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);
    private bool isOpen;
    private bool hasCrashed;

    /// <param name="database">The one connection that writes.</param>
    /// <param name="texts">Known texts.</param>
    /// <param name="archive">The archive's folder.</param>
    /// <param name="onStage">For tests.</param>
    /// <param name="ended">Called at the end.</param>
    public StoreTransaction(SqliteDatabase database, TextCache texts, string archive, Action<CommitStage>? onStage, Action ended)
    {
        this.database = database;
        this.texts = texts;
        this.archive = new ArchiveAppend(archive);
        this.onStage = onStage;
        database.Execute("BEGIN IMMEDIATE");
        isOpen = true;
        this.ended = ended;
    }

    /// <summary>Whether what changes is archived too; not so while the archive is what it comes from.</summary>
    public bool Archives { get; init; } = true;

    /// <summary>The id of a text, given to it now if it is new; 0 for null.</summary>
    public int TextId(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        if (texts.Id(text) is { } known)
        {
            return known;
        }

        var find = Statement("SELECT id FROM texts WHERE text = ?").Bind(1, text);
        int id;
        if (find.Step())
        {
            id = find.Int(0);
            find.Reset();
        }
        else
        {
            find.Reset();
            var add = Statement("INSERT INTO texts (text) VALUES (?) RETURNING id").Bind(1, text);
            add.Step();
            id = add.Int(0);
            add.Reset();
        }

        texts.Add(id, text);
        return id;
    }

    /// <summary>The text of an id; null for 0.</summary>
    public string? Text(int id)
    {
        if (id == 0)
        {
            return null;
        }

        if (texts.Text(id) is { } known)
        {
            return known;
        }

        var find = Statement("SELECT text FROM texts WHERE id = ?").Bind(1, id);
        var text = find.Step() ? find.Text(0) : null;
        find.Reset();
        return text ?? throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"{database.Path} is damaged: a sample names text {id}, which is not there"));
    }

    /// <summary>What is known about a measurement's day; null when nothing of it is stored.</summary>
    public DayFacts? Day(long measurement, long day)
    {
        var find = Statement("SELECT probes, samples, earliest, latest FROM days WHERE measurement = ? AND day = ?")
            .Bind(1, measurement).Bind(2, day);
        DayFacts? facts = find.Step() ? new(find.Long(0), find.Long(1), find.Long(2), find.Long(3)) : null;
        find.Reset();
        return facts;
    }

    public void SaveDay(long measurement, long day, DayFacts facts) =>
        Statement("INSERT OR REPLACE INTO days (measurement, day, probes, samples, earliest, latest) VALUES (?, ?, ?, ?, ?, ?)")
            .Bind(1, measurement).Bind(2, day).Bind(3, facts.Probes).Bind(4, facts.Samples).Bind(5, facts.Earliest).Bind(6, facts.Latest)
            .Run();

    /// <summary>Adds the samples of a block to a list; false when there is no such block.</summary>
    public bool ReadBlock(long measurement, long day, int probe, List<Sample> samples)
    {
        var find = Statement("SELECT block FROM samples WHERE measurement = ? AND day = ? AND probe = ?")
            .Bind(1, measurement).Bind(2, day).Bind(3, probe);
        var isThere = find.Step();
        if (isThere)
        {
            BlockCodec.Decode(find.Blob(0), UnixDay.Start(day), samples);
        }

        find.Reset();
        return isThere;
    }

    public void SaveBlock(long measurement, long day, int probe, ReadOnlySpan<byte> block) =>
        Statement("INSERT OR REPLACE INTO samples (measurement, day, probe, block) VALUES (?, ?, ?, ?)")
            .Bind(1, measurement).Bind(2, day).Bind(3, probe).Bind(4, block)
            .Run();

    /// <summary>The length up to which an archive file holds what the store holds; 0 when it is not known.</summary>
    public long ArchiveLength(string path)
    {
        var find = Statement("SELECT length FROM archive WHERE path = ?").Bind(1, path);
        var length = find.Step() ? find.Long(0) : 0;
        find.Reset();
        return length;
    }

    public IReadOnlyDictionary<string, long> ArchiveLengths()
    {
        var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        var all = Statement("SELECT path, length FROM archive");
        while (all.Step())
        {
            lengths.Add(all.Text(0)!, all.Long(1));
        }

        all.Reset();
        return lengths;
    }

    /// <summary>Adds a gzip member to a file of the archive, when this is committed.</summary>
    public void Archive(string path, ReadOnlyMemory<byte> member) => archive.Add(path, member);

    public void SetArchiveLength(string path, long length) =>
        Statement("INSERT OR REPLACE INTO archive (path, length) VALUES (?, ?)").Bind(1, path).Bind(2, length).Run();

    public void ForgetArchive(string path) => Statement("DELETE FROM archive WHERE path = ?").Bind(1, path).Run();

    /// <summary>Adds a measurement or changes it.</summary>
    /// <param name="measurement">What is known about it.</param>
    /// <param name="derived">Whether that was worked out from results: then it never replaces what Atlas or the operator said.</param>
    public void SaveMeasurement(StoredMeasurement measurement, bool derived)
    {
        var save = Statement("""
            INSERT INTO measurements (id, target, kind, family, query, interval_seconds, start, stop, followed, derived)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (id) DO UPDATE SET
                target = ?2, kind = ?3, family = ?4, query = ?5, interval_seconds = ?6, start = ?7, stop = ?8, followed = ?9, derived = ?10
            WHERE (derived OR NOT ?10)
                AND (target, kind, family, query, interval_seconds, start, stop, followed, derived) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            RETURNING 1
            """)
            .Bind(1, measurement.Id).Bind(2, measurement.Target).Bind(3, (long)measurement.Kind).Bind(4, (long)measurement.Family)
            .Bind(5, measurement.Query).Bind(6, measurement.IntervalSeconds).Bind(7, measurement.Start?.ToUnixTimeSeconds())
            .Bind(8, measurement.Stop?.ToUnixTimeSeconds()).Bind(9, measurement.IsFollowed ? 1L : 0L).Bind(10, derived ? 1L : 0L);
        var isChanged = save.Step();
        save.Reset();
        if (isChanged && Archives)
        {
            Archive(ArchivePath.Measurements, GzipMember.Pack([StoreRecords.Line(measurement, derived)]));
        }
    }

    /// <summary>Counts results of a measurement that the store did not have before.</summary>
    /// <remarks>Names can be as many as there are results (probes may be told to ask a name of their own each time), so after
    /// <see cref="MaximumQueries"/> of them a further one counts as none.</remarks>
    public void AddToTally(Tally tally, long samples)
    {
        var update = Statement("""
            UPDATE tallies SET samples = samples + ?5 WHERE measurement = ?1 AND kind = ?2 AND family = ?3 AND query = ?4 RETURNING 1
            """);
        var query = tally.Query;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var isThere = Bind(update, tally, query).Bind(5, samples).Step();
            update.Reset();
            if (isThere)
            {
                return;
            }

            var count = Statement("SELECT count(*) FROM tallies WHERE measurement = ?").Bind(1, tally.Measurement);
            count.Step();
            var isFull = count.Long(0) >= MaximumQueries;
            count.Reset();
            if (!isFull || query.Length == 0)
            {
                break;
            }

            query = "";
        }

        Bind(Statement("INSERT INTO tallies (measurement, kind, family, query, samples) VALUES (?, ?, ?, ?, ?)"), tally, query)
            .Bind(5, samples).Run();

        static SqliteStatement Bind(SqliteStatement statement, Tally tally, string query) =>
            statement.Bind(1, tally.Measurement).Bind(2, (long)tally.Kind).Bind(3, (long)tally.Family).Bind(4, query);
    }

    /// <summary>Registers a measurement for a target, as what its results mostly are. What Atlas or the operator said stays.</summary>
    /// <exception cref="ConfigurationException">It is registered for another target.</exception>
    public void Register(long measurement, string target)
    {
        var find = Statement("SELECT target FROM measurements WHERE id = ?").Bind(1, measurement);
        var registered = find.Step() ? find.Text(0) : null;
        find.Reset();
        if (registered is not null && registered != target)
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture, $"measurement {measurement} watches the target '{registered}'; it cannot watch '{target}' too"));
        }

        var kind = Most("kind", "kind > 0");
        SaveMeasurement(
            new StoredMeasurement(
                measurement,
                target,
                kind is null ? MeasurementKind.Dns : (MeasurementKind)int.Parse(kind, CultureInfo.InvariantCulture),
                Most("family", "family > 0") is "6" ? 6 : 4,
                Most("query", "query <> ''"),
                IntervalSeconds: null),
            derived: true);

        string? Most(string column, string condition)
        {
            var most = Statement($"""
                SELECT {column} FROM tallies WHERE measurement = ? AND {condition} GROUP BY {column} ORDER BY sum(samples) DESC, {column} LIMIT 1
                """).Bind(1, measurement);
            var value = most.Step() ? most.Text(0) : null;
            most.Reset();
            return value;
        }
    }

    /// <summary>Remembers a rejected result; false when it was known.</summary>
    public bool AddRejected(ReadOnlySpan<byte> hash, int length, string reason)
    {
        var add = Statement("INSERT INTO rejected (hash, length, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1")
            .Bind(1, hash).Bind(2, length).Bind(3, reason);
        var isNew = add.Step();
        add.Reset();
        return isNew;
    }

    /// <summary>How much text of rejected results is kept.</summary>
    public long RejectedBytes()
    {
        var sum = Statement("SELECT coalesce(sum(length), 0) FROM rejected");
        sum.Step();
        var bytes = sum.Long(0);
        sum.Reset();
        return bytes;
    }

    public void SetWatermark(long measurement, long at) =>
        Statement("INSERT OR REPLACE INTO watermarks (measurement, at) VALUES (?, ?)").Bind(1, measurement).Bind(2, at).Run();

    public void SaveJob(StoredJob job) =>
        Statement("""
            INSERT OR REPLACE INTO jobs (name, measurement, started, ended, succeeded, error, runs, failures, instance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Bind(1, job.Name).Bind(2, job.Measurement).Bind(3, job.Started?.ToUnixTimeSeconds()).Bind(4, job.Ended?.ToUnixTimeSeconds())
            .Bind(5, job.Succeeded?.ToUnixTimeSeconds()).Bind(6, job.Error).Bind(7, job.Runs).Bind(8, job.Failures).Bind(9, job.Instance).Run();

    public void SaveProbes(long at, IEnumerable<Probe> probes)
    {
        var lines = new List<byte[]>();
        foreach (var probe in probes)
        {
            var history = ProbeHistory(probe.Id);
            var snapshot = new ProbeVersion(at, at, probe.LastConnected?.ToUnixTimeSeconds(), ProbeText.Write(probe));
            var changed = ProbeVersions.With(history, snapshot);
            if (!history.Select(version => version.Description).SequenceEqual(changed.Select(version => version.Description)))
            {
                lines.Add(StoreRecords.Line(at, probe));
            }

            foreach (var version in history.Except(changed))
            {
                Statement("DELETE FROM probes WHERE probe = ? AND since = ?").Bind(1, probe.Id).Bind(2, version.Since).Run();
            }

            foreach (var version in changed.Except(history))
            {
                Statement("INSERT OR REPLACE INTO probes (probe, since, seen, connected, description) VALUES (?, ?, ?, ?, ?)")
                    .Bind(1, probe.Id).Bind(2, version.Since).Bind(3, version.Seen).Bind(4, version.Connected).Bind(5, version.Description)
                    .Run();
            }
        }

        if (lines.Count > 0 && Archives)
        {
            Archive(ArchivePath.Probes, GzipMember.Pack(lines));
        }
    }

    /// <summary>Makes it last. When this returns, it survives a power cut.</summary>
    public void Commit()
    {
        if (!archive.IsEmpty)
        {
            foreach (var (path, length) in archive.Write(ArchiveLength))
            {
                SetArchiveLength(path, length);
            }
        }

        Reach(CommitStage.Archived);
        database.Execute("COMMIT");
        isOpen = false;
        Reach(CommitStage.Committed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        if (isOpen)
        {
            isOpen = false;
            if (!hasCrashed)
            {
                archive.TakeBack();
            }

            // Ids given in this transaction are free again, and so are not to be remembered.
            texts.Clear();
            try
            {
                database.Execute("ROLLBACK");
            }
            catch (SqliteProblem)
            {
                // After a full disk or a failed write SQLite may have rolled back by itself, and says there is nothing to do.
            }
        }

        ended();
    }

    private void Reach(CommitStage stage)
    {
        try
        {
            onStage?.Invoke(stage);
        }
        catch
        {
            // Taken to be the end of the process: nothing is put right.
            hasCrashed = true;
            throw;
        }
    }

    private List<ProbeVersion> ProbeHistory(int probe)
    {
        var find = Statement("SELECT since, seen, connected, description FROM probes WHERE probe = ? ORDER BY since").Bind(1, probe);
        var history = new List<ProbeVersion>();
        while (find.Step())
        {
            history.Add(new(find.Long(0), find.Long(1), find.IsNull(2) ? null : find.Long(2), find.Text(3)!));
        }

        find.Reset();
        return history;
    }

    private SqliteStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statement = database.Prepare(sql);
            statements.Add(sql, statement);
        }

        return statement;
    }
}

/// <summary>How much of a measurement one day holds.</summary>
/// <param name="Probes">Blocks: one a probe.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="Earliest">Unix seconds of the first.</param>
/// <param name="Latest">Unix seconds of the last.</param>
internal readonly record struct DayFacts(long Probes, long Samples, long Earliest, long Latest);
