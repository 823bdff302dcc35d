using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class NoResultsTests
{
    private static readonly NoResults Check = new(new NoResultsOptions());

    [Fact]
    public void One_that_brought_nothing_for_more_than_three_rounds_is_told_while_others_deliver()
    {
        var finding = Assert.Single(ToolScene.Find(Check, Silent(1, 5), ToolScene.Healthy(2, query: null), ToolScene.Healthy(3, "b")));
        Assert.Equal((Severity.Warning, "a", (int?)4, new Scope(ScopeKind.Target, "a")), (finding.Severity, finding.Target, finding.Family, finding.Scope));
        Assert.Equal((5.0, 3.0, 100), (finding.Observed, finding.Expected, finding.SampleSize));
        Assert.Equal("a over IPv4: no result of measurement 1 (id.server) for 5 h, although others deliver.", finding.Message);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3.2, false)]
    [InlineData(3.3, true)]
    public void Three_rounds_and_what_the_way_takes_have_to_pass(double hours, bool isTold) =>
        Assert.Equal(isTold ? 1 : 0, ToolScene.Find(Check, Silent(1, hours), ToolScene.Healthy(2)).Count);

    [Fact]
    public void A_round_is_as_long_as_the_measurement_s_own()
    {
        Assert.Empty(ToolScene.Find(Check, Silent(1, 20) with { IntervalSeconds = 86_400 }, ToolScene.Healthy(2)));
        Assert.Single(ToolScene.Find(Check, Silent(1, 2) with { IntervalSeconds = 600 }, ToolScene.Healthy(2)));
    }

    [Fact]
    public void All_silent_at_once_is_one_finding_about_Atlas_or_the_way_to_it()
    {
        var finding = Assert.Single(ToolScene.Find(Check, Silent(1, 5), Silent(2, 6), Silent(3, 5)));
        Assert.Equal((Severity.Critical, null, null, Scope.AllTargets), (finding.Severity, finding.Target, finding.Family, finding.Scope));
        Assert.Equal("None of the 3 measurements brought a result for 5 h: they are fetched as ever, so Atlas has none or does not hand them out.", finding.Message);

        var stuck = Assert.Single(ToolScene.Find(Check, Silent(1, 5) with { FetchedTo = ToolScene.Now.AddHours(-5) }, Silent(2, 5) with { FetchedTo = ToolScene.Now.AddHours(-6) }));
        Assert.Equal(
            "None of the 2 measurements brought a result for 5 h: results were fetched up to 2026-11-11 07:00 UTC only, so it is the collecting or the way to Atlas.", stuck.Message);
        Assert.StartsWith("Look at the job collect", stuck.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_cannot_be_fetched_is_the_job_s_to_explain()
    {
        var finding = Assert.Single(ToolScene.Find(Check, Silent(1, 5) with { FetchedTo = ToolScene.Now.AddHours(-5) }, ToolScene.Healthy(2)));
        Assert.EndsWith("although others deliver; they could not be fetched.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_never_delivered_is_measured_from_its_beginning()
    {
        var never = ToolScene.Healthy(1) with { LastResult = null };
        Assert.Single(ToolScene.Find(Check, never, ToolScene.Healthy(2)));
        Assert.Empty(ToolScene.Find(Check, never with { Stored = never.Stored with { Start = ToolScene.Now.AddHours(-2) } }, ToolScene.Healthy(2)));
    }

    [Fact]
    public void What_ended_or_was_never_fetched_is_not_expected_to_deliver() => Assert.Empty(ToolScene.Find(
        Check,
        Silent(1, 50) with { Stored = ToolScene.Healthy(1).Stored with { Stop = ToolScene.Now.AddHours(-50) } },
        Silent(2, 50) with { FetchedTo = null },
        ToolScene.Healthy(3)));

    private static ToolMeasurement Silent(long id, double hours) => ToolScene.Healthy(id) with { LastResult = ToolScene.Now.AddHours(-hours) };
}
