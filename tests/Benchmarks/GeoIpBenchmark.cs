using System.Diagnostics;
using System.Globalization;
using System.Net;
using Collector.Geolocation;
using MaxMind.GeoIP2;

namespace Benchmarks;

/// <summary>Look-ups in a City database, next to the typed ones of MaxMind.GeoIP2, which decode all of a record.</summary>
internal static class GeoIpBenchmark
{
    private const int Networks = 50_000;
    private const int Asked = 20_000;
    private const int Rounds = 5;

    // Records of the real ones carry their names in these.
    private static readonly string[] Languages = ["de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"];

    public static int Run(string[] args)
    {
        var path = args.FirstOrDefault() ?? Path.Combine(Path.GetTempPath(), $"geoip-benchmark-{Environment.ProcessId}.mmdb");
        try
        {
            if (args.Length == 0)
            {
                Make(path);
            }

            Measure(path);
            return 0;
        }
        finally
        {
            if (args.Length == 0)
            {
                File.Delete(path);
            }
        }
    }

    private static void Measure(string path)
    {
        using var ours = MaxMindDatabase.Open(path);
        using var typed = new DatabaseReader(path);
        var random = new Random(8038);
        var known = new List<IPAddress>();
        var bytes = new byte[4];
        for (var attempt = 0; known.Count < Asked && attempt < 1_000 * Asked; attempt++)
        {
            random.NextBytes(bytes);
            var address = new IPAddress(bytes);
            if (ours.Find(address) is not null)
            {
                known.Add(address);
            }
        }

        var (best, bestTyped) = (0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            best = Math.Max(best, PerSecond(known, address => ours.Find(address)));
            bestTyped = Math.Max(bestTyped, PerSecond(known, address => typed.TryCity(address, out _)));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        known.ForEach(address => ours.Find(address));
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / known.Count;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"geoip: {known.Count} addresses of {ours.Info.Type}: {best:N0} look-ups a second on one thread, {allocated} bytes each; DatabaseReader.TryCity {bestTyped:N0}: {best / bestTyped:0.0} times as many"));
    }

    private static double PerSecond(List<IPAddress> addresses, Action<IPAddress> find)
    {
        var clock = Stopwatch.StartNew();
        addresses.ForEach(find);
        return addresses.Count / clock.Elapsed.TotalSeconds;
    }

    private static void Make(string path)
    {
        var random = new Random(1);
        var writer = new MaxMindWriter("GeoLite2-City", DateTimeOffset.UnixEpoch.AddYears(56)) { Description = "made for a benchmark" };
        for (var network = 0; network < Networks; network++)
        {
            var prefix = new IPAddress([(byte)(1 + (network % 200)), (byte)(network / 200 % 250), 0, 0]);
            writer.Add(new IPNetwork(prefix, 16), new Dictionary<string, object?>
            {
                ["city"] = Named($"City {random.Next(10_000)}"),
                ["continent"] = Named($"Continent {random.Next(7)}"),
                ["country"] = Named($"Country {random.Next(200)}", "NL"),
                ["location"] = new Dictionary<string, object?>
                {
                    ["accuracy_radius"] = (ushort)random.Next(1, 1000),
                    ["latitude"] = Math.Round((random.NextDouble() * 180) - 90, 4),
                    ["longitude"] = Math.Round((random.NextDouble() * 360) - 180, 4),
                    ["time_zone"] = "Europe/Amsterdam",
                },
                ["postal"] = new Dictionary<string, object?> { ["code"] = "7311" },
                ["registered_country"] = Named($"Country {random.Next(200)}", "NL"),
                ["subdivisions"] = new List<object> { Named($"Province {random.Next(1_000)}", "GE") },
            });
        }

        writer.Save(path);
    }

    private static Dictionary<string, object?> Named(string name, string? code = null) => new()
    {
        ["geoname_id"] = (uint)name.Length,
        ["iso_code"] = code,
        ["names"] = Languages.ToDictionary(language => language, language => (object?)$"{name} ({language})"),
    };
}
