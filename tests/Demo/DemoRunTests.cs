using System.Text.Json;
using App.Demo;
using Collector.Configuration;
using Xunit;

namespace Tests.Demo;

/// <summary>The whole loop in small: the simulator over HTTP, apply, collect, attribute, report, score.</summary>
public sealed class DemoRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("demo").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_loop_ends_with_a_page_and_attributes_at_least_995_of_1000_rounds_rightly()
    {
        var output = Path.Combine(folder, "demo-output");
        var lines = new StringWriter();
        var page = await new DemoRun(new DemoOptions(output, Probes: 40, Weeks: 1), new StepLog(lines, isQuiet: false, isTerminal: false)).RunAsync(CancellationToken.None);

        Assert.Equal(Path.Combine(output, "reports", "2026-W46", "index.html"), page);
        using var score = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "score.json")));
        var attribution = score.RootElement.GetProperty("attribution");
        Assert.InRange(attribution.GetProperty("accuracy").GetDouble(), 0.995, 1);

        // 40 probes, three targets, IPv4 at least, 168 hourly rounds, less what is silent, intercepted or disconnected.
        Assert.InRange(attribution.GetProperty("attributed").GetInt64(), 12_000, 40 * 3 * 2 * 168);

        // Some of the world's probes have no place at Atlas, and its GeoIP databases are not always right.
        var placement = score.RootElement.GetProperty("placement");
        Assert.Equal(40, placement.GetProperty("probes").GetInt32());
        Assert.InRange(placement.GetProperty("byGeoIp").GetInt32(), 1, 10);
        Assert.InRange(placement.GetProperty("accuracy").GetDouble(), 0.85, 1);
        var settings = SettingsLoader.Load(Path.Combine(output, SettingsLoader.FileName), new Dictionary<string, string>());
        Assert.Equal(Path.GetFullPath(Path.Combine(output, "geoip", "city.mmdb")), Path.GetFullPath(settings.GeoIp.City!));
        Assert.True(File.Exists(settings.GeoIp.Asn));

        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "reports", "2026-W46", "report.json")));
        Assert.Equal(6, report.RootElement.GetProperty("targets").GetArrayLength());
        foreach (var map in report.RootElement.GetProperty("targets").EnumerateArray().SelectMany(target => target.GetProperty("maps").EnumerateArray()))
        {
            Assert.All(["png", "svg"], kind => Assert.True(File.Exists(Path.Combine(output, "reports", "2026-W46", map.GetProperty(kind).GetString()!))));
        }

        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "truth.json")));
        Assert.Equal(40, truth.RootElement.GetProperty("probes").GetArrayLength());
        Assert.Contains("score.json", lines.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "thesis.tex"), "years of work");
        var problem = await Assert.ThrowsAsync<ConfigurationException>(
            () => new DemoRun(new DemoOptions(folder), new StepLog(TextWriter.Null, isQuiet: true, isTerminal: false)).RunAsync(CancellationToken.None));
        Assert.Equal($"--out is {folder}, which holds thesis.tex; allowed: a new folder, an empty one, or an earlier demo's", problem.Message);
        Assert.Equal("years of work", await File.ReadAllTextAsync(Path.Combine(folder, "thesis.tex")));
    }
}
