using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Comparisons;
using Analyzer.Lookups;
using Analyzer.Time;
using App.Hosting;
using App.Inspection;
using Collector.Configuration;
using Collector.Geography;
using Collector.Geolocation;
using Collector.Import;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Catchments;
using Reports.Findings;
using Reports.Lookups;
using Reports.Places;
using Reports.Weekly;
using Tests.Store;
using Xunit;

namespace Tests.Geolocation;

/// <summary>Probes of which Atlas knows no place, country or network, as everybody sees them who counts or shows probes. Each of these tests fails when
/// its reader stops asking the database.</summary>
public sealed class PlacedProbesTests : IDisposable
{
    private const long Measurement = 90_000_001;

    private static readonly Window Week = Window.Of(new IsoWeek(2026, 46));
    private static readonly GeoPoint Singapore = new(1.29, 103.85);

    // PoPs in Apeldoorn and Singapore: the probes reach the first, and stand by the second.
    private static readonly Target Target = new("service")
    {
        IPv4 = IPAddress.Parse("192.0.2.53"),
        Pops =
        [
            new Pop("APE", new GeoPoint(52.21, 5.96)) { Country = "NL", Identities = [new IdentityPattern("^(?<server>ns\\d+)\\.ape")] },
            new Pop("SIN", new GeoPoint(1.35, 103.99)) { Country = "SG", Identities = [new IdentityPattern("^(?<server>ns\\d+)\\.sin")] },
        ],
    };

    private readonly TemporaryFolder folder = new();
    private readonly Database database = new();
    private readonly ObservationStore store;

    public PlacedProbesTests()
    {
        store = SqliteStore.Open(folder["data"]);
        store.Placer = new ProbePlacer(database);
        store.SaveMeasurement(new StoredMeasurement(Measurement, Target.Name, MeasurementKind.Dns, 4, "id.server", 3600) { Start = Week.From.AddDays(-1) });

        // Probe 1 shows its address, 2 to 5 do not: what they send comes from one.
        store.SaveProbes(Week.From, [new Probe(1) { AddressV4 = IPAddress.Parse("198.51.100.1"), Status = ProbeStatus.Connected }, .. Enumerable.Range(2, 4).Select(id => new Probe(id) { Status = ProbeStatus.Connected })]);
        store.Save(Enumerable.Range(1, 5).SelectMany(probe => Enumerable.Range(0, 168).Select(hour => Answer(probe, hour, "ns1.ape", 190))));
        for (var probe = 1; probe <= 5; probe++)
        {
            database[$"198.51.100.{probe}"] = InSingapore;
        }
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(CatchmentKey.Country, "SG")]
    [InlineData(CatchmentKey.Continent, "Asia")]
    [InlineData(CatchmentKey.Asn, "AS64500")]
    public void A_catchment_counts_them_where_the_database_has_them(CatchmentKey by, string key)
    {
        var row = Assert.Single(CatchmentTable.Of(Catchment(), by).Rows);
        Assert.Equal((key, 5), (row.Key, row.Probes));
        store.Placer = null;
        Assert.NotEqual(key, Assert.Single(CatchmentTable.Of(Catchment(), by).Rows).Key);
    }

