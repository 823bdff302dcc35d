using System.Buffers;
using System.Runtime.InteropServices;
using Collector.Probes;
using Collector.Results;

namespace Collector.Store;

/// <summary>Gathers observations in memory, and merges them into the store in the order in which it keeps them.</summary>
/// <remarks>
/// This is a hot path. Observations become <see cref="Arrival"/>s in one growing array, with texts by an id of the batch. A merge
/// gives the texts their ids in the store, sorts small keys instead of the arrivals, and then walks over them block by block: read
/// what is there (unless the store has nothing of that measurement and day), merge, pack, write.
/// </remarks>
internal sealed class SampleBatch
{
    private readonly Dictionary<(long Measurement, long Day), int> groupOf = [];
    private readonly List<(long Measurement, long Day)> groups = [];
    private readonly Dictionary<Tally, int> tallyOf = [];
    private readonly List<Tally> tallies = [];
    private readonly Dictionary<string, int> textOf = new(StringComparer.Ordinal);
    private readonly List<string?> texts = [null];
    private readonly Dictionary<string, int> sourceOf = new(StringComparer.Ordinal);
    private readonly List<string?> sources = [null];
    private Arrival[] arrivals = new Arrival[1024];
    private Key[] keys = [];
    private int lastGroup = -1;
    private int lastTally = -1;
    private (string? Text, int Id) lastIdentity;
    private (string? Text, int Id) lastNsid;
    private (string? Text, int Id) lastReason;
    private (string? Text, int Id) lastSource;

    /// <summary>How many observations it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an observation.</summary>
    /// <param name="observation">What was seen.</param>
    /// <param name="line">A number that the merge hands back with what became of it.</param>
    public void Add(in Observation observation, int line)
    {
        if (Count == arrivals.Length)
        {
            Array.Resize(ref arrivals, Count * 2);
        }

        ref var arrival = ref arrivals[Count++];
        arrival.Line = line;
        arrival.Probe = observation.Probe;
        arrival.Group = GroupOf(observation.Measurement, UnixDay.Of(observation.At));
        arrival.Tally = TallyOf(observation);
        arrival.Source = IdOf(observation.From, sourceOf, sources, ref lastSource);
        arrival.SentAt = observation.StoredAt > 0 ? Math.Min(observation.At, observation.StoredAt) : observation.At;

        ref var sample = ref arrival.Sample;
        sample.At = observation.At;
        sample.Sub = observation.Sub;
        sample.Outcome = observation.Outcome;
        sample.Identity = TextOf(observation.Identity, ref lastIdentity);
        sample.Nsid = TextOf(observation.Nsid, ref lastNsid);
        sample.Reason = TextOf(observation.Reason, ref lastReason);
        sample.Rcode = observation.Rcode;
        sample.Sent = observation.Sent;
        sample.Received = observation.Received;
        sample.Duplicates = observation.Duplicates;
        if (observation.Kind == MeasurementKind.Ping)
        {
            sample.RttMicroseconds = Microseconds(observation.RttMinMs);
            sample.AverageMicroseconds = Microseconds(observation.RttAvgMs);
            sample.MaximumMicroseconds = Microseconds(observation.RttMaxMs);
        }
        else
        {
            sample.RttMicroseconds = Microseconds(observation.RttMs);
            sample.AverageMicroseconds = -1;
            sample.MaximumMicroseconds = -1;
        }
    }

    /// <summary>Empties it for the next observations.</summary>
    public void Clear()
    {
        Count = 0;
        groupOf.Clear();
        groups.Clear();
        tallyOf.Clear();
        tallies.Clear();
        textOf.Clear();
        texts.Clear();
        texts.Add(null);
        sourceOf.Clear();
        sources.Clear();
        sources.Add(null);
        lastGroup = -1;
        lastTally = -1;
        lastIdentity = lastNsid = lastReason = lastSource = default;
    }

