namespace Collector.Store;

/// <summary>Blocks from the embedded store.</summary>
/// <remarks>
/// Each day of each measurement lies in the file as one range, ascending by probe; the ranges are merged, so that a probe's
/// samples come together while only one row a range is held in memory. Everything is read from one snapshot.
/// </remarks>
internal sealed class SqliteBlocks : IBlocks
{
    private readonly SqliteStore.RentedReader reader;
    private readonly List<Range> ranges = [];
    private readonly PriorityQueue<Range, (int Probe, int Order)> next = new();
    private Range? current;

    /// <param name="reader">Where they are read; given back at the end.</param>
    /// <param name="measurements">Of which measurements.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <param name="probes">Of which probes, ascending: each of their blocks is looked up by its key. Null: all.</param>
    public SqliteBlocks(SqliteStore.RentedReader reader, IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes)
    {
        this.reader = reader;
        reader.Database.Execute("BEGIN");
        try
        {
            for (var index = 0; index < measurements.Count; index++)
            {
                foreach (var day in Days(measurements[index], from, to))
                {
                    // The order of the ranges settles ties, so that the days of one probe and measurement come in order.
                    var range = new Range(index, day, ranges.Count, reader.Database, measurements[index], probes);
                    ranges.Add(range);
                    if (range.MoveNext())
                    {
                        next.Enqueue(range, (range.Probe, range.Order));
                    }
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Probe => current!.Probe;

    public int Index => current!.Index;

    public long Day => current!.Day;

    public ReadOnlySpan<byte> Block => current!.Block;

    public bool MoveNext()
    {
        if (current is not null && current.MoveNext())
        {
            current = next.EnqueueDequeue(current, (current.Probe, current.Order));
            return true;
        }

        return next.TryDequeue(out current, out _);
    }

    public void Dispose()
    {
        foreach (var range in ranges)
        {
            range.Dispose();
        }

        reader.Database.Execute("COMMIT");
        reader.Dispose();
    }

    private List<long> Days(long measurement, long from, long to)
    {
        using var query = reader.Database.Prepare("""
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
    private sealed class Range : IDisposable
    {
        private readonly IReadOnlyList<int>? wanted;
        private readonly SqliteStatement rows;
        private int asked;

        public Range(int index, long day, int order, SqliteDatabase database, long measurement, IReadOnlyList<int>? wanted)
        {
            Index = index;
            Day = day;
            Order = order;
            this.wanted = wanted;
            rows = database.Prepare(wanted is null
                ? "SELECT probe, block FROM samples WHERE measurement = ? AND day = ? ORDER BY probe"
                : "SELECT probe, block FROM samples WHERE measurement = ? AND day = ? AND probe = ?");
            rows.Bind(1, measurement).Bind(2, day);
        }

        public int Index { get; }

        public long Day { get; }

        public int Order { get; }

        /// <summary>The probe of the current row.</summary>
        public int Probe { get; private set; }

        public ReadOnlySpan<byte> Block => rows.Blob(1);

        public bool MoveNext()
        {
            if (wanted is null ? !rows.Step() : !StepWanted(wanted))
            {
                return false;
            }

            Probe = rows.Int(0);
            return true;
        }

        public void Dispose() => rows.Dispose();

        private bool StepWanted(IReadOnlyList<int> probes)
        {
            while (asked < probes.Count)
            {
                rows.Reset();
                if (rows.Bind(3, (long)probes[asked++]).Step())
                {
                    return true;
                }
            }

            return false;
        }
    }
}
