using Reports.Canvas;
using Reports.Charts;

namespace Tests.Charts;

/// <summary>Made-up hours for charts.</summary>
internal static class Hours
{
    /// <summary>Monday of 2026-W46.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Three PoPs over three days: nothing measured on Tuesday from 6 to 12, few probes on Wednesday from 0 to 6, JNB away until Monday noon.</summary>
    public static HourSeries Three() => Of(72, ["FMT", "APE", "JNB"], (pop, hour) => hour switch
    {
        >= 30 and < 36 => 0,
        >= 48 and < 54 => pop == 0 ? 4 : 1,
        < 12 when pop == 2 => 0,
        _ => 40 - (10 * pop) + (hour % (5 + pop)),
    });

    /// <summary>Many PoPs over a week.</summary>
    public static HourSeries Many(int pops) => Of(168, [.. Enumerable.Range(1, pops).Select(pop => FormattableString.Invariant($"P{pop:00}"))], (pop, hour) => 200 - (3 * pop) + (hour % 7));

    /// <summary>Hours of a target.</summary>
    /// <param name="hours">How many.</param>
    /// <param name="codes">The PoPs.</param>
    /// <param name="probes">How many probes a PoP has in an hour.</param>
    public static HourSeries Of(int hours, string[] codes, Func<int, int, int> probes) => new(
        "ns-a · IPv4",
        "week 2026-W46",
        Monday.ToUnixTimeSeconds(),
        [.. Enumerable.Range(0, hours).Select(hour => Enumerable.Range(0, codes.Length).Sum(pop => probes(pop, hour)))],
        [
            .. codes.Select((code, pop) => new PopSeries(code, Colours[pop % Colours.Length],
            [
                .. Enumerable.Range(0, hours).Select(hour => probes(pop, hour) is > 0 and var count
                    ? new PopHour(count, 20 + (30 * pop) + (hour % 6), 45 + (50 * pop) + (3 * (hour % 11)))
                    : default),
            ])),
        ]);

    /// <summary>The first colours of the maps.</summary>
    public static readonly Colour[] Colours = [Colour.Hex("#2468b2"), Colour.Hex("#e4572e"), Colour.Hex("#2a9d5c")];
}
