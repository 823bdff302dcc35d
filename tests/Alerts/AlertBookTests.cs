using Analyzer.Findings;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

public sealed class AlertBookTests
{
    private readonly AlertsOptions options = new() { FireAfter = TimeSpan.FromMinutes(20), ResolveAfter = TimeSpan.FromMinutes(30) };
    private Dictionary<string, Alert> alerts = [];

    [Fact]
    public void An_alert_keeps_its_fingerprint_whatever_its_numbers_and_has_another_for_another_thing()
    {
        var one = Finding();
        Assert.Equal(AlertIdentity.Of(one), AlertIdentity.Of(one with { Observed = 99, SampleSize = 7, Severity = Severity.Info, To = At(60), Message = "Worse.", Probes = [9] }));
        Finding[] others =
        [
            one, one with { Check = "pop-silent" }, one with { Target = "ns-b" }, one with { Target = null }, one with { Family = 6 }, one with { Family = null },
            one with { Scope = new Scope(ScopeKind.Asn, "64502") }, one with { Scope = new Scope(ScopeKind.Probe, "64501") },
        ];
        Assert.Equal(others.Length, others.Select(AlertIdentity.Of).Distinct().Count());
        Assert.Matches("^[0-9a-f]{16}$", AlertIdentity.Of(one));

        // printf 'black-hole\x1fns-a\x1f4\x1fasn\x1f64501' | sha256sum: another version must find what this one stored.
        Assert.Equal("af29323d29e1dce8", AlertIdentity.Of(one));
    }

    [Fact]
    public void It_is_pending_until_it_was_found_for_long_enough_and_resolved_when_it_is_gone_for_long_enough()
    {
        Assert.Equal(AlertState.Pending, Analyze(0, Finding())!.State);
        Assert.Equal(AlertState.Pending, Analyze(15, Finding())!.State);
        var firing = Analyze(30, Finding());
        Assert.Equal((AlertState.Firing, At(0)), (firing!.State, firing.StartsAt));
        Assert.Equal((AlertState.Firing, At(45)), (Analyze(45)!.State, alerts.Values.Single().GoneSince!.Value));
        Assert.Equal(AlertState.Firing, Analyze(60)!.State);
        var resolved = Analyze(75);
        Assert.Equal((AlertState.Resolved, At(75)), (resolved!.State, resolved.EndsAt!.Value));
        Assert.Equal(resolved, Analyze(90));
    }

    [Fact]
    public void What_comes_and_goes_meanwhile_makes_no_noise()
    {
        Analyze(0, Finding());
        Assert.Null(Analyze(15));
        Analyze(30, Finding());
        Analyze(60, Finding());
        Analyze(75);
        Assert.Equal((AlertState.Firing, null), (Analyze(90, Finding())!.State, alerts.Values.Single().GoneSince));
        Analyze(105);
        Assert.Equal(AlertState.Firing, Analyze(120)!.State);
    }

    [Fact]
    public void Found_again_after_it_was_resolved_it_begins_anew()
    {
        foreach (var minute in (double[])[0, 30])
        {
            Analyze(minute, Finding());
        }

        Analyze(45);
        Assert.Equal(AlertState.Resolved, Analyze(90)!.State);
        var again = Analyze(105, Finding());
        Assert.Equal((AlertState.Pending, At(105), null), (again!.State, again.StartsAt, again.EndsAt));
    }

    [Fact]
    public void Nothing_is_resolved_because_nobody_measures()
    {
        Analyze(0, Finding());
        Analyze(30, Finding());
        for (var minute = 45; minute < 600; minute += 15)
        {
            alerts = AlertBook.Update(alerts, [], _ => true, At(minute), options);
        }

        Assert.Equal((AlertState.Firing, null), (alerts.Values.Single().State, alerts.Values.Single().GoneSince));
    }

    [Fact]
    public void Of_two_stretches_of_the_same_thing_the_later_is_what_is_so_now()
    {
        var alert = Analyze(0, Finding(from: -600, to: -300, message: "Earlier."), Finding(from: -60, to: 0, message: "Later."), Finding(from: -300, to: -200, message: "Between."));
        Assert.Equal("Later.", alert!.Message);
    }

    [Fact]
    public void What_concerns_the_whole_of_a_target_or_all_of_them_is_named_once()
    {
        var network = Analyze(0, Finding())!;
        Assert.Equal("black-hole: AS64501 on ns-a over IPv4", AlertText.Summary(network));
        Assert.Equal("black-hole: AS64501 on all targets", AlertText.Summary(network with { Target = null, Family = null }));
        Assert.Equal("black-hole: ns-a over IPv4", AlertText.Summary(network with { Scope = new Scope(ScopeKind.Target, "ns-a") }));
        Assert.Equal("credits-low: all targets", AlertText.Summary(network with { Check = "credits-low", Target = null, Family = null, Scope = Scope.AllTargets }));
    }

    [Fact]
    public void Texts_of_strangers_become_one_line_of_bounded_length_and_a_flood_is_cut_at_the_most_severe()
    {
        var alert = Analyze(0, Finding(message: HostileText))!;
        Assert.True(alert.Message.Length <= 1024);
        Assert.DoesNotContain(alert.Message, letter => char.IsControl(letter) || letter == '\u202e');
        var flood = Enumerable.Range(1, AlertBook.MostAlerts + 50).Select(asn => Finding(asn: asn.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(AlertBook.MostAlerts, AlertBook.Update(new Dictionary<string, Alert>(), flood, _ => false, At(0), options).Count);
    }

    private Alert? Analyze(double minute, params Finding[] findings)
    {
        alerts = AlertBook.Update(alerts, findings, _ => false, At(minute), options);
        return alerts.Values.SingleOrDefault();
    }
}
