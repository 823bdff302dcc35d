using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Collector.Results;

namespace Benchmarks;

/// <summary>Results decoded in a second, from memory, against what others do with the same bytes in the same run.</summary>
internal static class DecodeBenchmark
{
    private const int Lines = 600_000;
    private const int Rounds = 5;

    public static int Run(string[] arguments)
    {
        var bytes = arguments is [var file] ? Unpacked(file) : Sample();
        var results = bytes.AsSpan().Count((byte)'\n');
        Console.WriteLine($"{results:N0} results, {bytes.Length / 1e6:N0} MB");

        var decoder = Best(() =>
        {
            var counter = new Counter();
            DecodeLines(new ResultDecoder(), bytes, counter);
            return counter.Observations;
        });
        Report("decoder, one thread", results, decoder);
        Report("reader: split, then decode", results, Best(() => ResultReader.Read(bytes, new Counter()).Counts.Observations));
        var threads = Environment.ProcessorCount;
        Report($"decoder, {threads} threads", results, Best(() => InParallel(bytes, threads)));
        Report("Utf8JsonReader, every token", results, Best(() => Tokens(bytes)));
        if (Python(bytes) is { } python)
        {
            Report("CPython json.loads", results, python);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"decoder / json.loads: {python / decoder:0.0} (goal: 15)"));
        }
        else
        {
            Console.WriteLine("no python3 here: no ratio");
        }

        return 0;
    }

    private static void Report(string what, int results, double seconds) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what,-30} {results / seconds,12:N0} results/s {seconds * 1e9 / results,8:N0} ns"));

    private static double Best(Func<long> run)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            run();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return best;
    }

    private static void DecodeLines(ResultDecoder decoder, ReadOnlySpan<byte> lines, Counter counter)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            decoder.Decode(end < 0 ? lines : lines[..end], counter);
            lines = end < 0 ? default : lines[(end + 1)..];
        }
    }

    private static long InParallel(byte[] bytes, int threads)
    {
        var counters = new Counter[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            counters[part] = new Counter();
            DecodeLines(new ResultDecoder(), bytes.AsSpan(LineStart(bytes, part, threads)..LineStart(bytes, part + 1, threads)), counters[part]);
        });
        return counters.Sum(counter => counter.Observations);
    }

    private static int LineStart(byte[] bytes, int part, int parts)
    {
        var from = (int)((long)bytes.Length * part / parts);
        return part == 0 || part == parts ? from : from + bytes.AsSpan(from).IndexOf((byte)'\n') + 1;
    }

    private static long Tokens(ReadOnlySpan<byte> lines)
    {
        var tokens = 0L;
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var reader = new Utf8JsonReader(end < 0 ? lines : lines[..end]);
            while (reader.Read())
            {
                tokens++;
            }

            lines = end < 0 ? default : lines[(end + 1)..];
        }

        return tokens;
    }

    /// <summary>Seconds that CPython takes to parse the lines, and nothing else; null without CPython.</summary>
    private static double? Python(byte[] bytes)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            const string Program = """
                import json, sys, time
                lines = open(sys.argv[1], 'rb').read().splitlines()
                best = 1e9
                for _ in range(2):
                    start = time.perf_counter()
                    for line in lines:
                        json.loads(line)
                    best = min(best, time.perf_counter() - start)
                print(best)
                """;
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Program, file]) { RedirectStandardOutput = true })!;
            var seconds = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return double.TryParse(seconds, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Unpacked(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return bytes;
        }

        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    /// <summary>Real CHAOS answers over and over where the corpus is, made-up ones of the same shape elsewhere.</summary>
    internal static byte[] Sample()
    {
        var real = CorpusFile();
        var once = real is null ? MadeUp() : Unpacked(real);
        Console.WriteLine(real is null ? "made-up results" : Path.GetFileName(real));
        var copies = (Lines / once.AsSpan().Count((byte)'\n')) + 1;
        var all = new byte[once.Length * copies];
        for (var copy = 0; copy < copies; copy++)
        {
            once.CopyTo(all, copy * once.Length);
        }

        return all;
    }

    private static string? CorpusFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "corpus", "dns", "cloudflare-id.server-1768147-a.ndjson.gz");
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    private static byte[] MadeUp()
    {
        string[] sites = ["FMT", "MIA", "GRU", "APE", "LJU", "SIN", "TYO", "SYD", "JNB"];
        var random = new Random(8038);
        var text = new StringBuilder();
        for (var probe = 1; probe <= 3000; probe++)
        {
            byte[] message = [0, 1, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0, .. "\u0002id\u0006server\0\0\u0010\0\u0003"u8, 0xC0, 12, 0, 16, 0, 3, 0, 0, 0, 60, 0, 4, 3,
                .. Encoding.ASCII.GetBytes(sites[random.Next(sites.Length)])];
            text.Append(CultureInfo.InvariantCulture, $$"""
                {"af":4,"dst_addr":"192.0.2.53","from":"198.51.{{probe >> 8}}.{{probe & 255}}","fw":5080,"group_id":1768147,"lts":{{random.Next(200)}},"msm_id":1768147,"msm_name":"Tdig","prb_id":{{probe}},"proto":"UDP","result":{"ANCOUNT":1,"ARCOUNT":0,"ID":{{random.Next(65536)}},"NSCOUNT":0,"QDCOUNT":1,"abuf":"{{Convert.ToBase64String(message)}}","answers":[{"NAME":"id.server","RDATA":["FMT"],"TYPE":"TXT"}],"rt":{{random.Next(300_000) / 1000.0}},"size":{{message.Length}}},"src_addr":"192.168.1.{{probe & 255}}","timestamp":{{1750000000 + probe}},"type":"dns"}

                """);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private sealed class Counter : IResultHandler
    {
        public long Observations { get; private set; }

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => Observations++;

        public void Reject(string reason, ReadOnlySpan<byte> result)
        {
        }
    }
}
