using System.Globalization;
using Collector.Archive;
using Collector.Geolocation;
using Collector.Probes;
using Collector.Results;

namespace Collector.Store;

/// <summary>What the stores have in common: all but the database itself.</summary>
/// <remarks>Statements that are given here are understood by both databases. Their parameters are <c>$1</c>, <c>$2</c> …, first used in
/// that order. Only what moves many samples at once is written once per database.</remarks>
public abstract class ObservationStore : IObservationStore
{
    /// <summary>How many faults are told.</summary>
    public const int MostFaults = 5;

    /// <summary>What <see cref="Measurement"/> reads.</summary>
    internal const string MeasurementColumns = "id, target, kind, family, query, interval_seconds, start, stop, followed";

    /// <summary>The kind of the document that holds the number of the last commit with a part in the archive.</summary>
    internal const string CommitsKind = "archive";

    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Lazy<ArchiveLedger> ledger;
    private int doubts = 1;
    private long? lastCommit;

    private protected ObservationStore(DataFolder folder, bool isReadOnly)
    {
        Folder = folder;
        IsReadOnly = isReadOnly;
        ledger = new Lazy<ArchiveLedger>(() => new ArchiveLedger(folder.Archive));
    }

    /// <summary>The data folder, with the archive in it.</summary>
    public DataFolder Folder { get; }

    /// <summary>Whether it was opened without the right to write.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Places probes as they are read: every reader gets them from here, and nobody can forget to ask. Null: they are where Atlas says.
    /// Ends with the store.</summary>
    public ProbePlacer? Placer { get; set; }

    /// <inheritdoc/>
    public string Places => Placer?.Fingerprint ?? "";

    /// <inheritdoc/>
    public IReadOnlyList<GeoDatabaseInfo> PlaceSources => Placer?.Sources ?? [];

    /// <inheritdoc/>
    public int PlacesVersion => Placer?.Version ?? 0;

    /// <inheritdoc/>
    public IReadOnlyList<StoredMeasurement> Measurements(string? target = null) => target is null
        ? List($"SELECT {MeasurementColumns} FROM measurements ORDER BY id", [], Measurement)
        : List($"SELECT {MeasurementColumns} FROM measurements WHERE target = $1 ORDER BY id", [target], Measurement);

    /// <inheritdoc/>
    public void SaveMeasurement(StoredMeasurement measurement)
    {
        using var transaction = BeginWrite();
        transaction.SaveMeasurement(measurement, derived: false);
        transaction.Commit();
    }

