using Analyzer.Catchments;
using Xunit;

namespace Tests.Catchments;

/// <summary>Each string is a probe's hourly rounds; the letter is the PoP.</summary>
public sealed class FlipDetectorTests
{
    [Theory]
    [InlineData("AAAAAAAA", "")]
    [InlineData("AAABBB", "A>B@3")]
    [InlineData("AAABB", "")]
    [InlineData("AABBB", "")]
    [InlineData("AAABBAAA", "")]
    [InlineData("AAABBBAAA", "A>B@3 B>A@6")]
    [InlineData("AAACBBB", "A>B@4")]
    [InlineData("", "")]
    public void A_flip_goes_from_one_settled_pop_to_another(string rounds, string expected) =>
        Assert.Equal(expected, string.Join(' ', FlipDetector.Flips(Runs(rounds)).Select(flip => $"{(char)flip.From}>{(char)flip.To}@{flip.At / 3600}")));

    [Theory]
    [InlineData("ABABABABAB", true)]
    [InlineData("AABABBABAABAAABAB", true)]
    [InlineData("AAAAAAABAAAAAAAB", false)] // one in eight, seen for less than a day: 3 changes
    [InlineData("AAAAAAABAAAAAAABAAAAAAAB", true)]
    [InlineData("AAAAAAAAAAAAAAAABBBBBBAAAAAAAAAAAAAAAAAAAAAAAAAA", false)] // a PoP withdrawn for six hours
    [InlineData("AAAAAAAAAAAABBBBBBBBBBBBAAAAAAAAAAAABBBBBBBBBBBBAAAAAAAAAAAA", false)] // day and night
    [InlineData("ABAB", false)]
    [InlineData("", false)]
    public void A_probe_that_keeps_alternating_is_load_balanced(string rounds, bool expected) =>
        Assert.Equal(expected, FlipDetector.IsLoadBalanced(Runs(rounds)));

    [Fact]
    public void A_run_knows_its_first_and_last_round() =>
        Assert.Equal([new PopRun('A', 0, 3600, 2), new PopRun('B', 7200, 7200, 1)], Runs("AAB"));

    private static List<PopRun> Runs(string rounds) =>
        FlipDetector.Runs([.. rounds.Select((letter, hour) => new PopRound(hour * 3600L, letter))]);
}
