using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Threading.Channels;
using Collector.Archive;
using Collector.Results;
using Collector.Store;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Import;

/// <summary>Takes Atlas results from a stream into archive and store.</summary>
/// <remarks>
/// Three stages work at once: one unpacks and cuts the stream into results, one decodes them, one brings full batches into archive and
/// store; packing for the archive uses the processors that are left. The stages are joined by short queues and the batches are reused, so
/// that memory does not grow with the input. When <see cref="ImportAsync"/> returns, everything is in archive and store for good; set a
/// watermark after that. Several imports may run at the same time, of the same results too: their commits follow one another.
/// </remarks>
public sealed partial class Importer
{
    private static readonly ActivitySource Activities = new("Measurement.Import");

    private const int BlocksInFlight = 8;
    private const int Batches = 3;

    private readonly ObservationStore store;
    private readonly ILogger logger;
    private readonly BatchCommitter committer;
    private readonly ConcurrentBag<ImportBatch> batches = [];

    /// <summary>For a store opened for writing.</summary>
    public Importer(ObservationStore store, ILogger<Importer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        this.store = store;
        this.logger = logger ?? NullLogger<Importer>.Instance;
        committer = new BatchCommitter(store);
    }

    /// <summary>What of the archive could not be read, and was set aside, since this was made.</summary>
    public AsideCounts Aside { get; private set; }

    /// <summary>Imports a stream; what format it has is found out.</summary>
    /// <param name="input">Results; stays open.</param>
    /// <param name="request">How.</param>
    /// <param name="cancellation">Ends it between two batches: what was committed stays.</param>
    /// <exception cref="Configuration.ConfigurationException">A measurement in it watches another target.</exception>
    /// <exception cref="IOException">The archive or the store cannot be written to. Bad input is no exception, see
    /// <see cref="ImportSummary.Incomplete"/>.</exception>
    public async Task<ImportSummary> ImportAsync(Stream input, ImportRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await RecoverAsync(cancellation);
        using var activity = Activities.StartActivity("import");
        var summary = await RunAsync(input, request, archives: true, cancellation);
        activity?.SetTag("target", request.Target).SetTag("results", summary.Counts.Results).SetTag("new", summary.New);
        return summary;
    }

    /// <summary>Brings into the store what was archived when a process, or the database, ended before the store knew. Done by itself
    /// before each import; when there is nothing to do it costs nothing.</summary>
    public async Task RecoverAsync(CancellationToken cancellation = default)
    {
        if (store.IsRecovered)
        {
            return;
        }

        await store.Recovering.WaitAsync(cancellation);
        try
        {
            var doubts = store.Doubts;
            if (store.DoubtsSettled == doubts)
            {
                return;
            }

            // Judged before anything is read: afterwards this store knows everything.
            var knowsAll = store.KnowsAll;
            foreach (var (path, from, known, length) in Unknown())
            {
                var file = await RecoverAsync(path, from, knowsAll ? known : null, cancellation);
                Recovered(path, length - from, file.Summary.New);
            }

            store.CatchUp();
            store.DoubtsSettled = doubts;
        }
        finally
        {
            store.Recovering.Release();
        }
    }

    /// <summary>Brings an archive file into the store, from a place on, and sets aside what cannot be read.</summary>
    /// <param name="path">Its path in the archive.</param>
    /// <param name="from">Where to begin: where a member does.</param>
    /// <param name="acknowledged">Up to where the store shows that results may have been acknowledged; null: it shows nothing.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    internal async Task<RecoveredFile> RecoverAsync(string path, long from, long? acknowledged, CancellationToken cancellation)
    {
        var full = Path.Combine(store.Folder.Archive, path);
        var key = store.Ledger.KnownKey;
        var (summary, damaged, length) = await ReadAsync(path, full, from, key, cancellation);
        if (damaged is [{ } first, ..] && first.From == from && from > 0 && !StepsTo(full, from, key))
        {
            // The file is another than the one the store knew.
            (summary, damaged, length) = await ReadAsync(path, full, 0, key, cancellation);
        }

        var rest = length - damaged.Sum(range => range.Length);
        if (damaged.Count > 0)
        {
            Tell(path, damaged, SetAside.Move(full, length, damaged), acknowledged);
        }

        using var transaction = store.BeginWrite();
        if (rest > 0)
        {
            transaction.SetArchiveLength(path, rest);
        }
        else
        {
            transaction.ForgetArchive(path);
        }

        transaction.Commit();
        return new RecoveredFile(summary, damaged);
    }

