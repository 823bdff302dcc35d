using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration;
using Simulator.Worlds;
using Xunit;

namespace Tests.Checks;

public sealed class CheckSuiteTests
{
    private static readonly int[] Three = [1, 2, 3];

    [Fact]
    public void Names_are_sorted_kebab_case_and_differ()
    {
        Assert.Equal(CheckSuite.Names.Distinct().Order(StringComparer.Ordinal), CheckSuite.Names);
        Assert.All(CheckSuite.Names, name => Assert.Matches("^[a-z]+(-[a-z]+)*$", name));
    }

    [Fact]
    public void The_simulator_knows_truth_and_near_misses_of_every_check_on_the_network()
    {
        var world = World.Create();
        Assert.All(CheckSuite.NetworkNames, name => Assert.Contains(world.Events, truth => truth.Check == name));
        Assert.All(CheckSuite.NetworkNames, name => Assert.Contains(world.NearMisses, truth => truth.Check == name));
    }

    [Fact]
    public void What_cannot_be_reached_comes_before_what_is_slow()
    {
        var scene = new Scene().Place(Three).Place([4], asn: 64501).Asks("a", Three, "-").Asks("b", Three, "A").Asks("a", [4], "J");
        var findings = new CheckSuite().Find(scene.Input());
        Assert.Equal(["black-hole", "continental-detour"], findings.Select(finding => finding.Check));
        Assert.Equal([Severity.Critical, Severity.Info], findings.Select(finding => finding.Severity));
        Assert.Equal("continental-detour", Assert.Single(new CheckSuite().Find(scene.Input(), "continental-detour")).Check);
    }

    [Fact]
    public void A_quiet_day_has_no_findings() =>
        Assert.Empty(new CheckSuite().Find(new Scene().Place(Three).Asks("a", Three, "A", rttMs: 5).Asks("a", Three, "A", family: 6, rttMs: 5).Pings("a", Three, _ => 4).Input()));

    [Fact]
    public void Nothing_at_all_has_no_findings() => Assert.Empty(new CheckSuite().Find(new Scene().Input()));

    [Theory]
    [InlineData("black-hole")]
    [InlineData("BlackHole")]
    public void Thresholds_are_configured_under_the_check_s_name(string key)
    {
        var settings = Load($$"""{ "Checks": { "{{key}}": { "Probes": 5, "RoundsToRaise": 7 } } }""");
        Assert.Equal((5, 7, 3), (settings.Checks.BlackHole.Probes, settings.Checks.BlackHole.RoundsToRaise, settings.Checks.BlackHole.RoundsToClear));
    }

    [Theory]
    [InlineData("""{ "Checks": { "pop-silent": { "Round": 2 } } }""", "Checks:pop-silent:Round is not a setting")]
    [InlineData("""{ "Checks": { "backhaul": { "NearKm": 0 } } }""", "Checks:backhaul:NearKm is 0; allowed: 10 to 5000")]
    public void A_wrong_threshold_is_refused_with_what_is_allowed(string json, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => Load(json)).Message, StringComparison.Ordinal);

    private static Settings Load(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json.Insert(1, """ "Targets": [ { "Name": "a", "IPv4": "192.0.2.53" } ], "Pops": [ { "Code": "APE", "Latitude": 52, "Longitude": 6 } ], """));
            return SettingsLoader.Load(path, new System.Collections.Hashtable());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
