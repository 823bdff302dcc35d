using System.Globalization;
using Collector.Archive;

namespace App.Series.Influx;

/// <summary>A request that waits on disk.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Place">Where its points are kept.</param>
/// <param name="Points">How many.</param>
/// <param name="Bytes">How long it is, gzipped.</param>
internal sealed record SpooledBatch(string Path, SeriesPlace Place, int Points, long Bytes);

/// <summary>Requests that wait on disk while the database is away: one file each, in the order in which they came, limited in size.</summary>
/// <remarks>
/// A full spool refuses and drops nothing. What it refused is still in the store, and is written from there when there is room again: the
/// writer moves its mark only behind what is safe.
/// <para>Safe for many threads; of one process, which the lock of the data folder sees to.</para>
/// </remarks>
internal sealed class Spool
{
    private const string Extension = ".lp.gz";
    private const string Unfinished = ".part";

    private readonly string folder;
    private readonly long mostBytes;
    private readonly Lock gate = new();
    private readonly Queue<SpooledBatch> waiting = new();
    private long next;

    /// <summary>Opens a folder, with what an earlier process left in it.</summary>
    /// <param name="folder">The folder; made when it is needed.</param>
    /// <param name="mostBytes">How much may wait.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Spool(string folder, long mostBytes)
    {
        this.folder = folder;
        this.mostBytes = mostBytes;
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var half in Directory.EnumerateFiles(folder, "*" + Unfinished))
        {
            File.Delete(half);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path)[..^Extension.Length].Split('-') is [var number, var place, var points]
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
                && Enum.TryParse<SeriesPlace>(place, ignoreCase: true, out var where)
                && int.TryParse(points, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                Enqueue(new SpooledBatch(path, where, count, new FileInfo(path).Length));
                next = sequence + 1;
            }
        }
    }

    /// <summary>Requests that wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Points in them.</summary>
    public long Points { get; private set; }

    /// <summary>Their bytes on disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>The request that waits longest; null: none does.</summary>
    public SpooledBatch? Oldest
    {
        get
        {
            lock (gate)
            {
                return waiting.TryPeek(out var batch) ? batch : null;
            }
        }
    }

    /// <summary>Keeps a request; it is on disk for good when this returns.</summary>
    /// <exception cref="IOException">The spool is full, or the disk is.</exception>
    public void Add(SeriesPlace place, ReadOnlySpan<byte> gzip, int points)
    {
        lock (gate)
        {
            if (Bytes + gzip.Length > mostBytes)
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the spool {folder} is full: {Points:N0} points, {Bytes >> 20} MiB of {mostBytes >> 20} (TimeSeries:SpoolMegabytes); what comes now is written from the store when there is room again"));
            }

            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{next:D16}-{place.ToString().ToLowerInvariant()}-{points}{Extension}"));
            try
            {
                using (var file = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write))
                {
                    file.Write(gzip);
                }

                DurableFile.Replace(path, path + Unfinished);
            }
            catch (UnauthorizedAccessException problem)
            {
                throw new IOException(problem.Message, problem);
            }

            next++;
            Enqueue(new SpooledBatch(path, place, points, gzip.Length));
        }
    }

    /// <summary>Forgets the request that waits longest, which has been delivered.</summary>
    public void RemoveOldest()
    {
        lock (gate)
        {
            var path = Dequeue().Path;
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Takes the request that waits longest, which cannot be read, out of the way.</summary>
    /// <returns>The file it is kept in, which nothing reads, overwrites or deletes.</returns>
    public string SetOldestAside()
    {
        lock (gate)
        {
            return WholeGzip.SetAside(Dequeue().Path);
        }
    }

    /// <summary>Forgets the request that waits longest, whose file is gone.</summary>
    public void ForgetOldest()
    {
        lock (gate)
        {
            Dequeue();
        }
    }

    private SpooledBatch Dequeue()
    {
        var batch = waiting.Dequeue();
        Points -= batch.Points;
        Bytes -= batch.Bytes;
        return batch;
    }

    private void Enqueue(SpooledBatch batch)
    {
        waiting.Enqueue(batch);
        Points += batch.Points;
        Bytes += batch.Bytes;
    }
}