    /// <summary>The files of which the store does not know all, and from where on each has to be read.</summary>
    private List<(string Path, long From, long Known, long Length)> Unknown()
    {
        using var transaction = store.BeginWrite();
        var known = transaction.ArchiveLengths();
        var unknown = new List<(string Path, long From, long Known, long Length)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, length) in ArchivePath.Files(store.Folder.Archive))
        {
            var expected = known.GetValueOrDefault(path);
            if (length == 0)
            {
                // Made, and not written to when the process or the disk ended: no gzip, and it would stop zcat.
                DurableFile.Remove(Path.Combine(store.Folder.Archive, path));
                if (expected > 0)
                {
                    transaction.ForgetArchive(path);
                    Shorter(path, length, expected);
                }
            }
            else if (length > expected)
            {
                unknown.Add((path, expected, expected, length));
            }
            else if (length < expected)
            {
                // Where it ends now need not be the end of a member; and its end may be nothing that was read.
                unknown.Add((path, 0, expected, length));
                Shorter(path, length, expected);
            }

            seen.Add(path);
        }

        foreach (var path in known.Keys.Where(path => !seen.Contains(path)))
        {
            transaction.ForgetArchive(path);
            Gone(path);
        }

        transaction.Commit();
        return unknown;
    }

    private async Task<(ImportSummary Summary, IReadOnlyList<ByteRange> Damaged, long Length)> ReadAsync(
        string path, string full, long from, ulong? key, CancellationToken cancellation)
    {
        using var members = new MemberStream(full, from, key);
        var summary = path switch
        {
            ArchivePath.Measurements => Measurements(members),
            ArchivePath.Probes => Records(members, StoreRecords.ReadProbe),

            // What was rejected is decoded anew: a later version may know better.
            _ => await RunAsync(members, new ImportRequest(), archives: false, cancellation),
        };
        if (members.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return (summary, members.Damaged, members.FileLength);
    }

    private static bool StepsTo(string full, long place, ulong? key)
    {
        using var reader = new MemberReader(full, key);
        return reader.StepsTo(place);
    }

    /// <summary>Says and counts what was set aside.</summary>
    private void Tell(string path, IReadOnlyList<ByteRange> damaged, IReadOnlyList<string> names, long? acknowledged)
    {
        var folder = path[..^Path.GetFileName(path).Length];
        for (var index = 0; index < damaged.Count; index++)
        {
            var (range, name) = (damaged[index], folder + Path.GetFileName(names[index]));
            var isUnknown = range.From >= acknowledged;
            if (isUnknown)
            {
                Unfinished(path, range.Length, range.From, name);
            }
            else
            {
                Damaged(path, range.Length, range.From, name);
            }

            Aside = Aside.Plus(new AsideCounts(1, range.Length, isUnknown ? 0 : 1));
        }
    }

    private ImportSummary Measurements(Stream lines)
    {
        // Where others write too the archive of one is not the last word: what they have been told since stays.
        IReadOnlySet<long>? known = null;
        return Records(lines, (line, transaction) =>
        {
            known ??= store.IsShared ? transaction.ToldMeasurements() : new HashSet<long>();
            StoreRecords.ReadMeasurement(line, transaction, known);
        });
    }

    private ImportSummary Records(Stream lines, Action<ReadOnlyMemory<byte>, StoreTransaction> read)
    {
        using var transaction = store.BeginWrite(archives: false);
        using var reader = new StreamReader(lines);
        while (reader.ReadLine() is { } line)
        {
            read(Encoding.UTF8.GetBytes(line), transaction);
        }

        transaction.Commit();
        return new ImportSummary { Counts = new ResultCounts() };
    }

    private async Task<ImportSummary> RunAsync(Stream input, ImportRequest request, bool archives, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var splitter = new ResultSplitter(input);
        var decoder = new ResultDecoder();
        var blocks = Channel.CreateBounded<ResultBlock>(BlocksInFlight);
        var full = Channel.CreateBounded<ImportBatch>(1);
        var free = Channel.CreateBounded<ImportBatch>(Batches);
        var totals = default(CommitCounts);
        long unwanted = 0;
        long? earliest = null;

        Task[] stages =
        [
            Task.Run(() => Stage(SplitAsync), CancellationToken.None),
            Task.Run(() => Stage(DecodeAsync), CancellationToken.None),
            Task.Run(() => Stage(CommitAsync), CancellationToken.None),
        ];
        try
        {
            await Task.WhenAll(stages);
        }
        catch
        {
            // The stage that failed stopped the others; theirs is not the reason.
            var reason = stages.Select(stage => stage.Exception?.InnerException).FirstOrDefault(problem => problem is not (null or OperationCanceledException));
            ExceptionDispatchInfo.Throw(reason ?? new OperationCanceledException(cancellation));
        }
        finally
        {
            while (blocks.Reader.TryRead(out var block))
            {
                block.Dispose();
            }
        }

        while (free.Reader.TryRead(out var batch))
        {
            batches.Add(batch);
        }

        // What is brought in again from the archive was counted when it came.
        foreach (var (reason, count) in archives ? decoder.Counts.Rejected : new Dictionary<string, long>())
        {
            MeasurementMeter.Rejected.Add(count, new KeyValuePair<string, object?>("reason", reason));
        }

        return new ImportSummary
        {
            Counts = decoder.Counts,
            New = totals.Added,
            Known = totals.Known,
            Replaced = totals.Won,
            Dropped = totals.Dropped,
            Unwanted = unwanted,
            Bytes = splitter.Bytes,
            Earliest = earliest,
            Incomplete = splitter.Incomplete,
        };

        async Task Stage(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        async Task SplitAsync()
        {
            while ((request.IsSlow ? await splitter.NextAsync(stop.Token) : splitter.Next()) is { } block)
            {
                await blocks.Writer.WriteAsync(block, stop.Token);
            }

            blocks.Writer.Complete();
        }

        async Task DecodeAsync()
        {
            var made = 1;
            var batch = NewBatch();
            await foreach (var block in blocks.Reader.ReadAllAsync(stop.Token))
            {
                using (block)
                {
                    batch.Decode(block, decoder);
                }

                if (batch.IsFull)
                {
                    await full.Writer.WriteAsync(batch, stop.Token);
                    batch = free.Reader.TryRead(out var cleared) ? cleared
                        : made++ < Batches ? NewBatch()
                        : await free.Reader.ReadAsync(stop.Token);
                }
            }

            await full.Writer.WriteAsync(batch, stop.Token);
            full.Writer.Complete();

            ImportBatch NewBatch()
            {
                var batch = batches.TryTake(out var used) ? used : new ImportBatch();
                batch.Filter = request.Filter;
                return batch;
            }
        }

        async Task CommitAsync()
        {
            await foreach (var batch in full.Reader.ReadAllAsync(stop.Token))
            {
                if (!batch.IsEmpty)
                {
                    var counts = committer.Commit(batch, request.Target, archives);
                    if (archives)
                    {
                        MeasurementMeter.Imported.Add(counts.Added);
                    }

                    totals = new(totals.Added + counts.Added, totals.Known + counts.Known, totals.Won + counts.Won, totals.Dropped + counts.Dropped);
                    earliest = batch.Earliest is null || earliest < batch.Earliest ? earliest : batch.Earliest;
                }

                unwanted += batch.Unwanted;
                batch.Clear();
                request.Progress?.Report(new ImportProgress(totals.Added + totals.Known + totals.Won));
                await free.Writer.WriteAsync(batch, stop.Token);
            }
        }
    }
}
