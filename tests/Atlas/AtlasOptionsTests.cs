using System.Collections;
using Collector.Configuration;
using Xunit;

namespace Tests.Atlas;

public sealed class AtlasOptionsTests
{
    /// <summary>The figures are the design's.</summary>
    [Fact]
    public void Defaults_are_those_of_an_ordinary_account() =>
        Assert.Equal(
            new AtlasLimits { ProbesPerMeasurement = 1000, MeasurementsPerTarget = 25, Running = 100, ResultsPerDay = 100_000, CreditsPerDay = 1_000_000 },
            Load("{}").Limits);

    [Fact]
    public void Everything_can_be_set()
    {
        var atlas = Load("""
            {"Tag":"ours-2","Contact":"noc@example.net","Limits":{"ResultsPerDay":5000000,"ProbesPerMeasurement":2000},
             "RequestTimeout":"00:00:10","IdleTimeout":"00:05:00","Retries":0,"LongestWait":"00:30:00"}
            """);
        Assert.Equal(5_000_000, atlas.Limits.ResultsPerDay);
        Assert.Equal(2000, atlas.Limits.ProbesPerMeasurement);
        Assert.Equal(100, atlas.Limits.Running);
        Assert.Equal(TimeSpan.FromMinutes(5), atlas.IdleTimeout);
        Assert.Equal(0, atlas.Retries);
        Assert.Equal("noc@example.net", atlas.Contact);
    }

    [Theory]
    [InlineData("""{"Tag":"Our Tag"}""", "Atlas:Tag is Our Tag; allowed: a slug of up to 64 lower-case letters, digits and hyphens")]
    [InlineData("""{"Contact":"me (at home)"}""", "Atlas:Contact is me (at home); allowed: up to 200 printable ASCII characters without parentheses and backslashes")]
    [InlineData("""{"Contact":"me\\"}""", @"Atlas:Contact is me\; allowed: up to 200 printable ASCII characters without parentheses and backslashes")]
    [InlineData("""{"Retries":21}""", "Atlas:Retries is 21; allowed: 0 to 20")]
    [InlineData("""{"Limits":{"Running":0}}""", "Atlas:Limits:Running is 0; allowed: 1 to 100000")]
    [InlineData("""{"RequestTimeout":"00:00:00.5"}""", "Atlas:RequestTimeout is 00:00:00.5; allowed: 00:00:01 to 00:10:00")]
    public void A_wrong_value_is_refused_with_what_is_allowed(string atlas, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Load(atlas)).Message);

    private static AtlasOptions Load(string atlas)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $$"""{"Atlas":{{atlas}}}""");
            return SettingsLoader.Load(file, new Hashtable()).Atlas;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
