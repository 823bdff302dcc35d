using System.Diagnostics;
using System.Globalization;
using Collector.Results;
using Collector.Store;

namespace Benchmarks;

/// <summary>Samples stored and read in a second, against a plain table with a row a sample in the same SQLite. With a connection string
/// in <c>MEASUREMENT_POSTGRES</c> the shared store too, in that database.</summary>
internal static class StoreBenchmark
{
    private const int Probes = 4000;
    private const int Days = 14;
    private const int Rounds = 24;
    private const long Start = 1_750_032_000;
    private const int Samples = Probes * Days * Rounds;

    private static readonly string[] Identities = [.. Enumerable.Range(0, 40).Select(index => "ns" + index + ".example")];

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        try
        {
            Console.WriteLine(Text($"{Samples:N0} samples: {Probes:N0} probes, {Days} days, hourly"));
            var rows = new List<(double Write, double Read)>();
            var packed = new List<(double Write, double Read)>();
            long rowBytes = 0;
            long packedBytes = 0;
            for (var repetition = 0; repetition < 3; repetition++)
            {
                var path = Path.Combine(folder, $"rows{repetition}.db");
                rows.Add(Rows(path));
                rowBytes = new FileInfo(path).Length;
                var data = Path.Combine(folder, $"data{repetition}");
                using (var store = SqliteStore.Open(data))
                {
                    packed.Add(Packed(store, [10]));
                }

                packedBytes = new FileInfo(new DataFolder(data).Database).Length;
            }

            Report("a row a sample", rows.Min(time => time.Write), rows.Min(time => time.Read), rowBytes);
            Report("packed", packed.Min(time => time.Write), packed.Min(time => time.Read), packedBytes);
            Console.WriteLine(Text($"writing {rows.Min(time => time.Write) / packed.Min(time => time.Write):0.0} times as fast, reading {rows.Min(time => time.Read) / packed.Min(time => time.Read):0.0} times"));
            using (var store = SqliteStore.Open(Path.Combine(folder, "data0"), readOnly: true))
            {
                Week(store);
            }

            if (Environment.GetEnvironmentVariable("MEASUREMENT_POSTGRES") is { Length: > 0 } connection)
            {
                Postgres(connection, Path.Combine(folder, "shared"), rows.Min(time => time.Write), rows.Min(time => time.Read));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(string what, double write, double read, long bytes) => Console.WriteLine(
        Text($"{what,-16} {Samples / write,12:N0} stored/s {Samples / read,14:N0} read/s {(double)bytes / Samples,6:0.0} bytes a sample"));

    /// <summary>Measurements of their own each time, so that every repetition begins with nothing.</summary>
    private static void Postgres(string connection, string data, double rowsWrite, double rowsRead)
    {
        using var store = PostgresStore.Open(connection, data);
        var first = store.Facts().Select(facts => facts.Measurement).DefaultIfEmpty(9).Max() + 1;
        var times = Enumerable.Range(0, 3).Select(repetition => Packed(store, [first + repetition])).ToList();
        Report("PostgreSQL", times.Min(time => time.Write), times.Min(time => time.Read), 0);
        Console.WriteLine(Text($"writing {rowsWrite / times.Min(time => time.Write):0.0} times as fast as a row a sample in SQLite, reading {rowsRead / times.Min(time => time.Read):0.0} times"));

        // Every block read, merged and written again, as when a day is fetched once more with something new in each.
        var watch = Stopwatch.StartNew();
        store.Save(Observations(first).Where(observation => observation.Probe % 2 == 0).Select(observation => observation with { At = observation.At + 1 }));
        Console.WriteLine(Text($"merging into what is there: {Samples / 2 / watch.Elapsed.TotalSeconds:N0} samples/s"));
        Week(store, first);
    }

    /// <summary>Observations as a file brings them: round by round, every probe in each.</summary>
    private static IEnumerable<Observation> Observations(long measurement = 10)
    {
        var random = new Random(8038);
        for (var round = 0; round < Days * Rounds; round++)
        {
            for (var probe = 1; probe <= Probes; probe++)
            {
                yield return new Observation
                {
                    Kind = MeasurementKind.Dns,
                    Measurement = measurement,
                    Probe = probe,
                    At = Start + (round * 3600) + (probe % 400) + random.Next(-2, 3),
                    Family = 4,
                    Query = "id.server",
                    Identity = Identities[(probe + (random.Next(50) == 0 ? 1 : 0)) % Identities.Length],
                    Outcome = Outcome.Answered,
                    RttMs = 10 + (probe % 200) + (random.Next(3000) / 1000.0),
                    RttMinMs = double.NaN,
                    RttAvgMs = double.NaN,
                    RttMaxMs = double.NaN,
                    Sent = -1,
                    Received = -1,
                    Duplicates = -1,
                };
            }
        }
    }

    private static (double Write, double Read) Packed(ObservationStore store, long[] measurement)
    {
        var write = new Stopwatch();
        foreach (var batch in Observations(measurement[0]).Chunk(250_000))
        {
            write.Start();
            store.Save(batch);
            write.Stop();
        }

        var read = Stopwatch.StartNew();
        long sum = 0;
        var count = 0;
        foreach (var probe in store.ReadByProbe(measurement, 0, long.MaxValue))
        {
            foreach (ref readonly var sample in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(probe.Of(0)))
            {
                sum += sample.RttMicroseconds;
                count++;
            }
        }

        return count == Samples && sum > 0 ? (write.Elapsed.TotalSeconds, read.Elapsed.TotalSeconds) : throw new InvalidOperationException($"{count} samples came back");
    }

    private static (double Write, double Read) Rows(string path)
    {
        using var database = SqliteDatabase.OpenToWrite(path);
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        database.Execute("CREATE TABLE samples (measurement INTEGER, probe INTEGER, at INTEGER, rtt INTEGER, identity INTEGER, outcome INTEGER, rcode INTEGER, PRIMARY KEY (measurement, probe, at)) WITHOUT ROWID");
        var ids = Identities.Select((identity, index) => (identity, index)).ToDictionary(pair => pair.identity, pair => pair.index, StringComparer.Ordinal);
        var write = new Stopwatch();
        foreach (var batch in Observations().Chunk(250_000))
        {
            write.Start();
            database.Execute("BEGIN");
            using (var insert = database.Prepare("INSERT OR IGNORE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)"))
            {
                foreach (var observation in batch)
                {
                    insert.Bind(1, observation.Measurement).Bind(2, observation.Probe).Bind(3, observation.At).Bind(4, (long)(observation.RttMs * 1000))
                        .Bind(5, ids[observation.Identity!]).Bind(6, (long)observation.Outcome).Bind(7, observation.Rcode).Run();
                }
            }

            database.Execute("COMMIT");
            write.Stop();
        }

        var read = Stopwatch.StartNew();
        long sum = 0;
        var count = 0;
        using (var rows = database.Prepare("SELECT probe, at, rtt, identity, outcome, rcode FROM samples WHERE measurement = 10 ORDER BY probe, at"))
        {
            while (rows.Step())
            {
                sum += rows.Int(0) + rows.Long(1) + rows.Int(2) + rows.Int(3) + rows.Int(4) + rows.Int(5);
                count++;
            }
        }

        var seconds = read.Elapsed.TotalSeconds;
        database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return count == Samples && sum > 0 ? (write.Elapsed.TotalSeconds, seconds) : throw new InvalidOperationException($"{count} rows came back");
    }

    /// <summary>One week of two, and one probe of all: how much of the file is looked at.</summary>
    private static void Week(ObservationStore store, long measurement = 10)
    {
        var watch = Stopwatch.StartNew();
        var samples = store.ReadByProbe([measurement], Start + (3 * 86_400), Start + (10 * 86_400)).Sum(probe => probe.Of(0).Count);
        Console.WriteLine(Text($"one week: {samples:N0} samples in {watch.Elapsed.TotalMilliseconds:0} ms"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