    /// <inheritdoc/>
    public IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return from < to ? ProbeReader.Read(() => Blocks(measurements, from, to, probes: null), measurements.Count, from, to) : [];
    }

    /// <inheritdoc/>
    public IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int> probes)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        ArgumentNullException.ThrowIfNull(probes);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return from < to && probes.Count > 0 ? ProbeReader.Read(() => Blocks(measurements, from, to, probes), measurements.Count, from, to) : [];
    }

    /// <summary>Merges observations straight into the store, past the archive: for data that is not Atlas'.</summary>
    public void Save(IEnumerable<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var batch = new SampleBatch();
        foreach (var observation in observations)
        {
            batch.Add(observation, line: 0);
        }

        using var transaction = BeginWrite();
        batch.MergeInto(transaction, (_, _) => { });
        transaction.Commit();
    }

    /// <inheritdoc/>
    public string? Text(int id)
    {
        if (id == 0)
        {
            return null;
        }

        if (Texts.Text(id) is { } known)
        {
            return known;
        }

        var text = List("SELECT text FROM texts WHERE id = $1", [id], row => row.Text(0)).FirstOrDefault();
        if (text is not null)
        {
            Texts.Add(id, text);
        }

        return text;
    }

    /// <inheritdoc/>
    public void SaveProbes(DateTimeOffset at, IEnumerable<Probe> probes)
    {
        using var transaction = BeginWrite();
        transaction.SaveProbes(at.ToUnixTimeSeconds(), probes);
        transaction.Commit();
    }

    /// <inheritdoc/>
    /// <remarks>A probe that no snapshot by then knew has its first version: a later word on where it is beats none. When it
    /// last connected is by the last snapshot of the version.</remarks>
    public IReadOnlyDictionary<int, Probe> Probes(DateTimeOffset at)
    {
        var instant = at.ToUnixTimeSeconds();
        var versions = new SortedDictionary<int, (string Description, long? Connected)>();
        Each("SELECT probe, since, connected, description FROM probes ORDER BY probe, since", [], row =>
        {
            var probe = row.Int(0);
            if (row.Long(1) <= instant || !versions.ContainsKey(probe))
            {
                versions[probe] = (row.Text(3)!, row.LongOrNull(2));
            }
        });
        var probes = versions.Select(version => ProbeText.Read(version.Key, version.Value.Description, version.Value.Connected));
        return (Placer is { } placer ? placer.Place([.. probes], Addresses()) : probes).ToDictionary(probe => probe.Id);
    }

    /// <summary>The public addresses that the probes' newest results came from, ascending by probe and family.</summary>
    internal IReadOnlyList<ProbeAddress> Addresses() => HasAddresses
        ? List(
            "SELECT probe, family, at, address FROM addresses ORDER BY probe, family",
            [],
            row => new ProbeAddress(row.Int(0), row.Int(1), row.Long(2), row.Text(3)!))
        : [];

    /// <inheritdoc/>
    public long? Watermark(long measurement) =>
        List("SELECT at FROM watermarks WHERE measurement = $1", [measurement], row => (long?)row.Long(0)).FirstOrDefault();

    /// <inheritdoc/>
    public void SetWatermark(long measurement, long at)
    {
        using var transaction = BeginWrite();
        transaction.SetWatermark(measurement, at);
        transaction.Commit();
    }

    /// <inheritdoc/>
    public IReadOnlyList<MeasurementFacts> Facts() => List(
        """
        SELECT measurement, count(*), CAST(sum(probes) AS BIGINT), CAST(sum(samples) AS BIGINT), min(earliest), max(latest)
        FROM days GROUP BY measurement ORDER BY measurement
        """,
        [],
        row => new MeasurementFacts(row.Long(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.Long(5)));

    /// <inheritdoc/>
    public IReadOnlyList<StoredDay> Days(long measurement) => List(
        "SELECT day, probes, samples FROM days WHERE measurement = $1 ORDER BY day",
        [measurement],
        row => new StoredDay(row.Long(0), row.Long(1), row.Long(2)));

    /// <inheritdoc/>
    public IReadOnlyList<StoredJob> Jobs() => List(
        "SELECT name, measurement, started, ended, succeeded, error, runs, failures, instance FROM jobs ORDER BY name, measurement",
        [],
        row => new StoredJob(row.Text(0)!, row.Long(1))
        {
            Started = row.Instant(2),
            Ended = row.Instant(3),
            Succeeded = row.Instant(4),
            Error = row.Text(5),
            Runs = row.Long(6),
            Failures = row.Long(7),
            Instance = row.Text(8),
        });

    /// <inheritdoc/>
    public void SaveJob(StoredJob job)
    {
        using var transaction = BeginWrite(archives: false);
        transaction.SaveJob(job);
        transaction.Commit();
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredDocument> Documents(string kind) => List(
        "SELECT name, text, version FROM documents WHERE kind = $1 ORDER BY name",
        [kind],
        row => new StoredDocument(kind, row.Text(0)!, row.Text(1)!, row.Long(2)));

    /// <inheritdoc/>
    public bool SaveDocuments(IReadOnlyList<DocumentChange> changes, DocumentGuard? guard = null)
    {
        ArgumentNullException.ThrowIfNull(changes);
        using var transaction = BeginWrite(archives: false);
        if (!transaction.SaveDocuments(changes, guard))
        {
            return false;
        }

        transaction.Commit();
        return true;
    }

    /// <summary>Up to where the store knows each file of the folder's archive, by path; null: the folder has no part in it yet.</summary>
    public abstract IReadOnlyDictionary<string, long>? ArchiveLengths();

    /// <summary>Reads every block, and tells what is damaged.</summary>
    /// <param name="isDeep">Unpack the blocks, and hold them against what the store says of each day; else compare their checksums.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A line for each fault, at most <see cref="MostFaults"/>; empty when all is well.</returns>
    public IReadOnlyList<string> Faults(bool isDeep, CancellationToken cancellationToken = default)
    {
        var faults = new List<string>();
        var texts = isDeep ? List("SELECT id FROM texts", [], row => row.Int(0)).ToHashSet() : [];
        var samples = new List<Sample>();
        foreach (var facts in Facts())
        {
            var days = Days(facts.Measurement).ToDictionary(day => day.Day);
            var found = new Dictionary<long, (long Probes, long Samples)>();
            using var blocks = Blocks([facts.Measurement], long.MinValue, long.MaxValue, probes: null);
            while (faults.Count < MostFaults && blocks.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                samples.Clear();
                try
                {
                    if (isDeep)
                    {
                        BlockCodec.Decode(blocks.Block, UnixDay.Start(blocks.Day), samples);
                    }
                    else
                    {
                        BlockCodec.Verify(blocks.Block);
                    }
                }
                catch (InvalidDataException problem)
                {
                    faults.Add(Fault(facts.Measurement, blocks.Day, $"probe {blocks.Probe}: {problem.Message}"));
                    continue;
                }

                if (isDeep && samples.Exists(sample => !IsText(sample.Identity) || !IsText(sample.Nsid) || !IsText(sample.Reason)))
                {
                    faults.Add(Fault(facts.Measurement, blocks.Day, $"probe {blocks.Probe}: a sample names a text that is not there"));
                }

                var (probes, sum) = found.GetValueOrDefault(blocks.Day);
                found[blocks.Day] = (probes + 1, sum + samples.Count);
            }

            foreach (var day in isDeep && faults.Count == 0 ? days.Values : Enumerable.Empty<StoredDay>())
            {
                var (probes, sum) = found.GetValueOrDefault(day.Day);
                if ((probes, sum) != (day.Probes, day.Samples))
                {
                    faults.Add(Fault(facts.Measurement, day.Day, $"{sum} observations of {probes} probes where {day.Samples} of {day.Probes} are counted"));
                }
            }
        }

        return faults.Count > MostFaults ? faults[..MostFaults] : faults;

        bool IsText(int id) => id == 0 || texts.Contains(id);

        static string Fault(long measurement, long day, string what) => string.Create(
            CultureInfo.InvariantCulture, $"measurement {measurement}, {DateTimeOffset.FromUnixTimeSeconds(UnixDay.Start(day)):yyyy-MM-dd}, {what}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether it keeps addresses: not so when a program of before made it, and none has written to it since.</summary>
    private protected abstract bool HasAddresses { get; }

    /// <summary>Whether other processes, with archives of their own, may be writing to the same tables.</summary>
    internal abstract bool IsShared { get; }

    /// <summary>How often the archive may have come to hold something that the tables do not know: once at first, and with each change of
    /// which it is not sure how it ended.</summary>
    internal int Doubts => Volatile.Read(ref doubts);

    /// <summary>How many of them were looked into. Set after the work, so that nobody goes on before, and a doubt that arises meanwhile stays.</summary>
    internal int DoubtsSettled { get; set; }

    /// <summary>Whether the archive holds nothing that the tables do not know.</summary>
    internal bool IsRecovered => DoubtsSettled == Doubts;

    /// <summary>Has the archive looked through before the next import.</summary>
    internal void Doubt() => Interlocked.Increment(ref doubts);

    /// <summary>What the archive knows of itself.</summary>
    internal ArchiveLedger Ledger => ledger.Value;

    /// <summary>By which name this archive's commits are counted: a shared store counts those of each instance.</summary>
    internal abstract string CommitsName { get; }

    /// <summary>The number of the last commit with a part in this archive; 0: none is known of.</summary>
    internal long LastCommit
    {
        get => lastCommit ??= List(
            "SELECT text FROM documents WHERE kind = $1 AND name = $2",
            [CommitsKind, CommitsName],
            row => long.TryParse(row.Text(0), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault();
        set => lastCommit = value;
    }

    /// <summary>Whether this store knows of all that was ever acknowledged: no store that was made anew or came from a backup does.</summary>
    internal bool KnowsAll => Ledger.Acknowledged is { } acknowledged && LastCommit >= acknowledged;

    /// <summary>Called when all that the archive tells has been read: the store is then as good as the one that acknowledged it.</summary>
    internal void CatchUp()
    {
        if (Ledger.Acknowledged is { } acknowledged && acknowledged > LastCommit)
        {
            using var transaction = BeginWrite(archives: false);
            transaction.SaveCommit(acknowledged);
            transaction.Commit();
            LastCommit = acknowledged;
        }
    }

    /// <summary>Held while the archive's unknown parts are read.</summary>
    internal SemaphoreSlim Recovering { get; } = new(1, 1);

    /// <summary>Called at each stage of each commit; what it throws is taken to be the end of the process.</summary>
    internal Action<CommitStage>? OnStage { get; set; }

    /// <summary>Known texts.</summary>
    internal TextCache Texts { get; } = new();

    /// <summary>Whether it was disposed of.</summary>
    private protected bool IsDisposed { get; private set; }

    /// <summary>Begins a change of the store; others of this process wait until it ends.</summary>
    /// <param name="archives">Whether what changes is archived too.</param>
    internal StoreTransaction BeginWrite(bool archives = true)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (IsReadOnly)
        {
            throw new InvalidOperationException($"{Folder.Root} was opened for reading only");
        }

        writing.Wait();
        try
        {
            return Begin(archives, () => writing.Release());
        }
        catch
        {
            writing.Release();
            throw;
        }
    }

    /// <summary>Works out anew what results tell of measurements.</summary>
    internal virtual void Settle()
    {
        foreach (var measurement in Measurements())
        {
            using var transaction = BeginWrite(archives: false);
            transaction.Register(measurement.Id, measurement.Target);
            transaction.Commit();
        }
    }

    /// <summary>Asks the database; hands out row by row.</summary>
    internal abstract void Each(string sql, object?[] values, Action<IRow> read);

    /// <summary>Asks the database; gives one value a row.</summary>
    internal List<T> List<T>(string sql, object?[] values, Func<IRow, T> read)
    {
        var list = new List<T>();
        Each(sql, values, row => list.Add(read(row)));
        return list;
    }

    /// <summary>Begins to read the blocks that have samples in [from, to).</summary>
    /// <param name="measurements">Of which measurements.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <param name="probes">Of which probes, ascending; null: all.</param>
    private protected abstract IBlocks Blocks(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes);

    /// <summary>Begins a change; this process makes no other meanwhile.</summary>
    private protected abstract StoreTransaction Begin(bool archives, Action ended);

    /// <summary>Lets go of everything.</summary>
    private protected virtual void Dispose(bool disposing)
    {
        if (disposing && !IsDisposed)
        {
            IsDisposed = true;
            Placer?.Dispose();
            writing.Dispose();
            Recovering.Dispose();
        }
    }

    /// <summary>A row of <see cref="MeasurementColumns"/>.</summary>
    internal static StoredMeasurement Measurement(IRow row) =>
        new(row.Long(0), row.Text(1)!, (MeasurementKind)row.Int(2), row.Int(3), row.Text(4), row.IsNull(5) ? null : row.Int(5))
        {
            Start = row.Instant(6),
            Stop = row.Instant(7),
            IsFollowed = row.Int(8) != 0,
        };
}