    [Fact]
    public void A_catchment_by_probe_says_whose_word_it_is()
    {
        var json = JsonNode.Parse(CatchmentJson.Write(CatchmentTable.Of(Catchment(), CatchmentKey.Probe), null))!;
        foreach (var row in json["rows"]!.AsArray())
        {
            // 10,440 km from Singapore to Apeldoorn, as any great circle calculator has it.
            Assert.InRange((double)row!["distanceKm"]!, 10_340, 10_540);
            Assert.Equal(
                ("SG", "geoip", 64500, "geoip", "geoip", "Lion City Net"),
                ((string?)row["country"], (string?)row["countryFrom"], (int?)row["asn"], (string?)row["asnFrom"], (string?)row["placeFrom"], (string?)row["asName"]));
        }

        Assert.Equal((0, 5, 0), ((int)json["places"]!["atlas"]!, (int)json["places"]!["geoip"]!, (int)json["places"]!["unplaced"]!));
        var csv = CatchmentCsv.Write(CatchmentTable.Of(Catchment(), CatchmentKey.Probe)).ToList();
        Assert.EndsWith(",Lion City Net,geoip,geoip,geoip", csv[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SG", 5)]
    [InlineData("AS64500", 5)]
    [InlineData("Singapore", 5)]
    [InlineData("198.51.100.3", 1)]
    [InlineData("probe:2", 1)]
    public void A_lookup_finds_them(string question, int probes)
    {
        var answer = Ask(question);
        Assert.Equal(probes, Assert.Single(answer.Families).Probes.Count);
        Assert.Equal("SIN", answer.Families[0].Nearest?.Code);
        Assert.Contains("Lion City Net", LookupJson.Write(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lookup_of_a_probe_says_whose_word_its_place_is_and_where_the_two_do_not_agree()
    {
        var placed = JsonNode.Parse(LookupJson.Write(Ask("probe:2")))!["probe"]!;
        Assert.Equal(("SG", "geoip", "Lion City Net", "geoip"), ((string?)placed["country"], (string?)placed["placeFrom"], (string?)placed["asNameV4"], (string?)placed["asnV4From"]));
        Assert.Contains("RIPE Atlas has no place of it; the GeoIP database has its address near", Ask("probe:2").Text, StringComparison.Ordinal);

        store.SaveProbes(Week.From, [new Probe(2) { Country = "NL", Position = new GeoPoint(52.37, 4.89), Status = ProbeStatus.Connected }]);
        var doubted = Ask("probe:2");
        Assert.Contains("Its place is in doubt: RIPE Atlas has it near Amsterdam in the Netherlands, the GeoIP database has its address near Singapore", doubted.Text, StringComparison.Ordinal);
        var disagreement = JsonNode.Parse(LookupJson.Write(doubted))!["probe"]!["disagreement"]!;
        Assert.Equal(("NL", "SG"), ((string?)disagreement["atlas"]!["country"], (string?)disagreement["geoip"]!["country"]));
        Assert.InRange((double)disagreement["distanceKm"]!, 10_400, 10_600);
    }

    [Fact]
    public void Checks_find_what_is_wrong_where_the_database_has_them_and_name_the_network()
    {
        // Asian probes in Europe, while Singapore is 20 km away.
        var finding = Assert.Single(Findings(), finding => finding.Check == ContinentalDetour.CheckName);
        Assert.Equal(("64500", "Lion City Net"), (finding.Scope.Value, finding.Scope.Name));
        Assert.Contains("AS64500 (Lion City Net) in Singapore", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("Lion City Net", FindingCsv.Write([finding]).Last(), StringComparison.Ordinal);
        store.Placer = null;
        Assert.DoesNotContain(Findings(), finding => finding.Check == ContinentalDetour.CheckName);
    }

    [Fact]
    public async Task The_report_counts_them_and_names_their_network()
    {
        var network = new AnycastNetwork([Target], Target.Pops);
        await new WeeklyReporter(new WeekReader(store, network), network, new ReportFolder(folder["reports"])).WriteAsync(new IsoWeek(2026, 46), cancellationToken: TestContext.Current.CancellationToken);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder["reports"], "2026-W46", "report.json"), TestContext.Current.CancellationToken))!["targets"]![0]!;
        Assert.Equal((5, 0), ((int)report["places"]!["geoIp"]!, (int)report["places"]!["unplaced"]!));
        Assert.Equal("SG", (string?)report["countries"]![0]!["key"]);
        Assert.Equal("AS64500 (Lion City Net)", (string?)report["networks"]![0]!["name"]);
        var page = await File.ReadAllTextAsync(Path.Combine(folder["reports"], "2026-W46", "index.html"), TestContext.Current.CancellationToken);
        Assert.Contains("5 probes placed by the GeoIP database", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_answers_with_them_counts_them_and_lists_the_doubtful_ones()
    {
        store.SaveProbes(Week.From, [new Probe(5) { Country = "NL", Position = new GeoPoint(52.37, 4.89), Status = ProbeStatus.Connected }]);
        var city = new MaxMindWriter("Test-City", DateTimeOffset.UnixEpoch.AddYears(50));
        city.Add(IPNetwork.Parse("198.51.100.0/24"), MaxMindWriter.City(InSingapore));
        city.Save(folder["city.mmdb"]);
        var asn = new MaxMindWriter("Test-ASN", DateTimeOffset.UnixEpoch.AddYears(50));
        asn.Add(IPNetwork.Parse("198.51.100.0/24"), MaxMindWriter.Asn(InSingapore with { AsName = "<b>Lion</b> City Net" }));
        asn.Save(folder["asn.mmdb"]);
        var settings = new Settings
        {
            Network = new AnycastNetwork([Target], Target.Pops),
            GeoIp = new GeoIpOptions { City = folder["city.mmdb"], Asn = folder["asn.mmdb"] },
            Web = new WebOptions { Listen = new Uri("http://127.0.0.1:0") },
            Framework = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(),
        };
        store.Placer = null;
        await using var service = ServiceHost.Build(settings, store, new ReportFolder(folder["reports"]), TimeProvider.System);
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };

        var probes = JsonNode.Parse(await client.GetStringAsync("/api/v1/probes?country=SG", TestContext.Current.CancellationToken))!;
        Assert.Equal(4, (int)probes["total"]!);
        Assert.Equal(("geoip", "geoip", "<b>Lion</b> City Net"), ((string?)probes["probes"]![0]!["placeFrom"], (string?)probes["probes"]![0]!["asnV4From"], (string?)probes["probes"]![0]!["asNameV4"]));
        var doubted = Assert.Single(JsonNode.Parse(await client.GetStringAsync("/api/v1/probes?disagree=true", TestContext.Current.CancellationToken))!["probes"]!.AsArray());
        Assert.Equal((5, "atlas", "Singapore"), ((int)doubted!["id"]!, (string?)doubted["placeFrom"], (string?)doubted["disagreement"]!["geoip"]!["city"]));

        var catchment = JsonNode.Parse(await client.GetStringAsync("/api/v1/catchments?target=service&by=country&week=2026-W46", TestContext.Current.CancellationToken))!;
        Assert.Equal("SG", (string?)catchment["rows"]![0]!["key"]);

        var page = await client.GetStringAsync("/places", TestContext.Current.CancellationToken);
        Assert.Contains("/lookup?q=probe%3A5", page, StringComparison.Ordinal);
        Assert.Contains("AS64500 (&lt;b&gt;Lion&lt;/b&gt; City Net)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Lion", page, StringComparison.Ordinal);

        var metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("measurement_geoip_probes{origin=\"geoip\"} 4", metrics, StringComparison.Ordinal);
        Assert.Contains("measurement_geoip_disagreements 1", metrics, StringComparison.Ordinal);
        await service.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Another_database_places_history_anew_without_a_restart_and_nothing_of_it_is_in_the_store()
    {
        Assert.Equal("SG", store.Probes(Week.From)[2].Country);
        var places = store.Places;
        for (var probe = 1; probe <= 5; probe++)
        {
            database[$"198.51.100.{probe}"] = new GeoRecord { Country = "AU", City = "Sydney", Position = new GeoPoint(-33.87, 151.21), Asn = 64501 };
        }

        // Kept answers stay until the database says that it is another one.
        Assert.Equal("SG", store.Probes(Week.From)[2].Country);
        database.Version++;
        Assert.Equal(("AU", 64501u), (store.Probes(Week.From)[2].Country, store.Probes(Week.From)[2].AsnV4));
        Assert.NotEqual(places, store.Places);
        Assert.Equal("AU", Assert.Single(CatchmentTable.Of(Catchment(), CatchmentKey.Country).Rows).Key);

        // Whoever saves what was read saves what Atlas said.
        store.SaveProbes(Week.From.AddDays(1), store.Probes(Week.From).Values);
        store.Placer = null;
        Assert.All(store.Probes(Week.To).Values, probe => Assert.Equal((null, null, null), (probe.Country, probe.Position, probe.AsnV4)));
    }

    [Fact]
    public void An_address_is_looked_up_once_however_often_probes_are_read()
    {
        _ = store.Probes(Week.From);
        var asked = database.Asked;
        _ = store.Probes(Week.To);
        Assert.Equal(asked, database.Asked);
    }

    [Fact]
    public void A_probe_that_Atlas_did_not_describe_is_placed_by_where_its_results_come_from()
    {
        store.Save([Answer(77, 1, "ns1.ape", 190)]);
        database["198.51.100.77"] = InSingapore;
        Assert.Equal((PlaceOrigin.GeoIp, "SG"), (store.Probes(Week.From)[77].PositionFrom, store.Probes(Week.From)[77].Country));
    }

    [Fact]
    public void Check_counts_who_says_where_they_are_and_how_many_are_in_doubt()
    {
        store.SaveProbes(Week.From, [new Probe(5) { Country = "NL", Position = new GeoPoint(52.37, 4.89) }]);
        var view = PlacesView.Of(store.Probes(Week.From).Values, Week.From);
        Assert.Equal((1, 4, 0, 1), (view.Places.Atlas, view.Places.GeoIp, view.Places.Unplaced, view.Places.Disagree));
        store.Dispose();

        var city = new MaxMindWriter("Test-City", DateTimeOffset.UnixEpoch.AddYears(50));
        city.Add(IPNetwork.Parse("198.51.100.0/24"), MaxMindWriter.City(InSingapore));
        city.Save(folder["city.mmdb"]);
        var settings = new Settings { GeoIp = new GeoIpOptions { City = folder["city.mmdb"] } };
        var line = Assert.Single(new PlaceInspector(settings, folder["data"]).Inspect(Week.From));
        Assert.Equal(InspectionState.Ok, line.State);
        Assert.Contains("5 probes: 1 where Atlas says, 4 where the GeoIP database says, 0 without a place; 1 in doubt (farthest apart: 5;", line.Finding, StringComparison.Ordinal);
        Assert.Empty(new PlaceInspector(new Settings(), folder["data"]).Inspect(Week.From));
    }

    [Fact]
    public void The_kept_past_is_read_again_when_another_database_places_the_probes()
    {
        var files = new RoutingFiles(folder["routing"]);
        var read = 0;
        RoutingHistory History() => new RoutingReader(store, new CatchmentReader(store), [], new ComparisonOptions { Probes = 3 }, files).Read(
            Target, 4, Week.To, mayRead: () => read++ >= 0);
        Assert.NotEmpty(History().Days.Windows);
        var days = read;
        Assert.True(days >= 7);
        History();
        Assert.Equal(days, read);
        database.Version++;
        History();
        Assert.Equal(2 * days, read);

        // Without a database what was kept by one does not hold either.
        store.Placer = null;
        History();
        Assert.Equal(3 * days, read);
    }

    [Theory]
    [InlineData("city-maxmind-layout.mmdb")]
    [InlineData("ipinfo-flat-layout.mmdb")]
    public async Task The_cases_of_the_corpus_come_out_as_they_say(string database)
    {
        // What each case's .expected.json says; the flat one has the same place in another layout.
        var cases = Path.GetDirectoryName(Corpus.File("cases/app.json"))!;
        var settings = Load(Path.Combine(cases, "app.json"), Path.Combine(cases, database), null);
        using var corpus = await ImportAsync(settings, File.OpenRead(Path.Combine(cases, "two-probes.ndjson")), ProbeFile.Load(Path.Combine(cases, "probes-no-place.json")).Probes.Values);
        var rows = CatchmentTable.Of(Read(corpus, settings), CatchmentKey.Probe).Rows;
        Assert.Equal(["1", "2"], rows.Select(row => row.Key));
        Assert.All(rows, row =>
        {
            Assert.Equal(("SG", PlaceOrigin.GeoIp, "APE"), (row.Probe!.Country, row.Probe.PositionFrom, row.Probe.Pop?.Code));
            Assert.InRange(row.Probe.DistanceKm!.Value, 10_390, 10_490);
        });
    }

    [Theory]

    // Addresses and what is said of them are in the corpus' GeoIP2-City-Test.json and GeoLite2-ASN-Test.json.
    [InlineData("81.2.69.160", "GB", "London", 51.51, -0.09, null, null)]
    [InlineData("89.160.20.112", "SE", "Link\u00f6ping", 58.42, 15.62, 29518u, "Bredband2 AB")]
    [InlineData("216.160.83.56", "US", "Milton", 47.25, -122.31, 209u, null)]
    public async Task A_probe_without_place_gets_that_of_MaxMinds_own_test_databases_everywhere(
        string address, string country, string city, double latitude, double longitude, uint? asn, string? name)
    {
        var settings = Load(Corpus.File("cases/app.json"), Corpus.File("mmdb/test-data/GeoIP2-City-Test.mmdb"), Corpus.File("mmdb/test-data/GeoLite2-ASN-Test.mmdb"));
        var line = (await File.ReadAllLinesAsync(Corpus.File("cases/two-probes.ndjson"), TestContext.Current.CancellationToken))[0]
            .Replace("198.51.100.7", address, StringComparison.Ordinal).Replace("\"rt\":12.5", "\"rt\":190.5", StringComparison.Ordinal);
        using var corpus = await ImportAsync(settings, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(line + "\n")), [new Probe(1)]);
        var catchment = Read(corpus, settings);
        var probe = Assert.Single(catchment.Probes);
        Assert.Equal((country, PlaceOrigin.GeoIp, city), (probe.Country, probe.PositionFrom, probe.Probe!.Placing!.City));
        Assert.InRange(GreatCircle.DistanceKm(probe.Position!.Value, new GeoPoint(latitude, longitude)), 0, 5);
        if (asn is not null)
        {
            Assert.Equal((asn, PlaceOrigin.GeoIp), (probe.Asn, probe.AsnFrom));
        }

        if (name is not null)
        {
            Assert.Equal(name, probe.AsName);
        }

        var target = settings.Network.Targets[0];
        var answer = new LookupReader(new CatchmentReader(corpus)).Answer(country, LookupQuery.Parse(country, "q"), target, catchment.Window);
        Assert.Equal([1], Assert.Single(answer.Families).Probes);
        await new WeeklyReporter(new WeekReader(corpus, settings.Network), settings.Network, new ReportFolder(folder["reports"])).WriteAsync(new IsoWeek(2025, 45), cancellationToken: TestContext.Current.CancellationToken);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder["reports"], "2025-W45", "report.json"), TestContext.Current.CancellationToken))!["targets"]![0]!;
        Assert.Equal((country, 1), ((string?)report["countries"]![0]!["key"], (int)report["places"]!["geoIp"]!));
    }

    private static Settings Load(string file, string city, string? asn) =>
        SettingsLoader.Load(file, new Dictionary<string, string> { ["GeoIp__City"] = city, ["GeoIp__Asn"] = asn ?? "" });

    /// <summary>What commands do: the settings' store, with the settings' databases.</summary>
    private async Task<ObservationStore> ImportAsync(Settings settings, Stream results, IEnumerable<Probe> probes)
    {
        var opened = StoreFactory.Open(settings, folder["corpus"], NullLogger.Instance);
        await using (results)
        {
            await new Importer(opened, NullLogger<Importer>.Instance).ImportAsync(results, new ImportRequest { Target = "ns-a" }, TestContext.Current.CancellationToken);
        }

        opened.SaveProbes(DateTimeOffset.UnixEpoch, probes);
        return opened;
    }

    private static Catchment Read(ObservationStore store, Settings settings) => new CatchmentReader(store).Read(
        settings.Network.Targets.Single(target => target.Name == "ns-a"), 4,
        new Window(new DateTimeOffset(2025, 11, 7, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2025, 11, 9, 0, 0, 0, TimeSpan.Zero)));

    private static GeoRecord InSingapore { get; } = new() { Country = "SG", City = "Singapore", Position = Singapore, AccuracyRadiusKm = 20, Asn = 64500, AsName = "Lion City Net" };

    private static Observation Answer(int probe, int hour, string identity, double rttMs) => new()
    {
        Kind = MeasurementKind.Dns,
        Measurement = Measurement,
        Probe = probe,
        At = Week.FromUnixSeconds + (hour * 3600) + probe,
        Family = 4,
        From = string.Create(CultureInfo.InvariantCulture, $"198.51.100.{probe}"),
        Query = "id.server",
        Identity = identity,
        Rcode = 0,
        Outcome = Outcome.Answered,
        RttMs = rttMs,
        RttMinMs = double.NaN,
        RttAvgMs = double.NaN,
        RttMaxMs = double.NaN,
        Sent = -1,
        Received = -1,
        Duplicates = -1,
    };

    private Catchment Catchment() => new CatchmentReader(store).Read(Target, 4, Week);

    private IReadOnlyList<Analyzer.Findings.Finding> Findings() => new CheckReader(new CatchmentReader(store), new CheckSuite()).Find([Target], Week);

    private LookupAnswer Ask(string question) => new LookupReader(new CatchmentReader(store)).Answer(question, LookupQuery.Parse(question, "q"), Target, Week);

    /// <summary>Knows what a test tells it, and counts who asks.</summary>
    private sealed class Database : IGeoDatabase
    {
        private readonly Dictionary<IPAddress, GeoRecord> records = [];

        public IReadOnlyList<GeoDatabaseInfo> Sources => [new("", "Test", DateTimeOffset.UnixEpoch.AddDays(Version), ["en"])];

        public int Version { get; set; }

        public int Asked { get; private set; }

        public GeoRecord this[string address]
        {
            set => records[IPAddress.Parse(address)] = value;
        }

        public GeoRecord? Find(IPAddress address)
        {
            Asked++;
            return records.GetValueOrDefault(address);
        }

        public void Dispose()
        {
        }
    }
}
