using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Web;

/// <summary>A network as large as the largest: thirteen services at three hundred PoPs, of which few probes tell.</summary>
public sealed class LargeNetworkTests
{
    private const int Targets = 13;
    private const int Pops = 300;
    private const int Measured = 3;
    private const int ProbeCount = 8;
    private const long MostKilobytes = 1536 * 1024;

    // What takes seconds here is given the time that a machine five times slower takes, and more.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait("Tier", "slow")]
    public async Task It_is_imported_reported_and_served_in_bounded_memory_and_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory as on Linux");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["appsettings.json"], Configuration());
        await File.WriteAllTextAsync(folder["probes.json"], Probes());
        for (var target = 0; target < Measured; target++)
        {
            await File.WriteAllTextAsync(folder["results.ndjson"], Results(target));
            await RunAsync(folder, "import", folder["results.ndjson"], "--target", NameOf(target), "--probes", folder["probes.json"], "--quiet");
        }

        var (peak, took) = await RunAsync(folder, "report", "--week", "2026-W46", "--out", folder["reports"], "--quiet");
        Assert.InRange(peak, 1, MostKilobytes);
        Assert.InRange(took, TimeSpan.Zero, Patience);

        // Maps of who uses a PoP are of those that somebody uses.
        var maps = Directory.GetFiles(Path.Combine(folder["reports"], "2026-W46", "maps"), "*-rtt-*.png").Length;
        Assert.InRange(maps, Measured, Measured * 2 * ProbeCount);

        await using var service = MeasurementProcess.Start(
            folder["log"], new Dictionary<string, string>(), "serve", "--config", folder["appsettings.json"], "--data", folder["data"], "--out", folder["reports"], "--quiet",
            "--clock", string.Create(CultureInfo.InvariantCulture, $"2026-11-16T01:00:00Z@{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}*1"));
        using var http = new HttpClient { BaseAddress = await ReportMemoryTests.AddressAsync(folder["log"]), Timeout = Patience };
        foreach (var path in new[] { "/", $"/api/v1/catchments?target={NameOf(0)}&family=4&week=2026-W46", "/api/v1/pops", "/findings", "/metrics", "/reports/2026-W46/" })
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }

        using var catchment = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/catchments?target={NameOf(0)}&family=4&week=2026-W46"));
        Assert.Equal(ProbeCount, catchment.RootElement.GetProperty("probes").GetProperty("attributed").GetInt32());
        Assert.Equal(ProbeCount, catchment.RootElement.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("probes").GetInt32()));
        Assert.InRange(service.ResidentKilobytes()!.Value, 1, MostKilobytes);
        Assert.Equal(0, await service.TerminateAsync());
    }

    private static async Task<(long Peak, TimeSpan Took)> RunAsync(TemporaryFolder folder, params string[] arguments)
    {
        var started = Stopwatch.StartNew();
        await using var process = MeasurementProcess.Start(
            folder["log-of-command"], new Dictionary<string, string>(), [.. arguments, "--config", folder["appsettings.json"], "--data", folder["data"]]);
        var end = process.EndAsync();
        var peak = 0L;
        while (await Task.WhenAny(end, Task.Delay(50)) != end)
        {
            peak = Math.Max(peak, process.ResidentKilobytes() ?? 0);
        }

        Assert.True(await end == 0, await File.ReadAllTextAsync(folder["log-of-command"]));
        return (peak, started.Elapsed);
    }

    private static string NameOf(int target) => string.Create(CultureInfo.InvariantCulture, $"service-{target}");

    private static string Configuration()
    {
        var text = new StringBuilder("{\"Targets\":[");
        text.AppendJoin(',', Enumerable.Range(0, Targets).Select(target => string.Create(
            CultureInfo.InvariantCulture, $$"""{"Name":"{{NameOf(target)}}","IPv4":"192.0.2.{{target + 1}}","IPv6":"2001:db8::{{target + 1}}"}""")));
        text.Append("],\"Pops\":[");
        text.AppendJoin(',', Enumerable.Range(0, Pops).Select(pop => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"Code":"P{{pop}}","City":"City {{pop}}","Country":"NL","Latitude":{{(pop % 17 * 7) - 55}},"Longitude":{{(pop * 37 % 360) - 180}},"Identities":["^(?<server>.*)\\.p{{pop}}$"]}""")));
        text.Append("],\"Probes\":{\"Count\":10},\"Atlas\":{\"BaseUrl\":\"http://127.0.0.1:9/api/v2/\",\"Retries\":0},\"Web\":{\"Listen\":\"http://127.0.0.1:0\"}}");
        return text.ToString();
    }

    private static string Probes() => "{\"results\":[" + string.Join(',', Enumerable.Range(1, ProbeCount).Select(probe => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":{{{probe}}},"country_code":"NL","asn_v4":{{{64500 + probe}}},"asn_v6":{{{64500 + probe}}},"geometry":{"type":"Point","coordinates":[{{{probe}}},52]},"status":{"id":1,"name":"Connected"},"is_anchor":false,"tags":[]}"""))) + "]}";

    /// <summary>A week, asked every four hours, over both families.</summary>
    private static string Results(int target)
    {
        var text = new StringBuilder();
        foreach (var (family, address) in new[] { (4, string.Create(CultureInfo.InvariantCulture, $"192.0.2.{target + 1}")), (6, string.Create(CultureInfo.InvariantCulture, $"2001:db8::{target + 1}")) })
        {
            for (var probe = 1; probe <= ProbeCount; probe++)
            {
                for (var hour = 0; hour < 168; hour += 4)
                {
                    var at = new DateTimeOffset(2026, 11, 9, hour % 24, 0, probe, TimeSpan.Zero).AddDays(hour / 24).ToUnixTimeSeconds();
                    text.Append(CultureInfo.InvariantCulture, $$$"""{"fw":5080,"msm_id":{{{1_000_000 + (target * 10) + family}}},"prb_id":{{{probe}}},"timestamp":{{{at}}},"type":"dns","af":{{{family}}},"dst_addr":"{{{address}}}","proto":"UDP","result":{"ANCOUNT":1,"ARCOUNT":0,"ID":1,"NSCOUNT":0,"QDCOUNT":1,"rt":250.5,"size":60,"answers":[{"TYPE":"TXT","NAME":"id.server","RDATA":["ns1.p{{{((probe * 13) + target) % Pops}}}"]}]}}""").Append('\n');
                }
            }
        }

        return text.ToString();
    }
}
