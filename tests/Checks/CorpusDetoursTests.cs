using System.Text.Json;
using App.Cli;
using Collector.Geography;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Checks;

/// <summary>Cloudflare's anycast of March 2015, asked by probes in the south of Africa: the real results through the real commands, against the
/// sites and distances that somebody else worked out.</summary>
public sealed class CorpusDetoursTests
{
    private const string Cloudflare = "dns/cloudflare-id.server-1768147-a";

    // Where the airports are by which the sites are called. The file is of 119 probes, all but one in Africa.
    private static readonly Dictionary<string, string> CountryOfSite = new()
    {
        ["AMS"] = "NL",
        ["CDG"] = "FR",
        ["EWR"] = "US",
        ["FRA"] = "DE",
        ["JNB"] = "ZA",
        ["LHR"] = "GB",
        ["SIN"] = "SG",
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_probe_that_left_africa_without_need_is_found_and_no_other(bool withCountries)
    {
        var lines = Lines();
        using var folder = new TemporaryFolder();
        var findings = await FindingsAsync(folder, lines, withCountries);

        // Of the site of most of a probe's lines: on another continent, and Johannesburg is 1,000 km nearer.
        var johannesburg = lines.First(line => line.Site == "JNB").SitePosition;
        var truth = lines.GroupBy(line => line.Probe)
            .Select(probe => probe.GroupBy(line => line.Site).MaxBy(site => (site.Count(), site.Max(line => line.At)))!.First())
            .Where(line => Countries.Find(line.Country)?.Continent == Continent.Africa && line.Site != "JNB"
                && line.DistanceKm - GreatCircle.DistanceKm(line.Position, johannesburg) >= 1000)
            .ToDictionary(line => line.Probe);
        var detours = findings.Where(finding => finding.GetProperty("check").GetString() == "continental-detour").ToList();
        Assert.Equal(40, truth.Count);
        Assert.Equal(truth.Keys.Order(), detours.SelectMany(Probes).Order());

        // How far they go instead, by the other's distances.
        foreach (var detour in detours.Where(detour => Probes(detour) is [_]))
        {
            var line = truth[Probes(detour)[0]];
            Assert.Equal(line.DistanceKm - GreatCircle.DistanceKm(line.Position, johannesburg), detour.GetProperty("observed").GetDouble(), line.DistanceKm * 0.01);
        }

        var overReach = findings.Where(finding => finding.GetProperty("check").GetString() == "over-reach").Select(finding => finding.GetProperty("scope").GetProperty("value").GetString());
        Assert.Equal(["LHR"], overReach);
    }

    [Fact]
    public async Task Messages_name_network_country_and_cities()
    {
        using var folder = new TemporaryFolder();
        var messages = (await FindingsAsync(folder, Lines(), withCountries: false)).Select(finding => finding.GetProperty("message").GetString()!).ToList();
        Assert.Contains(
            "AS36914 in Kenya: 3 probes are served by LHR (London) for cloudflare over IPv4, 3,886 km farther than JNB (Johannesburg) in Africa, at least 39 ms. It takes 170 ms now.",
            messages);
        Assert.Contains(
            "AS16276 in Madagascar: 1 probe is served by AMS (Amsterdam) for cloudflare over IPv4, 6,802 km farther than JNB (Johannesburg) in Africa, at least 69 ms. It takes 211 ms now.",
            messages);
        Assert.Contains(
            "LHR (London) attracts 30 of its 30 probes for cloudflare over IPv4 from other continents (30 from Africa), although on their own JNB (Johannesburg) is nearer: by 7,848 km in the median, at least 80 ms.",
            messages);
        Assert.DoesNotContain(messages, message => message.Contains("only once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_week_without_results_is_no_week_without_trouble()
    {
        using var folder = new TemporaryFolder();
        _ = await FindingsAsync(folder, Lines(), withCountries: false);
        await using var process = MeasurementProcess.Start(
            folder["empty.log"], new Dictionary<string, string>(), "findings", "--week", "2016-W01", "--config", folder["settings.json"], "--data", folder["data"], "--format", "json");
        Assert.Equal("[]\n", await process.Output.ReadToEndAsync());
        Assert.Equal(ExitCode.Incomplete, await process.EndAsync());
    }

    /// <summary>The same measurement as if it had been asked once: what a one-off shows.</summary>
    [Fact]
    public async Task One_round_of_it_shows_the_same_detours_and_says_that_it_is_one_round()
    {
        var lines = Lines();
        using var folder = new TemporaryFolder();
        var first = lines.Select((line, index) => (line, index)).GroupBy(pair => pair.line.Probe).Select(probe => probe.MinBy(pair => pair.line.At)).ToList();
        var findings = await FindingsAsync(folder, [.. first.Select(pair => pair.line)], withCountries: true, [.. first.Select(pair => pair.index)]);
        var johannesburg = lines.First(line => line.Site == "JNB").SitePosition;
        var truth = first.Select(pair => pair.line).Where(line => Countries.Find(line.Country)?.Continent == Continent.Africa && line.Site != "JNB"
            && line.DistanceKm - GreatCircle.DistanceKm(line.Position, johannesburg) >= 1000);
        var detours = findings.Where(finding => finding.GetProperty("check").GetString() == "continental-detour").ToList();
        Assert.Equal(truth.Select(line => line.Probe).Order(), detours.SelectMany(Probes).Order());
        Assert.All(detours, detour =>
        {
            Assert.Equal("info", detour.GetProperty("severity").GetString());
            Assert.EndsWith(" Each probe was asked only once: whether it lasts is not known.", detour.GetProperty("message").GetString(), StringComparison.Ordinal);
        });
    }

    private static int[] Probes(JsonElement finding) => [.. finding.GetProperty("probes").EnumerateArray().Select(probe => probe.GetInt32())];

    private static async Task<List<JsonElement>> FindingsAsync(TemporaryFolder folder, List<Line> lines, bool withCountries, int[]? only = null)
    {
        var sites = Lines().DistinctBy(line => line.Site).Select(line => new
        {
            Code = line.Site,
            Latitude = line.SitePosition.LatitudeDegrees,
            Longitude = line.SitePosition.LongitudeDegrees,
            Country = withCountries ? CountryOfSite[line.Site] : null,
            Identities = new[] { $"^{line.Site}$" },
        });
        var settings = JsonSerializer.Serialize(new { Targets = new[] { new { Name = "cloudflare", IPv4 = "173.245.58.117" } }, Pops = sites });
        var probes = string.Join('\n', lines.DistinctBy(line => line.Probe).Select(line => JsonSerializer.Serialize(new
        {
            id = line.Probe,
            asn_v4 = line.Asn,
            country_code = line.Country,
            geometry = new { type = "Point", coordinates = new[] { line.Position.LongitudeDegrees, line.Position.LatitudeDegrees } },
        })));
        string[] all = [.. Corpus.Lines(Cloudflare + ".ndjson.gz")];
        var results = only is null ? Corpus.File(Cloudflare + ".ndjson.gz")
            : CorpusCommands.Write(folder, "results.ndjson", string.Join('\n', only.Select(index => all[index])));
        return await CorpusCommands.FindingsAsync(folder, settings, "cloudflare", "2015-W12", probes, results);
    }

    private static List<Line> Lines()
    {
        var lines = new List<Line>();
        foreach (var text in Corpus.Lines(Cloudflare + ".expected.ndjson"))
        {
            using var json = JsonDocument.Parse(text);
            double Number(string name) => json.RootElement.GetProperty(name).GetDouble();
            var asn = json.RootElement.GetProperty("probe_asn_v4");
            lines.Add(new Line(
                json.RootElement.GetProperty("prb_id").GetInt32(),
                json.RootElement.GetProperty("timestamp").GetInt64(),
                json.RootElement.GetProperty("site").GetString()!,
                new GeoPoint(Number("site_lat"), Number("site_lon")),
                new GeoPoint(Number("probe_lat"), Number("probe_lon")),
                json.RootElement.GetProperty("probe_country").GetString(),
                asn.ValueKind == JsonValueKind.Number ? asn.GetUInt32() : null,
                Number("dist_km")));
        }

        return lines;
    }

    private sealed record Line(int Probe, long At, string Site, GeoPoint SitePosition, GeoPoint Position, string? Country, uint? Asn, double DistanceKm);
}
