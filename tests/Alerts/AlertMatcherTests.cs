using System.Diagnostics;
using App.Alerts.Rules;
using Collector.Configuration;
using Xunit;

namespace Tests.Alerts;

public sealed class AlertMatcherTests
{
    private static readonly IReadOnlyDictionary<string, string> Labels = AlertLabels.Of(Make.Alert());

    [Theory]
    [InlineData("check=\"black-hole\"", true)]
    [InlineData("alertname = black-hole", true)]
    [InlineData("CHECK=black-hole", true)]
    [InlineData("check!=black-hole", false)]
    [InlineData("check=Black-Hole", false)]
    [InlineData("asn=~6450.", true)]
    [InlineData("asn=~\"6450[12]|1\"", true)]
    [InlineData("asn=~4501", false)]
    [InlineData("asn!~6450.", false)]
    [InlineData("asn=~\"64\\d+\"", true)]
    [InlineData("country=\"\"", true)]
    [InlineData("country!=NL", true)]
    [InlineData("country=~.+", false)]
    [InlineData("severity=critical", true)]
    [InlineData("family=4", true)]
    public void A_matcher_compares_whole_values_and_takes_a_missing_label_as_empty(string text, bool fits)
    {
        var matcher = AlertMatcher.Parse(text, "test");
        Assert.Equal(fits, matcher.Fits(Labels));
        Assert.Equal(fits, AlertMatcher.Parse(matcher.ToString(), "test").Fits(Labels));
    }

    [Theory]
    [InlineData("", "test is empty; allowed: a label, one of = != =~ !~, and a value, such as check=\"black-hole\" or asn=~\"6450[12]\"")]
    [InlineData("check", "test is check; allowed: a label,*")]
    [InlineData("check==x y", "test is check==x y; allowed: a label,*")]
    [InlineData("check=\"a\nb\"", "*allowed: a label,*")]
    [InlineData("chek=x", "test is chek; allowed: check, severity, target, family, probe, asn, country, pop")]
    [InlineData("asn=~\"(\"", "test has the pattern (; allowed: a regular expression without look-around and back references")]
    [InlineData("asn=~\"a)|(b\"", "test has the pattern a)|(b; allowed: a regular expression without look-around and back references")]
    [InlineData("asn=~\"(a)\\1\"", "*allowed: a regular expression without look-around and back references")]
    [InlineData("asn=~\"(?=a)\"", "*allowed: a regular expression without look-around and back references")]
    [InlineData("asn=~\"((a{999}){999}){999}\"", "*allowed: a regular expression without look-around and back references")]
    public void What_is_no_matcher_is_refused_in_one_line(string text, string message)
    {
        var said = Assert.Throws<ConfigurationException>(() => AlertMatcher.Parse(text, "test")).Message;
        Assert.True(message.Split('*', StringSplitOptions.RemoveEmptyEntries).All(part => said.Contains(part, StringComparison.Ordinal)), said);
        Assert.DoesNotContain('\n', said);
    }

    /// <summary>A backtracking engine would need longer than the universe has lasted; the limit is only to end a test that fails.</summary>
    [Fact]
    public void A_pattern_that_is_meant_to_be_slow_is_not()
    {
        var matcher = AlertMatcher.Parse("target=~\"(a+)+b\"", "test");
        var clock = Stopwatch.StartNew();
        Assert.False(matcher.Fits(new Dictionary<string, string> { ["target"] = new string('a', 200) }));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
    }
}
