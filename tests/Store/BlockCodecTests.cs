using Collector.Results;
using Collector.Store;
using CsCheck;
using Xunit;

namespace Tests.Store;

public sealed class BlockCodecTests
{
    private const long Day = 1_750_032_000;

    [Fact]
    public void Any_samples_in_any_order_come_back_as_they_were() => Gen.Select(Gen.OneOf(Usual.Array[0, 400], Wild.Array[0, 400]), Gen.OneOf(Gen.Const(Day), Gen.Long))
        .Sample((samples, origin) => Assert.Equal(samples, RoundTrip(samples, origin)), iter: 400);

    [Fact]
    public void Extremes_of_every_number_come_back()
    {
        Sample[] samples =
        [
            new() { At = long.MinValue, Sub = int.MinValue, Outcome = (Outcome)255, RttMicroseconds = int.MaxValue, Rcode = int.MinValue },
            new() { At = long.MaxValue, Sub = int.MaxValue, Outcome = 0, RttMicroseconds = int.MinValue, Identity = int.MaxValue },
            new() { At = 0, Duplicates = int.MaxValue, Sent = int.MinValue, Received = int.MaxValue, Nsid = int.MinValue },
        ];
        Assert.Equal(samples, RoundTrip(samples, long.MinValue));
        Assert.Equal(samples, RoundTrip(samples, long.MaxValue));
    }

    [Fact]
    public void No_samples_are_a_block_too() => Assert.Empty(RoundTrip([], Day));

    [Fact]
    public void A_day_of_hourly_answers_takes_under_five_bytes_a_sample()
    {
        Sample[] samples = [.. Enumerable.Range(0, 24).Select(hour => new Sample
        {
            At = Day + 417 + (hour * 3600) + (hour * 7 % 5) - 2,
            Outcome = Outcome.Answered,
            RttMicroseconds = 25_000 + (hour * 1117 % 3000),
            AverageMicroseconds = -1,
            MaximumMicroseconds = -1,
            Identity = 12,
            Sent = -1,
            Received = -1,
            Duplicates = -1,
        })];
        Assert.True(BlockCodec.Encode(samples, Day).Length < 24 * 5);
        Assert.Equal(samples, RoundTrip(samples, Day));
    }

    [Fact]
    public void A_flipped_bit_is_noticed_and_leaves_the_list_alone() => Usual.Array[0, 30].Sample(
        samples =>
        {
            var block = BlockCodec.Encode(samples, Day);
            var list = new List<Sample> { default };
            for (var bit = 0; bit < block.Length * 8; bit++)
            {
                block[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block, Day, list));
                Assert.Single(list);
                block[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        },
        iter: 40);

    [Fact]
    public void A_cut_block_and_random_bytes_are_refused_cleanly()
    {
        Usual.Array[0, 30].Sample(
            samples =>
            {
                var block = BlockCodec.Encode(samples, Day);
                for (var length = 0; length < block.Length; length++)
                {
                    Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block.AsSpan(0, length), Day, []));
                }
            },
            iter: 40);
        Gen.Byte.Array[0, 200].Sample(noise => Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(noise, Day, [])), iter: 400);
    }

    [Fact]
    public void A_block_of_a_later_version_is_refused_by_its_number()
    {
        var block = BlockCodec.Encode([new Sample { At = Day }], Day);
        block[0] = 2;
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block, Day, [])).Message, StringComparison.Ordinal);
    }

    /// <summary>Samples as measurements bring them.</summary>
    internal static readonly Gen<Sample> Usual =
        from outcome in Gen.OneOf(Gen.Const(Outcome.Answered), Gen.Const(Outcome.Unanswered), Gen.Const(Outcome.Failed))
        from isPing in Gen.Bool
        from at in Gen.Int[0, UnixDay.Seconds - 1]
        from sub in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 3]))
        from answer in Gen.Int[100, 400_000]
        from texts in Gen.Select(Gen.Int[1, 39], Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 39])), Gen.Int[1, 4])
        from numbers in Gen.Select(Gen.Int[0, 15], Gen.Int[0, 3])
        let rtt = outcome == Outcome.Answered ? answer : -1
        select new Sample
        {
            At = Day + at,
            Sub = sub,
            Outcome = outcome,
            RttMicroseconds = rtt,
            AverageMicroseconds = isPing && rtt >= 0 ? rtt + 10 : -1,
            MaximumMicroseconds = isPing && rtt >= 0 ? rtt + 20 : -1,
            Identity = isPing || rtt < 0 ? 0 : texts.Item1,
            Nsid = texts.Item2,
            Reason = outcome == Outcome.Answered ? 0 : texts.Item3,
            Rcode = isPing ? -1 : numbers.Item1,
            Sent = isPing ? 3 : -1,
            Received = isPing ? numbers.Item2 : -1,
            Duplicates = isPing ? 0 : -1,
        };

    /// <summary>Samples of any numbers.</summary>
    private static readonly Gen<Sample> Wild =
        from at in Gen.Long
        from outcome in Gen.Byte
        from numbers in Gen.Int.Array[11]
        select new Sample
        {
            At = at,
            Sub = numbers[0],
            Outcome = (Outcome)outcome,
            RttMicroseconds = numbers[1],
            AverageMicroseconds = numbers[2],
            MaximumMicroseconds = numbers[3],
            Identity = numbers[4],
            Nsid = numbers[5],
            Reason = numbers[6],
            Rcode = numbers[7],
            Sent = numbers[8],
            Received = numbers[9],
            Duplicates = numbers[10],
        };

    private static Sample[] RoundTrip(Sample[] samples, long origin)
    {
        var back = new List<Sample>();
        BlockCodec.Decode(BlockCodec.Encode(samples, origin), origin, back);
        return [.. back];
    }
}
