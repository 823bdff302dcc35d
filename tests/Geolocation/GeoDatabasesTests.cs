using System.Net;
using Collector.Configuration;
using Collector.Geography;
using Collector.Geolocation;
using Xunit;
using static Tests.Geolocation.MaxMindFile;

namespace Tests.Geolocation;

public sealed class GeoDatabasesTests
{
    [Fact]
    public void City_and_ASN_databases_answer_as_one()
    {
        using var both = new GeoDatabases(
            Open(new MaxMindFile { Type = "City" }.Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97))),
            Open(new MaxMindFile { Type = "ASN" }
                .Add("192.0.2.0/25", Map(("autonomous_system_number", UInt32(64500)), ("autonomous_system_organization", Text("Example"))))
                .Add("198.51.100.0/24", Map(("autonomous_system_number", UInt32(64501))))));
        Assert.Equal(
            new GeoRecord { Country = "NL", City = "Apeldoorn", Position = new GeoPoint(52.21, 5.97), AccuracyRadiusKm = 20, Asn = 64500, Organisation = "Example" },
            both.Find(IPAddress.Parse("192.0.2.1")));
        Assert.Null(both.Find(IPAddress.Parse("192.0.2.129"))!.Asn);
        Assert.Equal(new GeoRecord { Asn = 64501 }, both.Find(IPAddress.Parse("198.51.100.1")));
        Assert.Null(both.Find(IPAddress.Parse("203.0.113.1")));
        Assert.Equal(["City", "ASN"], both.Sources.Select(source => source.Type));
    }

    [Fact]
    public void Nothing_configured_is_nothing_opened() => Assert.Null(GeoDatabases.Open(new GeoIpOptions()));

    [Fact]
    public void A_path_that_leads_nowhere_is_said() =>
        Assert.Contains("absent.mmdb", Assert.ThrowsAny<IOException>(() => GeoDatabases.Open(new GeoIpOptions { City = "absent.mmdb" })).Message, StringComparison.Ordinal);

    private static MaxMindDatabase Open(MaxMindFile file) => MaxMindDatabase.Read(file.Build(), "made by hand");
}
