using Collector.Network;
using Xunit;

namespace Tests.Network;

public sealed class PresetsTests
{
    /// <summary>Addresses: the root hints file. Measurements: RIPE Atlas' list of built-ins.</summary>
    [Theory]
    [InlineData("k-root", "193.0.14.129", "2001:7fd::1", 10301, 11301, 1001, 2001)]
    [InlineData("L-Root", "199.7.83.42", "2001:500:9f::42", 10308, 11308, 1008, 2008)]
    [InlineData("b-root", "170.247.170.2", "2801:1b8:10::b", 10310, 11310, 1010, 2010)]
    public void A_root_server_needs_no_configuration(string name, string ipv4, string ipv6, long dns4, long dns6, long ping4, long ping6)
    {
        var target = Presets.Find(name);

        Assert.NotNull(target);
        Assert.Equal((ipv4, ipv6), (target.IPv4?.ToString(), target.IPv6?.ToString()));
        Assert.Equal(["hostname.bind"], target.Identity);
        Assert.Equal([dns4, dns6, ping4, ping6], new[] { target.Follow!.Dns4, target.Follow.Dns6, target.Follow.Ping4, target.Follow.Ping6 }.Select(ids => ids.Single()));
        Assert.Equal(name.ToLowerInvariant(), target.Preset);
    }

    [Fact]
    public void All_thirteen_have_pops_with_unique_codes_and_a_country()
    {
        Assert.Equal(13, Presets.Names.Count);
        Assert.All(Presets.Names, name =>
        {
            var pops = Presets.Find(name)!.Pops;
            Assert.NotEmpty(pops);
            Assert.Equal(pops.Count, pops.Select(pop => pop.Code).Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.All(pops, pop => Assert.Matches("^[A-Z]{2}$", pop.Country));
        });
    }

    [Theory]
    [InlineData("n-root")]
    [InlineData("")]
    public void There_is_no_fourteenth(string name) => Assert.Null(Presets.Find(name));
}
