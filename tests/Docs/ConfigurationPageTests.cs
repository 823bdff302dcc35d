using System.Collections;
using System.Reflection;
using Collector.Configuration;
using Collector.Configuration.Alerts;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Docs;

public sealed class ConfigurationPageTests
{
    /// <summary>A setting that is not described might as well not exist, and one that is described and does not exist is worse.</summary>
    [Theory]
    [InlineData("Targets", typeof(TargetOptions))]
    [InlineData("Pops", typeof(PopOptions))]
    [InlineData("Annotations", typeof(AnnotationOptions))]
    [InlineData("Probes", typeof(ProbeSelectionOptions))]
    [InlineData("Atlas", typeof(AtlasOptions))]
    [InlineData("GeoIp", typeof(GeoIpOptions))]
    [InlineData("Storage", typeof(StorageOptions))]
    [InlineData("TimeSeries", typeof(TimeSeriesOptions))]
    [InlineData("Schedule", typeof(ScheduleOptions))]
    [InlineData("Checks", typeof(ChecksOptions))]
    [InlineData("Comparisons", typeof(ComparisonOptions))]
    [InlineData("Alerts", typeof(AlertsOptions))]
    [InlineData("Alerts:Silences", typeof(SilenceOptions))]
    [InlineData("Alerts:Webhook", typeof(WebhookOptions))]
    [InlineData("Alerts:Slack", typeof(SlackOptions))]
    [InlineData("Alerts:Alertmanager", typeof(AlertmanagerOptions))]
    [InlineData("Alerts:Smtp", typeof(SmtpOptions))]
    [InlineData("Web", typeof(WebOptions))]
    public void Each_section_describes_exactly_the_settings_that_there_are(string section, Type options)
    {
        var described = File.ReadLines(Repository.File("docs/configuration.md"))
            .SkipWhile(line => line != $"## {section}").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',', StringSplitOptions.TrimEntries)).Select(key => key.Trim(' ', '`'));
        var known = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name);
        Assert.Equal(known.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_limit_of_an_account_is_named_with_its_default()
    {
        var page = File.ReadAllText(Repository.File("docs/configuration.md"));
        var defaults = new AtlasLimits();
        Assert.All(
            typeof(AtlasLimits).GetProperties().Where(property => property.CanWrite),
            property => Assert.Contains($"`{property.Name}` {property.GetValue(defaults)}", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_shipped_file_is_read_without_complaint()
    {
        var settings = SettingsLoader.Load(Repository.File("appsettings.json"), new Hashtable());
        Assert.NotEmpty(settings.Network.Targets);
        Assert.NotEmpty(settings.Network.Pops);
    }
}
