using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Tests.Import;

/// <summary>Makes Atlas results, as text.</summary>
internal static class Results
{
    /// <summary>Monday, 16 June 2025, 00:00 UTC.</summary>
    public const long Monday = 1_750_032_000;

    public static string Dns(long measurement, int probe, long at, double rttMs, string identity, long? storedAt = null, int family = 4) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"fw":5080,"af":{{{family}}},"dst_addr":"{{{(family == 6 ? "2001:db8::53" : "192.0.2.53")}}}","from":"203.0.113.9","msm_id":{{{measurement}}},"prb_id":{{{probe}}},"proto":"UDP","timestamp":{{{at}}},{{{(storedAt is { } stored ? $"\"stored_timestamp\":{stored}," : "")}}}"type":"dns","result":{"ANCOUNT":1,"ID":1,"answers":[{"NAME":"id.server","RDATA":["{{{identity}}}"],"TYPE":"TXT"}],"rt":{{{rttMs}}},"size":40}}""");

    public static string Silent(long measurement, int probe, long at) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"fw":5080,"af":4,"dst_addr":"192.0.2.53","msm_id":{{{measurement}}},"prb_id":{{{probe}}},"proto":"UDP","timestamp":{{{at}}},"type":"dns","error":{"timeout":5000}}""");

    public static string Ping(long measurement, int probe, long at, double rttMs) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"fw":5080,"af":4,"dst_addr":"192.0.2.53","msm_id":{{{measurement}}},"prb_id":{{{probe}}},"proto":"ICMP","timestamp":{{{at}}},"type":"ping","sent":1,"rcvd":1,"dup":0,"min":{{{rttMs}}},"avg":{{{rttMs}}},"max":{{{rttMs}}},"result":[{"rtt":{{{rttMs}}}}]}""");

    /// <summary>Some days of several measurements, with repetitions, contradictions, silence, late results and wrong clocks.</summary>
    public static List<string> Mixed(int seed, int count)
    {
        var random = new Random(seed);
        var lines = new List<string>(count);
        for (var index = 0; index < count; index++)
        {
            var probe = random.Next(1, 12);
            var at = Monday + (random.Next(60) * 3600) + probe;
            var rtt = random.Next(1, 5) + 0.5;
            lines.Add(random.Next(12) switch
            {
                0 => Silent(10, probe, at),
                1 => Ping(12, probe, at, rtt),
                2 => Dns(10, probe, at, rtt, "late", storedAt: at + 90_000),
                3 => Dns(10, probe, at - 1_000_000_000, rtt, "clock", storedAt: at),
                4 => Dns(11, probe, at, rtt, "six", family: 6),
                5 => lines.Count > 0 ? lines[random.Next(lines.Count)] : Silent(10, probe, at),
                _ => Dns(10, probe, at, rtt, "ns" + random.Next(3)),
            });
        }

        return lines;
    }

    public static byte[] Ndjson(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>The lines of all archive files, by path; read with nothing of ours.</summary>
    public static SortedDictionary<string, string[]> Archived(string archive)
    {
        var files = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(archive, "*.gz", SearchOption.AllDirectories))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            files.Add(Path.GetRelativePath(archive, file), reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return files;
    }
}
