using System.Collections;
using Analyzer.Findings;
using App.Alerts;
using App.Alerts.Rules;
using Collector.Configuration;
using Tests.Store;
using Xunit;

namespace Tests.Alerts;

public sealed class AlertRoutesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Routes_are_read_as_they_stand_there_with_what_they_do_not_say_from_above()
    {
        using var routes = AlertRoutes.Of(
            Load("""
                { "Alerts": { "GroupBy": [ "check" ], "GroupInterval": "00:10:00",
                  "Webhook": [ { "Name": "a", "Url": "https://a.example/", "MinimumSeverity": "Info", "Matchers": [ "target=ns-a" ] }, { "Name": "b", "Url": "https://b.example/", "GroupBy": [ "target", "pop" ], "RepeatInterval": "02:00:00" } ],
                  "Alertmanager": [ { "Name": "am", "Urls": [ "http://am.example:9093/prefix/" ], "PostEvery": "00:00:30" } ],
                  "Smtp": [ { "Name": "mail", "Host": "mail.example", "User": "me", "From": "m@example.net", "To": [ "noc@example.net" ] } ] } }
                """),
            TimeProvider.System);
        Assert.Equal(["a webhook", "b webhook", "am alertmanager", "mail smtp"], routes.All.Select(one => $"{one.Route.Name} {one.Route.Kind}"));
        var (a, b, am) = (routes.All[0].Route, routes.All[1].Route, routes.All[2].Route);
        Assert.Equal((Severity.Info, "alertname", TimeSpan.FromMinutes(10), TimeSpan.FromDays(1)), (a.MinimumSeverity, string.Join(',', a.GroupBy), a.GroupInterval, a.RepeatInterval));
        Assert.Equal((Severity.Warning, "target,pop", TimeSpan.FromHours(2)), (b.MinimumSeverity, string.Join(',', b.GroupBy), b.RepeatInterval));
        Assert.Equal(("", TimeSpan.Zero, TimeSpan.FromSeconds(30)), (string.Join(',', am.GroupBy), am.GroupWait, am.RepeatInterval));
    }

    [Theory]
    [InlineData("""{ "Webhook": [ { "Url": "https://a.example/" } ] }""", "Alerts:Webhook:0:Name is missing; it is required")]
    [InlineData("""{ "Webhook": [ { "Name": "a b", "Url": "https://a.example/" } ] }""", "Alerts:Webhook:0:Name is a b; allowed: up to 64 letters, digits, points, hyphens and underscores")]
    [InlineData("""{ "Webhook": [ { "Name": "a", "Url": "ftp://a.example/" } ] }""", "Alerts:Webhook:0:Url is ftp://a.example/; allowed: an http or https address")]
    [InlineData("""{ "Webhook": [ { "Name": "a" } ] }""", "Alerts:Webhook:0:Url is missing; it is required")]
    [InlineData("""{ "Webhook": [ { "Name": "a", "Url": "https://a.example/", "Secret": "x" } ] }""", "Alerts:Webhook:0:Secret is not a setting;*")]
    [InlineData("""{ "Webhook": [ { "Name": "a", "Url": "https://a.example/", "Timeout": "00:00:00" } ] }""", "Alerts:Webhook:0:Timeout is 00:00:00; allowed: 00:00:01 to 00:05:00")]
    [InlineData("""{ "Webhook": [ { "Name": "a", "Url": "https://a.example/", "MinimumSeverity": "severe" } ] }""", "Alerts:Webhook:0:MinimumSeverity is severe; allowed: Info, Warning, Critical")]
    [InlineData("""{ "Webhook": [ { "Name": "a", "Url": "https://a.example/", "Matchers": [ "chek=x" ] } ] }""", "Alerts:Webhook:0:Matchers:0 is chek; allowed: check, severity, target, family, probe, asn, country, pop")]
    [InlineData("""{ "GroupBy": [ "town" ], "Slack": [ { "Name": "a", "Url": "https://a.example/" } ] }""", "Alerts:GroupBy:0 is town; allowed: check, severity, target, family, probe, asn, country, pop")]
    [InlineData("""{ "Slack": [ { "Name": "a", "Url": "https://a.example/" } ], "Webhook": [ { "Name": "A", "Url": "https://a.example/" } ] }""", "Alerts has two routes of the Name A; allowed: each once")]
    [InlineData("""{ "Alertmanager": [ { "Name": "a" } ] }""", "Alerts:Alertmanager:0:Urls is missing; it is required")]
    [InlineData("""{ "Alertmanager": [ { "Name": "a", "Urls": [ "ftp://x/" ] } ] }""", "Alerts:Alertmanager:0:Urls has an entry that is no http or https address")]
    [InlineData("""{ "Smtp": [ { "Name": "a", "Host": "mail", "From": "m@example.net" } ] }""", "Alerts:Smtp:0:To is missing; it is required")]
    [InlineData("""{ "Smtp": [ { "Name": "a", "Host": "mail", "From": "m@example.net", "To": [ "x@example.net\r\nBcc: y@example.net" ] } ] }""", "Alerts:Smtp:0:To:0 is*allowed: an address such as noc@example.net")]
    [InlineData("""{ "Smtp": [ { "Name": "a", "Host": "mail", "From": "NOC <m@example.net>", "To": [ "x@example.net" ] } ] }""", "Alerts:Smtp:0:From is*allowed: an address such as noc@example.net")]
    [InlineData("""{ "Smtp": [ { "Name": "a", "Host": "mail", "Security": "None", "User": "me", "From": "m@example.net", "To": [ "x@example.net" ] } ] }""", "Alerts:Smtp:0:Security is None, and Alerts:Smtp:0:User is set; allowed: StartTls or Tls, or a Host on this machine")]
    public void What_cannot_be_used_is_refused_in_one_line(string alerts, string message)
    {
        var said = Assert.Throws<ConfigurationException>(() => AlertRoutes.Of(Load($$"""{ "Alerts": {{alerts}} }"""), TimeProvider.System)).Message;
        var parts = message.Split('*');
        Assert.StartsWith(parts[0], said, StringComparison.Ordinal);
        Assert.EndsWith(parts[^1], said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
        Assert.DoesNotContain('\r', said);
    }

    [Fact]
    public void Secrets_come_from_the_environment_and_show_in_no_text_of_the_settings()
    {
        var settings = Load(
            """{ "Alerts": { "Webhook": [ { "Name": "a", "Url": "https://a.example/" } ], "Smtp": [ { "Name": "m" } ], "Slack": [ { "Name": "s" } ], "Alertmanager": [ { "Name": "am" } ] } }""",
            new()
            {
                ["Alerts__Webhook__0__SigningSecret"] = "s3cret",
                ["Alerts__Webhook__0__BearerToken"] = "s3cret",
                ["Alerts__Smtp__0__Password"] = "s3cret",
                ["Alerts__Slack__0__Url"] = "https://hooks.example/s3cret",
                ["Alerts__Alertmanager__0__Password"] = "s3cret",
                ["Alerts__Alertmanager__0__BearerToken"] = "s3cret",
            });
        Assert.Equal("s3cret", settings.Alerts.Webhook[0].SigningSecret);
        var text = string.Join(' ', settings.Alerts.Webhook[0], settings.Alerts.Smtp[0], settings.Alerts.Slack[0], settings.Alerts.Alertmanager[0], settings.Alerts, settings);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Silences_of_the_configuration_are_checked_like_any_other()
    {
        var settings = Load("""{ "Alerts": { "Silences": [ { "Matchers": [ "asn=~\"(\"" ] } ] } }""");
        Assert.StartsWith("Alerts:Silences:0:Matchers:0 has the pattern", Assert.Throws<ConfigurationException>(() => Silence.Of(settings.Alerts)).Message, StringComparison.Ordinal);
        settings = Load("""{ "Alerts": { "Silences": [ { "Matchers": [ "asn=1" ], "Start": "2026-11-20T12:00:00Z", "End": "2026-11-20T11:00:00Z" } ] } }""");
        Assert.Equal(
            "Alerts:Silences:0:End is 2026-11-20 11:00 UTC; allowed: after Alerts:Silences:0:Start, 2026-11-20 12:00 UTC",
            Assert.Throws<ConfigurationException>(() => Silence.Of(settings.Alerts)).Message);
    }

    private Settings Load(string json, Hashtable? environment = null)
    {
        Directory.CreateDirectory(folder.Root);
        File.WriteAllText(folder["appsettings.json"], json);
        return SettingsLoader.Load(folder["appsettings.json"], environment ?? []);
    }
}
