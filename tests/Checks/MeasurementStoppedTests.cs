using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Atlas;
using Xunit;

namespace Tests.Checks;

public sealed class MeasurementStoppedTests
{
    private static readonly MeasurementStopped Check = new();

    [Fact]
    public void One_that_Atlas_stopped_is_told_with_when_and_how()
    {
        var finding = Assert.Single(ToolScene.Find(Check, Ended(1, MeasurementStatus.ForcedToStop), ToolScene.Healthy(2, query: null)));
        Assert.Equal((Severity.Warning, "a", (int?)4, new Scope(ScopeKind.Target, "a")), (finding.Severity, finding.Target, finding.Family, finding.Scope));
        Assert.Equal((ToolScene.Now.AddHours(-5), ToolScene.Now), (finding.From, finding.To));
        Assert.Equal("a over IPv4: measurement 1 (id.server) was stopped by Atlas at 2026-11-11 07:00 UTC, although the configuration wants it.", finding.Message);
    }

    [Fact]
    public void It_is_critical_when_nothing_of_the_target_and_family_is_measured_any_more()
    {
        var finding = Assert.Single(ToolScene.Find(
            Check, Ended(1, MeasurementStatus.ForcedToStop), Ended(2, MeasurementStatus.Failed, query: null), ToolScene.Healthy(3, family: 6)));
        Assert.Equal((Severity.Critical, 2.0), (finding.Severity, finding.Observed));
        Assert.EndsWith("although the configuration wants them; nothing of it is measured any more.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_replaced_is_no_loss() =>
        Assert.Empty(ToolScene.Find(Check, Ended(1, MeasurementStatus.ForcedToStop), Begun(2, hoursAgo: 5)));

    [Fact]
    public void One_of_two_that_share_the_probes_is_a_loss_unless_somebody_asked_for_fewer()
    {
        Assert.Single(ToolScene.Find(Check, Ended(1, MeasurementStatus.ForcedToStop), Begun(2, hoursAgo: 700)));
        Assert.Empty(ToolScene.Find(Check, Ended(1, MeasurementStatus.Stopped), Begun(2, hoursAgo: 700)));
    }

    [Fact]
    public void What_somebody_stopped_by_hand_and_still_wants_is_told() => Assert.Contains(
        "was stopped as somebody asked", Assert.Single(ToolScene.Find(Check, Ended(1, MeasurementStatus.Stopped), ToolScene.Healthy(2, query: null))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_question_of_another_name_is_no_replacement() =>
        Assert.Single(ToolScene.Find(Check, Ended(1, MeasurementStatus.Stopped), ToolScene.Healthy(2, query: "hostname.bind")));

    [Fact]
    public void One_that_is_going_to_end_has_not_ended()
    {
        var healthy = ToolScene.Healthy(1);
        Assert.Empty(ToolScene.Find(Check, healthy with { Stored = healthy.Stored with { Stop = ToolScene.Now.AddDays(1) } }));
    }

    [Fact]
    public void Pings_to_a_pop_s_own_addresses_are_about_the_pop()
    {
        var ended = Ended(1, MeasurementStatus.ForcedToStop, query: null) with { Target = null, Pop = "FMT" };
        var finding = Assert.Single(ToolScene.Find(Check, ended));
        Assert.Equal((null, new Scope(ScopeKind.Pop, "FMT")), (finding.Target, finding.Scope));
        Assert.StartsWith("FMT's own addresses over IPv4: measurement 1 (ping)", finding.Message, StringComparison.Ordinal);
    }

    private static ToolMeasurement Ended(long id, MeasurementStatus how, string? query = "id.server")
    {
        var healthy = ToolScene.Healthy(id, query: query);
        return healthy with { Stored = healthy.Stored with { Stop = ToolScene.Now.AddHours(-5) }, Ending = how };
    }

    private static ToolMeasurement Begun(long id, int hoursAgo)
    {
        var healthy = ToolScene.Healthy(id);
        return healthy with { Stored = healthy.Stored with { Start = ToolScene.Now.AddHours(-hoursAgo) } };
    }
}
