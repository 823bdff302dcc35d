using Analyzer.Annotations;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Annotations;

public sealed class ChangeWindowsTests
{
    private static readonly DateTimeOffset At = Scene.At;
    private static readonly Annotation Change = new(At, "JNB", "Prepended");

    [Fact]
    public void Two_days_before_and_two_days_after_routing_has_settled()
    {
        var windows = Of(now: At.AddDays(30));
        Assert.Equal(new Window(At.AddDays(-2), At), windows.Before);
        Assert.Equal(new Window(At.AddHours(2), At.AddHours(50)), windows.After);
        Assert.False(windows.IsProvisional);
    }

    [Fact]
    public void Another_change_cuts_them_off_and_whole_days_stay_whole()
    {
        var windows = Of(At.AddDays(30), At.AddHours(-40), At.AddHours(30));
        Assert.Equal(new Window(At.AddDays(-1), At), windows.Before);
        Assert.Equal(new Window(At.AddHours(2), At.AddHours(26)), windows.After);
        Assert.Equal(At.AddHours(10), Of(At.AddDays(30), At.AddHours(10)).After!.To);
    }

    [Fact]
    public void A_change_at_the_same_time_or_of_pops_that_serve_another_target_cuts_nothing()
    {
        var windows = ChangeWindows.Of(Change, [Change, new(At, "APE", "too"), new(At.AddHours(3), "SYD", "elsewhere")], World.Named, new ComparisonOptions(), At.AddDays(30));
        Assert.Equal(TimeSpan.FromDays(2), windows.After!.Length);
    }

    [Fact]
    public void Too_near_to_another_change_there_is_nothing_to_look_at()
    {
        var windows = Of(At.AddDays(30), At.AddHours(5));
        Assert.Null(windows.After);
        Assert.False(windows.IsEarly);
        Assert.Null(Of(At.AddDays(30), At.AddHours(-7)).Before);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(7)]
    public void In_the_future_or_just_made_it_is_too_early(double hours)
    {
        var windows = Of(At.AddHours(hours));
        Assert.Null(windows.After);
        Assert.True(windows.IsEarly);
    }

    [Fact]
    public void While_time_goes_on_it_is_provisional()
    {
        var windows = Of(At.AddHours(20));
        Assert.Equal(At.AddHours(20), windows.After!.To);
        Assert.True(windows.IsProvisional);
        Assert.Equal(At.AddHours(26), Of(At.AddHours(49)).After!.To);
        Assert.False(Of(At.AddHours(50)).IsProvisional);
    }

    [Fact]
    public void A_target_that_is_asked_once_a_day_gets_the_time_that_its_probes_need_to_settle()
    {
        var slow = World.Named with { DnsInterval = TimeSpan.FromDays(1) };
        var windows = ChangeWindows.Of(Change, [Change], slow, new ComparisonOptions(), At.AddDays(30));
        Assert.Equal((TimeSpan.FromDays(4), TimeSpan.FromDays(4)), (windows.Before!.Length, windows.After!.Length));
    }

    private static ChangeWindows Of(DateTimeOffset now, params DateTimeOffset[] others) =>
        ChangeWindows.Of(Change, [Change, .. others.Select(at => new Annotation(at, "APE", "another"))], World.Named, new ComparisonOptions(), now);
}
