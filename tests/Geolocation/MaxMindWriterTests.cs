using System.Net;
using System.Numerics;
using Collector.Geography;
using Collector.Geolocation;
using MaxMind.Db;
using Xunit;

namespace Tests.Geolocation;

/// <summary>What the writer wrote is read by MaxMind's own package, and has nothing wrong inside.</summary>
public sealed class MaxMindWriterTests
{
    private static readonly DateTimeOffset Built = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(24, 4)]
    [InlineData(28, 4)]
    [InlineData(32, 4)]
    [InlineData(24, 6)]
    [InlineData(28, 6)]
    [InlineData(32, 6)]
    public void Addresses_find_the_smallest_network_whatever_the_order(int recordSize, int ipVersion)
    {
        var writer = new MaxMindWriter("Test", Built, ipVersion) { LeastRecordSize = recordSize, Description = "a test" };
        string[] networks = ["192.0.2.128/25", "192.0.2.0/24", "0.0.0.0/1", "192.0.2.200/32", "192.0.2.200/32"];
        for (var number = 0; number < networks.Length; number++)
        {
            writer.Add(IPNetwork.Parse(networks[number]), Map(("network", networks[number]), ("number", number)));
        }

        if (ipVersion == 6)
        {
            writer.Add(IPNetwork.Parse("2001:db8::/32"), Map(("network", "2001:db8::/32")));
        }

        using var reader = Read(writer);
        Assert.Equal(("Test", ipVersion, Built.UtcDateTime), (reader.Metadata.DatabaseType, reader.Metadata.IPVersion, reader.Metadata.BuildDate));
        Assert.Equal("a test", reader.Metadata.Description["en"]);
        Assert.Equal("192.0.2.0/24", Network(reader, "192.0.2.1"));
        Assert.Equal("192.0.2.128/25", Network(reader, "192.0.2.199"));
        Assert.Equal("192.0.2.200/32", Network(reader, "192.0.2.200"));
        Assert.Equal(4, reader.Find<Dictionary<string, object>>(IPAddress.Parse("192.0.2.200"))!["number"]);
        Assert.Equal("0.0.0.0/1", Network(reader, "10.0.0.1"));
        Assert.Null(Network(reader, "198.51.100.1"));
        Assert.Equal(ipVersion == 6 ? "2001:db8::/32" : null, ipVersion == 6 ? Network(reader, "2001:db8:1::1") : null);
    }

    [Fact]
    public void Values_of_every_kind_come_back()
    {
        var longText = new string('x', 70_000);
        var writer = new MaxMindWriter("Test", Built);
        writer.Add(IPNetwork.Parse("192.0.2.0/24"), Map(
            ("text", "unicode! ☯ - ♫"), ("empty", ""), ("long", longText), ("double", 42.123456), ("float", 1.1f), ("bytes", new byte[] { 0, 42 }), ("uint16", ushort.MaxValue),
            ("uint32", uint.MaxValue), ("uint64", ulong.MaxValue), ("uint128", UInt128.MaxValue), ("int32", int.MinValue), ("true", true), ("false", false),
            ("map", Map(("inner", Map(("deep", 1))))), ("list", new List<object> { "a", (ushort)7, Map(("b", true)) }), ("null", null)));
        using var reader = Read(writer);
        var found = reader.Find<Dictionary<string, object>>(IPAddress.Parse("192.0.2.1"))!;
        Assert.Equal("unicode! ☯ - ♫", found["text"]);
        Assert.Equal("", found["empty"]);
        Assert.Equal(longText, found["long"]);
        Assert.Equal(42.123456, found["double"]);
        Assert.Equal(1.1f, found["float"]);
        Assert.Equal(new byte[] { 0, 42 }, found["bytes"]);
        Assert.Equal((int)ushort.MaxValue, found["uint16"]);
        Assert.Equal((long)uint.MaxValue, found["uint32"]);
        Assert.Equal(ulong.MaxValue, found["uint64"]);
        Assert.Equal(BigInteger.Pow(2, 128) - 1, found["uint128"]);
        Assert.Equal(int.MinValue, found["int32"]);
        Assert.Equal((true, false), (found["true"], found["false"]));
        Assert.Equal(1, ((Dictionary<string, object>)((Dictionary<string, object>)found["map"])["inner"])["deep"]);
        var list = (List<object>)found["list"];
        Assert.Equal(("a", 7, true), (list[0], list[1], ((Dictionary<string, object>)list[2])["b"]));
        Assert.False(found.ContainsKey("null"));
    }

    [Fact]
    public void Places_and_networks_come_back()
    {
        var place = new GeoRecord { Country = "NL", RegisteredCountry = "DE", City = "Apeldoorn", Position = new GeoPoint(52.21, 5.97), AccuracyRadiusKm = 20, IsAnycast = true };
        var asn = new GeoRecord { Asn = 64500, AsName = "Example" };
        var (cities, asns) = (new MaxMindWriter("GeoLite2-City", Built), new MaxMindWriter("GeoLite2-ASN", Built));
        cities.Add(IPNetwork.Parse("2001:db8::/32"), MaxMindWriter.City(place));
        asns.Add(IPNetwork.Parse("2001:db8::/32"), MaxMindWriter.Asn(asn));
        using var city = MaxMindDatabase.Read(Bytes(cities), "city");
        using var network = MaxMindDatabase.Read(Bytes(asns), "asn");
        Assert.Equal(place, city.Find(IPAddress.Parse("2001:db8::1")));
        Assert.Equal(asn, network.Find(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void Records_alike_are_kept_once()
    {
        var writer = new MaxMindWriter("Test", Built);
        for (var network = 0; network < 256; network++)
        {
            writer.Add(IPNetwork.Parse($"10.0.{network}.0/24"), Map(("name", $"even {network % 2}")));
        }

        Assert.Equal(2, MaxMindStructure.Verify(Bytes(writer), "made by the writer").Records);
    }

    [Fact]
    public void An_empty_one_is_sound()
    {
        using var reader = Read(new MaxMindWriter("Test", Built));
        Assert.Null(reader.Find<object>(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new MaxMindWriter("Test", Built, 4).Add(IPNetwork.Parse("2001:db8::/32"), Map()));
        Assert.Throws<ArgumentException>(() => new MaxMindWriter("Test", Built).Add(IPNetwork.Parse("192.0.2.0/24"), Map(("decimal", 1m))));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxMindWriter("Test", Built, 5));
    }

    private static Dictionary<string, object?> Map(params (string Key, object? Value)[] members) => members.ToDictionary(member => member.Key, member => member.Value);

    private static string? Network(Reader reader, string address) => reader.Find<Dictionary<string, object>>(IPAddress.Parse(address))?["network"] as string;

    private static Reader Read(MaxMindWriter writer)
    {
        var bytes = Bytes(writer);
        MaxMindStructure.Verify(bytes, "made by the writer");
        return new Reader(new MemoryStream(bytes));
    }

    private static byte[] Bytes(MaxMindWriter writer)
    {
        var file = new MemoryStream();
        writer.Write(file);
        return file.ToArray();
    }
}
