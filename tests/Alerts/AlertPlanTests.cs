using Analyzer.Findings;
using App.Alerts.Rules;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

/// <summary>When a receiver is told of what. Each step plans, and delivers what is due.</summary>
public sealed class AlertPlanTests
{
    private AlertRoute route = Route();
    private IReadOnlyList<Silence> silences = [];
    private IReadOnlyDictionary<string, AlertGroup> groups = new Dictionary<string, AlertGroup>();
    private int dropped;

    [Fact]
    public void The_first_message_of_a_group_waits_for_others_to_join_and_then_holds_all_of_them()
    {
        var (one, two) = (Alert(), Alert(asn: "64502"));
        Assert.Empty(Step(0, one));
        Assert.Equal(At(1), Plan(0.5, one).Next);
        var message = Assert.Single(Step(1, one, two));
        Assert.Equal(2, message.Alerts.Count);
        Assert.Equal("{alertname=\"black-hole\",target=\"ns-a\"}", message.Group.Key);
        Assert.Empty(Step(2, one, two));
        Assert.Equal(At(1) + route.RepeatInterval, Plan(2, one, two).Next);
    }

    [Fact]
    public void Alerts_that_differ_in_what_they_are_grouped_by_are_told_apart()
    {
        var all = new[] { Alert(), Alert(target: "ns-b"), Alert(check: "pop-silent") };
        Step(0, all);
        Assert.Equal(3, Step(1, all).Count);
        route = route with { GroupBy = [] };
        groups = new Dictionary<string, AlertGroup>();
        Step(2, all);
        Assert.Equal(3, Assert.Single(Step(3, all)).Alerts.Count);
    }

    [Fact]
    public void News_of_a_group_wait_for_the_interval_and_no_news_for_the_repetition()
    {
        var (one, two) = (Alert(), Alert(asn: "64502"));
        Step(0, one);
        Assert.Single(Step(1, one));
        Assert.Empty(Step(10, one, two));
        Assert.Equal(2, Assert.Single(Step(16, one, two)).Alerts.Count);
        Assert.Empty(Step(16 + (23 * 60), one, two));
        Assert.Single(Step(16 + (24 * 60), one, two));
        Assert.Empty(Step(17 + (24 * 60), one, two));
    }

    [Fact]
    public void That_it_is_over_is_told_once_and_closes_the_group()
    {
        var (one, two) = (Alert(), Alert(asn: "64502"));
        Step(0, one, two);
        Step(1, one, two);
        Assert.Empty(Step(5, one, two.Resolved(5)));
        var message = Assert.Single(Step(16, one, two.Resolved(5)));
        Assert.Equal([(one.Fingerprint, false), (two.Fingerprint, true)], message.Alerts.Select(alert => (alert.Alert.Fingerprint, alert.IsResolved)));
        Assert.False(message.IsResolved);
        Assert.True(Assert.Single(Step(40, one.Resolved(39), two.Resolved(5))).IsResolved);
        Assert.Empty(groups);
        Assert.Empty(Step(10_000, one.Resolved(39), two.Resolved(5)));
    }

    [Fact]
    public void What_was_never_told_is_not_told_to_be_over()
    {
        Step(0, Alert());
        Assert.Empty(Step(1, Alert().Resolved(0.5)));
        Assert.Empty(groups);
    }

    [Fact]
    public void An_alert_that_was_over_and_is_so_again_between_two_messages_is_news()
    {
        Step(0, Alert());
        Step(1, Alert());
        Assert.Equal(At(10), Assert.Single(Assert.Single(Step(16, Alert(since: 10))).Alerts).Alert.StartsAt);
    }

    [Fact]
    public void It_is_news_when_it_matters_more_than_was_told_and_none_when_it_matters_less()
    {
        var (warning, critical) = (Alert(severity: Severity.Warning), Alert());
        Step(0, warning);
        Step(1, warning);
        Assert.Equal(Severity.Critical, Assert.Single(Step(16, critical)).Severity);
        Assert.Empty(Step(60, warning));
        Assert.Empty(Step(75, critical));
        Assert.Equal(Severity.Critical, Assert.Single(Step(16 + (24 * 60), warning)).Alerts[0].Severity);
    }

    [Fact]
    public void A_route_takes_only_what_matters_enough_and_fits_its_matchers()
    {
        route = route with { MinimumSeverity = Severity.Warning, Matchers = [AlertMatcher.Parse("target=ns-a", "test")] };
        var all = new[] { Alert(), Alert(asn: "64502", severity: Severity.Info), Alert(target: "ns-b"), Alert(check: "over-reach", severity: Severity.Warning) };
        Step(0, all);
        Assert.Equal(["black-hole", "over-reach"], Step(1, all).Select(message => message.Alerts.Single().Alert.Check).Order());
    }