    /// <summary>Merges everything into the store.</summary>
    /// <param name="store">The change of the store that this is part of.</param>
    /// <param name="report">Told what became of the observation of each line.</param>
    public void MergeInto(StoreTransaction store, Action<int, MergeResult> report)
    {
        store.Lock(groups.Select(group => group.Measurement));
        GiveTextsTheirIds(store);
        Sort(out var order);
        Func<int, string?> text = store.Text;
        var known = new List<Sample>();
        var merged = new List<Sample>();
        var batch = new List<Sample>();
        var results = Array.Empty<MergeResult>();
        var room = ArrayPool<byte>.Shared.Rent(1 << 14);
        var added = new long[tallies.Count];
        var addresses = new Dictionary<(int Probe, int Family), ProbeAddress>();
        var expected = store.BlocksAhead > 0 ? 0 : Count;

        for (var begin = 0; begin < Count;)
        {
            var group = order[keys[begin].Group];
            var (measurement, day) = groups[group];
            Announce(begin);
            var stored = store.Day(measurement, day);
            var facts = stored ?? new DayFacts(0, 0, long.MaxValue, long.MinValue);
            var groupEnd = begin;
            for (var rank = keys[begin].Group; groupEnd < Count && keys[groupEnd].Group == rank;)
            {
                var probe = keys[groupEnd].Probe;
                var first = groupEnd;
                Announce(first);
                batch.Clear();
                while (groupEnd < Count && keys[groupEnd].Group == rank && keys[groupEnd].Probe == probe)
                {
                    batch.Add(arrivals[keys[groupEnd++].Index].Sample);
                }

                known.Clear();
                var isThere = stored is not null && store.ReadBlock(measurement, day, probe, known);
                if (results.Length < batch.Count)
                {
                    results = new MergeResult[batch.Count * 2];
                }

                if (SampleMerge.Merge(CollectionsMarshal.AsSpan(known), CollectionsMarshal.AsSpan(batch), text, merged, results))
                {
                    var needed = BlockCodec.MaximumLength(merged.Count);
                    if (room.Length < needed)
                    {
                        ArrayPool<byte>.Shared.Return(room);
                        room = ArrayPool<byte>.Shared.Rent(needed);
                    }

                    var length = BlockCodec.Encode(CollectionsMarshal.AsSpan(merged), UnixDay.Start(day), room);
                    store.SaveBlock(measurement, day, probe, room.AsSpan(0, length));
                    facts = new DayFacts(
                        facts.Probes + (isThere ? 0 : 1),
                        facts.Samples + merged.Count - known.Count,
                        Math.Min(facts.Earliest, merged[0].At),
                        Math.Max(facts.Latest, merged[^1].At));
                }

                for (var index = first; index < groupEnd; index++)
                {
                    ref readonly var arrival = ref arrivals[keys[index].Index];
                    added[arrival.Tally] += results[index - first] == MergeResult.Added ? 1 : 0;
                    if (arrival.Source > 0 && (results[index - first] != MergeResult.Known || !store.Archives))
                    {
                        // What is known already is not archived: a store made of the archive would not hear of it, and shall say the same.
                        KeepNewest(addresses, arrival);
                    }

                    report(arrival.Line, results[index - first]);
                }
            }

            if (facts != stored)
            {
                store.SaveDay(measurement, day, facts);
            }

            begin = groupEnd;
        }

        ArrayPool<byte>.Shared.Return(room);
        store.AddToTallies(tallies.Zip(added).Where(tally => tally.Second > 0));
        store.SaveAddresses(
        [
            .. addresses.Values.Where(address => ProbeAddress.Public(address.Address) is not null).OrderBy(address => address.Probe).ThenBy(address => address.Family),
        ]);

        void Announce(int next)
        {
            if (next < expected)
            {
                return;
            }

            var blocks = new List<BlockKey>(store.BlocksAhead);
            for (; expected < Count; expected++)
            {
                var (measurement, day) = groups[order[keys[expected].Group]];
                var block = new BlockKey(measurement, day, keys[expected].Probe);
                if (blocks.Count == 0 || blocks[^1] != block)
                {
                    if (blocks.Count == store.BlocksAhead)
                    {
                        break;
                    }

                    blocks.Add(block);
                }
            }

            store.Expect(blocks);
        }
    }

    private static int Microseconds(double milliseconds) =>
        milliseconds >= 0 ? (int)Math.Min(Math.Round(milliseconds * 1000), int.MaxValue) : -1;

    /// <summary>Keeps the newest address of each probe and family.</summary>
    /// <remarks>The time is the probe's, as that of samples is: a rebuild must come to the same. A clock that is ahead would be the newest for
    /// years: there Atlas' time counts.</remarks>
    private void KeepNewest(Dictionary<(int Probe, int Family), ProbeAddress> addresses, in Arrival arrival)
    {
        var source = sources[arrival.Source]!;
        var address = new ProbeAddress(
            arrival.Probe, source.Contains(':', StringComparison.Ordinal) ? 6 : 4, arrival.SentAt, source);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(addresses, (address.Probe, address.Family), out var isKnown);
        if (!isKnown || address.IsNewerThan(known))
        {
            known = address;
        }
    }

