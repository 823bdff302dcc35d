using System.Collections;
using Collector.Configuration;
using Collector.Probes;
using Tests.Store;
using Xunit;

namespace Tests.Probes;

public sealed class ProbePatternTests
{
    private static readonly Probe Some = new(6001) { Country = "NL", AsnV4 = 64500, AsnV6 = 64501, Tags = ["system-v3", "home"] };

    [Theory]
    [InlineData("6001", true, true)]
    [InlineData(" 6001 ", true, true)]
    [InlineData("6002", false, false)]
    [InlineData("NL", true, true)]
    [InlineData("nl", true, true)]
    [InlineData("BE", false, false)]
    [InlineData("AS64500", true, false)]
    [InlineData("as64501", false, true)]
    [InlineData("tag:system-v3", true, true)]
    [InlineData("TAG:Home", true, true)]
    [InlineData("tag:system-v1", false, false)]
    public void A_pattern_matches_by_id_country_as_of_the_family_or_tag(string text, bool matches4, bool matches6)
    {
        var pattern = ProbePattern.TryParse(text)!;
        Assert.Equal((matches4, matches6), (pattern.Matches(Some, 4), pattern.Matches(Some, 6)));
    }

    /// <summary>AS is American Samoa by ISO 3166, and an AS without its number here: nobody means the former who writes the latter, and who
    /// means it can write it.</summary>
    [Fact]
    public void American_samoa_is_a_country() =>
        Assert.True(ProbePattern.TryParse("AS")!.Matches(Some with { Country = "AS" }, 4));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("XX")]
    [InlineData("NLD")]
    [InlineData("AS99999999999")]
    [InlineData("ASX")]
    [InlineData("tag:")]
    [InlineData("tag:a b")]
    [InlineData("192.0.2.0/24")]
    public void Anything_else_is_none(string text) => Assert.Null(ProbePattern.TryParse(text));

    [Theory]
    [InlineData("""{"Include":["NL","Holland"]}""",
        "Probes:Include:1 is Holland; allowed: a probe's id such as 6001, a country such as NL, an AS such as AS64500, or a tag such as tag:system-v3")]
    [InlineData("""{"Exclude":["system-v3"]}""",
        "Probes:Exclude:0 is system-v3; allowed: a probe's id such as 6001, a country such as NL, an AS such as AS64500, or a tag such as tag:system-v3")]
    [InlineData("""{"Selection":"Listed"}""", "Probes:Selection is Listed, but Probes:Include lists nothing; allowed: Spread, or something in Probes:Include")]
    [InlineData("""{"Selection":"All"}""", "Probes:Selection is All; allowed: Spread, Listed")]
    [InlineData("""{"Count":0}""", "Probes:Count is 0; allowed: 1 to 100000")]
    public void The_configuration_refuses_what_it_cannot_use_in_one_line(string probes, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["c.json"], $$"""{"Probes":{{probes}}}""");
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(folder["c.json"], new Hashtable())).Message);
    }

    [Fact]
    public void The_configuration_takes_lists_as_they_are()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["c.json"], """{"Probes":{"Selection":"Listed","Include":[6001,"NL","AS64500"],"Exclude":["tag:system-v1"],"UnicastInterval":"06:00:00"}}""");
        var probes = SettingsLoader.Load(folder["c.json"], new Hashtable()).Probes;
        Assert.Equal(["6001", "NL", "AS64500"], probes.Include);
        Assert.Equal(["tag:system-v1"], probes.Exclude);
        Assert.Equal((SelectionMode.Listed, TimeSpan.FromHours(6)), (probes.Selection, probes.UnicastInterval));
    }
}
