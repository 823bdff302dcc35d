using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Configuration.Checks;
using Collector.Measuring;
using Xunit;

namespace Tests.Checks;

public sealed class CreditsLowTests
{
    private static readonly CreditsLow Check = new(new CreditsLowOptions());

    [Theory]
    [InlineData(1_000_000, 100_000, null, Severity.Warning, 10)]
    [InlineData(250_000, 100_000, null, Severity.Critical, 2.5)]
    [InlineData(1_000_000, 100_000, 50_000, null, 20)]
    [InlineData(600_000, 100_000, 50_000, Severity.Warning, 12)]
    [InlineData(1_000_000, 100_000, 100_000, null, 0)]
    [InlineData(0, 100_000, 200_000, Severity.Critical, 0)]
    [InlineData(-5, 100_000, null, Severity.Critical, 0)]
    [InlineData(1_400_000, 100_000, null, null, 14)]
    public void Days_are_those_that_the_balance_lasts_at_what_is_spent_beyond_what_is_earned(double balance, double spent, int? earned, Severity? expected, double days)
    {
        var found = ToolScene.Find(Check, new CreditOutlook(balance, spent, earned, ToolScene.Now.AddMinutes(-20)));
        if (expected is null)
        {
            Assert.Empty(found);
            return;
        }

        var finding = Assert.Single(found);
        Assert.Equal(expected, finding.Severity);
        Assert.Equal(days, finding.Observed);
        Assert.Equal((null, null, new Scope(ScopeKind.Target, "*")), (finding.Target, finding.Family, finding.Scope));
        Assert.True(finding.From < finding.To);
    }

    [Fact]
    public void The_message_names_balance_spending_and_how_long_it_lasts() => Assert.Equal(
        "On the RIPE Atlas account 1,684,800 credits are left, enough for 3.1 days: 561,600 a day are spent at most and 21,600 earned.",
        Assert.Single(ToolScene.Find(Check, new CreditOutlook(1_684_800, 561_600, 21_600, ToolScene.Now))).Message);

    [Fact]
    public void Who_spends_nothing_runs_out_of_nothing() => Assert.Empty(ToolScene.Find(Check, new CreditOutlook(0, 0, null, ToolScene.Now)));

    [Fact]
    public void A_balance_of_days_ago_says_nothing_about_today() => Assert.Empty(ToolScene.Find(Check, new CreditOutlook(0, 1, null, ToolScene.Now.AddDays(-3))));

    [Fact]
    public void Of_the_past_nothing_is_said() =>
        Assert.Empty(Check.Find(new CheckInput(new Window(ToolScene.Now.AddDays(-1), ToolScene.Now), [])));
}
