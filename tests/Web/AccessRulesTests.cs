using System.Net;
using App.Web.Access;
using Collector.Configuration;
using Xunit;

namespace Tests.Web;

public sealed class AccessRulesTests
{
    private static readonly AccessRules Rules = new(new WebOptions { KeyHash = WebHost.HashOf("key"), AllowedHosts = ["atlas.example.net"] });

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "GET", "/", null, "Allowed")]
    [InlineData("127.0.0.1", "localhost", "GET", "/api/v1/targets", null, "Allowed")]
    [InlineData("::1", "[::1]", "GET", "/", null, "Allowed")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", "GET", "/metrics", null, "Allowed")]
    [InlineData("127.0.0.1", "ATLAS.example.net", "GET", "/", null, "Allowed")]
    [InlineData("127.0.0.1", "evil.example", "GET", "/", null, "WrongHost")]
    [InlineData("127.0.0.1", "evil.example", "POST", "/api/v1/jobs/collect/run", "Bearer key", "WrongHost")]
    [InlineData("127.0.0.1", "", "GET", "/", null, "WrongHost")]
    [InlineData("127.0.0.1", "localhost", "POST", "/api/v1/jobs/collect/run", null, "KeyMissing")]
    [InlineData("127.0.0.1", "localhost", "DELETE", "/", null, "KeyMissing")]
    [InlineData("127.0.0.1", "localhost", "OPTIONS", "/", null, "KeyMissing")]
    [InlineData("127.0.0.1", "localhost", "POST", "/api/v1/jobs/collect/run", "Bearer key", "Allowed")]
    [InlineData("127.0.0.1", "localhost", "POST", "/api/v1/jobs/collect/run", "bearer key", "Allowed")]
    [InlineData("127.0.0.1", "localhost", "POST", "/api/v1/jobs/collect/run", "Bearer KEY", "KeyWrong")]
    [InlineData("127.0.0.1", "localhost", "POST", "/api/v1/jobs/collect/run", "Basic key", "KeyMissing")]
    [InlineData("127.0.0.1", "localhost", "GET", "/", "Basic of-a-proxy", "Allowed")]
    [InlineData("127.0.0.1", "localhost", "GET", "/", "Bearer wrong", "KeyWrong")]
    [InlineData("203.0.113.1", "atlas.example.net", "GET", "/", null, "KeyMissing")]
    [InlineData("203.0.113.1", "203.0.113.1", "GET", "/metrics", null, "KeyMissing")]
    [InlineData("203.0.113.1", "anything.example", "GET", "/", "Bearer key", "Allowed")]
    [InlineData("203.0.113.1", "x", "GET", "/health/live", null, "Allowed")]
    [InlineData("203.0.113.1", "x", "GET", "/health/ready", null, "Allowed")]
    [InlineData("203.0.113.1", "x", "POST", "/health/ready", null, "KeyMissing")]
    [InlineData("203.0.113.1", "x", "GET", "/health/ready/", null, "KeyMissing")]
    [InlineData(null, "localhost", "GET", "/", null, "KeyMissing")]
    public void Reading_is_open_on_loopback_and_everything_else_needs_the_key(string? local, string host, string method, string path, string? authorization, string expected) =>
        Assert.Equal(expected, Rules.Decide(Request(local, host, method, path) with { Authorization = authorization }).ToString());

    [Theory]
    [InlineData("cross-site", "cors", null, "CrossSite")]
    [InlineData("cross-site", "no-cors", null, "CrossSite")]
    [InlineData("same-site", "cors", null, "CrossSite")]
    [InlineData("cross-site", "navigate", null, "Allowed")]
    [InlineData("same-origin", "cors", null, "Allowed")]
    [InlineData("none", "navigate", null, "Allowed")]
    [InlineData(null, null, "https://evil.example", "CrossSite")]
    [InlineData(null, null, "null", "CrossSite")]
    [InlineData(null, null, "http://localhost:8053", "Allowed")]
    [InlineData(null, null, "http://localhost:9999", "CrossSite")]
    public void A_page_of_another_site_may_link_here_and_nothing_more(string? site, string? mode, string? origin, string expected) =>
        Assert.Equal(expected, Rules.Decide(Request("127.0.0.1", "localhost", "GET", "/") with { FetchSite = site, FetchMode = mode, Origin = origin }).ToString());

    [Theory]
    [InlineData("203.0.113.1", "GET", "/", true, null, null, "Allowed")]
    [InlineData("203.0.113.1", "GET", "/hangfire", false, null, null, "KeyMissing")]
    [InlineData("203.0.113.1", "GET", "/hangfire", true, null, null, "Allowed")]
    [InlineData("203.0.113.1", "GET", "/api/v1/targets", true, "cross-site", null, "CrossSite")]
    [InlineData("203.0.113.1", "GET", "/login", false, null, null, "Allowed")]
    [InlineData("203.0.113.1", "GET", "/login/x", false, null, null, "KeyMissing")]
    [InlineData("203.0.113.1", "POST", "/login", false, "same-origin", null, "AllowedWithToken")]
    [InlineData("203.0.113.1", "POST", "/login", false, "cross-site", null, "ForeignForm")]
    [InlineData("127.0.0.1", "POST", "/hangfire/recurring/trigger", false, "same-origin", null, "KeyMissing")]
    [InlineData("127.0.0.1", "POST", "/hangfire/recurring/trigger", true, "same-origin", null, "AllowedWithToken")]
    [InlineData("127.0.0.1", "POST", "/hangfire/recurring/trigger", true, "same-site", null, "ForeignForm")]
    [InlineData("127.0.0.1", "DELETE", "/api/v1/silences/1", true, null, "http://localhost:8053", "AllowedWithToken")]
    [InlineData("127.0.0.1", "DELETE", "/api/v1/silences/1", true, null, "http://localhost:9", "ForeignForm")]
    [InlineData("127.0.0.1", "DELETE", "/api/v1/silences/1", true, null, null, "ForeignForm")]
    public void A_browser_that_is_logged_in_reads_and_changes_by_our_forms_alone(string local, string method, string path, bool isIn, string? site, string? origin, string expected) =>
        Assert.Equal(expected, Rules.Decide(Request(local, "localhost", method, path) with { HasSession = isIn, FetchSite = site, Origin = origin }).ToString());

    [Fact]
    public void Without_a_configured_key_nothing_that_needs_one_is_done()
    {
        var rules = new AccessRules(new WebOptions());
        Assert.Equal(AccessDecision.Allowed, rules.Decide(Request("127.0.0.1", "localhost", "GET", "/")));
        Assert.Equal(AccessDecision.NoKeyConfigured, rules.Decide(Request("127.0.0.1", "localhost", "POST", "/") with { Authorization = "Bearer " }));
        Assert.Equal(AccessDecision.NoKeyConfigured, rules.Decide(Request("203.0.113.1", "localhost", "GET", "/")));
    }

    private static AccessRequest Request(string? local, string host, string method, string path) =>
        new(local is null ? null : IPAddress.Parse(local), host, method, path) { OwnOrigin = "http://localhost:8053" };
}
