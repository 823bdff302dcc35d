using App.Web;
using Collector.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Tests.Web;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8053", "127.0.0.1:8053")]
    [InlineData("http://localhost:1", "127.0.0.1:1")]
    [InlineData("http://[::1]:8053", "[::1]:8053")]
    public void Loopback_needs_no_key(string listen, string expected) => Assert.Equal(expected, ListenAddress.Of(Settings(listen))!.ToString());

    [Theory]
    [InlineData("http://0.0.0.0:8053")]
    [InlineData("http://[::]:8053")]
    [InlineData("http://192.0.2.1:8053")]
    public void What_others_can_reach_needs_one(string listen)
    {
        Assert.Equal(
            $"Web:Listen is {listen}/, which others can reach, and Web:KeyHash is missing; allowed: loopback, such as http://127.0.0.1:8053, or a key",
            Assert.Throws<ConfigurationException>(() => ListenAddress.Of(Settings(listen))).Message);
        Assert.NotNull(ListenAddress.Of(Settings(listen, WebHost.HashOf("key"))));
    }

    [Theory]
    [InlineData("http://somewhere.example:8053")]
    [InlineData("https://127.0.0.1:8053")]
    [InlineData("http://127.0.0.1:8053/below")]
    [InlineData("http://me@127.0.0.1:8053")]
    public void What_cannot_be_listened_on_is_refused(string listen) =>
        Assert.Contains("allowed: http, an IP address or localhost, and a port", Assert.Throws<ConfigurationException>(() => ListenAddress.Of(Settings(listen))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://127.0.0.1:0", true)]
    [InlineData("http://*:8053", false)]
    [InlineData("http://0.0.0.0:8053", false)]
    [InlineData("https://somewhere.example:443", false)]
    public void Endpoints_of_the_framework_take_its_place_and_need_the_key_as_well(string url, bool isLoopback)
    {
        var settings = Settings("http://127.0.0.1:8053") with
        {
            Framework = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Kestrel:Endpoints:Http:Url", (string?)url)]).Build(),
        };
        if (isLoopback)
        {
            Assert.Null(ListenAddress.Of(settings));
        }
        else
        {
            Assert.StartsWith($"Kestrel:Endpoints:Http:Url is {url}, which others can reach", Assert.Throws<ConfigurationException>(() => ListenAddress.Of(settings)).Message, StringComparison.Ordinal);
        }
    }

    private static Settings Settings(string listen, string? keyHash = null) => new() { Web = new WebOptions { Listen = new Uri(listen), KeyHash = keyHash } };
}
