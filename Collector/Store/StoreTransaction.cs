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
/// <remarks>
/// <para>The archive is written first. A process that ends between the two leaves more in the archive than the store knows; the
/// store keeps the length up to which it knows each file, and the rest is recovered when it is opened next.</para>
/// <para>What a change means is written here once; the databases differ in how samples, texts and archive lengths get in and out.
/// Statements are as in <see cref="ObservationStore"/>.</para>
/// </remarks>
internal abstract class StoreTransaction(ObservationStore store, Action ended) : IDisposable
{
    private const int MaximumQueries = 100;

    /// <summary>Probes whose histories are in memory at once.</summary>
    private const int ProbesAtOnce = 500;

    private readonly ArchiveAppend archive = new(store.Folder.Archive);
    private bool isOpen = true;
    private bool hasCrashed;

    /// <summary>Whether what changes is archived too; not so while the archive is what it comes from.</summary>
    public bool Archives { get; init; } = true;

    /// <summary>How many blocks the database wants to hear of before they are asked for; 0: it needs no warning.</summary>
    public virtual int BlocksAhead => 0;

    /// <summary>The store that changes.</summary>
    protected ObservationStore Store => store;

    /// <summary>Whether a commit failed in a way that leaves open whether it took place.</summary>
    protected virtual bool IsUncertain => false;

    /// <summary>Keeps other processes from changing what belongs to these measurements until this ends.</summary>
    /// <remarks>All at once and before anything is read; asking again for some of them costs nothing.</remarks>
    public virtual void Lock(IEnumerable<long> measurements)
    {
    }

    /// <summary>Announces the next blocks that will be read or saved, and their days; those announced before are done with.</summary>
    public virtual void Expect(IReadOnlyList<BlockKey> blocks)
    {
    }

    /// <summary>The ids of texts that differ from each other, given to them now if they are new; 0 for null.</summary>
    public int[] TextIds(IReadOnlyList<string?> texts)
    {
        var ids = new int[texts.Count];
        var missing = new List<int>();
        for (var index = 0; index < ids.Length; index++)
        {
            if (texts[index] is { } text)
            {
                ids[index] = store.Texts.Id(text) ?? 0;
                if (ids[index] == 0)
                {
                    missing.Add(index);
                }
            }
        }

        if (missing.Count > 0)
        {
            var found = Intern([.. missing.Select(index => texts[index]!)]);
            for (var place = 0; place < missing.Count; place++)
            {
                ids[missing[place]] = found[place];
                store.Texts.Add(found[place], texts[missing[place]]!);
            }
        }

        return ids;
    }

    /// <summary>The text of an id; null for 0.</summary>
    public string? Text(int id)
    {
        if (id == 0)
        {
            return null;
        }

        if (store.Texts.Text(id) is { } known)
        {
            return known;
        }

        return List("SELECT text FROM texts WHERE id = $1", [id], row => row.Text(0)).FirstOrDefault() ?? throw new InvalidDataException(
            string.Create(CultureInfo.InvariantCulture, $"the store is damaged: a sample names text {id}, which is not there"));
    }

    /// <summary>What is known about a measurement's day; null when nothing of it is stored.</summary>
    public abstract DayFacts? Day(long measurement, long day);

    /// <summary>Deletes all samples of a measurement's day.</summary>
    public void DeleteDay(long measurement, long day)
    {
        Run("DELETE FROM samples WHERE measurement = $1 AND day = $2", measurement, day);
        Run("DELETE FROM days WHERE measurement = $1 AND day = $2", measurement, day);
    }

    public abstract void SaveDay(long measurement, long day, DayFacts facts);

    /// <summary>Adds the samples of a block to a list; false when there is no such block.</summary>
    public abstract bool ReadBlock(long measurement, long day, int probe, List<Sample> samples);

    public abstract void SaveBlock(long measurement, long day, int probe, ReadOnlySpan<byte> block);

