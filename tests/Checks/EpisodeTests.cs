using Analyzer.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class EpisodeTests
{
    [Theory]
    [InlineData("..xx..", "")] // two in a row are not three
    [InlineData("..xxx", "2-5")] // to one round after the last
    [InlineData("..xxx.xx..x...", "2-11")] // one or two rounds of absence end nothing
    [InlineData("xxx...xxx...", "0-3 6-9")]
    [InlineData("x.x.x.xxx...", "6-9")] // before it is raised, an absence begins the count anew
    [InlineData("xxx..", "0-3")] // the absence at the end began there
    public void It_takes_three_rounds_in_a_row_to_begin_and_to_end(string rounds, string expected) =>
        Assert.Equal(expected, string.Join(' ', Episode.Of(rounds.Select((letter, at) => ((long)at, letter == 'x')), 3, 3, 1).Select(episode => $"{episode.From}-{episode.To}")));

    [Fact]
    public void Only_the_part_inside_a_window_is_told_of()
    {
        var start = Scene.Start;
        Assert.Equal(new Episode(start, start + 100, 5), new Episode(start - 50, start + 100, 5).Within(Scene.Window));
        Assert.Null(new Episode(start - 100, start, 5).Within(Scene.Window));
    }
}
