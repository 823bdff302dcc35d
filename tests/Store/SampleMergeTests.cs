using Collector.Results;
using Collector.Store;
using Xunit;

namespace Tests.Store;

public sealed class SampleMergeTests
{
    private static readonly string?[] Texts = [null, "zulu", "alpha", "mike"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_grouping_and_repetition_make_no_difference(int seed)
    {
        var random = new Random(seed);
        Sample[] all = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Crowded(random))];
        var expected = MergeAll([], all);
        for (var trial = 0; trial < 10; trial++)
        {
            var shuffled = all.Concat(all.Take(random.Next(all.Length))).ToArray();
            random.Shuffle(shuffled);
            var cut = random.Next(shuffled.Length + 1);
            Assert.Equal(expected, MergeAll(MergeAll([], shuffled[..cut]), shuffled[cut..]));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Contents_are_in_a_total_order(int seed)
    {
        var random = new Random(seed);
        var (a, b, c) = (Crowded(random), Crowded(random), Crowded(random));
        Assert.Equal(Math.Sign(Compare(a, b)), -Math.Sign(Compare(b, a)));
        Assert.Equal(SampleMerge.HaveSameContent(a, b), Compare(a, b) == 0);
        if (Compare(a, b) <= 0 && Compare(b, c) <= 0)
        {
            Assert.True(Compare(a, c) <= 0);
        }
    }

    [Fact]
    public void An_answer_beats_silence_silence_beats_failure_and_the_faster_answer_wins()
    {
        var slow = new Sample { Outcome = Outcome.Answered, RttMicroseconds = 20 };
        var fast = slow with { RttMicroseconds = 10 };
        var silent = new Sample { Outcome = Outcome.Unanswered, RttMicroseconds = -1 };
        var failed = silent with { Outcome = Outcome.Failed };
        Assert.Equal([fast], MergeAll([], [failed, silent, slow, fast]));
        Assert.Equal([silent], MergeAll([silent], [failed]));
    }

    [Fact]
    public void Texts_count_by_what_they_say_not_by_their_ids()
    {
        var zulu = new Sample { Outcome = Outcome.Answered, Identity = 1 };
        var alpha = zulu with { Identity = 2 };
        Assert.Equal([alpha], MergeAll([], [zulu, alpha]));
        Assert.Equal([alpha], MergeAll([], [alpha, zulu]));
        Assert.Equal([zulu], MergeAll([zulu], [zulu with { Identity = 0 }]));
    }

    [Fact]
    public void Each_arrival_is_told_what_became_of_it()
    {
        var known = new Sample { At = 10, Outcome = Outcome.Answered, RttMicroseconds = 50 };
        Sample[] arrivals = [known with { At = 5 }, known, known with { RttMicroseconds = 60 }, known with { RttMicroseconds = 40 }, known with { Sub = 1 }];
        var results = new MergeResult[arrivals.Length];
        Assert.True(SampleMerge.Merge([known], arrivals, Text, [], results));
        Assert.Equal([MergeResult.Added, MergeResult.Known, MergeResult.Known, MergeResult.Won, MergeResult.Added], results);
        Assert.False(SampleMerge.Merge([known], [known], Text, [], results));
    }

    private static Sample Crowded(Random random) => BlockCodecTests.Usual(random) with
    {
        At = random.Next(6),
        Sub = random.Next(2),
        RttMicroseconds = random.Next(-1, 3),
        AverageMicroseconds = random.Next(-1, 2),
        Identity = random.Next(4),
        Nsid = random.Next(4),
        Reason = random.Next(4),
    };

    private static int Compare(Sample one, Sample other) => SampleMerge.CompareContents(one, other, Text);

    private static string? Text(int id) => Texts[id];

    private static Sample[] MergeAll(Sample[] known, Sample[] arrivals)
    {
        var merged = new List<Sample>();
        SampleMerge.Merge(known, [.. arrivals.OrderBy(sample => sample.At).ThenBy(sample => sample.Sub)], Text, merged, new MergeResult[arrivals.Length]);
        return [.. merged];
    }
}
