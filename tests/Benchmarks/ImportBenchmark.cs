using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Collector.Import;
using Collector.Store;

namespace Benchmarks;

/// <summary>The time that importing a gzipped file takes, archive and store and all, against that of unpacking it with gzip.</summary>
internal static class ImportBenchmark
{
    private const int Lines = 600_000;
    private const int Rounds = 7;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        try
        {
            var file = Sample(Path.Combine(folder, "results.ndjson.gz"));
            var configuration = Path.Combine(folder, "configuration.json");
            await File.WriteAllTextAsync(configuration, """
                {"Targets":[{"Name":"anycast1","IPv4":"192.0.2.53"}],"Pops":[{"Code":"AMS","Latitude":52.3,"Longitude":4.8,"Identities":["ns"]}]}
                """);
            var data = Path.Combine(folder, "data");
            var program = arguments is [var published] ? published : typeof(App.Cli.CommandLine).Assembly.Location;
            var gzip = new List<double>();
            var process = new List<double>();
            var inside = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                gzip.Add(Run("gzip", "-dc", file));
                process.Add(Run("dotnet", program, "import", file, "--target", "anycast1", "--config", configuration, "--data", data, "--quiet"));
                Directory.Delete(data, recursive: true);
                inside.Add(await ImportAsync(file, data));
                Directory.Delete(data, recursive: true);
            }

            Report("gzip -dc", gzip);
            Report("import, the whole process", process);
            Report("import, inside a process", inside);
            Console.WriteLine(Text($"whole process / gzip: {Ratio(process, gzip):0.00} (goal: at most 1.5)"));
            Console.WriteLine(Text($"inside / gzip: {Ratio(inside, gzip):0.00}"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ImportAsync(string file, string data)
    {
        var watch = Stopwatch.StartNew();
        using var store = SqliteStore.Open(data);
        await using var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        await new Importer(store).ImportAsync(input, new ImportRequest { Target = "anycast1" });
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Seconds that a program takes whose output nobody reads.</summary>
    private static double Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > /dev/null", "sh", program, .. arguments]);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0 ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    /// <summary>The median of the rounds' own ratios: what disturbs the machine for a while disturbs both.</summary>
    private static double Ratio(List<double> times, List<double> yardstick) => Median(times.Zip(yardstick, (time, unit) => time / unit));

    private static void Report(string what, List<double> seconds) =>
        Console.WriteLine(Text($"{what,-28} median {Median(seconds):0.000} s, best {seconds.Min():0.000} s"));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The results of the decoder's benchmark, each copy a day later.</summary>
    private static string Sample(string path)
    {
        var bytes = DecodeBenchmark.Sample();
        var marker = "\"timestamp\":"u8;
        var results = bytes.AsSpan().Count((byte)'\n');
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var written = 0;
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        for (var rest = bytes.AsSpan(); !rest.IsEmpty && written < Lines; written++)
        {
            var line = rest[..(rest.IndexOf((byte)'\n') + 1)];
            rest = rest[line.Length..];
            var key = Encoding.ASCII.GetString(line);
            seen[key] = seen.GetValueOrDefault(key) + 1;
            var digits = line.Slice(line.IndexOf(marker) + marker.Length, 10);
            var at = long.Parse(digits, CultureInfo.InvariantCulture) + ((seen[key] - 1) * 86_400L);
            Encoding.ASCII.GetBytes(at.ToString(CultureInfo.InvariantCulture), digits);
            gzip.Write(line);
        }

        gzip.Dispose();
        Console.WriteLine(Text($"{Math.Min(results, Lines):N0} results, {new FileInfo(path).Length / 1e6:0.0} MB packed"));
        return path;
    }
}
