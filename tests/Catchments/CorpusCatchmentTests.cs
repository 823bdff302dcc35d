using System.Text;
using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Geography;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Catchments;
using Tests.Store;
using Xunit;

namespace Tests.Catchments;

/// <summary>Real results and what others made of them.</summary>
public sealed class CorpusCatchmentTests
{
    private const string Cloudflare = "dns/cloudflare-id.server-1768147-a";
    private const string Quad9 = "dns/quad9-29083406";

    // Measurement 1768147 ran on 21 March 2015; 29083406 on 10 February 2021, for some probes days later.
    private static readonly Window March2015 = Window.Of(new IsoWeek(2015, 12));
    private static readonly Window February2021 = new(new IsoWeek(2021, 6).Start, new IsoWeek(2021, 7).End);

    [Fact]
    public async Task Cloudflares_sites_of_2015_are_those_that_others_found()
    {
        var expected = CloudflareLines();
        using var folder = new TemporaryFolder();
        using var store = await ImportAsync(folder, [.. Tests.Corpus.Lines(Cloudflare + ".ndjson.gz")], expected);
        var target = CloudflareTarget(expected);
        var catchment = new CatchmentReader(store).Read(target, 4, March2015);
        var probes = catchment.Probes.ToDictionary(probe => probe.Id);

        // The site of most of a probe's lines, the latest of equals.
        var sites = expected.GroupBy(line => line.Probe).ToDictionary(
            lines => lines.Key,
            lines => lines.GroupBy(line => line.Site).MaxBy(site => (site.Count(), site.Max(line => line.At)))!.Key);
        Assert.Equal(119, sites.Count);
        Assert.Equal(sites.OrderBy(site => site.Key), probes.Values.Select(probe => KeyValuePair.Create(probe.Id, probe.Pop?.Code ?? "")));
        Assert.Equal(
            sites.Values.CountBy(site => site).OrderBy(site => site.Key),
            World.Cut(catchment, CatchmentKey.Pop).Rows.Select(row => KeyValuePair.Create(row.Key, row.Probes)).OrderBy(row => row.Key));

        foreach (var line in expected.Where(line => line.Site == sites[line.Probe]))
        {
            Assert.Equal(line.DistanceKm, probes[line.Probe].DistanceKm!.Value, line.DistanceKm * 0.01);
        }
    }

    [Fact]
    public async Task Every_line_is_attributed_to_the_site_that_others_found()
    {
        var expected = CloudflareLines();
        using var folder = new TemporaryFolder();
        using var store = await ImportAsync(folder, [.. Tests.Corpus.Lines(Cloudflare + ".ndjson.gz")], expected);
        var identifier = new Identifier(CloudflareTarget(expected));
        var found = new Dictionary<(int, long), string?>();
        foreach (var samples in store.ReadByProbe([1768147], March2015.FromUnixSeconds, March2015.ToUnixSeconds))
        {
            foreach (var sample in samples.Of(0))
            {
                found[(samples.Probe, sample.At)] = identifier.Identify(store.Text(sample.Identity) ?? "", "id.server", March2015.From).Pop?.Code;
            }
        }

        Assert.Equal(2684, expected.Count);
        Assert.All(expected, line => Assert.Equal(line.Site, found[(line.Probe, line.At)]));
    }

    /// <summary>Only of lines served by Johannesburg and Newark: of the others, the source leaves Johannesburg and mostly Singapore out, which
    /// are nearer, and knows sites in Europe that this half of its data does not name.</summary>
    [Fact]
    public async Task The_nearest_site_is_as_far_as_others_measured()
    {
        var expected = CloudflareLines();
        using var folder = new TemporaryFolder();
        using var store = await ImportAsync(folder, [.. Tests.Corpus.Lines(Cloudflare + ".ndjson.gz")], expected);
        var probes = new CatchmentReader(store).Read(CloudflareTarget(expected), 4, March2015).Probes.ToDictionary(probe => probe.Id);
        var lines = expected.Where(line => line.Site is "JNB" or "EWR").ToList();
        Assert.Equal(1766, lines.Count);
        Assert.All(lines, line => Assert.Equal(line.NearestKm, probes[line.Probe].NearestKm!.Value, line.NearestKm * 0.01));
    }

