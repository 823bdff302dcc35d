using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Collector.Archive;
using Collector.Store;

namespace Collector.Import;

/// <summary>Brings a batch into archive and store: archive first, so that a crash in between loses nothing.</summary>
internal sealed class BatchCommitter(ObservationStore store)
{
    /// <summary>Bytes of results in one gzip member. Smaller ones pack worse, larger ones spread worse over processors.</summary>
    private const int MemberBytes = 1 << 20;

    /// <summary>How much text of rejected results is kept in all. Beyond that they are counted only.</summary>
    private const long MaximumRejectedBytes = 64L << 20;

    /// <summary>How many rejected results the store is asked about at once.</summary>
    private const int RejectedAtOnce = 1000;

    private readonly ConcurrentBag<MemoryStream> buffers = [];
    private readonly List<int> order = [];
    private long? rejectedBytes;

    /// <summary>Commits a batch. When this throws, archive and store are as they were before.</summary>
    /// <param name="batch">What came in.</param>
    /// <param name="target">The target that the measurements are registered for; null: none.</param>
    /// <param name="archives">Whether the results are archived; not so when they come from there.</param>
    public CommitCounts Commit(ImportBatch batch, string? target, bool archives)
    {
        var counts = default(CommitCounts);
        var members = new List<Member>();
        using var transaction = store.BeginWrite(archives);
        try
        {
            batch.Samples.MergeInto(transaction, (line, result) =>
            {
                counts = counts.With(result);
                batch.Lines[line].IsNews |= result != MergeResult.Known;
            });
            Register(batch, target, transaction);
            var rejected = new List<int>();
            counts = counts with { Dropped = AddRejected(batch, transaction, rejected) };
            if (archives)
            {
                Archive(batch, rejected, members, transaction);
            }

            transaction.Commit();
            return counts;
        }
        catch
        {
            rejectedBytes = null;
            throw;
        }
        finally
        {
            foreach (var packed in members.Select(member => member.Packed).OfType<MemoryStream>())
            {
                buffers.Add(packed);
            }
        }
    }

    private static void Register(ImportBatch batch, string? target, StoreTransaction transaction)
    {
        if (target is null)
        {
            return;
        }

        foreach (var measurement in batch.Files.Select(file => file.Measurement).Distinct())
        {
            transaction.Register(measurement, target);
        }
    }

    private void Archive(ImportBatch batch, List<int> rejected, List<Member> members, StoreTransaction transaction)
    {
        AddResults(batch, members);
        var first = order.Count;
        order.AddRange(rejected);
        AddMembers(batch, ArchivePath.Rejected, first, order.Count, members);
        if (members.Count == 0)
        {
            return;
        }

        var key = store.Ledger.Key();
        Parallel.ForEach(members, member => Pack(batch, member, key));
        foreach (var member in members)
        {
            transaction.Archive(member.Path, member.Packed!.GetBuffer().AsMemory(0, (int)member.Packed.Length));
        }
    }

    /// <summary>Divides the results that are news among files and members.</summary>
    private void AddResults(ImportBatch batch, List<Member> members)
    {
        // Counting sort by file: in each file the results stay in the order they came in.
        var lines = batch.Lines;
        var begins = new int[batch.Files.Count + 1];
        foreach (ref readonly var line in lines)
        {
            if (line.IsNews)
            {
                begins[line.File + 1]++;
            }
        }

        for (var file = 0; file < batch.Files.Count; file++)
        {
            begins[file + 1] += begins[file];
        }

        CollectionsMarshal.SetCount(order, begins[^1]);
        var places = begins[..^1];
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].IsNews)
            {
                order[places[lines[index].File]++] = index;
            }
        }

        for (var file = 0; file < batch.Files.Count; file++)
        {
            AddMembers(batch, ArchivePath.Of(batch.Files[file].Measurement, batch.Files[file].Day), begins[file], begins[file + 1], members);
        }
    }

    /// <summary>Remembers the results that were rejected, and lists those that are new.</summary>
    private long AddRejected(ImportBatch batch, StoreTransaction transaction, List<int> rejected)
    {
        var asked = new List<RejectedResult>();
        var lines = new List<int>();
        var askedBytes = 0;
        long dropped = 0;
        for (var index = 0; index < batch.Lines.Length; index++)
        {
            ref var line = ref batch.Lines[index];
            if (line.File >= 0 || line.Reason == 0)
            {
                continue;
            }

            rejectedBytes ??= transaction.RejectedBytes();
            var text = batch.Text(line).Span;
            if (asked.Count == RejectedAtOnce || rejectedBytes + askedBytes + text.Length > MaximumRejectedBytes)
            {
                // Those that turn out to be known leave room.
                Ask();
            }

            if (rejectedBytes + text.Length > MaximumRejectedBytes)
            {
                dropped++;
                continue;
            }

            // Half of the digest is more than enough to tell texts apart.
            asked.Add(new(SHA256.HashData(text)[..16], text.Length, batch.Reason(line)));
            askedBytes += text.Length;
            lines.Add(index);
        }

        Ask();
        return dropped;

        void Ask()
        {
            if (asked.Count == 0)
            {
                return;
            }

            var isNew = transaction.AddRejected(asked);
            for (var place = 0; place < isNew.Length; place++)
            {
                if (isNew[place])
                {
                    rejected.Add(lines[place]);
                    rejectedBytes += asked[place].Length;
                }
            }

            asked.Clear();
            lines.Clear();
            askedBytes = 0;
        }
    }

    private void AddMembers(ImportBatch batch, string path, int begin, int end, List<Member> members)
    {
        while (begin < end)
        {
            var first = begin;
            for (var bytes = 0; begin < end && bytes < MemberBytes; begin++)
            {
                bytes += batch.Lines[order[begin]].Length;
            }

            members.Add(new Member(path, first, begin));
        }
    }

    private void Pack(ImportBatch batch, Member member, ulong key)
    {
        if (!buffers.TryTake(out var packed))
        {
            packed = new MemoryStream(MemberBytes / 4);
        }

        GzipMember.Pack(
            gzip =>
            {
                // Results that lie one behind the other are written in one piece.
                for (var index = member.First; index < member.End;)
                {
                    var start = batch.Lines[order[index]].Start;
                    var end = start;
                    for (; index < member.End && batch.Lines[order[index]].Start == end; index++)
                    {
                        end += batch.Lines[order[index]].Length;
                    }

                    gzip.Write(batch.Text(start, end));
                }
            },
            key,
            packed);
        member.Packed = packed;
    }

    /// <summary>One gzip member to be: some results of one file.</summary>
    private sealed class Member(string path, int first, int end)
    {
        public string Path { get; } = path;

        public int First { get; } = first;

        public int End { get; } = end;

        public MemoryStream? Packed { get; set; }
    }
}

/// <summary>What a commit did.</summary>
internal readonly record struct CommitCounts(long Added, long Known, long Won, long Dropped)
{
    public CommitCounts With(MergeResult result) => result switch
    {
        MergeResult.Added => this with { Added = Added + 1 },
        MergeResult.Won => this with { Won = Won + 1 },
        _ => this with { Known = Known + 1 },
    };
}
