using System.Collections;
using Collector.Configuration;
using Xunit;

namespace Tests.Configuration;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("settings").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_pop_needs_only_code_place_and_identities()
    {
        var settings = Load("""
            {
              // comments and trailing commas are welcome
              "Pops": [{ "Code": "FMT", "Latitude": 37.5, "Longitude": -121.9, "Identities": ["fmt\\.example$", { "Pattern": "old-fmt", "Source": "nsid", "ValidTo": "2026-01-01" }], }],
              "Targets": [{ "Name": "ns-a", "IPv4": "192.0.2.53" }],
            }
            """);
        var target = Assert.Single(settings.Network.Targets);
        var pop = Assert.Single(target.Pops);
        Assert.Equal("FMT", pop.Code);
        Assert.Equal(-121.9, pop.Position.LongitudeDegrees);
        Assert.Equal(["fmt\\.example$", "old-fmt"], pop.Identities.Select(identity => identity.Pattern));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), pop.Identities[1].ValidTo);
        Assert.Equal(TimeSpan.FromHours(1), target.DnsInterval);
        Assert.Equal(200, target.GreenBelowMs);
        Assert.Equal(new Uri("https://atlas.ripe.net/api/v2/"), settings.Atlas.BaseUrl);
    }

    [Fact]
    public void The_environment_overrides_the_file_under_our_sections_only()
    {
        var settings = Load("""{ "Atlas": { "Tag": "from-file" } }""", new() { ["Atlas__Key"] = "a-key", ["Path__X"] = "not ours", ["PATH"] = "/bin" });
        Assert.Equal("a-key", settings.Atlas.Key);
        Assert.Equal("from-file", settings.Atlas.Tag);
    }

    [Theory]
    [InlineData("""{ "Targetz": [] , "Pops": [] }""", "Targetz is not a setting; did you mean Targets?")]
    [InlineData("""{ "Targetz": [{ "Name": "a" }] }""", "Targetz is not a setting; did you mean Targets?")]
    [InlineData("""{ "Targets": [{ "Name": "a", "IPv4": "192.0.2.1", "DnsIntervall": "01:00:00" }] }""", "Targets:0:DnsIntervall is not a setting; did you mean DnsInterval?")]
    [InlineData("""{ "Targets": [{ "Name": "a", "IPv4": "192.0.2.1", "DnsInterval": "00:00:10" }] }""", "Targets:0:DnsInterval is 00:00:10; allowed: 00:01:00 to 1.00:00:00")]
    [InlineData("""{ "Targets": [{ "Name": "a", "IPv4": "192.0.2.256" }] }""", "Targets:0:IPv4 is 192.0.2.256; allowed: an IP address")]
    [InlineData("""{ "Targets": [{ "Name": "a", "IPv4": "2001:db8::1" }] }""", "Targets:0:IPv4 is 2001:db8::1; allowed: an IPv4 address")]
    [InlineData("""{ "Targets": [{ "Name": "a" }] }""", "Targets:0 (a) has neither IPv4 nor IPv6 nor Follow; allowed: at least one of them")]
    [InlineData("""{ "Pops": [{ "Code": "X", "Latitude": 91, "Longitude": 0 }] }""", "Pops:0:Latitude is 91; allowed: -90 to 90")]
    [InlineData("""{ "Pops": [{ "Latitude": 1, "Longitude": 1 }] }""", "Pops:0:Code is missing; it is required")]
    [InlineData("""{ "Pops": [{ "Code": "X", "Latitude": 1, "Longitude": 1 }, { "Code": "x", "Latitude": 1, "Longitude": 1 }] }""", "Pops:1:Code is x, which stands there twice; allowed: each once")]
    [InlineData("""{ "Pops": [{ "Code": "APE", "Latitude": 1, "Longitude": 1 }], "Targets": [{ "Name": "a", "IPv4": "192.0.2.1", "Pops": ["APF"] }] }""", "Targets:0:Pops:0 is APF; allowed: the code of a PoP, perhaps APE")]
    [InlineData("""{ "Atlas": { "BaseUrl": "ftp://x/" } }""", "Atlas:BaseUrl is ftp://x/; allowed: an http or https address")]
    [InlineData("""{ "Atlas": { "BaseUrl": "wss://x/" } }""", "Atlas:BaseUrl is wss://x/; allowed: an http or https address")]
    [InlineData("""{ "Atlas": { "StreamUrl": "https://x/" } }""", "Atlas:StreamUrl is https://x/; allowed: a ws or wss address")]
    [InlineData("""{ "Atlas": { "StreamUrl": "stream" } }""", "Atlas:StreamUrl is stream; allowed: an address such as https://example.net/")]
    [InlineData("""{ "Annotations": [{ "At": "2026-11-09", "Text": "x", "Intent": "fewer" }] }""", "Annotations:0:Intent is fewer; allowed: Less, More, Withdraw, Restore, Faster")]
    [InlineData("""{ "Annotations": [{ "At": "2026-11-09", "Text": "x", "Intent": "Less" }] }""", "Annotations:0:Intent is Less and there is no Pop; allowed: Faster, or the Pop whose catchment it is about")]
    [InlineData("""{ "Comparisons": { "SharedAbove": 1 } }""", "Comparisons:SharedAbove is 1; allowed: 0.5 to 0.999")]
    [InlineData("""{ "Comparisons": { "Window": "05:00:00" } }""", "Comparisons:Window is 05:00:00; allowed: 06:00:00 to 14.00:00:00")]
    [InlineData("""{ "Comparisons": { "Day": 30 } }""", "Comparisons:Day is not a setting; did you mean Days?")]
    [InlineData("""{ "Targets": { "Name": "a" } }""", "Targets is an object; allowed: a list")]
    public void What_cannot_be_used_is_refused_in_one_line(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Load(json)).Message);

    [Fact]
    public void An_unknown_key_in_the_environment_is_refused_too() =>
        Assert.Equal(
            "Atlas:Kee is not a setting; did you mean Key?",
            Assert.Throws<ConfigurationException>(() => Load("{}", new() { ["Atlas__Kee"] = "secret" })).Message);

    [Fact]
    public void Broken_json_names_the_file_and_the_line()
    {
        var problem = Assert.Throws<ConfigurationException>(() => Load("{ \"Atlas\": "));
        Assert.Contains(Path.Combine(folder, SettingsLoader.FileName), problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void The_named_file_wins_then_the_first_folder_that_has_one()
    {
        var second = Directory.CreateDirectory(Path.Combine(folder, "second")).FullName;
        File.WriteAllText(Path.Combine(second, SettingsLoader.FileName), "{}");
        Assert.Equal(Path.Combine(second, SettingsLoader.FileName), SettingsLoader.Find(null, folder, second));
        File.WriteAllText(Path.Combine(folder, SettingsLoader.FileName), "{}");
        Assert.Equal(Path.Combine(folder, SettingsLoader.FileName), SettingsLoader.Find(null, folder, second));
        Assert.Throws<ConfigurationException>(() => SettingsLoader.Find(Path.Combine(folder, "absent.json"), folder));
    }

    private Settings Load(string json, Hashtable? environment = null)
    {
        var path = Path.Combine(folder, SettingsLoader.FileName);
        File.WriteAllText(path, json);
        return SettingsLoader.Load(path, environment ?? []);
    }
}
