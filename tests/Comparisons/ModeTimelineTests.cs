using Analyzer.Comparisons;
using Analyzer.Time;
using Xunit;

namespace Tests.Comparisons;

/// <summary>Days of twenty probes in as many networks of one country; a text of twenty letters is who served them.</summary>
public sealed class ModeTimelineTests
{
    private const string Home = "AAAAAAAAAAJJJJJJJJJJ";
    private const string Withdrawn = "AAAAAAAAAAAAAAAAAAAA";
    private const string Other = "FFFFFFFFFFJJJJJJJJJJ";
    private const string Nothing = "";

    [Fact]
    public void A_day_like_the_one_before_is_the_same_since_the_mode_began()
    {
        var statement = Of(Other, Home, Home, Home).Newest();
        Assert.Equal(RoutingNews.Same, statement.News);
        Assert.Equal((2, Day(2), Day(1).From, 1.0), (statement.Mode, statement.Other, statement.Since!.Value, statement.Similarity!.Value));
    }

    [Fact]
    public void The_day_after_a_withdrawal_has_been_seen_before()
    {
        var timeline = Of(Home, Home, Withdrawn, Home);
        Assert.Equal([1, 1, 2, 1], timeline.Windows.Select(window => window.Mode!.Value));
        Assert.Equal((RoutingNews.New, Day(1), 0.5), Told(timeline.At(2)));
        Assert.Equal((RoutingNews.Returned, Day(1), 1.0), Told(timeline.At(3)));
        Assert.Equal(
            [new ModeStretch(1, Day(0).From, Day(1).To, 2), new ModeStretch(2, Day(2).From, Day(2).To, 1), new ModeStretch(1, Day(3).From, Day(3).To, 1)],
            timeline.Stretches);
        Assert.Equal(2, timeline.Modes);
    }

    [Fact]
    public void What_returned_is_told_of_the_latest_day_that_was_like_it() =>
        Assert.Equal((RoutingNews.Returned, Day(2), 1.0), Told(Of(Home, Withdrawn, Home, Other, Home).Newest()));

    [Fact]
    public void A_new_state_names_the_day_that_was_most_like_it() =>
        Assert.Equal((RoutingNews.New, Day(0), 0.5), Told(Of(Home, "FFFFFFFFFFFFFFFFFFFF", Withdrawn).Newest()));

    [Fact]
    public void The_first_day_has_nothing_to_be_held_against() => Assert.Equal((RoutingNews.First, null, null), Told(Of(Home).Newest()));

    [Fact]
    public void No_days_say_nothing() => Assert.Equal((RoutingNews.Unknown, null, null), Told(Of().Newest()));

    [Fact]
    public void A_day_without_data_has_no_mode_and_is_no_change()
    {
        var timeline = Of(Home, Nothing, "AAA", Home);
        Assert.Equal([1, null, null, 1], timeline.Windows.Select(window => window.Mode));
        Assert.Equal(RoutingNews.Unknown, timeline.At(2).News);
        Assert.Equal((RoutingNews.Same, Day(0), 1.0), Told(timeline.Newest()));
        Assert.Equal(new ModeStretch(1, Day(0).From, Day(3).To, 2), Assert.Single(timeline.Stretches));
    }

    [Fact]
    public void Days_without_a_probe_in_common_are_modes_of_their_own()
    {
        var timeline = Of(Home, new string(' ', 20) + Home);
        Assert.Equal([1, 2], timeline.Windows.Select(window => window.Mode!.Value));
        Assert.Equal((RoutingNews.New, null, null), Told(timeline.Newest()));
    }

    [Fact]
    public void More_probes_are_no_change_of_the_routing() => Assert.Equal(RoutingNews.Same, Of(Home, Home + "FFFFFFFFFFFFFFFFFFFFFF").Newest().News);

    [Fact]
    public void What_is_alike_is_the_operators_to_say()
    {
        var slightly = "FF" + Home[2..];
        Assert.Equal([1, 2], Of(Home, slightly).Windows.Select(window => window.Mode!.Value));
        Assert.Equal([1, 1], Of(0.85, Home, slightly).Windows.Select(window => window.Mode!.Value));
    }

    [Fact]
    public void A_slow_drift_is_one_mode_and_its_end_need_not_resemble_its_beginning()
    {
        var drift = Enumerable.Range(0, 6).Select(step => new string('F', step) + new string('A', 40 - step)).ToArray();
        var timeline = Of([.. drift, new string('J', 40), drift[0]]);
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 1], timeline.Windows.Select(window => window.Mode!.Value));
        Assert.Equal((RoutingNews.Returned, Day(1), 0.975), Told(timeline.Newest()));
    }

    private static (RoutingNews News, Window? Other, double? Similarity) Told(RoutingStatement statement) =>
        (statement.News, statement.Other, statement.Similarity is { } known ? Math.Round(known, 9) : null);

    private static ModeTimeline Of(params string[] days) => Of(Modes.SharedAbove, days);

    private static ModeTimeline Of(double sharedAbove, params string[] days) =>
        ModeTimeline.Of([.. days.Select((probes, index) => SimilarityTableTests.Of(probes, Day(index)))], 10, sharedAbove);

    private static Window Day(int index) => new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).AddDays(index), new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero).AddDays(index));
}