    [Fact]
    public void A_silence_holds_back_what_fits_for_its_time_and_no_word_that_something_is_over()
    {
        silences = [Silence.Of("a", ["asn=64501"], At(0), At(120), "work", "me")];
        var (one, two) = (Alert(), Alert(asn: "64502"));
        Step(0, one, two);
        Assert.Equal("64502", Assert.Single(Assert.Single(Step(1, one, two)).Alerts).Alert.Scope.Value);
        Assert.Empty(Step(119, one, two));
        Assert.Equal(At(120), Plan(119, one, two).Next);
        Assert.Equal(2, Assert.Single(Step(120, one, two)).Alerts.Count);

        silences = [Silence.Of("b", ["target=ns-a"], At(121), At(1000), "", "")];
        Assert.Equal(["64501"], Assert.Single(Step(140, one.Resolved(139), two)).Alerts.Select(alert => alert.Alert.Scope.Value));
        Assert.Empty(Step(999, two));
        Assert.Contains(groups.Values.Single().Told, told => told.Fingerprint == two.Fingerprint);
    }

    [Fact]
    public void A_route_that_wants_no_word_that_something_is_over_gets_none()
    {
        route = route with { SendResolved = false };
        Step(0, Alert());
        Step(1, Alert());
        Assert.Empty(Step(60, Alert().Resolved(59)));
        Assert.Empty(groups);
        Assert.Equal(0, dropped);
    }

    [Fact]
    public void A_receiver_that_was_away_is_told_what_is_true_then()
    {
        var (one, two, three) = (Alert(), Alert(asn: "64502"), Alert(asn: "64503"));
        Step(0, one, two);
        Step(1, one, two);

        // Away from here on: nothing is delivered.
        foreach (var minute in (double[])[16, 30, 600])
        {
            Assert.Single(Plan(minute, one, two.Resolved(15), three).Due);
        }

        var message = Assert.Single(Step(601, one, two.Resolved(15), three.Resolved(500)));
        Assert.Equal([(one.Fingerprint, false), (two.Fingerprint, true)], message.Alerts.Select(alert => (alert.Alert.Fingerprint, alert.IsResolved)));
    }

    [Fact]
    public void The_word_that_something_is_over_does_not_wait_for_ever()
    {
        Step(0, Alert());
        Step(1, Alert());
        Assert.Single(Plan(60 * 24 * 7, Alert().Resolved(2)).Due);
        Assert.Empty(Step(3 + (60 * 24 * 7), Alert().Resolved(2)));
        Assert.Equal(1, dropped);
        Assert.Empty(groups);
    }

    [Fact]
    public void A_clock_that_was_set_back_holds_nothing_back()
    {
        Step(0, Alert());
        Step(1, Alert());
        Assert.Single(Step(-600, Alert(), Alert(asn: "64502")));
        Assert.Empty(Step(-599, Alert(), Alert(asn: "64502")));
    }

    [Fact]
    public void A_told_alert_stays_in_its_group_whatever_becomes_of_the_settings()
    {
        Step(0, Alert());
        Step(1, Alert());
        route = route with { GroupBy = ["severity"], MinimumSeverity = Severity.Critical };
        Assert.Empty(Step(60, Alert()));
        var message = Assert.Single(Step(90, Alert().Resolved(89)));
        Assert.True(message.IsResolved);
        Assert.Equal("{alertname=\"black-hole\",target=\"ns-a\"}", message.Group.Key);
    }

    [Fact]
    public void All_messages_of_a_group_are_one_thread_and_each_attempt_is_the_same_message()
    {
        var (one, two) = (Alert(), Alert(asn: "64502"));
        Step(0, one);
        Assert.Equal(Plan(1, one).Due[0].Id, Plan(9, one).Due[0].Id);
        var first = Assert.Single(Step(10, one));
        var second = Assert.Single(Step(60, one, two));
        Assert.Equal(first.Thread, second.Thread);
        Assert.Equal([first.Thread + "-0", first.Thread + "-1"], [first.Id, second.Id]);
    }

    private AlertPlan Plan(double minute, params Alert[] alerts) => AlertPlan.Of(route, Book(alerts), silences, groups, At(minute));

    private IReadOnlyList<Notification> Step(double minute, params Alert[] alerts)
    {
        var plan = Plan(minute, alerts);
        dropped += plan.Dropped;
        var after = new Dictionary<string, AlertGroup>(plan.Groups);
        foreach (var message in plan.Due)
        {
            after.Remove(message.Group.Key);
            if (AlertPlan.Delivered(message, At(minute)) is { } group)
            {
                after[group.Key] = group;
            }
        }

        groups = after;
        return plan.Due;
    }
}
