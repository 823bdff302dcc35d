using Analyzer.Hours;
using CsCheck;
using Xunit;

namespace Tests.Series;

/// <summary>What is added up round by round, against the same worked out at once from all rounds.</summary>
public sealed class ProbeInHourTests
{
    // The words for what is no PoP and three PoPs; times of few values, so that equals meet.
    private static readonly Gen<(int Pop, double RttMs)[]> Rounds =
        Gen.Select(Gen.Int[0, HourTable.FirstPop + 2], Gen.Frequency((4, Gen.Int[1, 5].Select(value => (double)value)), (1, Gen.Const(double.NaN)))).Array[0, 12];

    [Fact]
    public void The_sum_is_that_of_all_rounds_whatever_was_added_before() => Gen.Select(Rounds, Rounds, Rounds).Sample(
        (before, rounds, pings) =>
        {
            var hour = new ProbeInHour();
            Add(hour, before, before);
            hour.Clear();
            Add(hour, rounds, pings);

            var sum = hour.Sum(7);
            Assert.Equal(7, sum.Probe);
            Assert.Equal(ServedPop(rounds, pings), sum.Pop);
            Assert.Equal(Median(pings.Length > 0 ? [.. pings.Select(ping => Known(ping.RttMs))] : [.. rounds.Select(round => round.RttMs).Where(rtt => !double.IsNaN(rtt))]), sum.RttMs);
        },
        iter: 5_000);

    private static void Add(ProbeInHour hour, (int Pop, double RttMs)[] rounds, (int Pop, double RttMs)[] pings)
    {
        hour.HasAsked = true;
        hour.IsAnswered = rounds.Length + pings.Length > 0;
        foreach (var (pop, rttMs) in rounds)
        {
            hour.AddRound(pop, rttMs);
        }

        foreach (var (pop, rttMs) in pings)
        {
            hour.AddPing(pop, Known(rttMs));
        }
    }

    // An answered ping has a time.
    private static double Known(double rttMs) => double.IsNaN(rttMs) ? 9 : rttMs;

    private static int ServedPop((int Pop, double RttMs)[] rounds, (int Pop, double RttMs)[] pings) =>
        Most(rounds) ?? (rounds.Any(round => round.Pop == HourTable.InterceptorNumber) ? HourTable.InterceptorNumber
            : rounds.Length == 0 && Most(pings) is { } pinged ? pinged
            : rounds.Length + pings.Length > 0 ? HourTable.UnknownNumber
            : HourTable.UnansweredNumber);

    private static int? Most((int Pop, double RttMs)[] rounds) => rounds.Index().Where(round => round.Item.Pop >= HourTable.FirstPop)
        .GroupBy(round => round.Item.Pop).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Max(round => round.Index))
        .Select(group => (int?)group.Key).FirstOrDefault();

    private static double Median(double[] times)
    {
        Array.Sort(times);
        return times.Length == 0 ? double.NaN : (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
    }
}
