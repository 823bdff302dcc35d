using Simulator.Server;
using Simulator.Worlds;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Web;

/// <summary>Serving large reports leaves no memory behind.</summary>
public sealed class ReportMemoryTests
{
    private const int Megabytes = 60;
    private const int AllowedKilobytes = 50 * 1024;

    [Fact]
    public async Task A_minute_after_large_reports_were_served_memory_is_as_before()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory as on Linux");
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorServer.StartAsync(World.Create(5, 20, 1));
        Directory.CreateDirectory(Path.Combine(folder["reports"], "2026-W46", "maps"));
        var page = "<!DOCTYPE html><html><head><style>a{}</style></head><body>" + new string('x', Megabytes << 20);
        await File.WriteAllTextAsync(Path.Combine(folder["reports"], "2026-W46", "index.html"), page);
        await File.WriteAllTextAsync(Path.Combine(folder["reports"], "2026-W46", "report.json"), page);
        var environment = new Dictionary<string, string>
        {
            ["Atlas__BaseUrl"] = simulator.BaseUrl.ToString(),
            ["Atlas__Key"] = SimulatedNetwork.Key,
            ["Web__Listen"] = "http://127.0.0.1:0",
            ["Schedule__Probes__Enabled"] = "false",
            ["Schedule__Reconcile__Enabled"] = "false",
            ["Schedule__Collect__Enabled"] = "false",
            ["Schedule__Analyze__Enabled"] = "false",
            ["Schedule__WeeklyReport__Enabled"] = "false",
        };
        await using var service = MeasurementProcess.Start(
            folder["log"], environment, "serve", "--config", Repository.File("appsettings.json"), "--data", folder["data"], "--out", folder["reports"], "--quiet");
        using var http = new HttpClient { BaseAddress = await AddressAsync(folder["log"]), Timeout = TimeSpan.FromMinutes(5) };
        Assert.Equal("ok\n", await http.GetStringAsync("/health/live"));
        await ReadAsync(http, "/reports/");
        var before = service.ResidentKilobytes()!.Value;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(one => ReadAsync(http, one % 2 == 0 ? "/reports/2026-W46/" : "/reports/2026-W46/report.json")));
        using var minute = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var after = service.ResidentKilobytes()!.Value;
        while (after - before > AllowedKilobytes && !minute.IsCancellationRequested)
        {
            await Task.Delay(100);
            after = service.ResidentKilobytes()!.Value;
        }

        Assert.True(after - before <= AllowedKilobytes, $"{before} KiB before, {after} KiB a minute after");
    }

    private static async Task ReadAsync(HttpClient http, string path)
    {
        await using var body = await http.GetStreamAsync(path);
        await body.CopyToAsync(Stream.Null);
    }

    internal static async Task<Uri> AddressAsync(string log)
    {
        const string Words = "it answers on ";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var text = File.Exists(log) ? await File.ReadAllTextAsync(log, patience.Token) : "";
            if (text.IndexOf(Words, StringComparison.Ordinal) is > 0 and var at && text.IndexOf(" and keeps", at, StringComparison.Ordinal) is > 0 and var end)
            {
                return new Uri(text[(at + Words.Length)..end]);
            }

            await Task.Delay(50, patience.Token);
        }
    }
}