    /// <summary>The lengths up to which the store knows the archive's files, by their paths.</summary>
    public abstract IReadOnlyDictionary<string, long> ArchiveLengths();

    public abstract void SetArchiveLength(string path, long length);

    public abstract void ForgetArchive(string path);

    /// <summary>Remembers rejected results; tells of each whether it is new.</summary>
    public abstract bool[] AddRejected(IReadOnlyList<RejectedResult> results);

    /// <summary>Adds a gzip member to a file of the archive, when this is committed.</summary>
    public void Archive(string path, ReadOnlyMemory<byte> member) => archive.Add(path, member);

    /// <summary>Adds a measurement or changes it.</summary>
    /// <param name="measurement">What is known about it.</param>
    /// <param name="derived">Whether that was worked out from results: then it never replaces what Atlas or the operator said.</param>
    public void SaveMeasurement(StoredMeasurement measurement, bool derived)
    {
        Lock([measurement.Id]);
        var known = List(
            $"SELECT {ObservationStore.MeasurementColumns}, derived FROM measurements WHERE id = $1",
            [measurement.Id],
            row => (Measurement: ObservationStore.Measurement(row), IsDerived: row.Int(9) != 0));
        if (known is [var old] && ((!old.IsDerived && derived) || old == (measurement, derived)))
        {
            return;
        }

        Run(
            """
            INSERT INTO measurements (id, target, kind, family, query, interval_seconds, start, stop, followed, derived)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE SET
                target = excluded.target, kind = excluded.kind, family = excluded.family, query = excluded.query,
                interval_seconds = excluded.interval_seconds, start = excluded.start, stop = excluded.stop, followed = excluded.followed,
                derived = excluded.derived
            """,
            measurement.Id,
            measurement.Target,
            (long)measurement.Kind,
            (long)measurement.Family,
            measurement.Query,
            (long?)measurement.IntervalSeconds,
            measurement.Start?.ToUnixTimeSeconds(),
            measurement.Stop?.ToUnixTimeSeconds(),
            measurement.IsFollowed ? 1L : 0L,
            derived ? 1L : 0L);
        if (Archives)
        {
            Archive(ArchivePath.Measurements, GzipMember.Pack([StoreRecords.Line(measurement, derived)], store.Ledger.Key()));
        }
    }

    /// <summary>The measurements of which Atlas or the operator said what they are.</summary>
    public IReadOnlySet<long> ToldMeasurements() =>
        List("SELECT id FROM measurements WHERE derived = 0", [], row => row.Long(0)).ToHashSet();

    /// <summary>Counts results that the store did not have before.</summary>
    /// <remarks>Names can be as many as there are results (probes may be told to ask a name of their own each time), so after
    /// <see cref="MaximumQueries"/> of them a further one counts as none.</remarks>
    public void AddToTallies(IEnumerable<(Tally Tally, long Samples)> news)
    {
        foreach (var measurement in news.GroupBy(one => one.Tally.Measurement).OrderBy(group => group.Key))
        {
            var tallies = Tallies(measurement.Key);
            var changed = new HashSet<Tally>();
            foreach (var (found, samples) in measurement)
            {
                var tally = found.Query.Length > 0 && tallies.Count >= MaximumQueries && !tallies.ContainsKey(found) ? found with { Query = "" } : found;
                tallies[tally] = tallies.GetValueOrDefault(tally) + samples;
                changed.Add(tally);
            }

            foreach (var tally in changed)
            {
                Run(
                    """
                    INSERT INTO tallies (measurement, kind, family, query, samples) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (measurement, kind, family, query) DO UPDATE SET samples = excluded.samples
                    """,
                    tally.Measurement,
                    (long)tally.Kind,
                    (long)tally.Family,
                    tally.Query,
                    tallies[tally]);
            }
        }
    }

