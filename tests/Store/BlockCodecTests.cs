using Collector.Results;
using Collector.Store;
using Xunit;

namespace Tests.Store;

public sealed class BlockCodecTests
{
    private const long Day = 1_750_032_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_samples_in_any_order_come_back_as_they_were(int seed)
    {
        var random = new Random(seed);
        Sample[] samples = [.. Enumerable.Range(0, random.Next(0, 400)).Select(_ => seed % 2 == 0 ? Wild(random) : Usual(random))];
        Assert.Equal(samples, RoundTrip(samples, Day));
    }

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
        var random = new Random(8038);
        Sample[] samples = [.. Enumerable.Range(0, 24).Select(hour => new Sample
        {
            At = Day + 417 + (hour * 3600) + random.Next(-2, 3),
            Outcome = Outcome.Answered,
            RttMicroseconds = 25_000 + random.Next(3000),
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

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_flipped_bit_is_noticed_and_leaves_the_list_alone(int seed)
    {
        var random = new Random(seed);
        var block = BlockCodec.Encode([.. Enumerable.Range(0, 30).Select(_ => Usual(random))], Day);
        var list = new List<Sample> { Usual(random) };
        for (var bit = 0; bit < block.Length * 8; bit++)
        {
            block[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block, Day, list));
            Assert.Single(list);
            block[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_cut_block_and_random_bytes_are_refused_cleanly(int seed)
    {
        var random = new Random(seed);
        var block = BlockCodec.Encode([.. Enumerable.Range(0, 30).Select(_ => Usual(random))], Day);
        for (var length = 0; length < block.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block.AsSpan(0, length), Day, []));
        }

        var noise = new byte[random.Next(200)];
        random.NextBytes(noise);
        Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(noise, Day, []));
    }

    [Fact]
    public void A_block_of_a_later_version_is_refused_by_its_number()
    {
        var block = BlockCodec.Encode([Usual(new Random(1))], Day);
        block[0] = 2;
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(block, Day, [])).Message, StringComparison.Ordinal);
    }

    internal static Sample Usual(Random random)
    {
        var outcome = (Outcome)random.Next(1, 4);
        var isPing = random.Next(2) == 0;
        var rtt = outcome == Outcome.Answered ? random.Next(100, 400_000) : -1;
        return new Sample
        {
            At = Day + random.Next(UnixDay.Seconds),
            Sub = random.Next(4) == 0 ? random.Next(1, 4) : 0,
            Outcome = outcome,
            RttMicroseconds = rtt,
            AverageMicroseconds = isPing && rtt >= 0 ? rtt + 10 : -1,
            MaximumMicroseconds = isPing && rtt >= 0 ? rtt + 20 : -1,
            Identity = isPing || rtt < 0 ? 0 : random.Next(1, 40),
            Nsid = random.Next(3) == 0 ? random.Next(1, 40) : 0,
            Reason = outcome == Outcome.Answered ? 0 : random.Next(1, 5),
            Rcode = isPing ? -1 : random.Next(16),
            Sent = isPing ? 3 : -1,
            Received = isPing ? random.Next(4) : -1,
            Duplicates = isPing ? 0 : -1,
        };
    }

    private static Sample Wild(Random random) => new()
    {
        At = random.NextInt64(long.MinValue, long.MaxValue),
        Sub = Any(random),
        Outcome = (Outcome)random.Next(256),
        RttMicroseconds = Any(random),
        AverageMicroseconds = Any(random),
        MaximumMicroseconds = Any(random),
        Identity = Any(random),
        Nsid = Any(random),
        Reason = Any(random),
        Rcode = Any(random),
        Sent = Any(random),
        Received = Any(random),
        Duplicates = Any(random),
    };

    private static int Any(Random random) => random.Next(int.MinValue, int.MaxValue);

    private static Sample[] RoundTrip(Sample[] samples, long origin)
    {
        var back = new List<Sample>();
        BlockCodec.Decode(BlockCodec.Encode(samples, origin), origin, back);
        return [.. back];
    }
}
