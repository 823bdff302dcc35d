using System.Runtime.InteropServices;

namespace Collector.Store;

/// <content>Reading samples.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// Each day of each measurement lies in the file as one range, ascending by probe; the ranges are merged, so that a probe's
    /// samples come together while only one row a range is held in memory. Everything is read from one snapshot.
    /// </remarks>
    public override IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        return from < to ? Read(measurements, from, to, probes: null) : [];
    }

    /// <inheritdoc/>
    /// <remarks>A few probes of a long time: each of their blocks is looked up by its key.</remarks>
    public IEnumerable<ProbeSamples> ReadByProbe(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int> probes)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        ArgumentNullException.ThrowIfNull(probes);
        return from < to && probes.Count > 0 ? Read(measurements, from, to, probes) : [];
    }

    private IEnumerable<ProbeSamples> Read(IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes)
    {
        using var reader = Reader();
        var ranges = new List<BlockRange>();
        reader.Database.Execute("BEGIN");
        try
        {
            for (var index = 0; index < measurements.Count; index++)
            {
                ranges.AddRange(Days(reader.Database, measurements[index], from, to).Select(day => new BlockRange(index, day, probes)));
            }

            // The order of the ranges settles ties, so that the days of one probe and measurement come in order.
            var next = new PriorityQueue<BlockRange, (int Probe, int Range)>(ranges.Count);
            for (var order = 0; order < ranges.Count; order++)
            {
                var range = ranges[order];
                range.Order = order;
                range.Open(reader.Database, measurements[range.Index]);
                if (range.MoveNext())
                {
                    next.Enqueue(range, (range.Probe, order));
                }
            }

            var samples = new ProbeSamples(measurements.Count);
            var isEmpty = true;
            while (next.TryPeek(out var range, out _))
            {
                if (range.Probe != samples.Probe && !isEmpty)
                {
                    yield return samples;
                    samples.Clear();
                    isEmpty = true;
                }

                samples.Probe = range.Probe;
                isEmpty &= !range.Read(samples.Of(range.Index), from, to);
                if (range.MoveNext())
                {
                    next.DequeueEnqueue(range, (range.Probe, range.Order));
                }
                else
                {
                    next.Dequeue();
                }
            }

            if (!isEmpty)
            {
                yield return samples;
            }
        }
        finally
        {
            foreach (var range in ranges)
            {
                range.Dispose();
            }

            reader.Database.Execute("COMMIT");
        }
    }

    private static List<long> Days(SqliteDatabase database, long measurement, long from, long to)
    {
        using var query = database.Prepare("""
            SELECT day FROM days WHERE measurement = ? AND day BETWEEN ? AND ? AND latest >= ? AND earliest < ? ORDER BY day
            """);
        query.Bind(1, measurement).Bind(2, UnixDay.Of(from)).Bind(3, UnixDay.Of(to - 1)).Bind(4, from).Bind(5, to);
        var days = new List<long>();
        while (query.Step())
        {
            days.Add(query.Long(0));
        }

        return days;
    }

    /// <summary>The blocks of one measurement and day, probe by probe: all of them, or those of the probes wanted.</summary>
    private sealed class BlockRange(int index, long day, IReadOnlyList<int>? wanted) : IDisposable
    {
        private SqliteStatement? rows;
        private int asked;

        /// <summary>The measurement's place in the list that was asked for.</summary>
        public int Index { get; } = index;

        public int Order { get; set; }

        /// <summary>The probe of the current row.</summary>
        public int Probe { get; private set; }

        public void Open(SqliteDatabase database, long measurement)
        {
            rows = database.Prepare(wanted is null
                ? "SELECT probe, block FROM samples WHERE measurement = ? AND day = ? ORDER BY probe"
                : "SELECT probe, block FROM samples WHERE measurement = ? AND day = ? AND probe = ?");
            rows.Bind(1, measurement).Bind(2, day);
        }

        public bool MoveNext() => wanted is null ? Step() : StepWanted(wanted);

        private bool StepWanted(IReadOnlyList<int> probes)
        {
            while (asked < probes.Count)
            {
                rows!.Reset();
                rows.Bind(3, (long)probes[asked++]);
                if (Step())
                {
                    return true;
                }
            }

            return false;
        }

        private bool Step()
        {
            if (!rows!.Step())
            {
                return false;
            }

            Probe = rows.Int(0);
            return true;
        }

        /// <summary>Adds the current row's samples in [from, to); false when there are none.</summary>
        public bool Read(List<Sample> samples, long from, long to)
        {
            var start = UnixDay.Start(day);
            var before = samples.Count;
            BlockCodec.Decode(rows!.Blob(1), start, samples);
            if (start < from || unchecked(start + UnixDay.Seconds) > to)
            {
                Keep(samples, before, from, to);
            }

            return samples.Count > before;
        }

        public void Dispose() => rows?.Dispose();

        private static void Keep(List<Sample> samples, int before, long from, long to)
        {
            var added = CollectionsMarshal.AsSpan(samples)[before..];
            var kept = 0;
            foreach (ref readonly var sample in added)
            {
                if (sample.At >= from && sample.At < to)
                {
                    added[kept++] = sample;
                }
            }

            CollectionsMarshal.SetCount(samples, before + kept);
        }
    }
}