    [Fact]
    public async Task Quad9s_sites_are_those_that_its_own_tool_prints()
    {
        var expected = new SortedDictionary<int, string?>();
        foreach (var line in Tests.Corpus.Lines(Quad9 + ".expected.ndjson"))
        {
            // Measurement A is the side before the colon; the tool's words for no site are these two.
            using var json = JsonDocument.Parse(line);
            var site = json.RootElement.GetProperty("site_pair").GetString()!.Split(':')[0];
            expected[json.RootElement.GetProperty("prb_id").GetInt32()] = site is "no_reply" or "unknown" ? null : site.ToUpperInvariant();
        }

        using var folder = new TemporaryFolder();
        using var store = await ImportAsync(folder, [.. Tests.Corpus.Lines(Quad9 + ".ndjson")], []);
        var target = new Target("anycast")
        {
            Pops =
            [
                .. expected.Values.OfType<string>().Distinct().Select((site, index) => new Pop(site, new GeoPoint(10, index + 1))
                {
                    Identities = [new IdentityPattern($@"^(?<server>res\d+)\.{site}\.rrdns\.pch\.net$")],
                }),
            ],
        };
        var catchment = new CatchmentReader(store).Read(target, 4, February2021);
        Assert.Equal(96, expected.Count);
        var found = catchment.Probes.ToDictionary(probe => probe.Id, probe => probe.Pop?.Code);
        Assert.All(expected, probe => Assert.Equal(probe.Value, found.GetValueOrDefault(probe.Key)));

        // Two probes had no route ("Network is unreachable"): they did not ask.
        Assert.Equal((94, 2), (catchment.Asked, catchment.CouldNotAsk));
        Assert.All(catchment.Probes.Where(probe => probe.Pop is not null), probe => Assert.StartsWith("res", probe.Server, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Importing_twice_or_in_another_order_gives_the_same_bytes()
    {
        var expected = CloudflareLines();
        string[] lines = [.. Tests.Corpus.Lines(Cloudflare + ".ndjson.gz")];
        var target = CloudflareTarget(expected);
        var answers = new List<string>();
        foreach (var order in new[] { lines, [.. lines.Reverse()], [.. lines.OrderBy(line => line.Length), .. lines] })
        {
            using var folder = new TemporaryFolder();
            using var store = await ImportAsync(folder, order, expected);
            var catchment = new CatchmentReader(store).Read(target, 4, March2015);
            answers.Add(string.Join('\n', Enum.GetValues<CatchmentKey>().Select(by => CatchmentJson.Write(CatchmentTable.Of(catchment, by), null))));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    private static async Task<SqliteStore> ImportAsync(TemporaryFolder folder, string[] lines, IReadOnlyList<Line> probes)
    {
        var store = SqliteStore.Open(folder.Root);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        await new Importer(store, NullLogger<Importer>.Instance).ImportAsync(stream, new ImportRequest { Target = "anycast" });
        store.SaveProbes(March2015.From, probes.DistinctBy(line => line.Probe).Select(line => new Probe(line.Probe)
        {
            Country = line.Country,
            AsnV4 = line.Asn,
            Position = line.Position,
        }));
        return store;
    }

    private static Target CloudflareTarget(IReadOnlyList<Line> lines) => new("anycast")
    {
        Pops =
        [
            .. lines.DistinctBy(line => line.Site).OrderBy(line => line.Site, StringComparer.Ordinal).Select(line => new Pop(line.Site, line.SitePosition)
            {
                Identities = [new IdentityPattern($"^{line.Site}$")],
            }),
        ],
    };

    private static List<Line> CloudflareLines()
    {
        var lines = new List<Line>();
        foreach (var text in Tests.Corpus.Lines(Cloudflare + ".expected.ndjson"))
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
                Number("dist_km"),
                Number("dist_nearest_site_km")));
        }

        return lines;
    }

    private sealed record Line(
        int Probe, long At, string Site, GeoPoint SitePosition, GeoPoint Position, string? Country, uint? Asn, double DistanceKm, double NearestKm);
}
