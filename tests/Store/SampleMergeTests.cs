using Collector.Results;
using Collector.Store;
using CsCheck;
using Xunit;

namespace Tests.Store;

public sealed class SampleMergeTests
{
    private static readonly string?[] Texts = [null, "zulu", "alpha", "mike"];

    /// <summary>Samples that often meet: few times, few contents.</summary>
    private static readonly Gen<Sample> Crowded =
        from sample in BlockCodecTests.Usual
        from key in Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1])
        from times in Gen.Select(Gen.Int[-1, 2], Gen.Int[-1, 1])
        from texts in Gen.Int[0, 3].Array[3]
        select sample with
        {
            At = key.Item1,
            Sub = key.Item2,
            RttMicroseconds = times.Item1,
            AverageMicroseconds = times.Item2,
            Identity = texts[0],
            Nsid = texts[1],
            Reason = texts[2],
        };

    [Fact]
    public void Order_grouping_and_repetition_make_no_difference() =>
        (from all in Crowded.Array[1, 60]
         from again in Gen.Int[0, all.Length]
         from shuffled in Gen.Shuffle(all.Concat(all[..again]).ToArray())
         from cut in Gen.Int[0, shuffled.Length]
         select (all, first: shuffled[..cut], second: shuffled[cut..]))
        .Sample(arrivals => Assert.Equal(MergeAll([], arrivals.all), MergeAll(MergeAll([], arrivals.first), arrivals.second)), iter: 1_000);

    [Fact]
    public void Contents_are_in_a_total_order() => Gen.Select(Crowded, Crowded, Crowded).Sample(
        (a, b, c) =>
        {
            Assert.Equal(Math.Sign(Compare(a, b)), -Math.Sign(Compare(b, a)));
            Assert.Equal(SampleMerge.HaveSameContent(a, b), Compare(a, b) == 0);
            Assert.True(Compare(a, b) > 0 || Compare(b, c) > 0 || Compare(a, c) <= 0);
        },
        iter: 10_000);

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

    private static int Compare(Sample one, Sample other) => SampleMerge.CompareContents(one, other, Text);

    private static string? Text(int id) => Texts[id];

    private static Sample[] MergeAll(Sample[] known, Sample[] arrivals)
    {
        var merged = new List<Sample>();
        SampleMerge.Merge(known, [.. arrivals.OrderBy(sample => sample.At).ThenBy(sample => sample.Sub)], Text, merged, new MergeResult[arrivals.Length]);
        return [.. merged];
    }
}
