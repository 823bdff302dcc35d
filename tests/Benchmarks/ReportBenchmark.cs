using System.Diagnostics;
using System.Globalization;
using Collector.Configuration;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Simulator.Worlds;

namespace Benchmarks;

/// <summary>The weekly report over a week of 12,000 probes that ask three targets in both families every hour: 24 million observations. The whole
/// process, with its time and its largest memory.</summary>
internal static class ReportBenchmark
{
    private const int Probes = 12_000;
    private const int Hours = 7 * 24;

    // Monday of 2026-W46.
    private static readonly DateTimeOffset Start = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    public static int Run(string[] arguments)
    {
        var folder = arguments is [var kept] ? Directory.CreateDirectory(kept).FullName : Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        try
        {
            var configuration = Path.Combine(folder, SettingsLoader.FileName);
            File.Copy(Path.Combine(AppContext.BaseDirectory, SettingsLoader.FileName), configuration, overwrite: true);
            var data = Path.Combine(folder, "data");
            if (!Directory.Exists(data))
            {
                using var store = SqliteStore.Open(data);
                Fill(store, SettingsLoader.Load(configuration, new System.Collections.Hashtable()).Network);
            }

            using (var store = SqliteStore.Open(data, readOnly: true))
            {
                Console.WriteLine(Text($"{store.Facts().Sum(facts => facts.Samples):N0} observations of {Probes:N0} probes"));
            }

            var (seconds, cpu, memory) = Report(configuration, data, Path.Combine(folder, "reports"));
            Console.WriteLine(Text($"weekly report: {seconds:0.0} s, {cpu:0.0} s of processor, at most {memory / 1024.0 / 1024:0.00} GiB of memory (goal: 20 s, 1.5 GiB)"));
            return 0;
        }
        finally
        {
            if (arguments.Length == 0)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Seconds that the program takes, of which processor time, and the largest part of memory that it held, KiB.</summary>
    private static (double Seconds, double Cpu, long PeakKiB) Report(string configuration, string data, string output)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(App.Cli.CommandLine).Assembly.Location, "report", "--week", "2026-W46", "--config", configuration, "--data", data, "--out", output]);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (peak, cpu) = (0L, 0.0);
        while (!process.WaitForExit(50))
        {
            try
            {
                process.Refresh();
                (peak, cpu) = (Math.Max(peak, process.PeakWorkingSet64 / 1024), process.TotalProcessorTime.TotalSeconds);
            }
            catch (InvalidOperationException)
            {
                // It ended this moment.
            }
        }

        return process.ExitCode == 0 ? (watch.Elapsed.TotalSeconds, cpu, peak) : throw new InvalidOperationException($"the report ended with {process.ExitCode}");
    }

    private static void Fill(SqliteStore store, AnycastNetwork network)
    {
        var random = new Random(8038);
        var countries = Countries.All.Where(country => country.Alpha2 != "AQ").ToArray();
        var probes = Enumerable.Range(1, Probes).Select(id => new Probe(id)
        {
            Country = countries[random.Next(countries.Length)].Alpha2,
            AsnV4 = (uint)(64_500 + random.Next(3000)),
            AsnV6 = (uint)(64_500 + random.Next(3000)),
            Position = GeoPoint.From((random.NextDouble() * 110) - 45, (random.NextDouble() * 300) - 120),
        }).ToArray();
        store.SaveProbes(Start, probes);
        long measurement = 100_000_000;
        for (var target = 0; target < network.Targets.Count; target++)
        {
            foreach (var family in new[] { 4, 6 })
            {
                // Nine in ten reach the nearest PoP; the others some other, one in a hundred nobody.
                var pops = network.Targets[target].Pops;
                string[] names = [.. pops.Select(pop => SimulatedNetwork.Identity(target, network.Pops.TakeWhile(other => other.Code != pop.Code).Count(), 1))];
                var served = Array.ConvertAll(probes, probe => random.Next(100) == 0 ? -1 : random.Next(10) == 0 ? random.Next(pops.Count)
                    : Enumerable.Range(0, pops.Count).MinBy(pop => GreatCircle.DistanceKm(probe.Position!.Value, pops[pop].Position)));
                foreach (var kind in new[] { MeasurementKind.Dns, MeasurementKind.Ping })
                {
                    measurement++;
                    store.SaveMeasurement(new StoredMeasurement(measurement, network.Targets[target].Name, kind, family, kind == MeasurementKind.Dns ? "id.server" : null, 3600) { Start = Start });
                    for (var day = 0; day < 7; day++)
                    {
                        store.Save(Day(measurement, kind, family, day, probes, pops, names, served, random));
                    }

                    store.SetWatermark(measurement, Start.AddDays(7).ToUnixTimeSeconds());
                }
            }
        }
    }

    private static IEnumerable<Observation> Day(
        long measurement, MeasurementKind kind, int family, int day, Probe[] probes, IReadOnlyList<Pop> pops, string[] names, int[] served, Random random)
    {
        for (var hour = day * 24; hour < Math.Min(Hours, (day + 1) * 24); hour++)
        {
            for (var index = 0; index < probes.Length; index++)
            {
                var isAnswered = served[index] >= 0 && random.Next(100) > 0;
                var ms = isAnswered ? 3 + (GreatCircle.FibreRttMs(GreatCircle.DistanceKm(probes[index].Position!.Value, pops[served[index]].Position)) * 1.4) + (random.NextDouble() * 3) : double.NaN;
                yield return new Observation
                {
                    Kind = kind,
                    Measurement = measurement,
                    Probe = probes[index].Id,
                    At = Start.ToUnixTimeSeconds() + (hour * 3600) + (probes[index].Id % 400) + random.Next(-2, 3) + 5,
                    Family = (byte)family,
                    Query = kind == MeasurementKind.Dns ? "id.server" : null,
                    Identity = kind == MeasurementKind.Dns && isAnswered ? names[served[index]] : null,
                    Outcome = isAnswered ? Outcome.Answered : Outcome.Unanswered,
                    RttMs = kind == MeasurementKind.Dns ? ms : double.NaN,
                    RttMinMs = kind == MeasurementKind.Ping ? ms : double.NaN,
                    RttAvgMs = kind == MeasurementKind.Ping ? ms + 1 : double.NaN,
                    RttMaxMs = kind == MeasurementKind.Ping ? ms + 2 : double.NaN,
                    Sent = kind == MeasurementKind.Ping ? 3 : -1,
                    Received = kind == MeasurementKind.Ping ? isAnswered ? 3 : 0 : -1,
                    Duplicates = kind == MeasurementKind.Ping ? 0 : -1,
                };
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
