using System.Text;
using System.Text.Json;
using Collector.Geography;
using Collector.Probes;
using Xunit;

namespace Tests.Probes;

public sealed class ProbeParserTests
{
    [Theory]
    [InlineData("""null""", ProbeStatus.Other)]
    [InlineData("""1""", ProbeStatus.Connected)]
    [InlineData("""{"id":2,"name":"Disconnected","since":null}""", ProbeStatus.Disconnected)]
    [InlineData("""{"name":"Abandoned"}""", ProbeStatus.Abandoned)]
    [InlineData("""{"id":17,"name":"Retired"}""", ProbeStatus.Other)]
    [InlineData("\"Never Connected\"", ProbeStatus.NeverConnected)]
    [InlineData("""[]""", ProbeStatus.Other)]
    public void Status_is_an_object_a_number_or_a_name(string status, ProbeStatus expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"status":{{status}}}""").Status);

    [Fact]
    public void A_missing_status_is_unknown_not_never_connected() => Assert.Equal(ProbeStatus.Other, Parse("""{"id":1}""").Status);

    [Theory]
    [InlineData("1747250774", 1747250774L)]
    [InlineData("\"2025-05-14T19:26:14Z\"", 1747250774L)]
    [InlineData("\"2025-05-14T19:26:14.345123Z\"", 1747250774L)]
    [InlineData("\"2025-05-14T19:26:14\"", 1747250774L)]
    [InlineData("\"1747250774\"", 1747250774L)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("1e300", null)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("{}", null)]
    public void Times_are_iso_or_unix(string time, long? expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"last_connected":{{time}}}""").LastConnected?.ToUnixTimeSeconds());

    [Theory]
    [InlineData("""{"type":"Point","coordinates":[4.75,52.5]}""", 52.5, 4.75)]
    [InlineData("""{"type":"Point","coordinates":[4.75,666]}""", null, null)]
    [InlineData("""{"type":"Point","coordinates":[0,0]}""", null, null)]
    [InlineData("""{"type":"Point","coordinates":[null,null]}""", null, null)]
    [InlineData("""{"type":"Point","coordinates":[4]}""", null, null)]
    [InlineData("""{"type":"Point","coordinates":null}""", null, null)]
    [InlineData("""null""", null, null)]
    [InlineData("""7""", null, null)]
    public void A_place_that_cannot_be_is_no_place(string geometry, double? latitude, double? longitude) =>
        Assert.Equal(GeoPoint.From(latitude, longitude), Parse($$"""{"id":1,"geometry":{{geometry}}}""").Position);

    [Theory]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"nl\"", "NL")]
    [InlineData("\"N1\"", null)]
    [InlineData("\"NLD\"", null)]
    [InlineData("5", null)]
    public void A_country_is_two_letters(string country, string? expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"country_code":{{country}}}""").Country);

    [Theory]
    [InlineData("\"192.0.2.7\"", "192.0.2.7")]
    [InlineData("\"7\"", null)]
    [InlineData("\"2001:db8::1\"", null)]
    [InlineData("7", null)]
    public void An_ipv4_address_has_four_parts(string address, string? expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"address_v4":{{address}}}""").AddressV4?.ToString());

    [Theory]
    [InlineData("64500", 64500u)]
    [InlineData("4200000000", 4200000000u)]
    [InlineData("\"64500\"", 64500u)]
    [InlineData("0", null)]
    [InlineData("4294967296", null)]
    [InlineData("1.5", null)]
    public void An_as_number_has_32_bits(string asn, uint? expected) => Assert.Equal(expected, Parse($$"""{"id":1,"asn_v6":{{asn}}}""").AsnV6);

    [Theory]
    [InlineData("\"192.0.2.0/24\"", "192.0.2.0/24")]
    [InlineData("\"192.0.2.0/33\"", null)]
    [InlineData("\"192.0.2.0/\"", null)]
    [InlineData("\"<b>\"", null)]
    public void A_prefix_is_an_address_and_a_length(string prefix, string? expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"prefix_v4":{{prefix}}}""").PrefixV4);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var probe = Parse("""
            {"id":7,"address_v4":"192.0.2.1","address_v6":"2001:db8::7","asn_v4":64500,"asn_v6":64501,"prefix_v4":"192.0.2.0/24",
             "prefix_v6":"2001:db8::/32","country_code":"ZA","geometry":{"type":"Point","coordinates":[28.25,-26.125]},
             "status":{"id":3,"name":"Abandoned"},"is_anchor":true,"is_public":false,"tags":[{"slug":"nat"},"office"],
             "first_connected":1400000000,"last_connected":"2026-11-20T00:00:00Z"}
            """);
        using var written = new MemoryStream();
        using (var json = new Utf8JsonWriter(written))
        {
            ProbeWriter.Write(json, probe);
        }

        var again = Parse(Encoding.UTF8.GetString(written.ToArray()));
        Assert.Equal(probe with { Tags = again.Tags }, again);
        Assert.Equal(["nat", "office"], again.Tags);
        Assert.Equal(ProbeStatus.Abandoned, again.Status);
        Assert.Equal(new GeoPoint(-26.125, 28.25), again.Position);
    }

    private static Probe Parse(string json)
    {
        Assert.Null(ProbeParser.TryParse(Encoding.UTF8.GetBytes(json), out var probe));
        return probe!;
    }
}