    /// <summary>Registers a measurement for a target, as what its results mostly are. What Atlas or the operator said stays.</summary>
    /// <exception cref="ConfigurationException">It is registered for another target.</exception>
    public void Register(long measurement, string target)
    {
        Lock([measurement]);
        var registered = List("SELECT target FROM measurements WHERE id = $1", [measurement], row => row.Text(0)).FirstOrDefault();
        if (registered is not null && registered != target)
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture, $"measurement {measurement} watches the target '{registered}'; it cannot watch '{target}' too"));
        }

        var tallies = Tallies(measurement);
        SaveMeasurement(
            new StoredMeasurement(
                measurement,
                target,
                Most(tally => (int)tally.Kind, kind => kind > 0) is var kind and > 0 ? (MeasurementKind)kind : MeasurementKind.Dns,
                Most(tally => tally.Family, family => family > 0) == 6 ? 6 : 4,
                Most(tally => tally.Query, query => query.Length > 0),
                IntervalSeconds: null),
            derived: true);

        TKey? Most<TKey>(Func<Tally, TKey> key, Func<TKey, bool> counts) => tallies
            .GroupBy(tally => key(tally.Key)).Where(group => counts(group.Key))
            .OrderByDescending(group => group.Sum(tally => tally.Value))
            .ThenBy(group => group.Key, typeof(TKey) == typeof(string) ? (IComparer<TKey>)StringComparer.Ordinal : Comparer<TKey>.Default)
            .Select(group => group.Key).FirstOrDefault();
    }

    /// <summary>How much text of rejected results is kept.</summary>
    public long RejectedBytes() => List("SELECT coalesce(sum(length), 0) FROM rejected", [], row => row.Long(0))[0];

    public void SetWatermark(long measurement, long at) => Run(
        "INSERT INTO watermarks (measurement, at) VALUES ($1, $2) ON CONFLICT (measurement) DO UPDATE SET at = excluded.at", measurement, at);

    public void SaveJob(StoredJob job) => Run(
        """
        INSERT INTO jobs (name, measurement, started, ended, succeeded, error, runs, failures, instance)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (name, measurement) DO UPDATE SET
            started = excluded.started, ended = excluded.ended, succeeded = excluded.succeeded, error = excluded.error, runs = excluded.runs,
            failures = excluded.failures, instance = excluded.instance
        """,
        job.Name,
        job.Measurement,
        job.Started?.ToUnixTimeSeconds(),
        job.Ended?.ToUnixTimeSeconds(),
        job.Succeeded?.ToUnixTimeSeconds(),
        job.Error,
        job.Runs,
        job.Failures,
        job.Instance);

    /// <returns>False: something is not as expected; nothing may be committed then.</returns>
    public bool SaveDocuments(IReadOnlyList<DocumentChange> changes, DocumentGuard? guard)
    {
        // The row stays locked until the end where others could change it meanwhile.
        if (guard is not null && !IsChanged(
            "UPDATE documents SET version = version WHERE kind = $1 AND name = $2 AND version = $3 RETURNING version", guard.Kind, guard.Name, guard.Version))
        {
            return false;
        }

        foreach (var change in changes)
        {
            switch (change)
            {
                case { Expected: null, Text: null }:
                    Run("DELETE FROM documents WHERE kind = $1 AND name = $2", change.Kind, change.Name);
                    break;
                case { Expected: null }:
                    Run(
                        """
                        INSERT INTO documents (kind, name, text, version) VALUES ($1, $2, $3, 1)
                        ON CONFLICT (kind, name) DO UPDATE SET text = excluded.text, version = documents.version + 1
                        """,
                        change.Kind,
                        change.Name,
                        change.Text);
                    break;
                case { Expected: 0, Text: not null }:
                    if (!IsChanged(
                        "INSERT INTO documents (kind, name, text, version) VALUES ($1, $2, $3, 1) ON CONFLICT (kind, name) DO NOTHING RETURNING version",
                        change.Kind,
                        change.Name,
                        change.Text))
                    {
                        return false;
                    }

                    break;
                default:
                    if (!(change.Text is null
                        ? IsChanged("DELETE FROM documents WHERE kind = $1 AND name = $2 AND version = $3 RETURNING version", change.Kind, change.Name, change.Expected)
                        : IsChanged(
                            "UPDATE documents SET text = $1, version = version + 1 WHERE kind = $2 AND name = $3 AND version = $4 RETURNING version",
                            change.Text,
                            change.Kind,
                            change.Name,
                            change.Expected)))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    /// <summary>Keeps where results came from; what is older than what is known of a probe changes nothing.</summary>
    /// <param name="addresses">Ascending by probe and family, one of each: two that do this at once then wait for each other once, not in a circle.</param>
    public abstract void SaveAddresses(IReadOnlyList<ProbeAddress> addresses);

    public void SaveProbes(long at, IEnumerable<Probe> probes)
    {
        LockProbes();
        var lines = new List<byte[]>();
        // What a database said of them is not kept: another one may say something else tomorrow.
        foreach (var some in probes.Select(probe => probe.Placing?.Atlas ?? probe).Chunk(ProbesAtOnce))
        {
            var histories = ProbeHistories(some.Select(probe => probe.Id).ToHashSet());
            foreach (var probe in some)
            {
                var history = histories[probe.Id];
                var changed = ProbeVersions.With(history, new ProbeVersion(at, at, probe.LastConnected?.ToUnixTimeSeconds(), ProbeText.Write(probe)));
                if (!history.Select(version => version.Description).SequenceEqual(changed.Select(version => version.Description)))
                {
                    lines.Add(StoreRecords.Line(at, probe));
                }

                Replace(probe.Id, history, changed);
                histories[probe.Id] = changed;
            }
        }

        if (lines.Count > 0 && Archives)
        {
            Archive(ArchivePath.Probes, GzipMember.Pack(lines, store.Ledger.Key()));
        }
    }

    /// <summary>Remembers the number of the last commit that has a part in the archive.</summary>
    public void SaveCommit(long number) => Run(
        """
        INSERT INTO documents (kind, name, text, version) VALUES ($1, $2, $3, 1)
        ON CONFLICT (kind, name) DO UPDATE SET text = excluded.text, version = documents.version + 1
        """,
        ObservationStore.CommitsKind,
        store.CommitsName,
        number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes it last. When this returns, it survives a power cut.</summary>
    public void Commit()
    {
        long? number = null;
        if (!archive.IsEmpty)
        {
            number = Math.Max(store.LastCommit, store.Ledger.Acknowledged ?? 0) + 1;
            foreach (var (path, length) in Write())
            {
                SetArchiveLength(path, length);
            }

            SaveCommit(number.Value);
        }

        Reach(CommitStage.Archived);
        try
        {
            CommitDatabase();
        }
        catch when (IsUncertain)
        {
            // The archive keeps its part: what the store turns out not to know of it is read again.
            hasCrashed = true;
            store.Doubt();
            throw;
        }

        isOpen = false;
        if (number is { } last)
        {
            store.LastCommit = last;
            store.Ledger.Acknowledge(last);
        }

        Reach(CommitStage.Committed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOpen)
        {
            isOpen = false;
            if (!hasCrashed && !archive.TakeBack())
            {
                store.Doubt();
            }

            Rollback();
        }

        Release();
        ended();
    }

    /// <summary>Gives texts, all different, their ids, in the same order.</summary>
    protected abstract int[] Intern(IReadOnlyList<string> texts);

    /// <summary>Keeps other processes from changing what is known of probes until this ends.</summary>
    protected virtual void LockProbes()
    {
    }

    /// <summary>The length up to which the store knows a file of the archive; 0 when it does not.</summary>
    protected abstract long ArchiveLength(string path);

    /// <summary>Asks within this change.</summary>
    protected abstract void Each(string sql, object?[] values, Action<IRow> read);

    /// <summary>Changes something; at the latest when this is committed.</summary>
    protected abstract void Run(string sql, params object?[] values);

    /// <summary>Makes the database's part last.</summary>
    protected abstract void CommitDatabase();

    /// <summary>Undoes the database's part; never throws.</summary>
    protected abstract void Rollback();

    /// <summary>Lets go of what the database lent.</summary>
    protected abstract void Release();

    private bool IsChanged(string sql, params object?[] values) => List(sql, values, row => row.Long(0)).Count > 0;

    private List<T> List<T>(string sql, object?[] values, Func<IRow, T> read)
    {
        var list = new List<T>();
        Each(sql, values, row => list.Add(read(row)));
        return list;
    }

    private IReadOnlyCollection<(string Path, long Length)> Write()
    {
        try
        {
            return archive.Write(ArchiveLength);
        }
        catch (ArchiveChangedException)
        {
            // Somebody took a file away, or wrote to it: the next import looks through the archive first.
            store.Doubt();
            throw;
        }
    }

    private void Reach(CommitStage stage)
    {
        try
        {
            store.OnStage?.Invoke(stage);
        }
        catch
        {
            // Taken to be the end of the process: nothing is put right.
            hasCrashed = true;
            throw;
        }
    }

    private Dictionary<Tally, long> Tallies(long measurement) =>
        List(
            "SELECT kind, family, query, samples FROM tallies WHERE measurement = $1",
            [measurement],
            row => (Tally: new Tally(measurement, (MeasurementKind)row.Int(0), row.Int(1), row.Text(2)!), Samples: row.Long(3)))
        .ToDictionary(one => one.Tally, one => one.Samples);

    /// <summary>The histories of some probes, best of neighbours.</summary>
    private Dictionary<int, IReadOnlyList<ProbeVersion>> ProbeHistories(HashSet<int> probes)
    {
        var histories = probes.ToDictionary(probe => probe, _ => new List<ProbeVersion>());
        Each(
            "SELECT probe, since, seen, connected, description FROM probes WHERE probe BETWEEN $1 AND $2 ORDER BY probe, since",
            [(long)probes.Min(), (long)probes.Max()],
            row =>
            {
                if (histories.TryGetValue(row.Int(0), out var history))
                {
                    history.Add(new(row.Long(1), row.Long(2), row.LongOrNull(3), row.Text(4)!));
                }
            });
        return histories.ToDictionary(history => history.Key, IReadOnlyList<ProbeVersion> (history) => history.Value);
    }

    private void Replace(int probe, IReadOnlyList<ProbeVersion> history, IReadOnlyList<ProbeVersion> changed)
    {
        foreach (var version in history.Except(changed))
        {
            Run("DELETE FROM probes WHERE probe = $1 AND since = $2", (long)probe, version.Since);
        }

        foreach (var version in changed.Except(history))
        {
            Run(
                """
                INSERT INTO probes (probe, since, seen, connected, description) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (probe, since) DO UPDATE SET seen = excluded.seen, connected = excluded.connected, description = excluded.description
                """,
                (long)probe,
                version.Since,
                version.Seen,
                version.Connected,
                version.Description);
        }
    }
}

/// <summary>Where a block is kept.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Day">UTC days since 1970.</param>
/// <param name="Probe">Its probe.</param>
internal readonly record struct BlockKey(long Measurement, long Day, int Probe);

/// <summary>A result that is no observation, as the store remembers it.</summary>
/// <param name="Hash">Tells it from others.</param>
/// <param name="Length">Bytes of its text.</param>
/// <param name="Reason">Why it was rejected.</param>
internal readonly record struct RejectedResult(byte[] Hash, int Length, string Reason);

/// <summary>How much of a measurement one day holds.</summary>
/// <param name="Probes">Blocks: one a probe.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="Earliest">Unix seconds of the first.</param>
/// <param name="Latest">Unix seconds of the last.</param>
internal readonly record struct DayFacts(long Probes, long Samples, long Earliest, long Latest);