    private int GroupOf(long measurement, long day)
    {
        if (lastGroup >= 0 && groups[lastGroup] == (measurement, day))
        {
            return lastGroup;
        }

        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groupOf, (measurement, day), out var isKnown);
        if (!isKnown)
        {
            group = groups.Count;
            groups.Add((measurement, day));
        }

        return lastGroup = group;
    }

    private int TallyOf(in Observation observation)
    {
        var key = new Tally(observation.Measurement, observation.Kind, observation.Family, observation.Query ?? "");
        if (lastTally >= 0 && tallies[lastTally] == key)
        {
            return lastTally;
        }

        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(tallyOf, key, out var isKnown);
        if (!isKnown)
        {
            tally = tallies.Count;
            tallies.Add(key);
        }

        return lastTally = tally;
    }

    private int TextOf(string? text, ref (string? Text, int Id) last) => IdOf(text, textOf, texts, ref last);

    private static int IdOf(string? text, Dictionary<string, int> idOf, List<string?> all, ref (string? Text, int Id) last)
    {
        if (text is null)
        {
            return 0;
        }

        // The decoder hands out one string for equal texts, mostly.
        if (ReferenceEquals(text, last.Text))
        {
            return last.Id;
        }

        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(idOf, text, out var isKnown);
        if (!isKnown)
        {
            id = all.Count;
            all.Add(text);
        }

        last = (text, id);
        return id;
    }

    private void GiveTextsTheirIds(StoreTransaction store)
    {
        var ids = store.TextIds(texts);
        foreach (ref var arrival in arrivals.AsSpan(0, Count))
        {
            ref var sample = ref arrival.Sample;
            sample.Identity = ids[sample.Identity];
            sample.Nsid = ids[sample.Nsid];
            sample.Reason = ids[sample.Reason];
        }
    }

    /// <summary>Sorts the keys; <paramref name="order"/> gives the group of a rank.</summary>
    private void Sort(out int[] order)
    {
        order = [.. Enumerable.Range(0, groups.Count)];
        Array.Sort(order, (one, other) => groups[one].CompareTo(groups[other]));
        var rank = new int[order.Length];
        for (var index = 0; index < order.Length; index++)
        {
            rank[order[index]] = index;
        }

        if (keys.Length < Count)
        {
            keys = new Key[arrivals.Length];
        }

        for (var index = 0; index < Count; index++)
        {
            ref readonly var arrival = ref arrivals[index];
            keys[index] = new Key(
                rank[arrival.Group], arrival.Probe, arrival.Sample.At - UnixDay.Start(groups[arrival.Group].Day), arrival.Sample.Sub, index);
        }

        keys.AsSpan(0, Count).Sort();
    }

    private struct Arrival
    {
        public Sample Sample;
        public int Probe;
        public int Group;
        public int Tally;
        public int Line;
        public int Source;
        public long SentAt;
    }

    /// <summary>By measurement and day, probe, time, sub, arrival: two comparisons of whole words mostly decide.</summary>
    private readonly struct Key(int group, int probe, long second, int sub, int index) : IComparable<Key>
    {
        private readonly ulong series = ((ulong)(uint)group << 32) | Ascending(probe);
        private readonly ulong moment = ((ulong)second << 32) | Ascending(sub);

        public int Index { get; } = index;

        public int Group => (int)(series >> 32);

        public int Probe => (int)((uint)series ^ 0x8000_0000);

        public int CompareTo(Key other)
        {
            if (series != other.series)
            {
                return series < other.series ? -1 : 1;
            }

            if (moment != other.moment)
            {
                return moment < other.moment ? -1 : 1;
            }

            return Index.CompareTo(other.Index);
        }

        private static uint Ascending(int value) => (uint)value ^ 0x8000_0000;
    }
}

/// <summary>What is counted of a measurement's results, to tell what the measurement is.</summary>
/// <param name="Measurement">Its id.</param>
/// <param name="Kind">DNS or ping.</param>
/// <param name="Family">4, 6, or 0 when the result does not say.</param>
/// <param name="Query">The name asked; empty when the result does not say.</param>
internal readonly record struct Tally(long Measurement, MeasurementKind Kind, int Family, string Query);
